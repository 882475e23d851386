// SPDX-License-Identifier: GPL-2.0-only
/** Pages that show what the program prints, or are made from its tables, show it as it is now. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { corpusTable } from '../scripts/corpus-table.ts';
import { registerReference } from '../src/configspace/markdown.ts';
import { hotreset, ROOT } from './cli/hotreset.ts';

const page = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const CORPUS = join(ROOT, '../shared/corpus');
if (!existsSync(CORPUS)) console.warn('skipped: docs/corpus.md, no corpus of real machines beside the project');

it('the screen in the README is what the command prints', () => {
  const command = /`npx hotreset (run [^`]+)`:\n\n```\n([\s\S]*?)```/.exec(page('README.md'))!;
  expect(hotreset(command[1]!.split(' ')).stdout).toBe(command[2]);
});

it('docs/registers.md is made from the tables', () => {
  expect(page('docs/registers.md')).toBe(registerReference());
});

it.skipIf(!existsSync(CORPUS))('docs/corpus.md is what the patch does', () => {
  expect(page('docs/corpus.md')).toBe(corpusTable(CORPUS));
});

describe('docs/hardware.md', () => {
  const screens = [...page('docs/hardware.md').matchAll(/`npx hotreset (run [^`]+)`:\n\n```\n([\s\S]*?)```/g)];

  it('shows four machines that misbehave', () => {
    expect(screens).toHaveLength(4);
  });

  it.each(screens.map(([, command, shown]) => [command!, shown!] as const))(
    '%s prints what it shows',
    (command, shown) => {
      const printed = hotreset(command.split(' ')).stdout.split('\n');
      // Between two places where something was left out, nothing was.
      let from = 0;
      for (const piece of shown.trimEnd().split('\n...\n')) {
        const lines = piece.split('\n');
        const at = printed.findIndex((_, i) => i >= from && lines.every((line, j) => printed[i + j] === line));
        expect(at, piece).toBeGreaterThanOrEqual(from);
        from = at + lines.length;
      }
    },
  );
});
