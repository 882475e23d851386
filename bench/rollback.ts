// SPDX-License-Identifier: GPL-2.0-only
/** What it costs to undo one run on a machine of 65,536 functions, against copying its config spaces. */
import type { Bdf } from '../src/bus/index.ts';
import { STRIDE } from '../src/devices/arena.ts';
import { type FunctionSpec, Hardware } from '../src/devices/hardware.ts';
import { qemu72 } from '../src/devices/qemu.ts';
import { algorithms } from '../src/reset/algorithms.ts';
import { kernelOn, machineOf32 } from './machines.ts';
import { median } from './measure.ts';

const FUNCTIONS = 65_536;

/** The machine of 32 functions, and as many plain devices of 4 KiB on root buses as make 65,536 functions in all. */
export function fullDomain(): FunctionSpec[] {
  const machine = machineOf32();
  const bytes = new Uint8Array(STRIDE);
  new DataView(bytes.buffer).setUint32(0, 0x0002_1234, true);
  bytes[0x0b] = 0x02;
  // Buses below the machine's own stay as they are; a second domain takes what does not fit.
  const first = 0x1000;
  const plain = Array.from({ length: FUNCTIONS - machine.length }, (_, i) => ({ bdf: (first + i) as Bdf, bytes }));
  return [...machine, ...plain];
}

export interface RollbackRow {
  readonly functions: number;
  /** Values that one run changed. */
  readonly entries: number;
  /** How many times cheaper than a copy of all config spaces: median. */
  readonly cheaper: number;
}

export function measureRollback(rounds: number): RollbackRow {
  const hardware = new Hardware(fullDomain(), qemu72);
  const kernel = kernelOn(hardware);
  const { run } = algorithms.get('reset_pcie_endpoints')!;
  const { bytes, journal } = hardware.arena;
  const copy = new Uint8Array(bytes.length);
  const ratios: number[] = [];
  let entries = 0;
  for (let round = -5; round < rounds; round++) {
    hardware.mark();
    run(kernel);
    entries = journal.length;
    const start = process.hrtime.bigint();
    hardware.rollback();
    const between = process.hrtime.bigint();
    copy.set(bytes);
    const end = process.hrtime.bigint();
    if (round >= 0) ratios.push(Number(end - between) / Number(between - start));
  }
  return { functions: hardware.arena.count, entries, cheaper: median(ratios) };
}
