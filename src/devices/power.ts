// SPDX-License-Identifier: GPL-2.0-only
/** Whether a function is there, ready, and gets its requests through: the state beside the arena that has times in it. */
import type { FunctionLayout } from '../configspace/function.ts';
import type { Arena, FunctionId } from './arena.ts';
import type { VirtualClock } from './clock.ts';
import type { Fabric } from './fabric.ts';
import type { Misbehaviours } from './misbehaviour.ts';
import { COMMAND, COMMAND_BUS_MASTER, PM_CONTROL_STATUS, POWER_STATE } from './watch.ts';

/** RRS Software Visibility Enable, in Root Control. */
const RRS_SOFTWARE_VISIBILITY = 0x10;
const EXPRESS_ROOT_CONTROL = 0x1c;

/** A span of time in which a function does not answer, in microseconds from the start. */
export interface Absence {
  readonly from_us: number;
  /** Infinity: for ever. */
  readonly to_us: number;
}

export class Power {
  readonly #arena: Arena;
  readonly #layouts: readonly FunctionLayout[];
  readonly #fabric: Fabric;
  readonly #clock: VirtualClock;
  readonly #misbehaviours: Misbehaviours;
  /** Until when each function answers requests with Request Retry Status. */
  readonly #ready_us: Float64Array;
  readonly #absences = new Map<FunctionId, Absence[]>();
  readonly #powerManagement: Int32Array;

  constructor(
    arena: Arena,
    layouts: readonly FunctionLayout[],
    fabric: Fabric,
    clock: VirtualClock,
    misbehaviours: Misbehaviours,
  ) {
    this.#arena = arena;
    this.#layouts = layouts;
    this.#fabric = fabric;
    this.#clock = clock;
    this.#misbehaviours = misbehaviours;
    this.#ready_us = new Float64Array(arena.count);
    this.#powerManagement = Int32Array.from(
      layouts,
      ({ blocks }) => blocks.find(({ extended, id }) => !extended && id === 0x01)?.offset ?? 0,
    );
  }

  /** The function was reset, and answers nothing before `t_us`, or when it pleases. */
  readyAt(fn: FunctionId, t_us: number): void {
    this.#arena.journal.set(this.#ready_us, fn, this.#readyTime(fn, t_us));
    this.#fabric.setQuiet(fn, this.isSilent(fn));
  }

  #readyTime(fn: FunctionId, t_us: number): number {
    const wrong = this.#misbehaviours;
    if (wrong.has(fn, 'never-ready') || wrong.has(fn, 'all-ones-after-reset')) return Number.POSITIVE_INFINITY;
    const by_us = wrong.find(fn, 'slow')?.by_us ?? 0;
    return (wrong.has(fn, 'answers-during-reset') ? this.#clock.now_us : t_us) + by_us;
  }

  /** When the function answers, or answered, after its last reset. */
  readyTime_us(fn: FunctionId): number {
    return this.#ready_us[fn]!;
  }

  /** Takes the function away for a span of time. */
  absent(fn: FunctionId, absence: Absence): void {
    this.#absences.set(fn, [...(this.#absences.get(fn) ?? []), absence]);
    // A bridge that goes takes with it the way to all that is below.
    const update = () => {
      this.#fabric.setQuiet(fn, this.isSilent(fn));
      this.#fabric.changed(fn);
    };
    this.#clock.schedule(absence.from_us, update);
    if (absence.to_us !== Number.POSITIVE_INFINITY) this.#clock.schedule(absence.to_us, update);
  }

  /** Whether the function answers by now; if so, its requests are no longer looked at. */
  answersNow(fn: FunctionId): boolean {
    const answers = !this.isSilent(fn);
    if (answers) this.#fabric.setQuiet(fn, false);
    return answers;
  }

  isAbsent(fn: FunctionId): boolean {
    if (this.#absences.size === 0) return false;
    const now_us = this.#clock.now_us;
    return (this.#absences.get(fn) ?? []).some(({ from_us, to_us }) => from_us <= now_us && now_us < to_us);
  }

  isSilent(fn: FunctionId): boolean {
    return this.#ready_us[fn]! > this.#clock.now_us || this.isAbsent(fn);
  }

  /** Whether a Vendor ID read of this function, which is not ready, is told so. */
  sendsRetryStatus(fn: FunctionId): boolean {
    if (this.isAbsent(fn) || this.#fabric.wiring.physical[fn]! >= 0) return false;
    if (this.#misbehaviours.has(fn, 'all-ones-after-reset')) return false;
    for (let at: FunctionId | undefined = this.#bridgeOf(fn); at !== undefined; at = this.#bridgeOf(at)) {
      const { express, variant } = this.#layouts[at]!;
      if (variant.role === 'root port')
        return (this.#arena.read(at, express + EXPRESS_ROOT_CONTROL, 2) & RRS_SOFTWARE_VISIBILITY) !== 0;
    }
    return false;
  }

  /** Whether memory requests of the function reach the root complex: it and all bridges above it must let them through. */
  passesUpstream(fn: FunctionId): boolean {
    if (!this.#fabric.virtualFunctions.exist(fn)) return false;
    for (let at: FunctionId | undefined = fn; at !== undefined; at = this.#bridgeOf(at)) {
      if (at !== fn && this.#fabric.blocked[at] !== 0) return false;
      if (this.isSilent(at)) return false;
      const isMaster = (this.#arena.read(at, COMMAND, 2) & COMMAND_BUS_MASTER) !== 0;
      if (!isMaster && !(at === fn && this.#misbehaviours.has(fn, 'ignores-bus-master'))) return false;
      const pm = this.#powerManagement[at]!;
      if (pm !== 0 && (this.#arena.read(at, pm + PM_CONTROL_STATUS, 2) & POWER_STATE) !== 0) return false;
    }
    return true;
  }

  #bridgeOf(fn: FunctionId): FunctionId | undefined {
    const { segments, segmentOf } = this.#fabric.wiring;
    return segments[segmentOf[fn]!]!.bridge;
  }
}
