// SPDX-License-Identifier: GPL-2.0-only
/** Files: gzip, and what is said of files that cannot be read. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { parseLspci, readDump } from '../../src/machine/dump.ts';
import { DumpError } from '../../src/machine/errors.ts';
import { counting, fn, lines } from './lspci-samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'hotreset-lspci-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, data: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, data);
  return path;
};
const text = lines(fn('00:00.0', 4096), '', fn('00:01.0'));
const packed = gzipSync(text);

function errorOf(action: () => unknown): DumpError {
  try {
    action();
  } catch (error) {
    if (error instanceof DumpError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('readDump', () => {
  it('reads text and gzip alike, whatever the name', () => {
    for (const [name, data] of [
      ['a.lspci.gz', text],
      ['b.lspci', packed],
    ] as const) {
      const path = write(name, data);
      const dump = readDump(path);
      expect(dump.file).toBe(path);
      expect(dump.functions.map((f) => f.bytes)).toEqual([counting(4096), counting(64)]);
    }
  });

  it('reads a pipe, whose size is not known beforehand', (context) => {
    const pipe = join(folder, 'pipe');
    if (spawnSync('mkfifo', [pipe]).status !== 0) context.skip('no mkfifo here');
    const addresses = Array.from({ length: 30 }, (_, bus) => `${bus.toString(16).padStart(2, '0')}:00.0`);
    const large = write('large', lines(...addresses.map((address) => [...fn(address, 4096), ''])));
    spawn('sh', ['-c', 'exec cat "$0" > "$1"', large, pipe], { stdio: 'ignore' });
    expect(readDump(pipe).functions.map((f) => f.bytes)).toEqual(addresses.map(() => counting(4096)));
  });

  it('says what is wrong with a path', () => {
    const absent = join(folder, 'absent');
    expect(errorOf(() => readDump(absent)).message).toBe(`${absent}: no such file`);
    expect(errorOf(() => readDump(folder)).message).toBe(`${folder}: is a directory, not a dump`);
    expect(errorOf(() => readDump(join(write('f', text), 'x'))).message).toMatch(/: no such file$/);
  });

  it('says that it may not read a file', (context) => {
    if (process.getuid?.() === 0) context.skip('root may read every file');
    const path = write('secret', text);
    chmodSync(path, 0);
    expect(errorOf(() => readDump(path)).message).toBe(`${path}: the file may not be read (permission denied)`);
  });
});

describe('gzip', () => {
  const damaged = Uint8Array.from(packed);
  damaged[packed.length - 6]! ^= 0xff;
  it.each([
    ['truncated', packed.subarray(0, packed.length - 20), 'x: the gzip data ends too early (a truncated file?)'],
    ['only the magic', packed.subarray(0, 2), 'x: the gzip data ends too early (a truncated file?)'],
    ['damaged', damaged, 'x: the gzip data is damaged (incorrect data check)'],
    ['a bomb', gzipSync(Buffer.alloc(257 * 2 ** 20), { level: 1 }), 'x: the gzip data unpacks to more than 256 MiB'],
    ['of nothing', gzipSync(''), 'x: empty file, no PCI functions found'],
  ])('%s', (_, data, message) => {
    expect(errorOf(() => parseLspci(data, 'x')).message).toBe(message);
  });

  it('in two members', () => {
    const both = Buffer.concat([gzipSync(lines(fn('00:00.0'), '')), gzipSync(lines(fn('00:01.0')))]);
    expect(parseLspci(both, 'x').functions).toHaveLength(2);
  });
});

describe('other formats are named', () => {
  it.each([
    ['xz-compressed', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
    ['bzip2-compressed', [0x42, 0x5a, 0x68, 0x39]],
    ['zstd-compressed', [0x28, 0xb5, 0x2f, 0xfd]],
    ['zip archive', [0x50, 0x4b, 3, 4]],
    ['UTF-16', [0xff, 0xfe, 0x30, 0]],
    ['UTF-16', [0xfe, 0xff, 0, 0x30]],
  ])('%s', (what, magic) => {
    expect(errorOf(() => parseLspci(Uint8Array.from(magic), 'x')).message).toContain(what);
  });
});
