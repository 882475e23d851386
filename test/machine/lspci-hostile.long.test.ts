// SPDX-License-Identifier: GPL-2.0-only
/** The large inputs that the generators of ../shared/malformed write: answered, not survived by luck. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readDump } from '../../src/machine/dump.ts';
import { sharedFolder } from './lspci-samples.ts';

const malformed = sharedFolder('malformed');

describe.skipIf(malformed === undefined)('generators (skipped where ../shared/malformed is absent)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hotreset-hostile-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const generate = (shell: string, name: string): string => {
    const path = join(folder, 'dump.lspci');
    const out = openSync(path, 'w');
    const { status } = spawnSync(shell, [join(malformed!, name)], { stdio: ['ignore', out, 'inherit'] });
    closeSync(out);
    expect(status).toBe(0);
    return path;
  };

  it('a line of 100 MB', () => {
    const path = generate('sh', 'gen-100MB-line.sh');
    expect(() => readDump(path)).toThrow(`${path}: line 1: longer than 65536 bytes, no line of lspci is`);
  });

  it('a row of 100 MB', () => {
    const path = generate('sh', 'gen-100MB-hex-row.sh');
    expect(() => readDump(path)).toThrow(`${path}: line 2: row 00 of 00:00.0 has more than 16 bytes and runs past fff`);
  });

  it('1,048,576 functions', () => {
    const dump = readDump(generate('sh', 'gen-1M-functions.sh'));
    expect(dump.functions).toHaveLength(2 ** 20);
    expect(dump.warnings).toEqual([]);
  });

  it('255 nested bridges', (context) => {
    if (spawnSync('python3', ['--version']).status !== 0) context.skip('no python3 here');
    const dump = readDump(generate('python3', 'gen-bridge-chain-255.py'));
    expect(dump.functions).toHaveLength(255);
    expect(dump.warnings).toEqual([]);
  });
});
