// SPDX-License-Identifier: GPL-2.0-only
/** Warnings of commands whose standard output is for what was asked for. */
import { formatWarning, type Warning } from '../machine/dump.ts';

export function printWarnings(warnings: readonly Warning[]): void {
  for (const warning of warnings) process.stderr.write(`warning: ${formatWarning(warning)}\n`);
}
