// SPDX-License-Identifier: GPL-2.0-only
/** What a config access costs, by address and by handle, against the same access on flat arrays in C. */
import type { Bdf, Size } from '../src/bus/index.ts';
import type { FunctionId } from '../src/devices/arena.ts';
import type { Hardware } from '../src/devices/hardware.ts';
import { median, random } from './measure.ts';
import { type AccessKind, initReference, KERNELS, type Reference } from './reference.ts';

const ACCESSES = 65_536;
const WARM_UP = 60;
const SINK = new Int32Array(1024);

/** Pairs of (target, offset) in one word, as the reference has them, and a value; offsets are aligned, below 100h. */
function traceOf(hardware: Hardware, size: Size, target: (fn: number) => number): Int32Array {
  const next = random(7);
  const { kinds, kindOf } = hardware.arena;
  const watched = kinds.map((kind) => kind.watched);
  const trace = new Int32Array(2 * ACCESSES);
  for (let k = 0; k < ACCESSES; k++) {
    let fn: number;
    let offset: number;
    do {
      fn = next() % hardware.arena.count;
      offset = next() % 0x100;
      // A write to a register that the fabric watches makes routes anew, which is another measurement.
    } while (watched[kindOf[fn]!]![offset >> 2] !== 0);
    trace[2 * k] = (target(fn) << 16) | ((offset - (offset % size)) << 4);
    trace[2 * k + 1] = next();
  }
  return trace;
}

type Loop = (hardware: Hardware, trace: Int32Array) => void;

/** One loop for each kind of access, so that each has call sites of its own, as code that is used has. */
const BY_ADDRESS: Readonly<Record<AccessKind, Loop>> = {
  r4: (h, t) => {
    for (let k = 0; k < ACCESSES; k++) SINK[k & 1023] = h.read((t[2 * k]! >>> 16) as Bdf, (t[2 * k]! >> 4) & 0xfff, 4);
  },
  r2: (h, t) => {
    for (let k = 0; k < ACCESSES; k++) SINK[k & 1023] = h.read((t[2 * k]! >>> 16) as Bdf, (t[2 * k]! >> 4) & 0xfff, 2);
  },
  r1: (h, t) => {
    for (let k = 0; k < ACCESSES; k++) SINK[k & 1023] = h.read((t[2 * k]! >>> 16) as Bdf, (t[2 * k]! >> 4) & 0xfff, 1);
  },
  w4: (h, t) => {
    for (let k = 0; k < ACCESSES; k++) h.write((t[2 * k]! >>> 16) as Bdf, (t[2 * k]! >> 4) & 0xfff, 4, t[2 * k + 1]!);
  },
  w2: (h, t) => {
    for (let k = 0; k < ACCESSES; k++) h.write((t[2 * k]! >>> 16) as Bdf, (t[2 * k]! >> 4) & 0xfff, 2, t[2 * k + 1]!);
  },
  w1: (h, t) => {
    for (let k = 0; k < ACCESSES; k++) h.write((t[2 * k]! >>> 16) as Bdf, (t[2 * k]! >> 4) & 0xfff, 1, t[2 * k + 1]!);
  },
};

const BY_HANDLE: Readonly<Record<AccessKind, Loop>> = {
  r4: ({ arena }, t) => {
    for (let k = 0; k < ACCESSES; k++)
      SINK[k & 1023] = arena.read((t[2 * k]! >>> 16) as FunctionId, (t[2 * k]! >> 4) & 0xfff, 4);
  },
  r2: ({ arena }, t) => {
    for (let k = 0; k < ACCESSES; k++)
      SINK[k & 1023] = arena.read((t[2 * k]! >>> 16) as FunctionId, (t[2 * k]! >> 4) & 0xfff, 2);
  },
  r1: ({ arena }, t) => {
    for (let k = 0; k < ACCESSES; k++)
      SINK[k & 1023] = arena.read((t[2 * k]! >>> 16) as FunctionId, (t[2 * k]! >> 4) & 0xfff, 1);
  },
  w4: ({ arena }, t) => {
    for (let k = 0; k < ACCESSES; k++)
      arena.write((t[2 * k]! >>> 16) as FunctionId, (t[2 * k]! >> 4) & 0xfff, 4, t[2 * k + 1]!);
  },
  w2: ({ arena }, t) => {
    for (let k = 0; k < ACCESSES; k++)
      arena.write((t[2 * k]! >>> 16) as FunctionId, (t[2 * k]! >> 4) & 0xfff, 2, t[2 * k + 1]!);
  },
  w1: ({ arena }, t) => {
    for (let k = 0; k < ACCESSES; k++)
      arena.write((t[2 * k]! >>> 16) as FunctionId, (t[2 * k]! >> 4) & 0xfff, 1, t[2 * k + 1]!);
  },
};

export interface AccessRow {
  readonly kind: AccessKind;
  readonly byAddress: number;
  readonly byHandle: number;
}

/** Ratios to C: medians of `rounds` in each of which C and both ways run one after the other. */
export function measureAccess(c: Reference, hardware: Hardware, rounds: number): AccessRow[] {
  initReference(c, hardware);
  const timed = (loop: Loop, trace: Int32Array): number => {
    const start = c.tcpu();
    loop(hardware, trace);
    return c.tcpu() - start;
  };
  const kinds = (Object.keys(KERNELS) as AccessKind[]).map((kind) => {
    const size = Number(kind[1]) as Size;
    const byFunction = traceOf(hardware, size, (fn) => fn);
    const byAddress = traceOf(hardware, size, (fn) => hardware.functions[fn]!.bdf);
    return { kind, byFunction, byAddress };
  });
  // The compiler sees all kinds of access before any is measured, as it would in a program that makes them all.
  for (let round = 0; round < WARM_UP; round++)
    for (const { kind, byFunction, byAddress } of kinds) {
      timed(BY_ADDRESS[kind], byAddress);
      timed(BY_HANDLE[kind], byFunction);
    }
  return kinds.map(({ kind, byFunction, byAddress }) => {
    const ratios = { byAddress: [] as number[], byHandle: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      const [reference] = c.run(KERNELS[kind], byFunction, ACCESSES, 1);
      ratios.byAddress.push(timed(BY_ADDRESS[kind], byAddress) / reference);
      ratios.byHandle.push(timed(BY_HANDLE[kind], byFunction) / reference);
    }
    return { kind, byAddress: median(ratios.byAddress), byHandle: median(ratios.byHandle) };
  });
}
