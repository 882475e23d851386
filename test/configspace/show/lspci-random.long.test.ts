// SPDX-License-Identifier: GPL-2.0-only
/** 2,000 random machines through lspci, in which every capability of the catalogue comes up often enough. */
import { expect, test } from 'vitest';
import { CAPABILITIES, EXTENDED_CAPABILITIES } from '../../../src/configspace/catalogue.ts';
import { CXL_DVSECS } from '../../../src/configspace/tables/cxl.ts';
import { keyOf } from '../support/compare.ts';
import { hasLspci } from '../support/corpus.ts';
import { compareRandomMachines } from '../support/random-machines.ts';
import { LSPCI_BUGS } from './lspci-bugs.ts';

const MACHINES = 2000;
const LEAST = 100;

/** Capabilities by ID, and the forms that have a title of their own. */
const EXPECTED: readonly string[] = [
  ...Object.keys(CAPABILITIES).map((id) => keyOf(Number(id), false)),
  ...Object.keys(EXTENDED_CAPABILITIES).map((id) => keyOf(Number(id), true)),
  ...Object.values(CXL_DVSECS).map(([make, least]) => make(least).title),
  ...['Primary Interface', 'Secondary Interface', 'MSI Mapping'].map((kind) => `HyperTransport ${kind}`),
];

test.skipIf(!hasLspci())('every line of lspci on 2,000 random machines', ({ annotate }) => {
  const { functions, lines, tokens, unexplained, capabilities, bugs } = compareRandomMachines(MACHINES, 0x2000);
  const counts = EXPECTED.map((key): [string, number] => [key, capabilities.get(key) ?? 0]);
  const [rarest, fewest] = counts.reduce((a, b) => (b[1] < a[1] ? b : a));
  annotate(
    `${MACHINES} machines, ${functions} functions, ${lines} lines with ${tokens} tokens, ${unexplained.length} unexplained; ` +
      `${EXPECTED.length} capabilities, each ${fewest} times (${rarest}) or more`,
  );
  expect(unexplained.slice(0, 40)).toEqual([]);
  expect(counts.filter(([, count]) => count < LEAST)).toEqual([]);
  // A bug that nothing shows any more is to leave the list; that of dumps that end too early shows in the corpus.
  const unused = LSPCI_BUGS.filter(({ example }, n) => bugs[n] === 0 && !example.endsWith('] '));
  expect(unused.map(({ why }) => why)).toEqual([]);
});
