// SPDX-License-Identifier: GPL-2.0-only
/** Dumps of real machines: each loads into the arena, comes back from it byte for byte, and runs. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { runScreen } from '../../src/cli/run-screen.ts';
import { pcie } from '../../src/devices/profile.ts';
import { parseLspci, readDump } from '../../src/machine/dump.ts';
import { machineOf, writeMachine } from '../../src/machine/machine.ts';
import { algorithms } from '../../src/reset/algorithms.ts';
import { prepareRun } from '../../src/run/prepare.ts';
import { runAlgorithm } from '../../src/run/run.ts';

const CORPUS = join(import.meta.dirname, '../../../shared/corpus');
const files = existsSync(CORPUS) ? readdirSync(CORPUS).filter((name) => name.endsWith('.lspci.gz')) : [];
const lspci = spawnSync('lspci', ['--version']).status === 0;
if (files.length === 0) console.warn('skipped: no corpus of real machines beside the project');
if (!lspci) console.warn('skipped: comparison with lspci, which is not installed (pciutils)');

const folder = mkdtempSync(join(tmpdir(), 'hotreset-'));
afterAll(() => rmSync(folder, { recursive: true }));

const bytesOf = (text: Uint8Array) =>
  parseLspci(text, 'dump')
    .functions.map(({ bdf, bytes, missing }) => ({ bdf, missing, bytes: Buffer.from(bytes).toString('hex') }))
    .sort((a, b) => a.bdf - b.bdf);

/** What lspci makes of a dump. */
function decoded(text: Uint8Array | string): string {
  const path = join(folder, 'dump');
  writeFileSync(path, text);
  const { status, stdout } = spawnSync('lspci', ['-F', path, '-nvvv'], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  expect(status).toBe(0);
  return stdout;
}

describe.skipIf(files.length === 0)('the corpus', () => {
  it.each(files)('%s goes through the arena', (name) => {
    const original = gunzipSync(readFileSync(join(CORPUS, name)));
    const ours = writeMachine(machineOf(readDump(join(CORPUS, name)), pcie));
    expect(bytesOf(Buffer.from(ours))).toEqual(bytesOf(original));
    if (lspci) expect(decoded(ours)).toBe(decoded(original));
  });

  it.each(files)('%s runs', (name) => {
    const algorithm = algorithms.get('reset_pcie_endpoints')!;
    const { machine, options } = prepareRun(readDump(join(CORPUS, name)), algorithm, {});
    const result = runAlgorithm(machine, options);
    const screen = runScreen(result, { verbose: true });
    // The kernel's own lines stay whole, and the path of the dump in the first line is the user's.
    const [ours] = screen.split('\n\nKernel log\n');
    for (const line of ours!.split('\n').slice(1)) expect(line.length, line).toBeLessThanOrEqual(100);
    // Whoever was reset has no DMA left, and nobody else lost any.
    for (const { bdf, resets, dma } of result.functions) {
      if (resets > 0) expect(dma.after, bdf).toBe(false);
      else if (dma.before) expect(dma.after, bdf).toBe(true);
    }
  });
});
