// SPDX-License-Identifier: GPL-2.0-only
/** `npm run bench`: everything in one process, interleaved, medians of ratios; no absolute times. */
import { cpus } from 'node:os';
import { join } from 'node:path';
import { measureAccess } from './access.ts';
import { measureAlgorithm } from './algorithm.ts';
import { hardwareOf, machineOf32 } from './machines.ts';
import { measureParser } from './parser.ts';
import { loadReference } from './reference.ts';
import { measureRollback } from './rollback.ts';
import { measureSize } from './size.ts';

const ROOT = join(import.meta.dirname, '../..');
const ROUNDS = 61;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const row = (what: string, value: string, target: string): void =>
  print(`${what.padEnd(58)} ${value.padStart(10)}   ${target}`);

print(`hotreset bench: Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}`);
print('Ratios are medians of one run; below 1 would be faster than what they are compared with.');
print('');

const reference = loadReference(ROOT);
const counting = loadReference(ROOT, { count: true });
if (typeof reference === 'string' || typeof counting === 'string')
  print(`skipped: comparison with C: ${String(reference)}`);
else {
  const names = { r4: 'read 4', r2: 'read 2', r1: 'read 1', w4: 'write 4', w2: 'write 2', w1: 'write 1' } as const;
  for (const { kind, byAddress, byHandle } of measureAccess(reference, hardwareOf(machineOf32()), ROUNDS)) {
    const [address, handle] = kind.startsWith('r') ? ['2.4', '2.0'] : ['2.5', '2.2'];
    row(`config ${names[kind]} by address / C`, `${byAddress.toFixed(2)}x`, `<= ${address}x`);
    row(`config ${names[kind]} by handle / C`, `${byHandle.toFixed(2)}x`, `<= ${handle}x`);
  }
  const algorithm = measureAlgorithm(reference, counting, hardwareOf(machineOf32()), ROUNDS);
  row('reset_pcie_endpoints, 32 functions / C', `${algorithm.perRun.toFixed(2)}x`, '<= 2.5x');
  row(
    `  per access (${algorithm.accesses} against ${algorithm.accessesOfReference})`,
    `${algorithm.perAccess.toFixed(2)}x`,
    '',
  );
}
const rollback = measureRollback(ROUNDS);
row(
  `copy of ${rollback.functions} functions / rollback of one run (${rollback.entries} changes)`,
  `${Math.round(rollback.cheaper)}x`,
  '>= 1000x',
);
const parser = measureParser(ROOT, 5);
if (typeof parser === 'string') print(`skipped: comparison of the parser: ${parser}`);
else row('lspci -F FILE -n / our parser, 10,000 functions, CPU', `${parser.toFixed(1)}x`, '>= 5x');
const size = measureSize(ROOT);
row(`load, run, write ${size.functions} functions (${size.dump_MiB} MiB): peak`, `${size.peak_MiB} MiB`, '< 2048 MiB');
