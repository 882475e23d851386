// SPDX-License-Identifier: GPL-2.0-only
/** What a run gives back: a plain value, which `--json` prints as it is. Addresses are text, times are microseconds. */
import type { RegisterDiff } from '../configspace/diff.ts';
import type { Decision, LogEntry } from '../reset/kernel.ts';
import type { PlainEvent } from './trace.ts';

/** What the algorithm decided about one port, with its reason. */
export type PortDecision = Pick<Decision, 'verdict' | 'reason'> & { readonly port: string };

export interface DmaResult {
  /** A driver of the crashed kernel had started the engine: Bus Master was on. */
  readonly started: boolean;
  /** Its requests reached memory before the run. */
  readonly before: boolean;
  /** They still do. */
  readonly after: boolean;
  /** Requests that reached memory during the run. */
  readonly requests: number;
  /** When the last of them was sent; absent when there was none. */
  readonly last_us?: number;
}

export interface FunctionResult {
  readonly bdf: string;
  /** Slot line of the dump after the address; may be empty. */
  readonly title: string;
  /** Class code, 24 bits. */
  readonly class: number;
  readonly role: string;
  readonly isBridge: boolean;
  /** Bus resets the function went through. */
  readonly resets: number;
  /** Why it was reset, or why not. */
  readonly why: string;
  readonly dma: DmaResult;
  /** Answered config reads at its address before, and after. */
  readonly answered: boolean;
  readonly answers: boolean;
  /** Where it is only not ready after its reset: when it will be. */
  readonly ready_us?: number;
  /** Registers that do not hold after the run what they held before it. */
  readonly changed: readonly RegisterDiff[];
}

/** Config accesses that no function took: nobody was there, or not ready. */
export interface LostResult {
  readonly count: number;
  /** The first of them, with the kernel function that made it; absent when there was none. */
  readonly first?: {
    readonly t_us: number;
    readonly op: 'r' | 'w';
    readonly bdf: string;
    readonly off: number;
    readonly size: number;
    readonly by: string;
  };
}

/** A stretch of the run in which one kernel function worked on one function, or a sleep. */
export interface Step {
  readonly t_us: number;
  /** The kernel function, or the sleep. */
  readonly what: string;
  readonly bdf?: string;
  readonly reads: number;
  readonly writes: number;
  /** Microseconds of udelay() and usleep_range() between the accesses. */
  readonly waited_us: number;
}

export interface RunResult {
  readonly machine: string;
  readonly algorithm: string;
  readonly kernel: string;
  readonly cmdline: string;
  readonly hardware: string;
  readonly state: string;
  readonly rootBuses: readonly string[];
  readonly ports: readonly PortDecision[];
  readonly functions: readonly FunctionResult[];
  readonly lost: LostResult;
  readonly steps: readonly Step[];
  readonly log: readonly LogEntry[];
  readonly trace: readonly PlainEvent[];
  /** The BUG() of the kernel's own code that ended the run before its end. */
  readonly stopped?: string;
  readonly duration_us: number;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}
