// SPDX-License-Identifier: GPL-2.0-only
/**
 * The facts of 212 registers that were written down apart from this project, register by register and bit by bit against
 * the tables. They stand beside the checkout, so that a checkout may be without them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { declaredAs, type Fact } from './support/facts.ts';
import { DISAGREEMENTS, disagreementsOf } from './support/facts-compare.ts';

const FACTS = resolve(import.meta.dirname, '../../../shared/domain/registers.json');
const there = existsSync(FACTS);
const facts = there ? (JSON.parse(readFileSync(FACTS, 'utf8')) as Fact[]) : [];

test.skipIf(!there)('every register of registers.json is declared as it says', ({ annotate }) => {
  const found = facts.flatMap((fact) => disagreementsOf(fact, declaredAs(fact)));
  const unlisted = found.filter((text) => !(text in DISAGREEMENTS));
  annotate(
    `${facts.length} registers, ${found.length} disagreements, ${unlisted.length} of them without a reason in the list`,
  );
  expect(unlisted).toEqual([]);
  expect(Object.keys(DISAGREEMENTS).filter((text) => !found.includes(text))).toEqual([]);
  expect(facts).toHaveLength(212);
});
