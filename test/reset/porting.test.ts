// SPDX-License-Identifier: GPL-2.0-only
/** docs/porting.md says where each kernel function is; it has to be there, under its name. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const rows = [...read('docs/porting.md').matchAll(/^\| `(\w+)` \| [^|]+ \| `(src\/reset\/\w+\.ts)` \|/gm)].map(
  (m) => [m[1]!, m[2]!] as const,
);

const defines = (path: string, name: string): boolean =>
  new RegExp(`^(?:export )?(?:async )?(?:function|const|class|interface) ${name}\\b|^  ${name}\\(`, 'm').test(
    read(path),
  );

test('there is a table', () => {
  expect(rows.length).toBeGreaterThan(100);
});

test.each(rows)('%s is in %s', (name, path) => {
  expect(defines(path, name)).toBe(true);
});

test('and nothing with a kernel name is left out', () => {
  const listed = new Set(rows.map(([name, path]) => `${name} in ${path}`));
  const missing: string[] = [];
  for (const file of readdirSync(new URL('src/reset/', ROOT))) {
    const path = `src/reset/${file}`;
    for (const m of read(path).matchAll(/^export function (\w+)/gm)) {
      if (!listed.has(`${m[1]} in ${path}`)) missing.push(`${m[1]} in ${path}`);
    }
  }
  expect(missing).toEqual([
    'parse_early_param in src/reset/cmdline.ts',
    'read_rebar_sizes in src/reset/rebar.ts',
    'pci_scan_root_buses in src/reset/scan.ts',
  ]);
});
