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
  /** Bus resets that each function has been through. */
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

  /** Calls `visit` for all functions on the secondary side of a bridge, each with the number of links above it. */
  forEachBelow(bridge: FunctionId, visit: (fn: FunctionId, links: number) => void, links = 1): void {
    const below = this.#fabric.wiring.below[bridge]!;
    if (below < 0) return;
    for (const { fn } of this.#fabric.wiring.segments[below]!.functions) {
      visit(fn, links);
      this.forEachBelow(fn, visit, links + (this.#hasLinkBelow(fn) ? 1 : 0));
    }
  }

  /** The bridge's Secondary Bus Reset bit went from 0 to 1 (`held`) or from 1 to 0. */
  secondaryBusReset(bridge: FunctionId, held: boolean): void {
    this.#generation[bridge]!++;
    if (held) this.#assert(bridge);
    else this.#release(bridge);
    this.#fabric.changed();
  }

  #assert(bridge: FunctionId): void {
    const now_us = this.#clock.now_us;
    this.forEachBelow(bridge, (fn) => {
      this.#dma.disarm(fn, now_us);
      this.#arena.reset(fn, 'hot');
      this.#generation[fn]!++;
      this.#fabric.blocked[fn] = 0;
      this.count[fn]!++;
    });
    this.#fabric.blocked[bridge] = 1;
    if (this.#profile.links) this.#linkDown(bridge);
  }

  #release(bridge: FunctionId): void {
    if (!this.#profile.links) {
      this.#fabric.blocked[bridge] = 0;
      return;
    }
    const { linkUp_us, ready_us, conventionalReady_us } = this.#profile.timing;
    const now_us = this.#clock.now_us;
    const first = this.#hasLinkBelow(bridge) ? 1 : 0;
    this.forEachBelow(
      bridge,
      (fn, links) => {
        const up_us = now_us + links * linkUp_us;
        const conventional = this.#layouts[fn]!.variant.role === 'conventional' && !this.#hasLinkAbove(fn);
        this.#power.readyAt(fn, conventional ? now_us + conventionalReady_us : links === 0 ? now_us : up_us + ready_us);
        if (this.#hasLinkBelow(fn)) {
          this.#fabric.blocked[fn] = 1;
          this.#linkUpAt(fn, up_us + linkUp_us);
        }
      },
      first,
    );
    this.#linkUpAt(bridge, now_us + first * linkUp_us);
  }

  #linkUpAt(port: FunctionId, t_us: number): void {
    const generation = this.#generation[port];
    this.#clock.schedule(t_us, () => {
      if (this.#generation[port] !== generation) return;
      this.#fabric.blocked[port] = 0;
      this.#fabric.changed();
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
