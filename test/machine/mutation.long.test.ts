// SPDX-License-Identifier: GPL-2.0-only
/** A million damaged dumps: `npm run check:long`. */
import { expect, it } from 'vitest';
import { report, survey, totalOf } from './survive.ts';

const SEED = 2013;
const CASES = 1_000_000;

it('a million damaged dumps are read, or refused by a sentence', { timeout: 7_200_000 }, () => {
  const start = process.cpuUsage();
  const found = survey(SEED, CASES, { machineEach: 1, wholeEach: 20 });
  const { user, system } = process.cpuUsage(start);
  const seconds = Math.round((user + system) / 1e6);
  process.stdout.write(`damaged dumps, seed ${SEED}, ${CASES} cases, ${seconds} s of CPU:\n${report(found)}\n`);
  expect(totalOf(found)).toBeGreaterThanOrEqual(0.3);
  const [early, end] = found.heap;
  expect(end - early).toBeLessThan(8 * 2 ** 20);
});
