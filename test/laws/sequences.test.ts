// SPDX-License-Identifier: GPL-2.0-only
/** Random sequences of accesses, resets and time: the hardware does what the naive model does. */
import { describe, expect, it } from 'vitest';
import { KINDS } from './operations.ts';
import { runSequences } from './random.ts';

/** Fewer of them while mutants are tried, of which there are many; nobody reads their counterexamples. */
const FEWER = process.env['HOTRESET_SEQUENCES'];
const SEQUENCES = Number(FEWER ?? 5_000);

describe('the hardware and a naive model of it', () => {
  it(`agree after every operation of ${SEQUENCES} random sequences`, () => {
    const { sequences, meanLength, histogram } = runSequences(SEQUENCES, 1, FEWER === undefined);
    console.log(`${sequences} sequences, mean length ${meanLength.toFixed(1)}\n${histogram}`);
    expect(sequences).toBe(SEQUENCES);
    expect(meanLength).toBeGreaterThanOrEqual(25);
    for (const kind of KINDS) expect(histogram).not.toMatch(new RegExp(`^${kind} +0$`, 'm'));
    // A quarter of a minute of work; a machine that does other things, too, may take far longer.
  }, 300_000);
});
