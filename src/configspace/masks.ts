// SPDX-License-Identifier: GPL-2.0-only
/** What a write and each kind of reset do to the bytes of a block, derived from its table. */
import { type Access, type Block, type Field, mask } from './registers.ts';

/** One byte for each byte of config space, so that accesses of any width and alignment follow from them. */
export interface Masks {
  /** Bits that take the value written. */
  readonly writable: Uint8Array;
  /** Bits that a written one clears. */
  readonly clearing: Uint8Array;
  /** Bits that a cold or warm (fundamental) reset sets to `reset`. */
  readonly cold: Uint8Array;
  /** Bits that a hot reset sets to `reset`: those that are not sticky. */
  readonly hot: Uint8Array;
  /** Bits that a function level reset sets to `reset`. */
  readonly flr: Uint8Array;
  /** Values after a reset. */
  readonly reset: Uint8Array;
}

export const emptyMasks = (size: number): Masks => ({
  writable: new Uint8Array(size),
  clearing: new Uint8Array(size),
  cold: new Uint8Array(size),
  hot: new Uint8Array(size),
  flr: new Uint8Array(size),
  reset: new Uint8Array(size),
});

export type MaskName = keyof Masks;

const STICKY: readonly Access[] = ['ROS', 'RWS', 'RW1CS'];
const HELD: readonly Access[] = ['RO', 'HwInit', 'RsvdP', 'RsvdZ'];

/** Whether any reset sets the field: state is set, constants are not, and live status is where its value is architected. */
const isReset = (f: Field): boolean => (f.live ? f.impl !== true : !HELD.includes(f.access));

/** The masks that a field belongs to. A bit that starts an action is not stored: it reads back 0. */
export function masksOfField(f: Field): readonly MaskName[] {
  const names: MaskName[] = [];
  if ((f.access === 'RW' || f.access === 'RWS') && !f.action) names.push('writable');
  if (f.access === 'RW1C' || f.access === 'RW1CS') names.push('clearing');
  if (!isReset(f)) return names;
  names.push('cold');
  if (STICKY.includes(f.access)) return names;
  names.push('hot');
  if (!f.flrKeeps) names.push('flr');
  return names;
}

/** Sets `bits` (an unsigned number) in the little-endian register at `offset` of `bytes`; what passes the end is dropped. */
export function orBits(bytes: Uint8Array, offset: number, bits: number): void {
  for (let i = 0, rest = bits; rest > 0; i++, rest = Math.floor(rest / 256))
    if (offset + i < bytes.length) bytes[offset + i]! |= rest % 256;
}

/** Adds the masks of a block that stands at `at`. */
export function addMasks(masks: Masks, b: Block, at: number): void {
  for (const r of Object.values(b.registers))
    for (const f of Object.values(r.fields)) {
      for (const name of masksOfField(f)) orBits(masks[name], at + r.offset, mask(f));
      if (f.reset) orBits(masks.reset, at + r.offset, f.reset * 2 ** f.lsb);
    }
}

/** The masks of one block by itself. */
export function masksOf(b: Block): Masks {
  const masks = emptyMasks(b.size);
  addMasks(masks, b, 0);
  return masks;
}
