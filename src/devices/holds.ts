// SPDX-License-Identifier: GPL-2.0-only
/** Why a bridge lets nothing through to its secondary side. What is below is in reset while any of these holds. */
import type { FunctionLayout } from '../configspace/function.ts';
import type { Arena, FunctionId } from './arena.ts';
import type { HardwareProfile } from './profile.ts';
import {
  BRIDGE_CONTROL_DWORD,
  DPC_STATUS,
  EXPRESS_LINK_CONTROL,
  EXPRESS_SLOT_CAPABILITIES,
  EXPRESS_SLOT_CONTROL,
  extendedOffset,
  hasLinkBelow,
  LINK_DISABLE,
  POWER_CONTROLLER_CONTROL,
  POWER_CONTROLLER_PRESENT,
  SECONDARY_BUS_RESET,
  TRIGGER_STATUS,
} from './watch.ts';

export const HELD = {
  secondaryBusReset: 0x01,
  linkDisable: 0x02,
  /** Downstream Port Containment was triggered, and its Trigger Status not cleared. */
  containment: 0x04,
  /** The slot is switched off. */
  power: 0x08,
  /** The slot is empty. */
  removed: 0x10,
  /** Nothing holds it any longer, but the link is not up yet. */
  training: 0x20,
} as const;

/** While one of these holds, what is below has no power: it is cold afterwards. */
export const WITHOUT_POWER = HELD.power | HELD.removed;
export const BY_REGISTERS = HELD.secondaryBusReset | HELD.linkDisable | HELD.containment | HELD.power;

/** Whether Power Controller Control of the port switches anything. */
export const hasPowerController = (arena: Arena, { express, variant }: FunctionLayout, port: FunctionId): boolean =>
  variant.slot && (arena.read(port, express + EXPRESS_SLOT_CAPABILITIES, 4) & POWER_CONTROLLER_PRESENT) !== 0;

/** The reasons that stand in the registers of a bridge now. */
export function heldByRegisters(
  arena: Arena,
  layout: FunctionLayout,
  bridge: FunctionId,
  { links }: HardwareProfile,
): number {
  let held = 0;
  if (layout.headerType !== 1 && layout.headerType !== 2) return held;
  if ((arena.read(bridge, BRIDGE_CONTROL_DWORD, 4) & SECONDARY_BUS_RESET) !== 0) held |= HELD.secondaryBusReset;
  if (!hasLinkBelow(layout)) return held;
  const { express } = layout;
  if (hasPowerController(arena, layout, bridge)) {
    const control = arena.read(bridge, express + EXPRESS_SLOT_CONTROL, 2);
    if ((control & POWER_CONTROLLER_CONTROL) !== 0) held |= HELD.power;
  }
  if (!links) return held;
  if ((arena.read(bridge, express + EXPRESS_LINK_CONTROL, 2) & LINK_DISABLE) !== 0) held |= HELD.linkDisable;
  const dpc = extendedOffset(layout, 0x001d);
  if (dpc !== 0 && (arena.read(bridge, dpc + DPC_STATUS, 2) & TRIGGER_STATUS) !== 0) held |= HELD.containment;
  return held;
}
