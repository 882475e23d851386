// SPDX-License-Identifier: GPL-2.0-only
/** The memory that a machine of 65,536 functions takes to be loaded, run and written, in a process of its own. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLspci } from '../src/machine/dump.ts';
import { fullDomain } from './rollback.ts';

export interface SizeRow {
  readonly functions: number;
  readonly dump_MiB: number;
  readonly peak_MiB: number;
  readonly seconds: number;
}

/** Throws where the command fails. */
export function measureSize(root: string): SizeRow {
  const folder = mkdtempSync(join(tmpdir(), 'hotreset-bench-'));
  const file = join(folder, 'full.lspci');
  const functions = fullDomain();
  const out = openSync(file, 'w');
  for (let i = 0; i < functions.length; i += 1024)
    writeSync(out, `${writeLspci(functions.slice(i, i + 1024), { domains: true })}\n`);
  closeSync(out);
  const dump_MiB = Math.round(statSync(file).size / 2 ** 20);
  const main = join(root, 'dist/src/cli/main.js');
  const report = `process.on('exit', () => console.error('peak', process.resourceUsage().maxRSS))`;
  const start = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(report)}`,
      main,
      'run',
      file,
      '--after',
      join(folder, 'after.lspci'),
    ],
    { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 2 ** 26 },
  );
  const seconds = (performance.now() - start) / 1000;
  rmSync(folder, { recursive: true });
  const peak = /peak (\d+)/.exec(stderr);
  if (status !== 0 || !peak) throw new Error(`hotreset run ended with ${status}: ${stderr.slice(0, 500)}`);
  return { functions: functions.length, dump_MiB, peak_MiB: Math.round(Number(peak[1]) / 1024), seconds };
}
