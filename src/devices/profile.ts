// SPDX-License-Identifier: GPL-2.0-only
/**
 * Which hardware this is. The base specification is the rule; where a hardware does otherwise, that is a row of data with
 * a reason, never an `if` in the code and never a mask in a test.
 */

/** What a register does at a reset or a write, where it is not what its access class says. Later rows win over earlier ones. */
export interface Deviation {
  /** Title of the block and name of the register, as declared in src/configspace/tables. */
  readonly block: string;
  readonly register: string;
  /** Fields concerned; all of the register when not given. */
  readonly fields?: readonly string[];
  /** `vendor:device` or `vendor` in hexadecimal, of the functions concerned; all when not given. */
  readonly devices?: readonly string[];
  /** What a reset does to the bits: `keep` leaves them alone, a number is the value that the register takes. */
  readonly onReset?: 'keep' | number;
  /** Bits of the register that can be written, in place of what the table says. */
  readonly writable?: number;
  /** That value where the slot is empty. */
  readonly onResetEmptySlot?: number;
  /** That value of a port without a Power Controller, whether its slot is empty or not. */
  readonly onResetWithoutPowerController?: number;
  readonly reason: string;
}

/** A byte outside the registers that are declared, which some devices set to a value of theirs at a reset. */
export interface DeviceByte {
  readonly offset: number;
  readonly value: number;
  /** As in a deviation. */
  readonly devices: readonly string[];
}

export interface HardwareProfile {
  readonly name: 'pcie' | 'qemu-7.2';
  readonly description: string;
  readonly deviations: readonly Deviation[];
  readonly deviceBytes: readonly DeviceByte[];
  /** Titles of the extended capabilities that a reset may change; all where not given. */
  readonly resetExtended?: readonly string[];
  /** Whether the device sets NumVFs to 0 when its virtual functions go. */
  readonly forgetsNumVfs: boolean;
  /** Whether bits of config space that belong to no capability can be written. */
  readonly scratchOutsideCapabilities: boolean;
  /** Whether functions directly below a port answer while its Secondary Bus Reset is held. */
  readonly answersWhileHeld: boolean;
  /** Whether power that comes back resets what is sticky, too. */
  readonly coldResets: boolean;
  /** Whether Function Level Reset does to a function what a bus reset does to it. */
  readonly flrLikeBusReset: boolean;
  /** Whether leaving D3hot without No_Soft_Reset resets the function. */
  readonly softResets: boolean;
  /** Whether links go down and up around a reset, with what that does to the port above. */
  readonly links: boolean;
  /** Whether a request that nobody takes sets Received Master Abort in the Secondary Status of the last bridge. */
  readonly masterAborts: boolean;
  /** Whether a bridge takes a request for its Secondary Bus Number although its Subordinate is below it. */
  readonly secondaryWithoutRange: boolean;
  /** Whether a write to Slot Control is a command that completes on a port that can do no hot-plug, too. */
  readonly slotCommandsWithoutHotPlug: boolean;
  /** Whether switching a slot off with its power indicator off takes the card out for good. */
  readonly powerOffEjects: boolean;
  /** Whether Interrupt Status of a port shows that an enabled hot-plug event is pending, or only follows when that changes. */
  readonly hotPlugInterrupts: 'levels' | 'changes';
  /** Device and Vendor ID, one dword, of ports that show no Interrupt Status for them. */
  readonly withoutHotPlugIntx: readonly number[];
  /** Device and Vendor ID, one dword, of root ports that number the message for errors 1 when they have two vectors. */
  readonly secondMessageForErrors: readonly number[];
  /** Whether a write to Slot Status that has a one for an event that is not set is dropped whole. */
  readonly slotStatusAllOrNothing: boolean;
  readonly timing: Timing;
}

/** What a profile says besides its rows of deviations. */
export type ProfileSwitch = Exclude<keyof HardwareProfile, 'name' | 'description' | 'deviations'>;

/** All in microseconds of virtual time. */
export interface Timing {
  /** From the end of a hot reset until the Data Link Layer of one link is active again. */
  readonly linkUp_us: number;
  /** From link up until a function stops answering with Request Retry Status. */
  readonly ready_us: number;
  /** From the end of reset until a function on conventional PCI answers (Trhfa). */
  readonly conventionalReady_us: number;
  /** From the start of a Function Level Reset until the function answers. */
  readonly flr_us: number;
  /** From the write that leaves D3hot until the function answers. */
  readonly d3hot_us: number;
  /** From the moment a slot has power until the reset of what is in it ends. */
  readonly powerOn_us: number;
  /** From the write to Slot Control until Command Completed. */
  readonly slotCommand_us: number;
  /** From Retrain Link until the link is through with it. */
  readonly retrain_us: number;
}

/**
 * Hardware as the PCIe Base Specification means it, with times a compliant device may well take: 20 ms to train the link,
 * then the 100 ms after which software may send the first request.
 */
export const pcie: HardwareProfile = {
  name: 'pcie',
  description: 'as the PCIe Base Specification has it',
  deviations: [],
  deviceBytes: [],
  forgetsNumVfs: false,
  scratchOutsideCapabilities: false,
  answersWhileHeld: false,
  coldResets: true,
  flrLikeBusReset: false,
  softResets: true,
  links: true,
  masterAborts: true,
  secondaryWithoutRange: false,
  slotCommandsWithoutHotPlug: false,
  powerOffEjects: false,
  hotPlugInterrupts: 'levels',
  withoutHotPlugIntx: [],
  secondMessageForErrors: [],
  slotStatusAllOrNothing: false,
  timing: {
    linkUp_us: 20_000,
    ready_us: 80_000,
    // 2^25 clocks at 33.3 MHz, PCI 3.0 section 4.3.2.
    conventionalReady_us: 1_006_633,
    // PCIe 6.0 sections 6.6.2 and 5.9: software may not ask earlier.
    flr_us: 100_000,
    d3hot_us: 10_000,
    // PCIe CEM 5.0 section 2.2: power is stable for 100 ms before PERST# ends.
    powerOn_us: 100_000,
    // PCIe 6.0 section 6.7.3.2 allows a second; a controller that drives no bus of its own needs far less.
    slotCommand_us: 1_000,
    // Recovery and back, PCIe 6.0 section 4.2.7.4; with a change of speed it may take 24 ms.
    retrain_us: 1_000,
  },
};
