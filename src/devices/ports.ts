// SPDX-License-Identifier: GPL-2.0-only
/**
 * What writes to the registers of a bridge set off on its secondary side: Secondary Bus Reset, Link Disable, Retrain Link,
 * Downstream Port Containment (PCIe 6.0 section 6.2.11), and the power of a slot.
 */
import type { FunctionLayout } from '../configspace/function.ts';
import type { Arena, FunctionId } from './arena.ts';
import type { Fabric } from './fabric.ts';
import { BY_REGISTERS, HELD, heldByRegisters } from './holds.ts';
import type { HardwareProfile } from './profile.ts';
import type { Resets } from './resets.ts';
import type { Slots } from './slots.ts';
import {
  BRIDGE_CONTROL_DWORD,
  DPC_CAPABILITY,
  DPC_SOFTWARE_TRIGGER,
  DPC_STATUS,
  EXPRESS_LINK_CONTROL,
  EXPRESS_SLOT_CONTROL,
  EXPRESS_SLOT_STATUS,
  extendedOffset,
  hasLinkBelow,
  PRESENCE_DETECT,
  RETRAIN_LINK,
  TRIGGER_STATUS,
} from './watch.ts';

/** Bits of the dword of DPC Capability and Control. */
const SOFTWARE_TRIGGERING_SUPPORTED = 0x0080;
const TRIGGER_ENABLE = 0x0003_0000;
const DPC_INTERRUPT_ENABLE = 0x0008_0000;
const DPC_INTERRUPT_STATUS = 0x0008;
/** Trigger Reason and its extension: software. */
const REASON = 0x0066;
const TRIGGERED_BY_SOFTWARE = 0x0026;
/** Power Controller Control and both bits of Power Indicator Control: power off, indicator off. */
const POWER_AND_INDICATOR_OFF = 0x0700;

export class Ports {
  readonly #arena: Arena;
  readonly #layouts: readonly FunctionLayout[];
  readonly #fabric: Fabric;
  readonly #resets: Resets;
  readonly #slots: Slots;
  readonly #profile: HardwareProfile;
  readonly #containment: Uint16Array;

  constructor(
    arena: Arena,
    layouts: readonly FunctionLayout[],
    fabric: Fabric,
    resets: Resets,
    slots: Slots,
    profile: HardwareProfile,
  ) {
    this.#arena = arena;
    this.#layouts = layouts;
    this.#fabric = fabric;
    this.#resets = resets;
    this.#slots = slots;
    this.#profile = profile;
    this.#containment = Uint16Array.from(layouts, (layout) =>
      hasLinkBelow(layout) ? extendedOffset(layout, 0x001d) : 0,
    );
  }

  /** A write reached the dword at `offset`. Gives back whether it is one of those that belong here. */
  written(port: FunctionId, offset: number, old: number, now: number, written: number, lanes: number): boolean {
    const layout = this.#layouts[port]!;
    const at = offset - layout.express;
    const dpc = this.#containment[port]!;
    if (layout.express !== 0 && at === EXPRESS_LINK_CONTROL) {
      if ((written & RETRAIN_LINK) !== 0 && this.#profile.links) this.#resets.retrain(port);
    } else if (layout.express !== 0 && at === EXPRESS_SLOT_CONTROL) {
      this.#slots.written(port, old, written, lanes);
      if (this.#profile.powerOffEjects) this.#eject(port, old, written);
    } else if (dpc !== 0 && offset === dpc + DPC_CAPABILITY) {
      if ((written & DPC_SOFTWARE_TRIGGER) !== 0 && this.#profile.links) this.#trigger(port, dpc, now);
    } else if (offset !== BRIDGE_CONTROL_DWORD && !(dpc !== 0 && offset === dpc + DPC_STATUS)) return false;
    this.follow(port);
    return true;
  }

  /** Holds what the registers of a bridge hold now, and lets go of the rest. */
  follow(bridge: FunctionId): void {
    const was = this.#fabric.blocked[bridge]! & BY_REGISTERS;
    const now = heldByRegisters(this.#arena, this.#layouts[bridge]!, bridge, this.#profile);
    if ((now & ~was) !== 0) this.#resets.hold(bridge, now & ~was);
    if ((was & ~now) !== 0) this.#resets.release(bridge, was & ~now);
  }

  /** The card in the slot is gone: nobody told the kernel before. */
  remove(port: FunctionId): void {
    if ((this.#fabric.blocked[port]! & HELD.removed) !== 0) return;
    this.#resets.hold(port, HELD.removed);
    this.#slots.setPresence(port, false);
  }

  /** The card is back in its slot; it comes up like after power-on, unless the slot is switched off. */
  insert(port: FunctionId): void {
    if ((this.#fabric.blocked[port]! & HELD.removed) === 0) return;
    this.#slots.setPresence(port, true);
    this.#resets.release(port, HELD.removed);
  }

  /** Software Trigger has no effect unless containment is enabled, by the same write perhaps, and not yet triggered. */
  #trigger(port: FunctionId, dpc: number, control: number): void {
    if ((control & SOFTWARE_TRIGGERING_SUPPORTED) === 0 || (control & TRIGGER_ENABLE) === 0) return;
    if ((this.#arena.read(port, dpc + DPC_STATUS, 2) & TRIGGER_STATUS) !== 0) return;
    const interrupt = (control & DPC_INTERRUPT_ENABLE) !== 0 ? DPC_INTERRUPT_STATUS : 0;
    this.#arena.change(port, dpc + DPC_STATUS, REASON, false);
    this.#arena.change(port, dpc + DPC_STATUS, TRIGGER_STATUS | TRIGGERED_BY_SOFTWARE | interrupt, true);
  }

  #eject(port: FunctionId, old: number, written: number): void {
    const isOff = (control: number): boolean => (control & POWER_AND_INDICATOR_OFF) === POWER_AND_INDICATOR_OFF;
    const present = this.#arena.read(port, this.#layouts[port]!.express + EXPRESS_SLOT_STATUS, 2) & PRESENCE_DETECT;
    if (present !== 0 && isOff(written) && !isOff(old)) this.remove(port);
  }
}
