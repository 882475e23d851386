// SPDX-License-Identifier: GPL-2.0-only
/** A witness from outside: the constants of linux/pci_regs.h against the tables. */
import { expect, test } from 'vitest';
import { comparisons, pciRegs } from './support/pci-regs.ts';

const constants = pciRegs();

test.skipIf(!constants)('offsets and masks are those of linux/pci_regs.h (linux-libc-dev)', ({ annotate }) => {
  const asked = comparisons();
  const unknown = asked.filter(({ constant }) => !constants!.has(constant));
  const wrong = asked
    .filter(({ constant, ours }) => constants!.has(constant) && constants!.get(constant) !== ours)
    .map(
      ({ what, constant, ours }) =>
        `${what} is ${ours?.toString(16)}, ${constant} ${constants!.get(constant)!.toString(16)}`,
    );
  const compared = asked.length - unknown.length;
  const distinct = new Set(asked.map(({ constant }) => constant)).size;
  annotate(`${compared} comparisons with ${distinct} constants of pci_regs.h, ${wrong.length} disagreements`);
  expect(wrong).toEqual([]);
  // A header of another release may lack some names; most of the list has been there for long.
  expect(compared).toBeGreaterThan(600);
});
