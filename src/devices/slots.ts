// SPDX-License-Identifier: GPL-2.0-only
/** Hot-plug slots: the events a port latches in Slot Status, and the interrupt it raises for them (PCIe 6.0 section 6.7). */
import type { FunctionLayout } from '../configspace/function.ts';
import type { Arena, FunctionId } from './arena.ts';
import {
  INTERRUPT_STATUS,
  messagesWritten,
  numberErrorMessage,
  pendingChanged,
  usesMessages,
} from './port-messages.ts';
import type { HardwareProfile } from './profile.ts';
import { EXPRESS_SLOT_CONTROL } from './watch.ts';

/** Slot Control and Slot Status are the two halves of one dword; events stand in the upper one. */
const SLOT_STATUS = 16;
const SLOT_CONTROL = 0xffff;
const COMMAND_COMPLETED = 0x0010;
/** Data Link Layer State Changed. */
export const LINK_STATE_CHANGED = 0x0100;
const EVENTS = 0x011f;
/** Enables of the events, at the places where Slot Status has them; that of LINK_STATE_CHANGED is elsewhere. */
const EVENT_ENABLES = 0x001f;
const LINK_STATE_CHANGED_ENABLE = 0x1000;
const HOT_PLUG_INTERRUPT_ENABLE = 0x0020;
const INTERRUPT_PIN = 0x3d;

/** Whether an event that is enabled has happened, as the dword of Slot Control and Slot Status says. */
function isPending(dword: number): boolean {
  const enables = (dword & EVENT_ENABLES) | ((dword & LINK_STATE_CHANGED_ENABLE) !== 0 ? LINK_STATE_CHANGED : 0);
  return ((dword >>> SLOT_STATUS) & enables) !== 0 && (dword & HOT_PLUG_INTERRUPT_ENABLE) !== 0;
}

export class Slots {
  readonly #arena: Arena;
  readonly #layouts: readonly FunctionLayout[];
  readonly #profile: HardwareProfile;
  readonly #numbersErrors: Uint8Array;
  readonly #hasIntx: Uint8Array;

  constructor(arena: Arena, layouts: readonly FunctionLayout[], profile: HardwareProfile) {
    const id = (fn: number) => arena.read(fn as FunctionId, 0, 4);
    this.#numbersErrors = Uint8Array.from(layouts, (_, fn) =>
      profile.secondMessageForErrors.includes(id(fn)) ? 1 : 0,
    );
    this.#hasIntx = Uint8Array.from(layouts, (_, fn) =>
      arena.read(fn as FunctionId, INTERRUPT_PIN, 1) === 0 || profile.withoutHotPlugIntx.includes(id(fn)) ? 0 : 1,
    );
    this.#arena = arena;
    this.#layouts = layouts;
    this.#profile = profile;
  }

  /** Something happened in the slot of a port: bits as Slot Status has them. */
  event(port: FunctionId, bits: number): void {
    this.#arena.change(port, this.#offset(port), bits << SLOT_STATUS, true);
    this.#updateLevel(port);
  }

  /** A write reached Slot Control or Slot Status: `old` and `written` are dwords, `lanes` the bits that the write carried. */
  written(port: FunctionId, old: number, written: number, lanes: number): void {
    const unset = (written >>> SLOT_STATUS) & EVENTS & ~(old >>> SLOT_STATUS);
    if (this.#profile.slotStatusAllOrNothing && unset !== 0)
      this.#arena.change(port, this.#offset(port), old & (EVENTS << SLOT_STATUS), true);
    const between = this.#arena.read(port, this.#offset(port), 4);
    if (this.#profile.slotCommandsCompleteAtOnce && (lanes & SLOT_CONTROL) !== 0)
      this.#arena.change(port, this.#offset(port), COMMAND_COMPLETED << SLOT_STATUS, true);
    if (this.#profile.hotPlugInterrupts === 'levels') this.#updateLevel(port);
    else this.#noticeChange(port, old, between);
  }

  /** The port was written where it says how it interrupts. */
  interruptsWritten(port: FunctionId): void {
    if (this.#profile.hotPlugInterrupts === 'levels') this.#updateLevel(port);
    else messagesWritten(this.#arena, this.#layouts[port]!, port);
    if (this.#numbersErrors[port] !== 0) numberErrorMessage(this.#arena, this.#layouts[port]!, port);
  }

  /** Interrupt Status shows an INTx interrupt that is pending; with MSI or MSI-X on, events are messages instead. */
  #updateLevel(port: FunctionId): void {
    if (this.#hasIntx[port] === 0) return;
    const pending = isPending(this.#arena.read(port, this.#offset(port), 4));
    const messages = usesMessages(this.#arena, this.#layouts[port]!, port);
    this.#arena.change(port, 0x04, INTERRUPT_STATUS, pending && !messages);
  }

  /** The control is looked at when it is written, and again when its command has completed. */
  #noticeChange(port: FunctionId, old: number, between: number): void {
    const pending = isPending(this.#arena.read(port, this.#offset(port), 4));
    if (isPending(old) !== isPending(between) || isPending(between) !== pending)
      pendingChanged(this.#arena, this.#layouts[port]!, port, pending, this.#hasIntx[port] !== 0);
  }

  #offset(port: FunctionId): number {
    return this.#layouts[port]!.express + EXPRESS_SLOT_CONTROL;
  }
}
