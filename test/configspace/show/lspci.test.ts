// SPDX-License-Identifier: GPL-2.0-only
/** A witness from outside: what lspci prints for the functions of real machines. */
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { compareFunction, idsMet, newComparison } from '../support/compare.ts';
import { bytesByAddress, corpus, hasLspci, lspciLines, textOf } from '../support/corpus.ts';

const files = corpus();

test.skipIf(!hasLspci() || files.length === 0)('every line of lspci on the whole corpus', ({ annotate }) => {
  const all = newComparison();
  for (const path of files) {
    const text = textOf(path);
    const functions = bytesByAddress(text);
    const before = all.unexplained.length;
    for (const [address, theirs] of lspciLines(text)) {
      const bytes = functions.get(address);
      if (bytes) compareFunction(bytes, theirs, address, all);
      else all.unexplained.push(`${address}: not read`);
    }
    for (let n = before; n < all.unexplained.length; n++)
      all.unexplained[n] = `${basename(path)} ${all.unexplained[n]}`;
  }
  const { lines, tokens, unexplained } = all;
  annotate(
    `${files.length} machines, ${idsMet(all)} kinds of capabilities, ${lines} lines with ${tokens} tokens, ` +
      `${unexplained.length} unexplained`,
  );
  expect(unexplained).toEqual([]);
  expect(tokens).toBeGreaterThan(150_000);
});
