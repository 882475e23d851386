// SPDX-License-Identifier: GPL-2.0-only
/** Random machines and random sequences, many of them, compared; and what was done, counted. */
import fc from 'fast-check';
import { compare } from './compare.ts';
import { KINDS } from './operations.ts';

/** Operations; sequences of all lengths up to it are equally many, so that a counterexample can shrink to one operation. */
const LONGEST = 64;
const SHAPE = fc.noBias(fc.array(fc.nat(0xff), { minLength: 24, maxLength: 24 }));
const WORDS = fc.noBias(fc.uint32Array({ minLength: 2, maxLength: 2 * LONGEST, size: 'max' }));

export interface Tally {
  readonly sequences: number;
  readonly meanLength: number;
  readonly histogram: string;
}

/** Throws with the (if wanted, shrunk) sequence where hardware and naive model disagree. */
export function runSequences(numRuns: number, seed: number, shrinks = true): Tally {
  const counts = new Map<string, number>();
  let [sequences, operations] = [0, 0];
  fc.assert(
    fc.property(SHAPE, WORDS, (shape, words) => {
      const { histogram, length, difference } = compare(shape, words);
      sequences++;
      operations += length;
      for (const [kind, n] of histogram) counts.set(kind, (counts.get(kind) ?? 0) + n);
      if (difference !== undefined) throw new Error(difference);
    }),
    { numRuns, seed, endOnFailure: !shrinks },
  );
  const histogram = KINDS.map((kind) => `${kind.padEnd(17)} ${String(counts.get(kind) ?? 0).padStart(8)}`).join('\n');
  return { sequences, meanLength: operations / sequences, histogram };
}
