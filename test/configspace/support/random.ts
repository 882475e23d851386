// SPDX-License-Identifier: GPL-2.0-only
/** Machines out of a seed, and the dumps that lspci reads them from. */

/** A number from 0 up to, but not, `below`. */
export type Random = (below: number) => number;

/** A generator with a fixed seed: the same machine every time (mulberry32). */
export function generator(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

export const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)]!;

/** The same elements in a random order. */
export function shuffled<T>(random: Random, from: readonly T[]): T[] {
  const left = [...from];
  return from.map(() => left.splice(random(left.length), 1)[0]!);
}

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');

/** One function as `lspci -xxxx` prints it; the rows of `missing` (16 bytes each, by number) are left out. */
export function dumpOfFunction(address: string, bytes: Uint8Array, missing: readonly number[] = []): string {
  const rows = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, row) => row)
    .filter((row) => !missing.includes(row))
    .map(
      (row) => `${hex(16 * row, 2)}: ${[...bytes.subarray(16 * row, 16 * row + 16)].map((b) => hex(b, 2)).join(' ')}`,
    );
  return [`${address} 0000: 0000:0000`, ...rows, '', ''].join('\n');
}

/** Each machine on a bus of its own, its functions on one device after the other. */
export const addressOf = (machine: number, fn: number): string =>
  `${hex(machine >> 8, 4)}:${hex(machine & 0xff, 2)}:${hex(fn, 2)}.0`;
