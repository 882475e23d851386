// SPDX-License-Identifier: GPL-2.0-only
/** The published types: complete by themselves, whatever else a user has installed. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;

/** Where each name that a type declaration imports is found; names of packages as they are. */
function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/(?:\bfrom|\bimport\()\s*'([^']+)'/g)].map(([, name]) =>
    name!.startsWith('.') ? join(dirname(path), name!.replace(/\.[jt]s$/, '.d.ts')) : name!,
  );
}

/** The declarations that a user's compiler reads for an entry, and the packages they name. */
function treeOf(entry: string): { readonly files: readonly string[]; readonly packages: readonly string[] } {
  const files = new Set<string>([entry]);
  const packages = new Set<string>();
  for (const path of files)
    for (const name of importsOf(path)) {
      if (name.startsWith('/')) files.add(name);
      else packages.add(name);
    }
  return { files: [...files], packages: [...packages] };
}

const entries = Object.entries(manifest.exports).flatMap(([name, target]) =>
  typeof target === 'string' ? [] : [{ name, types: join(ROOT, target.types), code: join(ROOT, target.default) }],
);

describe('package.json', () => {
  it('exports the library', () => {
    expect(entries.map(({ name }) => name)).toContain('.');
  });

  it.each(entries)('has what it says for $name, and packs it', ({ types, code }) => {
    for (const path of [types, code]) {
      expect(existsSync(path), path).toBe(true);
      expect(manifest.files.some((folder) => relative(ROOT, path).startsWith(`${folder}/`))).toBe(true);
    }
  });

  it('has a command that can be started', () => {
    const code = readFileSync(join(ROOT, manifest.bin['hotreset']!), 'utf8');
    expect(code.startsWith('#!/usr/bin/env node\n')).toBe(true);
  });
});

describe.each(entries)('types of $name', ({ types }) => {
  const { files, packages } = treeOf(types);

  it('are many files, all of them there', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((path) => !existsSync(path))).toEqual([]);
  });

  it("name no package: buffer-layout has no types, and those of Node are not everybody's", () => {
    expect(packages).toEqual([]);
    const named = files.filter((path) => /\bBuffer\b|\bNodeJS\b|<reference/.test(readFileSync(path, 'utf8')));
    expect(named).toEqual([]);
  });
});
