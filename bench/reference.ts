// SPDX-License-Identifier: GPL-2.0-only
/** The C reference (bench/c), compiled as a Node addon when a compiler is there, so that both run in one process. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Hardware } from '../src/devices/hardware.ts';

const DWORDS = 1024;

/** Kernels of the C reference: each runs a trace with one kind of access. */
export const KERNELS = { r4: 10, r2: 11, r1: 12, w4: 13, w2: 14, w1: 15 } as const;
export type AccessKind = keyof typeof KERNELS;

export interface Reference {
  /** functions, log2 of dwords a function, config, masks of the types, hooks, first dword of each function's type, bridges. */
  init(...args: readonly unknown[]): void;
  /** Thread CPU time of `repetitions` runs of a trace, in nanoseconds, and two checksums. */
  run(
    kernel: number,
    trace: Int32Array,
    accesses: number,
    repetitions: number,
  ): [ns: number, hash: number, hooks: number];
  /** Thread CPU time, in nanoseconds. */
  tcpu(): number;
  algoInit(...tables: readonly Int32Array[]): void;
  /** Nanoseconds of one run of the whole algorithm, mean of `runs`. */
  algoRun(variant: number, runs: number): number;
  /** Accesses since the last call, of a reference that counts them. */
  algoAccesses(): number;
}

/**
 * Compiles and loads the reference; a sentence that says why there is none otherwise. One that counts accesses is slower,
 * and another one.
 */
export function loadReference(root: string, { count = false } = {}): Reference | string {
  const headers = join(dirname(dirname(process.execPath)), 'include/node');
  if (!existsSync(join(headers, 'node_api.h'))) return `no node_api.h in ${headers}`;
  const out = join(mkdtempSync(join(tmpdir(), 'hotreset-bench-')), 'reference.node');
  const args = [
    ...(count ? ['-DCOUNT'] : []),
    '-O2',
    '-shared',
    '-fPIC',
    `-I${headers}`,
    '-o',
    out,
    join(root, 'bench/c/pcic.c'),
  ];
  const { status, stderr, error } = spawnSync('cc', args, { encoding: 'utf8' });
  if (error) return `no C compiler (${error.message})`;
  if (status !== 0) return `the compiler failed: ${stderr.slice(0, 200)}`;
  return createRequire(import.meta.url)(out) as Reference;
}

/** Gives the reference the same bytes and masks that a machine has. */
export function initReference(c: Reference, { arena, layouts }: Hardware): void {
  const { kinds, kindOf, count } = arena;
  const table = (pick: (k: (typeof kinds)[number]) => Uint32Array): Uint32Array => {
    const all = new Uint32Array(kinds.length * DWORDS);
    kinds.forEach((kind, k) => void all.set(pick(kind), k * DWORDS));
    return all;
  };
  // The reference keeps what is set in its "sticky" mask; ours lists what a reset sets.
  const kept = table(({ resets }) => resets.hot.map((bits) => ~bits));
  const hooks = Uint8Array.from(
    table(({ watched }) => watched),
    (bits) => (bits === 0 ? 0 : 1),
  );
  c.init(
    count,
    10,
    new Uint32Array(arena.bytes.slice().buffer),
    table(({ writable }) => writable),
    table(({ clearing }) => clearing),
    kept,
    table(({ values }) => values),
    hooks,
    Uint32Array.from(kindOf, (k) => k * DWORDS),
    Uint8Array.from(layouts, ({ headerType }) => (headerType === 0 ? 0 : 1)),
  );
}
