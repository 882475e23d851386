// SPDX-License-Identifier: GPL-2.0-only
/**
 * What the whole patch costs, port and hardware together, against the whole algorithm of the C reference on the same
 * machine. The two do not make the same accesses: the reference saves the functions of a switch, too, and fixed offsets in
 * place of capabilities. So the ratio is told per run and per access.
 */
import { busOf, devfnOf } from '../src/bus/bdf.ts';
import type { Hardware } from '../src/devices/hardware.ts';
import { algorithms } from '../src/reset/algorithms.ts';
import { kernelOn } from './machines.ts';
import { median } from './measure.ts';
import { initReference, type Reference } from './reference.ts';

const RUNS = 50;

/** Tells the reference how the machine is wired. */
function initAlgorithm(c: Reference, hardware: Hardware): void {
  initReference(c, hardware);
  const { segments, segmentOf, below } = hardware.fabric.wiring;
  const { functions, layouts, arena } = hardware;
  const ints = (values: Iterable<number>) => Int32Array.from(values);
  const members = segments.map((s) => s.functions.map(({ fn }) => fn));
  const starts = members.map((_, s) => members.slice(0, s).flat().length);
  const linkTab = new Int32Array(segments.length * 256).fill(-1);
  functions.forEach(({ bdf }, fn) => {
    linkTab[segmentOf[fn]! * 256 + devfnOf(bdf)] = fn;
  });
  const busTab = new Int32Array(256).fill(-1);
  segments.forEach(({ bus }, s) => {
    busTab[bus] = s;
  });
  const touched = (fn: number) =>
    ints([...arena.kinds[arena.kindOf[fn]!]!.resets.hot].flatMap((bits, d) => (bits === 0 ? [] : [d])));
  const isBridge = layouts.map(({ headerType }) => (headerType === 0 ? 0 : 1));
  const ports = functions.flatMap(({ bdf }, fn) => (busOf(bdf) === 0 && below[fn]! >= 0 ? [fn] : []));
  c.algoInit(
    ints(below),
    ints(segmentOf),
    ints(functions.map(({ bdf }) => devfnOf(bdf))),
    ints(segments.map(({ bridge }) => bridge ?? -1)),
    ints(starts),
    ints(members.map((fns) => fns.length)),
    ints(members.flat()),
    ints(segments.map(({ bus }) => bus)),
    linkTab,
    busTab,
    touched(isBridge.indexOf(0)),
    touched(isBridge.indexOf(1)),
    ints(ports),
    ints(isBridge),
  );
}

export interface AlgorithmRow {
  readonly perRun: number;
  readonly perAccess: number;
  readonly accesses: number;
  readonly accessesOfReference: number;
}

/** Ratios to C: medians of `rounds` in each of which both run one after the other. `counting` counts accesses. */
export function measureAlgorithm(c: Reference, counting: Reference, hardware: Hardware, rounds: number): AlgorithmRow {
  initAlgorithm(c, hardware);
  initAlgorithm(counting, hardware);
  counting.algoRun(0, 1);
  const accessesOfReference = counting.algoAccesses();
  const kernel = kernelOn(hardware);
  const { run } = algorithms.get('reset_pcie_endpoints')!;
  const once = () => {
    kernel.log.length = 0;
    kernel.decisions.length = 0;
    run(kernel);
  };
  const ratios: number[] = [];
  for (let round = -40; round < rounds; round++) {
    const reference = c.algoRun(0, RUNS);
    const start = c.tcpu();
    for (let i = 0; i < RUNS; i++) once();
    const ours = (c.tcpu() - start) / RUNS;
    if (round >= 0) ratios.push(ours / reference);
  }
  // Counted last: a second kind of bus at the same call sites would slow down what is measured.
  let accesses = 0;
  const { config } = kernel;
  kernel.config = {
    read: (...args) => {
      accesses++;
      return config.read(...args);
    },
    write: (...args) => {
      accesses++;
      config.write(...args);
    },
  };
  once();
  kernel.config = config;
  const perRun = median(ratios);
  return { perRun, perAccess: (perRun * accessesOfReference) / accesses, accesses, accessesOfReference };
}
