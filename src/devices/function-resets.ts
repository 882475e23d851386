// SPDX-License-Identifier: GPL-2.0-only
/** Resets of one function by itself: Function Level Reset, of PCI Express and of Advanced Features, and D3hot to D0. */

import type { Clock } from '../bus/index.ts';
import type { FunctionLayout } from '../configspace/function.ts';
import type { Arena, FunctionId, ResetKind } from './arena.ts';
import type { DmaEngines } from './dma.ts';
import type { Fabric } from './fabric.ts';
import type { Misbehaviours } from './misbehaviour.ts';
import type { Power } from './power.ts';
import type { HardwareProfile } from './profile.ts';
import type { Resets } from './resets.ts';
import {
  AF_CONTROL,
  AF_INITIATE_FLR,
  EXPRESS_DEVICE_CONTROL,
  INITIATE_FLR,
  PM_CONTROL_STATUS,
  POWER_STATE,
} from './watch.ts';

const EXPRESS_DEVICE_CAPABILITIES = 0x04;
const FLR_CAPABLE = 0x1000_0000;
/** The byte before AF Control, as it stands in the first dword of the capability. */
const AF_FLR_CAPABLE = 0x0200_0000;
const NO_SOFT_RESET = 0x0008;
const D3HOT = 0x0003;
/** Power Management Capabilities as it stands in the first dword of the capability. */
const D1_SUPPORT = 0x0200_0000;
const D2_SUPPORT = 0x0400_0000;

export class FunctionResets {
  readonly #arena: Arena;
  readonly #layouts: readonly FunctionLayout[];
  readonly #fabric: Fabric;
  readonly #power: Power;
  readonly #dma: DmaEngines;
  readonly #clock: Clock;
  readonly #profile: HardwareProfile;
  readonly #resets: Resets;
  readonly #misbehaviours: Misbehaviours;

  constructor(
    arena: Arena,
    layouts: readonly FunctionLayout[],
    fabric: Fabric,
    power: Power,
    dma: DmaEngines,
    clock: Clock,
    profile: HardwareProfile,
    resets: Resets,
    misbehaviours: Misbehaviours,
  ) {
    this.#arena = arena;
    this.#layouts = layouts;
    this.#fabric = fabric;
    this.#power = power;
    this.#dma = dma;
    this.#clock = clock;
    this.#profile = profile;
    this.#resets = resets;
    this.#misbehaviours = misbehaviours;
  }

  /** A write reached the dword at `offset`: resets the function where it asks for that. */
  written(fn: FunctionId, offset: number, old: number, now: number, written: number): void {
    const { express, blocks } = this.#layouts[fn]!;
    const { flr_us, d3hot_us } = this.#profile.timing;
    if (express !== 0 && offset === express + EXPRESS_DEVICE_CONTROL) {
      const capable = this.#arena.read(fn, express + EXPRESS_DEVICE_CAPABILITIES, 4) & FLR_CAPABLE;
      if ((written & INITIATE_FLR) !== 0 && capable !== 0) this.#functionLevelReset(fn, flr_us);
      return;
    }
    for (const { id, extended, offset: at } of blocks) {
      if (extended) continue;
      if (id === 0x13 && offset === at + AF_CONTROL && (written & AF_INITIATE_FLR) !== 0) {
        if ((this.#arena.read(fn, at, 4) & AF_FLR_CAPABLE) !== 0) this.#functionLevelReset(fn, flr_us);
      }
      if (id === 0x01 && offset === at + PM_CONTROL_STATUS && this.#profile.softResets) {
        if (this.#dropUnsupportedState(fn, at, old, now)) return;
        const wakes = (old & POWER_STATE) === D3HOT && (now & POWER_STATE) === 0;
        if (wakes && (now & NO_SOFT_RESET) === 0) this.#reset(fn, 'flr', d3hot_us);
      }
    }
  }

  /** A write of a power state that the function does not have is dropped (PCIe 6.0 section 7.5.2.2). */
  #dropUnsupportedState(fn: FunctionId, at: number, old: number, now: number): boolean {
    const needs = [0, D1_SUPPORT, D2_SUPPORT, 0][now & POWER_STATE]!;
    if (needs === 0 || (this.#arena.read(fn, at, 4) & needs) !== 0) return false;
    this.#arena.change(fn, at + PM_CONTROL_STATUS, POWER_STATE, false);
    this.#arena.change(fn, at + PM_CONTROL_STATUS, old & POWER_STATE, true);
    return true;
  }

  /** The function has its power back: it is as after a cold reset. */
  powerOn(fn: FunctionId): void {
    this.#reset(fn, this.#profile.coldResets ? 'cold' : 'hot', 0);
  }

  /** A virtual function that goes takes its state with it: the next one at its place begins anew. */
  vanish(vf: FunctionId): void {
    this.#reset(vf, 'hot', 0);
  }

  #functionLevelReset(fn: FunctionId, ready_us: number): void {
    if (this.#misbehaviours.has(fn, 'flr-does-nothing')) return;
    this.#reset(fn, this.#profile.flrLikeBusReset ? 'hot' : 'flr', ready_us);
  }

  #reset(fn: FunctionId, kind: ResetKind, ready_us: number): void {
    const now_us = this.#clock.now_us;
    this.#dma.disarm(fn, now_us);
    this.#fabric.virtualFunctions.remove(fn);
    this.#arena.reset(fn, kind);
    this.#resets.changeIdentity(fn);
    const { count } = this.#resets;
    this.#arena.journal.set(count, fn, count[fn]! + 1);
    this.#power.readyAt(fn, now_us + ready_us);
  }
}
