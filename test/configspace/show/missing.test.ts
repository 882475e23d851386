// SPDX-License-Identifier: GPL-2.0-only
/** Dumps that leave bytes out, as lspci reads them and as we do when we are told. */
import { expect, test } from 'vitest';
import { showFunction } from '../../../src/configspace/show/index.ts';
import { rootPort } from '../support/build.ts';
import { compareFunction, newComparison } from '../support/compare.ts';
import { hasLspci, lspciLines } from '../support/corpus.ts';
import { addressOf, dumpOfFunction, generator } from '../support/random.ts';
import { randomFunction } from '../support/random-function.ts';

const ROW = 16;

test('missing bytes read ff, and the last ones are not there', () => {
  const bytes = rootPort();
  expect(showFunction(bytes, { missing: [[0x40, 0x1000]] })).toEqual(showFunction(bytes.subarray(0, 0x40)));
  expect(showFunction(bytes, { missing: [] })).toEqual(showFunction(bytes));
  const filled = bytes.slice().fill(0xff, 0x84, 0x88);
  expect(showFunction(bytes, { missing: [[0x84, 0x88]] })).toEqual(showFunction(filled));
  expect(showFunction(bytes, { missing: [[0, 0x1000]] })).toEqual(showFunction(new Uint8Array(0)));
});

test.skipIf(!hasLspci())('every line of lspci on functions that lack rows', ({ annotate }) => {
  const random = generator(0xf);
  const result = newComparison();
  const dumps = Array.from({ length: 200 }, (_, n) => {
    const bytes = randomFunction(random);
    // The first 64 bytes are always there. Half of the dumps end early as well.
    const end = random(2) === 0 ? 0x100 : 4 + random(0xfc);
    const rows = Array.from({ length: 0x100 }, (_, row) => row).filter(
      (row) => row >= end || (row >= 4 && random(40) === 0),
    );
    return { address: addressOf(n, 0), bytes, rows };
  });
  const theirs = dumps.map(({ address, bytes, rows }) => linesOf(address, dumpOfFunction(address, bytes, rows)));
  for (const [n, { address, bytes, rows }] of dumps.entries()) {
    const missing = rows.map((row): [number, number] => [ROW * row, ROW * row + ROW]);
    if (theirs[n]) compareFunction(bytes, theirs[n], address, result, { missing });
  }
  const read = theirs.filter(Boolean).length;
  annotate(
    `${read} of ${dumps.length} functions that lspci gets to the end of, ${result.unexplained.length} unexplained`,
  );
  expect(result.unexplained.slice(0, 20)).toEqual([]);
  expect(read).toBeGreaterThan(100);
});

/** lspci stops in the middle of some: where a length or an entry reads ff it goes past what it has read. */
function linesOf(address: string, text: string): string[] | undefined {
  try {
    return lspciLines(text).get(address);
  } catch {
    return undefined;
  }
}
