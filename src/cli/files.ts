// SPDX-License-Identifier: GPL-2.0-only
/** Where output goes: a file, or standard output for `-`. */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { UsageError } from '../run/errors.ts';

/** Writes text to a file, gzipped when its name ends in .gz, or to standard output. Throws a UsageError where it cannot. */
export function writeOutput(path: string, text: string): void {
  if (path === '-') {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(path, path.endsWith('.gz') ? gzipSync(text) : text);
  } catch (error) {
    throw new UsageError(`${path}: cannot be written (${error instanceof Error ? error.message : String(error)})`);
  }
}
