// SPDX-License-Identifier: GPL-2.0-only
/** Secondary Bus Reset and what follows from it: which functions it reaches, the link above them, and when they are back. */
import type { FunctionLayout } from '../configspace/function.ts';
import type { Arena, FunctionId } from './arena.ts';
import type { VirtualClock } from './clock.ts';
import type { DmaEngines } from './dma.ts';
import type { Fabric } from './fabric.ts';
import type { Power } from './power.ts';
import type { HardwareProfile } from './profile.ts';
import { LINK_STATE_CHANGED, type Slots } from './slots.ts';
import { EXPRESS_DEVICE_CONTROL_2 } from './watch.ts';

const EXPRESS_LINK_CAPABILITIES = 0x0c;
const LINK_ACTIVE_REPORTING = 0x0010_0000;
/** Bits as they stand in the dwords that hold them: status registers are the upper halves. */
const EXPRESS_LINK_CONTROL = 0x10;
const LINK_ACTIVE = 0x2000_0000;
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
  /** Counts the resets of each port, so that the end of one that was overtaken by another does nothing. */
  readonly #generation: Uint32Array;
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
  ) {
    this.#arena = arena;
    this.#layouts = layouts;
    this.#fabric = fabric;
    this.#power = power;
    this.#dma = dma;
    this.#slots = slots;
    this.#clock = clock;
    this.#profile = profile;
    this.#generation = new Uint32Array(arena.count);
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

  /** The bridge's Secondary Bus Reset bit went from 0 to 1 (`held`) or from 1 to 0. */
  secondaryBusReset(bridge: FunctionId, held: boolean): void {
    this.#arena.journal.set(this.#generation, bridge, this.#generation[bridge]! + 1);
    if (held) this.#assert(bridge);
    else this.#release(bridge);
    this.#fabric.changed(bridge);
  }

  #assert(bridge: FunctionId): void {
    const now_us = this.#clock.now_us;
    for (const fn of this.below(bridge).functions) {
      this.#dma.disarm(fn, now_us);
      this.#fabric.removeVirtualFunctions(fn);
      this.#arena.reset(fn, 'hot');
      this.#arena.journal.set(this.#generation, fn, this.#generation[fn]! + 1);
      this.#arena.journal.set(this.#fabric.blocked, fn, 0);
      this.#arena.journal.set(this.count, fn, this.count[fn]! + 1);
      this.#fabric.membersChanged(fn);
    }
    this.#arena.journal.set(this.#fabric.blocked, bridge, 1);
    if (this.#profile.links) this.#linkDown(bridge);
  }

  #release(bridge: FunctionId): void {
    if (!this.#profile.links) {
      this.#arena.journal.set(this.#fabric.blocked, bridge, 0);
      return;
    }
    const { linkUp_us, ready_us, conventionalReady_us } = this.#profile.timing;
    const now_us = this.#clock.now_us;
    const { functions, links } = this.below(bridge);
    functions.forEach((fn, i) => {
      const up_us = now_us + links[i]! * linkUp_us;
      const conventional = this.#layouts[fn]!.variant.role === 'conventional' && !this.#hasLinkAbove(fn);
      this.#power.readyAt(
        fn,
        conventional ? now_us + conventionalReady_us : links[i] === 0 ? now_us : up_us + ready_us,
      );
      if (this.#hasLinkBelow(fn)) {
        this.#arena.journal.set(this.#fabric.blocked, fn, 1);
        this.#linkUpAt(fn, up_us + linkUp_us);
      }
    });
    this.#linkUpAt(bridge, now_us + (this.#hasLinkBelow(bridge) ? linkUp_us : 0));
  }

  #linkUpAt(port: FunctionId, t_us: number): void {
    const generation = this.#generation[port];
    this.#clock.schedule(t_us, () => {
      if (this.#generation[port] !== generation) return;
      this.#arena.journal.set(this.#fabric.blocked, port, 0);
      this.#fabric.changed(port);
      this.#setLinkActive(port, true);
    });
  }

  /** What the hardware of a port does to its own registers when its link goes down (PCIe 6.0 section 3.2.1). */
  #linkDown(port: FunctionId): void {
    if (!this.#hasLinkBelow(port)) return;
    this.#setLinkActive(port, false);
    const { express, variant } = this.#layouts[port]!;
    if (variant.version >= 2) this.#arena.change(port, express + EXPRESS_DEVICE_CONTROL_2, LTR_ENABLE, false);
  }

  #setLinkActive(port: FunctionId, active: boolean): void {
    if (!this.#hasLinkBelow(port)) return;
    const { express, variant } = this.#layouts[port]!;
    if ((this.#arena.read(port, express + EXPRESS_LINK_CAPABILITIES, 4) & LINK_ACTIVE_REPORTING) === 0) return;
    const was = (this.#arena.read(port, express + EXPRESS_LINK_CONTROL, 4) & LINK_ACTIVE) !== 0;
    if (was === active) return;
    this.#arena.change(port, express + EXPRESS_LINK_CONTROL, LINK_ACTIVE, active);
    if (variant.slot) this.#slots.event(port, LINK_STATE_CHANGED);
  }

  #hasLinkBelow(fn: FunctionId): boolean {
    const { role } = this.#layouts[fn]!.variant;
    return role === 'root port' || role === 'downstream port' || role === 'PCI-to-PCIe bridge';
  }

  /** Whether the function hangs on a PCI Express link, or in a switch: a function without the capability may, too. */
  #hasLinkAbove(fn: FunctionId): boolean {
    const { segments, segmentOf } = this.#fabric.wiring;
    const { bridge } = segments[segmentOf[fn]!]!;
    if (bridge === undefined) return false;
    return this.#hasLinkBelow(bridge) || this.#layouts[bridge]!.variant.role === 'upstream port';
  }
}
