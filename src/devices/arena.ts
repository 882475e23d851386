// SPDX-License-Identifier: GPL-2.0-only
/**
 * The arena: the config bytes of all functions in one buffer, and beside it the masks that say what a write and a reset do
 * to them. One concrete class and flat arrays, no object per device and none per register: that is what makes an access
 * cost nanoseconds.
 */
import type { Size } from '../bus/index.ts';
import { Journal } from './journal.ts';

/** Bytes of config space that each function has in the arena, whether it uses them or not. */
export const STRIDE = 4096;
/** Functions and dwords are found by shifts: a product would be checked for leaving 32 bits at each access. */
const DWORD_SHIFT = 10;
const DWORDS = 1 << DWORD_SHIFT;
/** Writable, clearing and watched bits of a dword stand side by side, so that a write touches one cache line. */
const MASK_SHIFT = 2;
const PER_DWORD = 1 << MASK_SHIFT;

/** Index of a function in the arena: who it is, whatever address reaches it. */
export type FunctionId = number & { readonly __brand: 'FunctionId' };

/** The kinds of reset that config space tells apart (PCIe 6.0 section 6.6). */
export type ResetKind = 'cold' | 'hot' | 'flr';

/**
 * What functions with the same registers at the same places have in common. Each array has one 32-bit word for each dword
 * of config space; dwords past the end of an array are read-only.
 */
export interface Kind {
  readonly writable: Uint32Array;
  readonly clearing: Uint32Array;
  /** Bits whose write the fabric must be told of. */
  readonly watched: Uint32Array;
  readonly resets: Readonly<Record<ResetKind, Uint32Array>>;
  readonly values: Uint32Array;
}

/**
 * Told when a write touched a watched bit: function, offset of the dword, its value before and after, the value written,
 * and which bits of the dword the write carried.
 */
export type OnWatched = (
  fn: FunctionId,
  offset: number,
  old: number,
  now: number,
  written: number,
  lanes: number,
) => void;

/** The dwords that a reset touches, as triples: which, its bits, their values. */
function compileReset(mask: Uint32Array, values: Uint32Array): Int32Array {
  const steps: number[] = [];
  mask.forEach((bits, d) => {
    if (bits !== 0) steps.push(d, bits, values[d]! & bits);
  });
  return Int32Array.from(steps);
}

const compileResets = ({ resets, values }: Kind): Readonly<Record<ResetKind, Int32Array>> => ({
  cold: compileReset(resets.cold, values),
  hot: compileReset(resets.hot, values),
  flr: compileReset(resets.flr, values),
});

export class Arena {
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly #words: Uint16Array;
  readonly #dwords: Int32Array;
  /** Bytes of config space that a function has: 256 or 4096. */
  readonly size: Uint16Array;
  readonly #masks: Int32Array;
  readonly #maskBase: Int32Array;
  readonly kinds: readonly Kind[];
  /** Index in `kinds` of each function. */
  readonly kindOf: Uint32Array;
  readonly #resets: readonly Readonly<Record<ResetKind, Int32Array>>[];
  readonly #onWatched: OnWatched;
  /** Old values of what changed since the last mark, while somebody wants to go back to it. */
  readonly journal: Journal;
  /** The journal is on: a copy that costs one look less at each write. */
  #noting = false;

  /** `kindOf[i]` is the index in `kinds` of function i. All bytes begin as 0. */
  constructor(kinds: readonly Kind[], kindOf: readonly number[], sizes: readonly number[], onWatched: OnWatched) {
    this.count = kindOf.length;
    const buffer = new ArrayBuffer(this.count * STRIDE);
    this.bytes = new Uint8Array(buffer);
    this.#words = new Uint16Array(buffer);
    this.#dwords = new Int32Array(buffer);
    this.journal = new Journal(this.#dwords);
    this.size = Uint16Array.from(sizes);
    // Nothing answers past the end of a function's config space: those bytes are all-ones, and no mask lets them change.
    sizes.forEach((size, fn) => void this.bytes.fill(0xff, fn * STRIDE + size, (fn + 1) * STRIDE));
    this.kinds = kinds;
    this.#resets = kinds.map(compileResets);
    this.kindOf = Uint32Array.from(kindOf);
    this.#masks = new Int32Array(kinds.length * DWORDS * PER_DWORD);
    kinds.forEach((kind, k) => {
      for (let d = 0; d < kind.writable.length; d++) {
        const at = (k * DWORDS + d) * PER_DWORD;
        this.#masks[at] = kind.writable[d]!;
        this.#masks[at + 1] = kind.clearing[d]!;
        this.#masks[at + 2] = kind.watched[d]!;
      }
    });
    this.#maskBase = Int32Array.from(kindOf, (k) => k * DWORDS * PER_DWORD);
    this.#onWatched = onWatched;
  }

  /** Unsigned value of `size` bytes at `offset`, a multiple of `size`; all-ones past the function's config space. */
  read(fn: FunctionId, offset: number, size: Size): number {
    if (size === 4) return this.#dwords[(fn << DWORD_SHIFT) + (offset >> 2)]! >>> 0;
    if (size === 2) return this.#words[(fn << (DWORD_SHIFT + 1)) + (offset >> 1)]!;
    return this.bytes[(fn << (DWORD_SHIFT + 2)) + offset]!;
  }

  /** A config write as hardware takes it: byte enables, write masks, write-one-to-clear; then whoever watches is told. */
  write(fn: FunctionId, offset: number, size: Size, value: number): void {
    const d = offset >> 2;
    const m = this.#maskBase[fn]! + (d << MASK_SHIFT);
    const at = (fn << DWORD_SHIFT) + d;
    const shift = (offset & 3) << 3;
    const lanes = size === 4 ? -1 : ((1 << (size << 3)) - 1) << shift;
    const written = size === 4 ? value | 0 : (value << shift) & lanes;
    const writable = this.#masks[m]! & lanes;
    const old = this.#dwords[at]!;
    const now = ((old & ~writable) | (written & writable)) & ~(written & this.#masks[m + 1]!);
    // Storing a value that is there already costs less than asking whether it is.
    if (this.#noting) this.journal.note(at);
    this.#dwords[at] = now;
    if ((this.#masks[m + 2]! & lanes) !== 0) this.#onWatched(fn, offset & ~3, old, now, written, lanes);
  }

  /** Begins to note changes. */
  mark(): void {
    this.#noting = true;
    this.journal.mark();
  }

  /** Sets and clears bits as the device itself does, past all masks. `bits` stand in the dword at `offset`. */
  change(fn: FunctionId, offset: number, bits: number, set: boolean): void {
    const at = (fn * STRIDE + offset) >> 2;
    if (this.journal.on) this.journal.note(at);
    this.#dwords[at] = set ? this.#dwords[at]! | bits : this.#dwords[at]! & ~bits;
  }

  /** What a reset of this kind does to the registers of one function: its masks decide, for every register alike. */
  reset(fn: FunctionId, reset: ResetKind): void {
    const steps = this.#resets[this.kindOf[fn]!]![reset];
    const base = fn * DWORDS;
    for (let i = 0; i < steps.length; i += 3) {
      const at = base + steps[i]!;
      if (this.journal.on) this.journal.note(at);
      this.#dwords[at] = (this.#dwords[at]! & ~steps[i + 1]!) | steps[i + 2]!;
    }
  }

  /** Bytes of one function, as a view: it changes as the function does. */
  view(fn: FunctionId): Uint8Array {
    return this.bytes.subarray(fn * STRIDE, fn * STRIDE + this.size[fn]!);
  }
}
