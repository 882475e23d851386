// SPDX-License-Identifier: GPL-2.0-only
/** `hotreset diff`: two dumps, by register name. */
import type { Command } from 'commander';
import { formatBdf } from '../bus/bdf.ts';
import { diffFunction, formatDiff } from '../configspace/diff.ts';
import { type Dump, readDump } from '../machine/dump.ts';
import { functionsOf, warningsOf } from '../machine/machine.ts';
import { UsageError } from '../run/errors.ts';
import { nameOf } from './names.ts';
import { wrap } from './text.ts';
import { printWarnings } from './warnings.ts';

/** Exit code of a command that found something. */
const FINDING = 1;

function diffDumps(before: Dump, after: Dump): string[] {
  const [left, right] = [functionsOf(before), functionsOf(after)];
  const others = new Map(right.map((f) => [f.bdf, f]));
  const lines: string[] = [];
  for (const f of left) {
    const other = others.get(f.bdf);
    others.delete(f.bdf);
    const head = `${formatBdf(f.bdf)} ${nameOf(f.title, f.bytes)}`;
    if (!other) {
      lines.push(...wrap(`${head}: only in ${before.file}`, 0, 2));
      continue;
    }
    const diffs = diffFunction(f.bytes, other.bytes);
    if (diffs.length > 0) lines.push(...wrap(head, 0, 2), ...diffs.flatMap((diff) => wrap(formatDiff(diff), 2, 2)));
  }
  for (const f of others.values())
    lines.push(...wrap(`${formatBdf(f.bdf)} ${nameOf(f.title, f.bytes)}: only in ${after.file}`, 0, 2));
  return lines;
}

export function addDiff(program: Command): void {
  program
    .command('diff')
    .summary('compare two dumps by register name')
    .description('Compares two dumps of a machine, function by function and register by register.')
    .argument('<before>', 'a dump, plain or gzipped; - is standard input')
    .argument('<after>', 'another one of the same machine')
    .addHelpText('after', '\nExit code: 0 no difference, 1 differences, 2 a dump that cannot be read.')
    .action((before: string, after: string) => {
      if (before === '-' && after === '-') throw new UsageError('only one of the two dumps can be standard input');
      const dumps = [readDump(before), readDump(after)] as const;
      const warnings = dumps.flatMap(warningsOf);
      const lines = diffDumps(...dumps);
      if (lines.length > 0) process.exitCode = FINDING;
      process.stdout.write(lines.length === 0 ? 'no difference\n' : `${lines.join('\n')}\n`);
      printWarnings(warnings);
    });
}
