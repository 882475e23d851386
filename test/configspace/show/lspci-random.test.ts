// SPDX-License-Identifier: GPL-2.0-only
/** A witness from outside: what lspci prints for random registers behind every capability of the catalogue. */
import { expect, test } from 'vitest';
import { idsMet } from '../support/compare.ts';
import { hasLspci } from '../support/corpus.ts';
import { compareRandomMachines } from '../support/random-machines.ts';

const MACHINES = 300;

test.skipIf(!hasLspci())('every line of lspci on random machines', ({ annotate }) => {
  const result = compareRandomMachines(MACHINES, 0x10ca1);
  const { functions, lines, tokens, unexplained } = result;
  annotate(
    `${MACHINES} machines, ${functions} functions, ${idsMet(result)} kinds of capabilities, ${lines} lines with ${tokens} tokens, ` +
      `${unexplained.length} unexplained`,
  );
  expect(unexplained.slice(0, 40)).toEqual([]);
  expect(tokens).toBeGreaterThan(100_000);
});
