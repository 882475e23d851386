// SPDX-License-Identifier: GPL-2.0-only
/** The rooms of the house: who may import whom, and how large a file may get. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const MAX_LINES = 400;

/** Rooms that each room may import besides itself. `index` is the public API, src/index.ts. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  bus: [],
  configspace: [],
  devices: ['configspace', 'bus'],
  reset: ['configspace', 'bus'],
  machine: ['configspace', 'bus', 'devices'],
  run: ['configspace', 'bus', 'devices', 'reset', 'machine'],
  kdump: ['configspace', 'bus', 'devices', 'reset', 'machine', 'run'],
  cli: ['configspace', 'bus', 'devices', 'reset', 'machine', 'run', 'kdump', 'index'],
  index: ['configspace', 'bus', 'devices', 'reset', 'machine', 'run', 'kdump'],
};

/** TypeScript files below a folder, as paths from the root. */
const sources = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path.split(sep).join('/')}`)
    .sort();

/** What a file imports, as paths from the root (ours) or names of packages. */
function importsOf(path: string): string[] {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const names = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map((m) => m[1]!);
  return names.map((name) =>
    name.startsWith('.')
      ? relative(ROOT, join(ROOT, dirname(path), name))
          .split(sep)
          .join('/')
      : name,
  );
}

const roomOf = (path: string): string => (path === 'src/index.ts' ? 'index' : path.split('/')[1]!);

/** Imports of a file that its room may not have. */
function forbidden(path: string): string[] {
  const room = roomOf(path);
  return importsOf(path).filter((name) => {
    if (name === 'fast-check') return true;
    if (name === 'buffer-layout') return path !== 'src/configspace/layout.ts';
    if (!name.startsWith('src/')) return name.startsWith('fuzz/') || name.startsWith('test/');
    return roomOf(name) !== room && !ALLOWED[room]!.includes(roomOf(name));
  });
}

describe('the rooms', () => {
  it.each(sources('src'))('%s imports only what it may', (path) => {
    expect(forbidden(path)).toEqual([]);
  });

  it('finds an import that is forbidden', () => {
    expect(ALLOWED['reset']).not.toContain('devices');
    expect(importsOf('src/cli/main.ts')).toContain('src/machine/errors.ts');
  });
});

describe('the files', () => {
  const files = ['src', 'test', 'scripts'].flatMap(sources);

  it.each(files)('%s has a licence line and at most 400 lines', (path) => {
    const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
    expect(lines.slice(0, 2)).toContain('// SPDX-License-Identifier: GPL-2.0-only');
    expect(lines.length).toBeLessThanOrEqual(MAX_LINES);
  });
});
