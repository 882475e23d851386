// SPDX-License-Identifier: GPL-2.0-only
/** What reading a dump of 10,000 functions costs, process against process: ours, and `lspci -F FILE -n`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBdf } from '../src/bus/bdf.ts';
import { writeLspci } from '../src/machine/dump.ts';
import { median, random } from './measure.ts';

const FUNCTIONS = 10_000;

/** A dump with 4096 random bytes for each function. */
function dumpText(): string {
  const next = random(3);
  const functions = Array.from({ length: FUNCTIONS }, (_, i) => {
    const bytes = Uint8Array.from({ length: 4096 }, () => next() & 0xff);
    bytes[0x0e] = 0;
    return { bdf: makeBdf(0, i >> 8, (i >> 3) & 31, i & 7), bytes };
  });
  return writeLspci(functions, { domains: true });
}

/** CPU seconds, user and system, that a command takes; undefined where it cannot run. */
function cpuOf(command: string): number | undefined {
  const { stdout, status } = spawnSync('sh', ['-c', `${command} >/dev/null 2>&1 || exit 1; times`], {
    encoding: 'utf8',
  });
  if (status !== 0) return undefined;
  const [, children] = stdout.trim().split('\n');
  const seconds = children!.split(' ').map((text) => {
    const [, minutes, rest] = /^(\d+)m([\d.]+)s$/.exec(text)!;
    return 60 * Number(minutes) + Number(rest);
  });
  return seconds[0]! + seconds[1]!;
}

/** How many times less CPU ours takes: median; a sentence where lspci is not there. */
export function measureParser(root: string, rounds: number): number | string {
  const folder = mkdtempSync(join(tmpdir(), 'hotreset-bench-'));
  const file = join(folder, 'dump.lspci');
  writeFileSync(file, dumpText());
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const theirs = cpuOf(`lspci -F ${file} -n`);
    const ours = cpuOf(`${process.execPath} ${join(root, 'dist/bench/parse-once.js')} ${file}`);
    if (theirs === undefined || ours === undefined) return 'no lspci (pciutils)';
    ratios.push(theirs / ours);
  }
  rmSync(folder, { recursive: true });
  return median(ratios);
}
