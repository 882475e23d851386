// SPDX-License-Identifier: GPL-2.0-only
/**
 * Resets that come from the bridge above: what they reach, the link above it, and when it is back. Why they come, by
 * Secondary Bus Reset or otherwise, is one of HELD.
 */
import type { FunctionLayout } from '../configspace/function.ts';
import type { Arena, FunctionId, ResetKind } from './arena.ts';
import type { VirtualClock } from './clock.ts';
import type { DmaEngines } from './dma.ts';
import type { Fabric } from './fabric.ts';
import { HELD, heldByRegisters, WITHOUT_POWER } from './holds.ts';
import type { Misbehaviours } from './misbehaviour.ts';
import type { Power } from './power.ts';
import type { HardwareProfile } from './profile.ts';
import { LINK_STATE_CHANGED, type Slots } from './slots.ts';
import { EXPRESS_DEVICE_CONTROL_2, EXPRESS_LINK_CONTROL, hasLinkBelow } from './watch.ts';

const EXPRESS_LINK_CAPABILITIES = 0x0c;
const LINK_ACTIVE_REPORTING = 0x0010_0000;
const BANDWIDTH_NOTIFICATION = 0x0020_0000;
/** Bits as they stand in the dwords that hold them: status registers are the upper halves. */
const LINK_TRAINING = 0x0800_0000;
const LINK_ACTIVE = 0x2000_0000;
const BANDWIDTH_MANAGEMENT = 0x4000_0000;
const LTR_ENABLE = 0x0400;

/** Functions in the order of a depth-first walk, each with the number of links above it. */
export interface Subtree {
  readonly functions: FunctionId[];
  readonly links: number[];
}

export class Resets {
  readonly #arena: Arena;
  readonly #layouts: readonly FunctionLayout[];
  readonly #fabric: Fabric;
  readonly #power: Power;
  readonly #dma: DmaEngines;
  readonly #slots: Slots;
  readonly #clock: VirtualClock;
  readonly #profile: HardwareProfile;
  readonly #misbehaviours: Misbehaviours;
  /** Counts what begins and ends at each port, so that what was overtaken by something else does nothing. */
  readonly #generation: Uint32Array;
  /** Ports with a link that was up when the machine was built: somebody is there, in the dump or not. */
  readonly #hadLink: Uint8Array;
  readonly #subtrees: (Subtree | undefined)[] = [];
  /** Resets that each function has been through. */
  readonly count: Uint32Array;

  constructor(
    arena: Arena,
    layouts: readonly FunctionLayout[],
    fabric: Fabric,
    power: Power,
    dma: DmaEngines,
    slots: Slots,
    clock: VirtualClock,
    profile: HardwareProfile,
    misbehaviours: Misbehaviours,
  ) {
    this.#arena = arena;
    this.#layouts = layouts;
    this.#fabric = fabric;
    this.#power = power;
    this.#dma = dma;
    this.#slots = slots;
    this.#clock = clock;
    this.#profile = profile;
    this.#misbehaviours = misbehaviours;
    this.#generation = new Uint32Array(arena.count);
    this.#hadLink = Uint8Array.from(layouts, (_, fn) => (this.#isLinkActive(fn as FunctionId) ? 1 : 0));
    this.count = new Uint32Array(arena.count);
  }

  /** All functions on the secondary side of a bridge, and how many links lie between it and each. Wires do not change. */
  below(bridge: FunctionId): Subtree {
    let subtree = this.#subtrees[bridge];
    if (subtree === undefined) {
      subtree = { functions: [], links: [] };
      this.#collect(bridge, this.#hasLinkBelow(bridge) ? 1 : 0, subtree);
      this.#subtrees[bridge] = subtree;
    }
    return subtree;
  }

  #collect(bridge: FunctionId, links: number, into: Subtree): void {
    const below = this.#fabric.wiring.below[bridge]!;
    if (below < 0) return;
    for (const { fn } of this.#fabric.wiring.segments[below]!.functions) {
      into.functions.push(fn);
      into.links.push(links);
      this.#collect(fn, links + (this.#hasLinkBelow(fn) ? 1 : 0), into);
    }
  }

  /**
   * Something begins to hold what is below a bridge. The first reason of all resets it; one that takes the power away
   * always does.
   */
  hold(bridge: FunctionId, reasons: number): void {
    const isLinkUp = this.#fabric.blocked[bridge] === 0;
    const was = this.#fabric.blocked[bridge]! & ~HELD.training;
    this.#setBlocked(bridge, was | reasons);
    const cold = (reasons & WITHOUT_POWER) !== 0;
    if (was === 0 || cold) this.#resetBelow(bridge, cold && this.#profile.coldResets ? 'cold' : 'hot');
    if (isLinkUp && (this.#profile.links || (reasons & HELD.removed) !== 0)) this.#linkDown(bridge);
    this.#fabric.changed(bridge);
  }

  /** Some of what holds what is below a bridge is over; with the last reason it begins to come back. */
  release(bridge: FunctionId, reasons: number): void {
    const left = this.#fabric.blocked[bridge]! & ~reasons;
    this.#setBlocked(bridge, left);
    if ((left & ~HELD.training) === 0) {
      if (!this.#profile.links) this.#backAtOnce(bridge);
      else if (this.#isHeldAbove(bridge)) this.#setBlocked(bridge, HELD.training);
      else this.#comeBack(bridge, (reasons & WITHOUT_POWER) !== 0 ? this.#profile.timing.powerOn_us : 0);
    }
    this.#fabric.changed(bridge);
  }

  /** The link of a port goes through Recovery: what is below notices nothing, the port shows that it trains. */
  retrain(port: FunctionId): void {
    const at = this.#layouts[port]!.express + EXPRESS_LINK_CONTROL;
    if (this.#fabric.blocked[port] !== 0 || this.below(port).functions.length === 0) return;
    this.#arena.change(port, at, LINK_TRAINING, true);
    const generation = this.#generation[port];
    this.#clock.schedule(this.#clock.now_us + this.#profile.timing.retrain_us, () => {
      if (this.#generation[port] !== generation) return;
      this.#arena.change(port, at, LINK_TRAINING, false);
      const capabilities = this.#arena.read(port, this.#layouts[port]!.express + EXPRESS_LINK_CAPABILITIES, 4);
      if ((capabilities & BANDWIDTH_NOTIFICATION) !== 0) this.#arena.change(port, at, BANDWIDTH_MANAGEMENT, true);
    });
  }

  #setBlocked(bridge: FunctionId, reasons: number): void {
    this.#arena.journal.set(this.#fabric.blocked, bridge, reasons);
    this.#arena.journal.set(this.#generation, bridge, this.#generation[bridge]! + 1);
  }

  #resetBelow(bridge: FunctionId, kind: ResetKind): void {
    const now_us = this.#clock.now_us;
    for (const fn of this.below(bridge).functions) {
      this.#dma.disarm(fn, now_us);
      this.#fabric.virtualFunctions.remove(fn);
      this.#arena.reset(fn, kind);
      this.changeIdentity(fn);
      this.#arena.journal.set(this.count, fn, this.count[fn]! + 1);
      this.#slots.forgetCommand(fn);
      // Most of what may have held a bridge was in its registers, which are now reset.
      if (this.#fabric.wiring.below[fn]! >= 0)
        this.#setBlocked(
          fn,
          (this.#fabric.blocked[fn]! & HELD.removed) |
            heldByRegisters(this.#arena, this.#layouts[fn]!, fn, this.#profile),
        );
      this.#fabric.membersChanged(fn);
    }
  }

  /** Without links there is nothing to wait for; a device by itself may be slow. */
  #backAtOnce(bridge: FunctionId): void {
    for (const fn of this.below(bridge).functions) this.#power.readyAt(fn, this.#clock.now_us);
    if (this.#misbehaviours.has(bridge, 'link-stays-down')) this.#setBlocked(bridge, HELD.training);
  }

  /** A reset may leave another device behind than it found. */
  changeIdentity(fn: FunctionId): void {
    const id = this.#misbehaviours.find(fn, 'new-id-after-reset')?.id;
    if (id === undefined) return;
    this.#arena.change(fn, 0, -1, false);
    this.#arena.change(fn, 0, id, true);
  }

  #comeBack(bridge: FunctionId, after_us: number): void {
    const { linkUp_us, ready_us, conventionalReady_us } = this.#profile.timing;
    const start_us = this.#clock.now_us + after_us;
    const { functions, links } = this.below(bridge);
    functions.forEach((fn, i) => {
      const up_us = start_us + links[i]! * linkUp_us;
      const conventional = this.#layouts[fn]!.variant.role === 'conventional' && !this.#hasLinkAbove(fn);
      this.#power.readyAt(
        fn,
        conventional ? start_us + conventionalReady_us : links[i] === 0 ? start_us : up_us + ready_us,
      );
      if (this.#hasLinkBelow(fn) && (this.#fabric.blocked[fn]! & ~HELD.training) === 0)
        this.#linkUpAt(fn, up_us + linkUp_us);
    });
    this.#linkUpAt(bridge, start_us + (this.#hasLinkBelow(bridge) ? linkUp_us : 0));
  }

  #linkUpAt(port: FunctionId, t_us: number): void {
    this.#setBlocked(port, HELD.training);
    if (this.#misbehaviours.has(port, 'link-stays-down')) return;
    const generation = this.#generation[port];
    this.#clock.schedule(t_us, () => {
      if (this.#generation[port] !== generation) return;
      this.#arena.journal.set(this.#fabric.blocked, port, 0);
      this.#fabric.changed(port);
      if (this.#hadLink[port] !== 0 || this.below(port).functions.length > 0) this.#setLinkActive(port, true);
    });
  }

  /** Whether a bridge above is held in reset, and this one with it. */
  #isHeldAbove(bridge: FunctionId): boolean {
    const { segments, segmentOf } = this.#fabric.wiring;
    for (let at = segments[segmentOf[bridge]!]!.bridge; at !== undefined; at = segments[segmentOf[at]!]!.bridge)
      if ((this.#fabric.blocked[at]! & ~HELD.training) !== 0) return true;
    return false;
  }

  /** What the hardware of a port does to its own registers when its link goes down (PCIe 6.0 section 3.2.1). */
  #linkDown(port: FunctionId): void {
    if (!this.#hasLinkBelow(port)) return;
    this.#setLinkActive(port, false);
    const { express, variant } = this.#layouts[port]!;
    this.#arena.change(port, express + EXPRESS_LINK_CONTROL, LINK_TRAINING, false);
    if (variant.version >= 2) this.#arena.change(port, express + EXPRESS_DEVICE_CONTROL_2, LTR_ENABLE, false);
  }

  #setLinkActive(port: FunctionId, active: boolean): void {
    if (!this.#hasLinkBelow(port)) return;
    const { express, variant } = this.#layouts[port]!;
    if ((this.#arena.read(port, express + EXPRESS_LINK_CAPABILITIES, 4) & LINK_ACTIVE_REPORTING) === 0) return;
    if (this.#isLinkActive(port) === active) return;
    this.#arena.change(port, express + EXPRESS_LINK_CONTROL, LINK_ACTIVE, active);
    if (variant.slot && this.#profile.links) this.#slots.event(port, LINK_STATE_CHANGED);
  }

  #isLinkActive(port: FunctionId): boolean {
    const { express } = this.#layouts[port]!;
    return express !== 0 && (this.#arena.read(port, express + EXPRESS_LINK_CONTROL, 4) & LINK_ACTIVE) !== 0;
  }

  #hasLinkBelow(fn: FunctionId): boolean {
    return hasLinkBelow(this.#layouts[fn]!);
  }

  /** Whether the function hangs on a PCI Express link, or in a switch: a function without the capability may, too. */
  #hasLinkAbove(fn: FunctionId): boolean {
    const { segments, segmentOf } = this.#fabric.wiring;
    const { bridge } = segments[segmentOf[fn]!]!;
    if (bridge === undefined) return false;
    return this.#hasLinkBelow(bridge) || this.#layouts[bridge]!.variant.role === 'upstream port';
  }
}
