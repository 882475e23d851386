// SPDX-License-Identifier: GPL-2.0-only
/** Hot-plug slots: the events a port latches in Slot Status, and the interrupt it raises for them (PCIe 6.0 section 6.7). */
import type { FunctionLayout } from '../configspace/function.ts';
import type { Arena, FunctionId } from './arena.ts';
import type { VirtualClock } from './clock.ts';
import {
  INTERRUPT_STATUS,
  messagesWritten,
  numberErrorMessage,
  pendingChanged,
  usesMessages,
} from './port-messages.ts';
import type { HardwareProfile } from './profile.ts';
import { EXPRESS_SLOT_CAPABILITIES, EXPRESS_SLOT_CONTROL, EXPRESS_SLOT_STATUS, PRESENCE_DETECT } from './watch.ts';

const HOT_PLUG_CAPABLE = 0x0040;
const NO_COMMAND_COMPLETED_SUPPORT = 0x0004_0000;

/** Slot Control and Slot Status are the two halves of one dword; events stand in the upper one. */
const SLOT_STATUS = 16;
const SLOT_CONTROL = 0xffff;
const COMMAND_COMPLETED = 0x0010;
const PRESENCE_DETECT_CHANGED = 0x0008;
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
  readonly #clock: VirtualClock;
  readonly #profile: HardwareProfile;
  /** Counts the commands of each port: only the last one completes, and none that a reset overtook. */
  readonly #commands: Uint32Array;
  readonly #numbersErrors: Uint8Array;
  readonly #hasIntx: Uint8Array;

  constructor(arena: Arena, layouts: readonly FunctionLayout[], clock: VirtualClock, profile: HardwareProfile) {
    const id = (fn: number) => arena.read(fn as FunctionId, 0, 4);
    this.#numbersErrors = Uint8Array.from(layouts, (_, fn) =>
      profile.secondMessageForErrors.includes(id(fn)) ? 1 : 0,
    );
    this.#hasIntx = Uint8Array.from(layouts, (_, fn) =>
      arena.read(fn as FunctionId, INTERRUPT_PIN, 1) === 0 || profile.withoutHotPlugIntx.includes(id(fn)) ? 0 : 1,
    );
    this.#arena = arena;
    this.#layouts = layouts;
    this.#clock = clock;
    this.#profile = profile;
    this.#commands = new Uint32Array(arena.count);
  }

  /** A card was put into the slot of a port, or pulled out of it. */
  setPresence(port: FunctionId, present: boolean): void {
    const at = this.#layouts[port]!.express + EXPRESS_SLOT_STATUS;
    if (!this.#layouts[port]!.variant.slot || ((this.#arena.read(port, at, 2) & PRESENCE_DETECT) !== 0) === present)
      return;
    this.#arena.change(port, this.#offset(port), PRESENCE_DETECT << SLOT_STATUS, present);
    this.event(port, PRESENCE_DETECT_CHANGED);
  }

  /** A reset of the port itself ends the command that it was working on. */
  forgetCommand(port: FunctionId): void {
    this.#arena.journal.set(this.#commands, port, this.#commands[port]! + 1);
  }

  /** Something happened in the slot of a port: bits as Slot Status has them. */
  event(port: FunctionId, bits: number): void {
    const old = this.#arena.read(port, this.#offset(port), 4);
    this.#arena.change(port, this.#offset(port), bits << SLOT_STATUS, true);
    this.#followEvents(port, old);
  }

  /** A write reached Slot Control or Slot Status: `old` and `written` are dwords, `lanes` the bits that the write carried. */
  written(port: FunctionId, old: number, written: number, lanes: number): void {
    const unset = (written >>> SLOT_STATUS) & EVENTS & ~(old >>> SLOT_STATUS);
    if (this.#profile.slotStatusAllOrNothing && unset !== 0)
      this.#arena.change(port, this.#offset(port), old & (EVENTS << SLOT_STATUS), true);
    this.#followEvents(port, old);
    if ((lanes & SLOT_CONTROL) !== 0 && this.#reportsCommands(port)) this.#command(port);
  }

  /** The port was written where it says how it interrupts. */
  interruptsWritten(port: FunctionId): void {
    if (this.#profile.hotPlugInterrupts === 'levels') this.#updateLevel(port);
    else messagesWritten(this.#arena, this.#layouts[port]!, port);
    if (this.#numbersErrors[port] !== 0) numberErrorMessage(this.#arena, this.#layouts[port]!, port);
  }

  /** Every write to Slot Control is a command, whatever it changes (PCIe 6.0 section 6.7.3.2). */
  #command(port: FunctionId): void {
    this.forgetCommand(port);
    const command = this.#commands[port];
    this.#clock.schedule(this.#clock.now_us + this.#profile.timing.slotCommand_us, () => {
      if (this.#commands[port] === command) this.event(port, COMMAND_COMPLETED);
    });
  }

  #reportsCommands(port: FunctionId): boolean {
    if (this.#profile.slotCommandsWithoutHotPlug) return true;
    const capabilities = this.#arena.read(port, this.#layouts[port]!.express + EXPRESS_SLOT_CAPABILITIES, 4);
    return (capabilities & HOT_PLUG_CAPABLE) !== 0 && (capabilities & NO_COMMAND_COMPLETED_SUPPORT) === 0;
  }

  /** Interrupt Status shows an INTx interrupt that is pending; with MSI or MSI-X on, events are messages instead. */
  #updateLevel(port: FunctionId): void {
    if (this.#hasIntx[port] === 0) return;
    const pending = isPending(this.#arena.read(port, this.#offset(port), 4));
    const messages = usesMessages(this.#arena, this.#layouts[port]!, port);
    this.#arena.change(port, 0x04, INTERRUPT_STATUS, pending && !messages);
  }

  /** Slot Control or Slot Status is not what it was: `old` is their dword before. */
  #followEvents(port: FunctionId, old: number): void {
    if (this.#profile.hotPlugInterrupts === 'levels') {
      this.#updateLevel(port);
      return;
    }
    const pending = isPending(this.#arena.read(port, this.#offset(port), 4));
    if (isPending(old) !== pending)
      pendingChanged(this.#arena, this.#layouts[port]!, port, pending, this.#hasIntx[port] !== 0);
  }

  #offset(port: FunctionId): number {
    return this.#layouts[port]!.express + EXPRESS_SLOT_CONTROL;
  }
}
