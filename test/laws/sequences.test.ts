// SPDX-License-Identifier: GPL-2.0-only
/** Random sequences of accesses, resets and time: the hardware does what the naive model does. */
import { describe, expect, it } from 'vitest';
import { KINDS } from './operations.ts';
import { runSequences } from './random.ts';

describe('the hardware and a naive model of it', () => {
  it('agree after every operation of 5,000 random sequences', () => {
    const { sequences, meanLength, histogram } = runSequences(5_000, 1);
    console.log(`${sequences} sequences, mean length ${meanLength.toFixed(1)}\n${histogram}`);
    expect(sequences).toBe(5_000);
    expect(meanLength).toBeGreaterThanOrEqual(25);
    for (const kind of KINDS) expect(histogram).not.toMatch(new RegExp(`^${kind} +0$`, 'm'));
  });
});
