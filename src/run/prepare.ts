// SPDX-License-Identifier: GPL-2.0-only
/** From what a user gives, a dump, a scenario and options, to a machine and what to run on it. */
import { formatBdf } from '../bus/bdf.ts';
import { Hardware } from '../devices/hardware.ts';
import { problemWith } from '../devices/misbehaviour.ts';
import { type HardwareProfile, pcie } from '../devices/profile.ts';
import { qemu72 } from '../devices/qemu.ts';
import { type Dump, readDump } from '../machine/dump.ts';
import { functionsOf, type Machine, machineOf } from '../machine/machine.ts';
import type { Algorithm } from '../reset/algorithms.ts';
import { UsageError } from './errors.ts';
import type { RunOptions } from './run.ts';
import type { HARDWARE_NAMES, MisbehavingDevice, Scenario } from './scenario.ts';

export const PROFILES: Readonly<Record<(typeof HARDWARE_NAMES)[number], HardwareProfile>> = {
  pcie,
  'qemu-7.2': qemu72,
};

/** The kernel the patch was written for, told to run it, just booted: what a scenario does not say. */
export const DEFAULTS = {
  kernel: '3.10',
  cmdline: 'pci=pcie_reset_endpoint_devices',
  hardware: 'pcie',
  state: 'boot',
} as const;

export interface PreparedRun {
  readonly machine: Machine;
  readonly options: RunOptions;
}

function checkDevice({ name, hardware }: Machine, { bdf, does }: MisbehavingDevice): void {
  const fn = hardware.functions.findIndex((f) => f.bdf === bdf);
  if (fn < 0) throw new UsageError(`${name} has no function ${formatBdf(bdf)} that could misbehave`);
  for (const misbehaviour of does) {
    const problem = problemWith(hardware.layouts[fn]!, misbehaviour);
    if (problem !== undefined) throw new UsageError(`${formatBdf(bdf)} of ${name}: ${problem}`);
  }
}

/**
 * Throws a UsageError when the scenario lets a function misbehave that cannot, and a DumpError when the dump of the machine as it was scanned, which a scenario may name, cannot be read. Functions
 * that are absent at the start are taken from that dump.
 */
export function prepareRun(dump: Dump, algorithm: Algorithm, scenario: Scenario): PreparedRun {
  const profile = PROFILES[scenario.hardware ?? DEFAULTS.hardware];
  const scanned = scenario.enumerated === undefined ? undefined : functionsOf(readDump(scenario.enumerated));
  const gone = new Set(scenario.absent?.map(({ bdf }) => bdf));
  const there = dump.functions.filter(({ bdf, bytes }) => !gone.has(bdf) || bytes.some((byte) => byte !== 0xff));
  const inDump = new Set(there.map(({ bdf }) => bdf));
  const fromScan = scanned?.filter(({ bdf }) => gone.has(bdf) && !inDump.has(bdf)) ?? [];
  const machine = machineOf(fromScan.length > 0 ? { ...dump, functions: there } : dump, profile, fromScan);
  for (const device of scenario.devices ?? []) checkDevice(machine, device);
  return {
    machine,
    options: {
      algorithm,
      kernel: scenario.kernel ?? DEFAULTS.kernel,
      cmdline: scenario.cmdline ?? DEFAULTS.cmdline,
      state: scenario.state ?? DEFAULTS.state,
      ...(scenario.kernelState && { kernelState: scenario.kernelState }),
      ...(scenario.devices && { devices: scenario.devices }),
      ...(scenario.absent && { absent: scenario.absent }),
      ...(scanned && { enumerated: new Hardware(scanned, profile) }),
    },
  };
}
