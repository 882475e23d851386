// SPDX-License-Identifier: GPL-2.0-only
/**
 * The arena: the config bytes of all functions in one buffer, and beside it the masks that say what a write and a reset do
 * to them. One concrete class and flat arrays, no object per device and none per register: that is what makes an access
 * cost nanoseconds.
 */
import type { Size } from '../bus/index.ts';

/** Bytes of config space that each function has in the arena, whether it uses them or not. */
export const STRIDE = 4096;
const DWORDS = STRIDE / 4;
/** Writable, clearing and watched bits of a dword stand side by side, so that a write touches one cache line. */
const PER_DWORD = 4;

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

export class Arena {
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly #words: Uint16Array;
  readonly #dwords: Int32Array;
  /** Bytes of config space that a function has: 256 or 4096. */
  readonly size: Uint16Array;
  readonly #masks: Int32Array;
  readonly #maskBase: Int32Array;
  readonly #kinds: readonly Kind[];
  readonly #kindOf: Uint32Array;
  #onWatched: OnWatched;

  /** `kindOf[i]` is the index in `kinds` of function i. All bytes begin as 0. */
  constructor(kinds: readonly Kind[], kindOf: readonly number[], sizes: readonly number[], onWatched: OnWatched) {
    this.count = kindOf.length;
    const buffer = new ArrayBuffer(this.count * STRIDE);
    this.bytes = new Uint8Array(buffer);
    this.#words = new Uint16Array(buffer);
    this.#dwords = new Int32Array(buffer);
    this.size = Uint16Array.from(sizes);
    this.#kinds = kinds;
    this.#kindOf = Uint32Array.from(kindOf);
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

  /** Unsigned value of `size` bytes at `offset`, which is below `size[fn]` and a multiple of `size`. */
  read(fn: FunctionId, offset: number, size: Size): number {
    const at = fn * STRIDE + offset;
    if (size === 4) return this.#dwords[at >> 2]! >>> 0;
    if (size === 2) return this.#words[at >> 1]!;
    return this.bytes[at]!;
  }

  /** A config write as hardware takes it: byte enables, write masks, write-one-to-clear; then whoever watches is told. */
  write(fn: FunctionId, offset: number, size: Size, value: number): void {
    const shift = (offset & 3) << 3;
    const lanes = size === 4 ? -1 : ((1 << (size << 3)) - 1) << shift;
    const written = (value << shift) & lanes;
    const m = this.#maskBase[fn]! + (offset >> 2) * PER_DWORD;
    const writable = this.#masks[m]! & lanes;
    const at = (fn * STRIDE + offset) >> 2;
    const old = this.#dwords[at]!;
    const now = ((old & ~writable) | (written & writable)) & ~(written & this.#masks[m + 1]!);
    this.#dwords[at] = now;
    if ((this.#masks[m + 2]! & lanes) !== 0) this.#onWatched(fn, offset & ~3, old, now, written, lanes);
  }

  /** Sets and clears bits as the device itself does, past all masks. `bits` stand in the dword at `offset`. */
  change(fn: FunctionId, offset: number, bits: number, set: boolean): void {
    const at = (fn * STRIDE + offset) >> 2;
    this.#dwords[at] = set ? this.#dwords[at]! | bits : this.#dwords[at]! & ~bits;
  }

  /** Replaces the dword at `offset`, past all masks. */
  poke(fn: FunctionId, offset: number, value: number): void {
    this.#dwords[(fn * STRIDE + offset) >> 2] = value;
  }

  /** What a reset of this kind does to the registers of one function: its masks decide, for every register alike. */
  reset(fn: FunctionId, reset: ResetKind): void {
    const kind = this.#kinds[this.#kindOf[fn]!]!;
    const mask = kind.resets[reset];
    const base = fn * DWORDS;
    for (let d = 0; d < mask.length; d++) {
      const bits = mask[d]!;
      if (bits !== 0) this.#dwords[base + d] = (this.#dwords[base + d]! & ~bits) | (kind.values[d]! & bits);
    }
  }

  /** Bytes of one function, as a view: it changes as the function does. */
  view(fn: FunctionId): Uint8Array {
    return this.bytes.subarray(fn * STRIDE, fn * STRIDE + this.size[fn]!);
  }
}
