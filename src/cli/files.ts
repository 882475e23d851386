// SPDX-License-Identifier: GPL-2.0-only
/** Where output goes: a file, or standard output for `-`. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { UsageError } from '../run/errors.ts';

/**
 * Writes text, piece by piece, to a file, gzipped when its name ends in .gz, or to standard output. Throws a UsageError
 * where it cannot.
 */
export function writeOutput(path: string, text: Iterable<string>): void {
  if (path === '-') {
    for (const piece of text) process.stdout.write(piece);
    return;
  }
  try {
    const file = openSync(path, 'w');
    // Gzip members one after the other are one gzip file.
    for (const piece of text) writeSync(file, path.endsWith('.gz') ? gzipSync(piece) : Buffer.from(piece));
    closeSync(file);
  } catch (error) {
    throw new UsageError(`${path}: cannot be written (${error instanceof Error ? error.message : String(error)})`);
  }
}
