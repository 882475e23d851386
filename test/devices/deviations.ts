// SPDX-License-Identifier: GPL-2.0-only
/** The deviations of the profile `qemu-7.2` from `pcie` one by one, and the recording or check that needs each. */
import type { Deviation, HardwareProfile, ProfileSwitch } from '../../src/devices/profile.ts';
import { pcie } from '../../src/devices/profile.ts';
import { qemu72, switchReasons } from '../../src/devices/qemu.ts';
import { QEMU_CHECKS } from './qemu-checks.ts';
import { differencesOfMaximum, differencesOfReset, TOPOLOGIES } from './qemu-golden.ts';
import { differencesOfRecording, RECORDINGS } from './recordings.ts';

export interface OneDeviation {
  /** What deviates: a register, with its bits and devices, or a switch of the profile. */
  readonly what: string;
  readonly how: string;
  readonly reason: string;
  /** The profile without it. */
  readonly without: HardwareProfile;
}

const hex = (n: number): string => `${n.toString(16).padStart(4, '0')}h`;

function howOf({ onReset, onResetEmptySlot, onResetWithoutPowerController, writable }: Deviation): string {
  if (writable !== undefined) return writable === 0 ? 'read-only' : `writable: ${hex(writable)}`;
  if (onReset === 'keep') return 'kept by every reset';
  const empty = onResetEmptySlot === undefined ? '' : `, in an empty slot ${hex(onResetEmptySlot)}`;
  const without = onResetWithoutPowerController;
  const uncontrolled = without === undefined ? '' : `, without a power controller ${hex(without)}`;
  return `after every reset ${hex(onReset!)}${empty}${uncontrolled}`;
}

function rowOf(row: Deviation, i: number): OneDeviation {
  const fields = row.fields ? ` (${row.fields.join(', ')})` : '';
  const devices = row.devices ? ` of ${row.devices.join(', ')}` : '';
  return {
    what: `${row.block}: ${row.register}${fields}${devices}`,
    how: howOf(row),
    reason: row.reason,
    without: { ...qemu72, deviations: qemu72.deviations.filter((_, at) => at !== i) },
  };
}

const idOf = (dword: number): string => `${hex(dword & 0xffff).slice(0, 4)}:${hex(dword >>> 16).slice(0, 4)}`;

const howSwitch: Partial<Record<ProfileSwitch, string>> = {
  deviceBytes: qemu72.deviceBytes.map(({ offset, value }) => `${offset.toString(16)}h = ${value}`).join(', '),
  resetExtended: `only ${qemu72.resetExtended!.join(', ')}`,
  withoutHotPlugIntx: qemu72.withoutHotPlugIntx.map(idOf).join(', '),
  secondMessageForErrors: qemu72.secondMessageForErrors.map(idOf).join(', '),
  timing: 'all 0',
};

function switchOf(name: ProfileSwitch): OneDeviation {
  const { [name]: _, ...rest } = qemu72;
  const without = { ...rest, ...(pcie[name] === undefined ? {} : { [name]: pcie[name] }) } as HardwareProfile;
  return { what: name, how: howSwitch[name] ?? `${qemu72[name]}`, reason: switchReasons[name], without };
}

export const DEVIATIONS: readonly OneDeviation[] = [
  ...qemu72.deviations.map(rowOf),
  ...(Object.keys(switchReasons) as ProfileSwitch[]).map(switchOf),
];

/** The first recording that is not met, or check that does not hold, with such a profile; undefined where all are. */
export function firstFailure(profile: HardwareProfile): string | undefined {
  for (const topology of TOPOLOGIES) {
    if (differencesOfReset(topology, profile).length > 0) return `qemu-7.2/${topology}`;
    if (differencesOfMaximum(topology, profile).length > 0) return `qemu-7.2/${topology} (max)`;
  }
  return (
    RECORDINGS.find((name) => differencesOfRecording(name, profile).length > 0) ??
    QEMU_CHECKS.find(({ holds }) => !holds(profile))?.name
  );
}
