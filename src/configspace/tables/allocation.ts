// SPDX-License-Identifier: GPL-2.0-only
/** Enhanced Allocation (14h), PCIe 6.0 section 7.8.5: resources that stand where the hardware has them. */
import { block, hwinit, type Registers, reg8, reg32, ro } from '../registers.ts';

export interface AllocationEntry {
  /** Dwords after the first one. */
  readonly size: number;
  /** Base and maximum offset have an upper half. */
  readonly base64: boolean;
  readonly offset64: boolean;
}

/** First entry; a bridge has its fixed bus numbers before it. */
export const firstEntry = (bridge: boolean): number => (bridge ? 0x08 : 0x04);

/** Bytes of an entry: the header says how many dwords follow it. */
export const entryBytes = ({ size }: Pick<AllocationEntry, 'size'>): number => 4 + 4 * size;

function entryRegisters({ size, base64, offset64 }: AllocationEntry, n: number, at: number): Registers {
  const half = (there: boolean, dword: number, name: string): Registers =>
    there && dword <= size ? { [`${name}${n}`]: reg32(at + 4 * dword, { value: ro([31, 0]) }) } : {};
  const whole = (dword: number, name: string): Registers =>
    dword <= size ? { [`${name}${n}`]: reg32(at + 4 * dword, { wide: ro(1), value: ro([31, 2]) }) } : {};
  return {
    [`entry${n}`]: reg32(at, {
      size: ro([2, 0], { lspci: 'EntrySize' }),
      barEquivalentIndicator: hwinit([7, 4]),
      primaryProperties: hwinit([15, 8]),
      secondaryProperties: hwinit([23, 16]),
      writable: hwinit(30, { lspci: 'Writable' }),
      enable: hwinit(31, { lspci: 'Enable' }),
    }),
    ...whole(1, 'base'),
    ...whole(2, 'maxOffset'),
    ...half(base64, 3, 'baseUpper'),
    ...half(offset64, base64 ? 4 : 3, 'maxOffsetUpper'),
  };
}

/**
 * The capability with these entries. All of it is read-only here: an entry that software may move (Writable) or switch off
 * is permitted, and neither Linux nor firmware uses it.
 */
export function enhancedAllocation(bridge: boolean, entries: readonly AllocationEntry[]) {
  let at = firstEntry(bridge);
  const registers: Record<string, Registers[string]> = {};
  for (const [n, entry] of entries.entries()) {
    Object.assign(registers, entryRegisters(entry, n, at));
    at += entryBytes(entry);
  }
  return block('Enhanced Allocation', at, {
    entries: reg8(0x02, { number: hwinit([5, 0], { lspci: 'NumEntries' }) }),
    ...(bridge && {
      fixedBusNumbers: reg32(0x04, { secondary: hwinit([7, 0]), subordinate: hwinit([15, 8]) }),
    }),
    ...registers,
  });
}
