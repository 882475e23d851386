// SPDX-License-Identifier: GPL-2.0-only
/** Inputs of a hundred megabytes, a million functions, 255 bridges in a chain: an answer within 10 s and 1 GiB. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from './hotreset.ts';

const MAIN = join(ROOT, 'dist/src/cli/main.js');
const GIB = 2 ** 20;

const folder = mkdtempSync(join(tmpdir(), 'hotreset-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Tells the most memory the command had and its CPU time, on standard error behind all else. */
const WATCH =
  'data:text/javascript,process.on("exit",()=>{const{maxRSS,userCPUTime:u,systemCPUTime:s}=process.resourceUsage();' +
  'process._rawDebug("USED "+JSON.stringify({kib:maxRSS,ms:(u+s)/1000}))})';

interface Used {
  readonly kib: number;
  /** CPU time: the machine may have more to do. */
  readonly ms: number;
}

function command(name: string, path: string, most: Used = { kib: GIB, ms: 10_000 }) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', WATCH, MAIN, name, path], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const [said, json] = stderr.split(/^USED /m);
  const used = JSON.parse(json!) as Used;
  const figures = `${Math.round(used.ms)} ms, ${Math.round(used.kib / 1024)} MiB`;
  process.stdout.write(`hotreset ${name} ${path.slice(folder.length + 1)}: ${figures}\n`);
  expect(used.ms).toBeLessThan(most.ms);
  expect(used.kib).toBeLessThan(most.kib);
  return { code: status, stdout, stderr: said!.replaceAll(path, 'FILE') };
}

/** Writes pieces to a file, none of which has to be in memory with the others. */
function file(name: string, pieces: Iterable<string>): string {
  const path = join(folder, name);
  const fd = openSync(path, 'w');
  for (const piece of pieces) writeSync(fd, piece);
  closeSync(fd);
  return path;
}

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');
const row = (offset: number, bytes: readonly number[]): string =>
  `${hex(offset, 2)}: ${bytes.map((byte) => hex(byte, 2)).join(' ')}\n`;

function* repeated(start: string, piece: string, times: number, end: string): Generator<string> {
  yield start;
  for (let i = 0; i < times; i++) yield piece;
  yield end;
}

const NETWORK_CARD = row(0, [0x86, 0x80, 0x0e, 0x10, 7, 0, 0x10, 0, 0, 0, 0, 2, 0, 0, 0x80, 0]);

function* functions(domains: number): Generator<string> {
  for (let at = 0; at < domains * 0x10000; at += 0x100) {
    const bus = `${hex(at >> 16, 4)}:${hex((at >> 8) & 0xff, 2)}`;
    const slots = Array.from({ length: 0x100 }, (_, i) => `${bus}:${hex(i >> 3, 2)}.${i & 7} Class\n${NETWORK_CARD}\n`);
    yield slots.join('');
  }
}

/** Bus n has one bridge, to bus n+1: the deepest tree there can be. */
function* chain(bridges: number): Generator<string> {
  for (let bus = 0; bus < bridges; bus++) {
    const bytes = new Array<number>(64).fill(0);
    bytes.splice(0, 5, 0x36, 0x1b, 1, 0, 7);
    bytes.splice(9, 6, 0, 4, 6, 0, 0, 1);
    bytes.splice(0x18, 3, bus, bus + 1, 0xff);
    yield `${hex(bus, 2)}:00.0 PCI bridge\n${[0, 16, 32, 48].map((at) => row(at, bytes.slice(at, at + 16))).join('')}\n`;
  }
}

describe('hotreset', () => {
  it('refuses a line of 100 MB', () => {
    const path = file('line', repeated('00:00.0 ', 'X'.repeat(1_000_000), 100, `\n${NETWORK_CARD}`));
    const stderr = 'hotreset: FILE: line 1: longer than 65536 bytes, no line of lspci is\n';
    expect(command('run', path)).toEqual({ code: 2, stdout: '', stderr });
  });

  it('refuses a row of 100 MB', () => {
    const path = file('row', repeated('00:00.0 Host bridge\n00:', ' 00'.repeat(333_333), 100, '\n'));
    const stderr = 'hotreset: FILE: line 2: row 00 of 00:00.0 has more than 16 bytes and runs past fff\n';
    expect(command('run', path)).toEqual({ code: 2, stdout: '', stderr });
  });

  it('refuses a machine of a million functions', () => {
    const path = file('million', functions(16));
    const stderr = 'hotreset: FILE: 1048576 functions, and at most 131072 can be made a machine of\n';
    for (const name of ['run', 'list', 'show']) expect(command(name, path)).toEqual({ code: 2, stdout: '', stderr });
  });

  it('runs a machine of 65,536 functions', () => {
    const path = file('domain', functions(1));
    const most = { kib: 2 * GIB, ms: 60_000 };
    expect(command('list', path, most)).toMatchObject({ code: 0, stderr: '' });
    expect(command('run', path, most)).toMatchObject({ code: 0, stderr: '' });
  });

  it('lists, runs and shows a chain of 255 bridges', () => {
    const path = file('chain', chain(255));
    const listed = command('list', path);
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(listed.stdout.split('\n').filter((line) => line.includes('->'))).toHaveLength(255);
    expect(command('run', path).stdout).toMatch(/^\S+: 255 functions, 255 bridges among them, 1 root bus;/);
    expect(command('show', path)).toMatchObject({ code: 0, stderr: '' });
  });
});
