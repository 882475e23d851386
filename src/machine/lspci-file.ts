// SPDX-License-Identifier: GPL-2.0-only
/** Dumps from files and from standard input. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Dump } from './dump.ts';
import { DumpError } from './errors.ts';
import { parseLspci } from './lspci-reader.ts';

/** 65,536 functions with extended config space are 850 MiB of text. */
const MAX_FILE = 1024 * 2 ** 20;
const STDIN = 0;

/** What a person is told for the errors that a wrong path causes. */
const SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'the file may not be read (permission denied)',
  EPERM: 'the file may not be read (operation not permitted)',
  EISDIR: 'is a directory, not a dump',
  ENOTDIR: 'no such file',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the file name is too long',
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Reads what there is into `into`; 0 at the end. A terminal or a pipe in non-blocking mode is asked again until then. */
function readSome(fd: number, into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(fd, into, 0, into.length, null);
    } catch (error) {
      if (codeOf(error) === 'EOF') return 0;
      if (codeOf(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** All of the file in one buffer. The size a file system gives is a hint only: pipes and /proc have none. */
function readAll(fd: number, file: string): Uint8Array {
  const { size } = fstatSync(fd);
  let data: Uint8Array = Buffer.allocUnsafe(Math.min(size, MAX_FILE) + 65536);
  let used = 0;
  for (;;) {
    const count = readSome(fd, data.subarray(used));
    if (count === 0) return data.subarray(0, used);
    used += count;
    if (used > MAX_FILE) throw new DumpError(`longer than ${MAX_FILE / 2 ** 20} MiB`, { file });
    if (used === data.length) {
      const larger = Buffer.allocUnsafe(2 * used);
      larger.set(data);
      data = larger;
    }
  }
}

/**
 * Reads a dump from `path`, or from standard input for `-`; gzip is unpacked.
 * Throws DumpError: the file cannot be read, or its text cannot be (see parseLspci).
 */
export function readDump(path: string): Dump {
  const file = path === '-' ? 'standard input' : path;
  let fd: number | undefined;
  try {
    fd = path === '-' ? STDIN : openSync(path, 'r');
    return parseLspci(readAll(fd, file), file);
  } catch (error) {
    if (error instanceof DumpError || codeOf(error) === '') throw error;
    throw new DumpError(SENTENCES[codeOf(error)] ?? (error as Error).message, { file });
  } finally {
    if (fd !== undefined && fd !== STDIN) closeSync(fd);
  }
}
