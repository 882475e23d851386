// SPDX-License-Identifier: GPL-2.0-only
/** 50,000 damaged dumps: each is read or refused by a sentence. A million of them in mutation.long.test.ts. */
import { describe, expect, it } from 'vitest';
import { MUTATIONS, mutated } from './mutate.ts';
import { report, survey, totalOf } from './survive.ts';

const SEED = 20130613;

describe('damaged dumps', () => {
  it('are read, or refused by a sentence', () => {
    const found = survey(SEED, 50_000, { machineEach: 2, wholeEach: 25 });
    process.stdout.write(`damaged dumps, seed ${SEED}:\n${report(found)}\n`);
    expect(Object.keys(found.strata)).toEqual(Object.keys(MUTATIONS));
    expect(totalOf(found)).toBeGreaterThanOrEqual(0.3);
    for (const { cases, parsed } of Object.values(found.strata)) {
      expect(cases).toBe(5000);
      expect(parsed).toBeGreaterThan(0);
    }
    const [early, end] = found.heap;
    expect(end - early).toBeLessThan(8 * 2 ** 20);
  });

  it('are the same for the same seed', () => {
    expect(mutated(SEED, 77)).toEqual(mutated(SEED, 77));
    expect(mutated(SEED, 77).text).not.toBe(mutated(SEED + 1, 77).text);
  });
});
