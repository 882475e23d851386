// SPDX-License-Identifier: GPL-2.0-only
/** A witness from outside: the constants of linux/pci_regs.h against the tables. */
import { expect, test } from 'vitest';
import { comparisons, pciRegs } from './support/pci-regs.ts';
import { EXCLUDED, reasonAgainst } from './support/pci-regs-excluded.ts';

const constants = pciRegs();

test.skipIf(!constants)('offsets and masks are those of linux/pci_regs.h (linux-libc-dev)', ({ annotate }) => {
  const asked = comparisons(constants!).filter(({ constant }) => reasonAgainst(constant) === undefined);
  const wrong = asked
    .filter(({ constant, ours }) => constants!.has(constant) && constants!.get(constant) !== ours)
    .map(
      ({ what, constant, ours }) =>
        `${what} is ${ours?.toString(16)}, ${constant} ${constants!.get(constant)?.toString(16)}`,
    );
  const compared = new Set(asked.map(({ constant }) => constant).filter((constant) => constants!.has(constant)));
  const excluded = [...constants!.keys()].filter((constant) => reasonAgainst(constant) !== undefined);
  const unlisted = [...constants!.keys()].filter((constant) => !compared.has(constant) && !excluded.includes(constant));
  annotate(
    `${constants!.size} constants of pci_regs.h: ${compared.size} compared (${asked.length} comparisons), ` +
      `${excluded.length} excluded with a reason, ${wrong.length} disagreements`,
  );
  expect(wrong).toEqual([]);
  expect(unlisted).toEqual([]);
  // A header of another release may lack some names; most of the list has been there for long.
  expect(compared.size).toBeGreaterThan(600);
});

test.skipIf(!constants)('every reason for leaving a constant out has one', () => {
  const idle = EXCLUDED.filter(([pattern]) => ![...constants!.keys()].some((constant) => pattern.test(constant)));
  expect(idle).toEqual([]);
});

test.skipIf(!constants)('nothing that is compared is excluded as well', () => {
  const listed = comparisons(constants!).filter(({ what }) => what !== 'catalogue');
  expect(listed.filter(({ constant }) => reasonAgainst(constant) !== undefined)).toEqual([]);
});
