// SPDX-License-Identifier: GPL-2.0-only
/** The same as sequences.test.ts, twenty times as much of it, from another seed. */
import { expect, it } from 'vitest';
import { runSequences } from './random.ts';

it('agree after every operation of 100,000 random sequences', () => {
  const { sequences, meanLength, histogram } = runSequences(100_000, 2);
  console.log(`${sequences} sequences, mean length ${meanLength.toFixed(1)}\n${histogram}`);
  expect(sequences).toBe(100_000);
  expect(meanLength).toBeGreaterThanOrEqual(25);
});
