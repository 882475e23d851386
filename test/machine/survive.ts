// SPDX-License-Identifier: GPL-2.0-only
/** Puts damaged dumps through all of the program, and counts what became of them. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runScreen } from '../../src/cli/run-screen.ts';
import { showFunction } from '../../src/configspace/show/index.ts';
import { pcie } from '../../src/devices/profile.ts';
import { parseLspci } from '../../src/machine/dump.ts';
import { DumpError } from '../../src/machine/errors.ts';
import { machineOf, writeMachine } from '../../src/machine/machine.ts';
import { algorithms } from '../../src/reset/algorithms.ts';
import { prepareRun } from '../../src/run/prepare.ts';
import { runAlgorithm } from '../../src/run/run.ts';
import { mutated } from './mutate.ts';

/** A kernel developer waits a second for an answer; a loop takes for ever. CPU time: the machine may have more to do. */
const LONGEST_MS = 1000;
const LONGEST_MESSAGE = 400;

export interface Stratum {
  cases: number;
  parsed: number;
}

export interface Survey {
  readonly strata: Readonly<Record<string, Stratum>>;
  readonly slowest_ms: number;
  /** Bytes on the heap after a collection, after a tenth of the cases and at the end. */
  readonly heap: readonly [early: number, end: number];
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heapUsed = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

/** Runs the algorithm, prints, decodes and writes; what was written must be read again as the same bytes. */
function goThrough(text: Buffer): void {
  const { machine, options } = prepareRun(parseLspci(text, 'f'), algorithms.get('reset_pcie_endpoints')!, {});
  const before = parseLspci(Buffer.from(writeMachine(machine)), 'written');
  const bytes = (functions: typeof before.functions) => functions.map((f) => Buffer.from(f.bytes).toString('hex'));
  const there = machine.functions.map((f) => Buffer.from(f.bytes).toString('hex'));
  if (bytes(before.functions).join() !== there.join()) throw new Error('the machine is written with other bytes');
  if (runScreen(runAlgorithm(machine, options), { verbose: true }).length === 0) throw new Error('nothing printed');
  writeMachine(machine);
  for (const f of machine.functions) showFunction(f.bytes, { first: f.bdf % 0x100 === 0 });
}

/** How far a case goes: a machine takes longer than its text, and a run longer than both. */
export interface Depth {
  /** Of the cases of each kind, every so many-th becomes a machine. */
  readonly machineEach: number;
  /** And every so many-th goes through the whole program. */
  readonly wholeEach: number;
}

/** True when the text is a dump; false when it is refused by a sentence. Throws for everything else. */
function isDump(text: Buffer, round: number, { machineEach, wholeEach }: Depth): boolean {
  try {
    const dump = parseLspci(text, 'f');
    if (round % machineEach === 0) machineOf(dump, pcie);
    if (round % wholeEach === 0) goThrough(text);
    return true;
  } catch (error) {
    if (!(error instanceof DumpError)) throw error;
    if (error.message.includes('\n') || error.message.length > LONGEST_MESSAGE)
      throw new Error(`not a sentence for a screen: ${error.message.slice(0, 2 * LONGEST_MESSAGE)}`);
    return false;
  }
}

/** Cases 0 to `count` of a seed. */
export function survey(seed: number, count: number, depth: Depth): Survey {
  const strata: Record<string, Stratum> = {};
  let slowest_ms = 0;
  let early = 0;
  for (let index = 0; index < count; index++) {
    const { kind, text } = mutated(seed, index);
    strata[kind] ??= { cases: 0, parsed: 0 };
    const stratum = strata[kind];
    const start = process.cpuUsage();
    stratum.cases++;
    try {
      if (isDump(Buffer.from(text, 'latin1'), stratum.cases, depth)) stratum.parsed++;
    } catch (error) {
      throw new Error(`case ${index} of seed ${seed} (${kind}):\n${text.slice(0, 3000)}`, { cause: error });
    }
    const { user, system } = process.cpuUsage(start);
    const took_ms = (user + system) / 1000;
    if (took_ms > LONGEST_MS)
      throw new Error(`case ${index} of seed ${seed} (${kind}) took ${took_ms} ms:\n${text.slice(0, 3000)}`);
    slowest_ms = Math.max(slowest_ms, took_ms);
    if (index === Math.floor(count / 10)) early = heapUsed();
  }
  return { strata, slowest_ms, heap: [early, heapUsed()] };
}

const share = ({ parsed, cases }: Stratum): number => parsed / cases;

export const totalOf = ({ strata }: Survey): number => {
  const all = Object.values(strata);
  return all.reduce((sum, s) => sum + s.parsed, 0) / all.reduce((sum, s) => sum + s.cases, 0);
};

/** The table that is printed: what share of each stratum still parses. */
export function report(found: Survey): string {
  const mib = (n: number): string => `${(n / 2 ** 20).toFixed(1)} MiB`;
  return [
    ...Object.entries(found.strata).map(
      ([kind, s]) =>
        `  ${kind.padEnd(30)} ${String(s.cases).padStart(8)} ${(100 * share(s)).toFixed(1).padStart(6)} % parse`,
    ),
    `  ${'all'.padEnd(39)} ${(100 * totalOf(found)).toFixed(1).padStart(6)} % parse`,
    `  slowest case ${found.slowest_ms.toFixed(0)} ms; heap ${found.heap.map(mib).join(' early, ')} at the end`,
  ].join('\n');
}
