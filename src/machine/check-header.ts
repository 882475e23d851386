// SPDX-License-Identifier: GPL-2.0-only
/** The header: does somebody answer, and is it what its class says (drivers/pci/probe.c, pci_setup_device()). */
import { configBytes } from '../configspace/catalogue.ts';
import type { Oddity } from '../configspace/function.ts';
import type { CheckedFunction } from './check.ts';
import { showHex } from './lspci-text.ts';

const VENDOR = 0x00;
const CLASS = 0x0a;
const HEADER_TYPE = 0x0e;
const PCI_BRIDGE = 0x0604;
const SEMI_TRANSPARENT_BRIDGE = 0x0609;
const CARDBUS_BRIDGE = 0x0607;

/** Classes that a header of type 1 or 2 may have, and those that only it may have. */
const CLASSES: Readonly<Record<number, readonly number[]>> = {
  1: [PCI_BRIDGE, SEMI_TRANSPARENT_BRIDGE],
  2: [CARDBUS_BRIDGE],
};

const hex4 = (n: number): string => n.toString(16).padStart(4, '0');

/** A kernel takes a Vendor ID of ffff or 0000 for an empty slot; virtual functions have ffff and are found otherwise. */
function checkVendor(id: number, virtual: boolean): Oddity[] {
  if (id === 0xffffffff && !virtual) {
    const text =
      'vendor and device read ffff, the rest does not: like a virtual function, whose physical one is missing';
    return [{ offset: VENDOR, text, severity: 'note' }];
  }
  if (id % 0x10000 !== 0) return [];
  return [{ offset: VENDOR, text: 'vendor reads 0000: a kernel sees no function here', severity: 'warning' }];
}

function checkClass(code: number, headerType: number): Oddity[] {
  const odd = (text: string): Oddity[] => [{ offset: CLASS, text, severity: 'warning' }];
  const allowed = CLASSES[headerType];
  if (allowed && !allowed.includes(code)) return odd(`header type ${showHex(headerType)} but class ${hex4(code)}`);
  if (headerType === 0 && (code === PCI_BRIDGE || code === CARDBUS_BRIDGE))
    return odd(`class ${hex4(code)} but header type 00`);
  return [];
}

export function checkHeader({ bytes, missing, layout, virtual }: CheckedFunction): Oddity[] {
  const config = configBytes(bytes);
  // Bytes that the dump does not have read 0 and say nothing.
  const has = (from: number, to: number): boolean => !missing.some(([a, b]) => a < to && from < b);
  return [
    ...(has(VENDOR, VENDOR + 4) ? checkVendor(config.u32(VENDOR), virtual) : []),
    ...(has(CLASS, HEADER_TYPE + 1) ? checkClass(config.u16(CLASS), layout.headerType) : []),
  ];
}
