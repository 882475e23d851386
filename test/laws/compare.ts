// SPDX-License-Identifier: GPL-2.0-only
/** Drives the hardware and the naive model with the same operations, and looks for the first difference between them. */
import { formatBdf } from '../../src/bus/bdf.ts';
import type { FunctionId } from '../../src/devices/arena.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import { pcie } from '../../src/devices/profile.ts';
import { type Machine, machineOf, specsOf } from './machines.ts';
import { Naive } from './naive.ts';
import { decode, type OperationKind, type Step } from './operations.ts';

export interface Outcome {
  /** How often each kind of operation was done. */
  readonly histogram: Map<OperationKind, number>;
  readonly length: number;
  /** The first difference, with what led to it. */
  readonly difference: string | undefined;
}

const hex = (n: number): string => `0x${n.toString(16)}`;

const describeStep = (machine: Machine, step: Step): string => {
  if (step.do === 'time') return `time ${step.us}us`;
  if (!('bdf' in step)) return `${step.do} ${formatBdf(machine.functions[step.fn]!.bdf)}`;
  const value = step.do === 'write' ? ` ${hex(step.value)}` : '';
  return `${step.do} ${formatBdf(step.bdf)} ${hex(step.at)}.${step.size}${value}`;
};

function stateDiffers(hardware: Hardware, naive: Naive): string | undefined {
  for (const [i, f] of naive.functions.entries()) {
    const fn = i as FunctionId;
    const bytes = hardware.arena.view(fn);
    if (Buffer.compare(bytes, f.bytes) !== 0) {
      const at = f.bytes.findIndex((byte, n) => byte !== bytes[n]);
      return `${formatBdf(f.bdf)} ${f.role}: byte ${hex(at)} is ${hex(bytes[at]!)}, naive ${hex(f.bytes[at]!)}`;
    }
    hardware.dma.settle(fn, hardware.clock.now_us);
    const [running, expected] = [hardware.dma.isRunning(fn), naive.isRunning(i)];
    if (running !== expected) return `${formatBdf(f.bdf)} ${f.role}: DMA runs: ${running}, naive ${expected}`;
  }
  return undefined;
}

function stepDiffers(hardware: Hardware, naive: Naive, step: Step): string | undefined {
  switch (step.do) {
    case 'read': {
      const [value, expected] = [hardware.read(step.bdf, step.at, step.size), naive.read(step.bdf, step.at, step.size)];
      return value === expected ? undefined : `reads ${hex(value)}, naive ${hex(expected)}`;
    }
    case 'write':
      hardware.write(step.bdf, step.at, step.size, step.value);
      naive.write(step.bdf, step.at, step.size, step.value);
      return undefined;
    case 'time':
      hardware.clock.advance(step.us);
      naive.advance(step.us);
      return undefined;
    case 'pull':
      hardware.remove(step.fn as FunctionId, hardware.clock.now_us);
      naive.setCard(step.fn, false);
      return undefined;
    case 'put':
      hardware.insert(step.fn as FunctionId, hardware.clock.now_us);
      naive.setCard(step.fn, true);
      return undefined;
    case 'arm':
      hardware.dma.arm(step.fn as FunctionId, hardware.clock.now_us);
      naive.arm(step.fn);
      return undefined;
  }
}

/** `shape` says which machine, `words` which operations, two words each. */
export function compare(shape: readonly number[], words: ArrayLike<number>): Outcome {
  const machine = machineOf(shape);
  const hardware = new Hardware(specsOf(machine), pcie);
  const naive = new Naive(machine);
  const histogram = new Map<OperationKind, number>();
  const done: string[] = [];
  const length = words.length >> 1;
  const everybody: Step[] = machine.functions.map(({ bdf }) => ({ do: 'read', bdf, at: 0, size: 4 }));
  for (let i = 0; i <= length; i++) {
    const { kind, steps } =
      i < length
        ? decode(machine, words[2 * i]!, words[2 * i + 1]!)
        : { kind: 'ask everybody' as const, steps: everybody };
    if (i < length) histogram.set(kind, (histogram.get(kind) ?? 0) + 1);
    for (const step of steps) {
      done.push(describeStep(machine, step));
      const differs = stepDiffers(hardware, naive, step);
      if (differs !== undefined) return { histogram, length, difference: [...done, differs].join('\n') };
    }
    const differs = stateDiffers(hardware, naive);
    if (differs !== undefined) return { histogram, length, difference: [...done, differs].join('\n') };
  }
  return { histogram, length, difference: undefined };
}
