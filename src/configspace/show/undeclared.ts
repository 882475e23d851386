// SPDX-License-Identifier: GPL-2.0-only
/** Capabilities of which only the name is known, and the few of them that have a number worth a word in their header. */
import { CAPABILITIES, EXTENDED_CAPABILITIES } from '../catalogue.ts';
import type { Printer, Shown } from './shown.ts';
import { hex } from './text.ts';
import { sign } from './view.ts';

const vendorSpecific: Printer = ({ config, at }) => [
  `Vendor Specific Information: Len=${hex(config.u8(at + 2), 2)} <?>`,
];

const slotId: Printer = ({ config, at }) => {
  const slots = config.u8(at + 2);
  return [`Slot ID: ${slots & 0x1f} slots, First${sign((slots & 0x20) !== 0)}, chassis ${hex(config.u8(at + 3), 2)}`];
};

const debugPort: Printer = ({ config, at }) => {
  const port = config.u16(at + 2);
  return [`Debug port: BAR=${port >> 13} offset=${hex(port & 0x1fff, 4)}`];
};

/** HyperTransport keeps its kind in the upper bits of the command; only the kind that has to do with MSI is told of. */
const hyperTransport: Printer = ({ config, at, has }) => {
  const command = config.u16(at + 2);
  if (command >> 11 !== 0x15) return ['HyperTransport <?>'];
  const fixed = (command & 2) !== 0;
  const title = `HyperTransport: MSI Mapping Enable${sign((command & 1) !== 0)} Fixed${sign(fixed)}`;
  if (fixed || !has(4, 8)) return [title];
  const base = config.u32(at + 4) - (config.u32(at + 4) & 0xfffff);
  return [title, `Mapping Address Base: ${hex(config.u32(at + 8), 8)}${hex(base >>> 0, 8)}`];
};

const sataHba: Printer = ({ config, at, has }) => {
  const title = `SATA HBA v${config.u8(at + 2) >> 4}.${config.u8(at + 2) & 0xf}`;
  if (!has(4, 4)) return [title];
  const [bar, offset] = [config.u8(at + 4) & 0xf, (config.u32(at + 4) >>> 4) & 0xfffff];
  if (bar === 15) return [`${title} InCfgSpace`];
  return [bar >= 4 && bar <= 9 ? `${title} BAR${bar - 4} Offset=${hex(offset, 8)}` : `${title} BAR??${bar}`];
};

const extendedVendorSpecific: Printer = ({ config, at, has }) => {
  if (!has(4, 4)) return ['Vendor Specific Information: <unreadable>'];
  const header = config.u32(at + 4);
  const revision = (header >>> 16) & 0xf;
  return [
    `Vendor Specific Information: ID=${hex(header & 0xffff, 4)} Rev=${revision} Len=${hex(header >>> 20, 3)} <?>`,
  ];
};

const NAMED: Readonly<Record<number, Printer>> = {
  0: () => ['Null'],
  4: slotId,
  8: hyperTransport,
  9: vendorSpecific,
  10: debugPort,
  12: () => ['Hot-plug capable'],
  18: sataHba,
};

export function showUndeclared(shown: Shown): string[] {
  const { config, at, id } = shown;
  const name = CAPABILITIES[id]?.title;
  const unknown = `Capability ID 0x${id.toString(16)} [${hex(config.u16(at + 2), 4)}]`;
  return NAMED[id]?.(shown) ?? [name === undefined ? unknown : `${name} <?>`];
}

export function showUndeclaredExtended(shown: Shown): string[] {
  const { id } = shown;
  if (id === 0) return ['Null'];
  if (id === 11) return extendedVendorSpecific(shown);
  const name = EXTENDED_CAPABILITIES[id]?.title;
  return [name === undefined ? `Extended Capability ID 0x${id.toString(16)}` : `${name} <?>`];
}
