// SPDX-License-Identifier: GPL-2.0-only
/** One function saved and restored, and what it took. */
import { expect } from 'vitest';
import type { Kernel, KernelOptions } from '../../src/reset/kernel.ts';
import type { KernelVersion } from '../../src/reset/kernel_state.ts';
import type { pci_dev } from '../../src/reset/pci_dev.ts';
import { pci_restore_state, pci_save_state } from '../../src/reset/save_state.ts';
import { device, type Fn, MadeUp } from './made_up.ts';

export interface Outcome {
  readonly kernel: Kernel;
  readonly dev: pci_dev;
  readonly saved: string[];
  readonly restored: string[];
  readonly log: string[];
}

/** Saves a function at `address`, lets something happen to the machine, restores; traces without the 64 header bytes. */
export function through(
  m: MadeUp,
  version: KernelVersion,
  options: Partial<KernelOptions> = {},
  happen: () => void = () => {},
  address = '00:01.0',
): Outcome {
  const kernel = m.kernel(version, options);
  const dev = device(kernel, address);
  expect(pci_save_state(dev)).toBe(0);
  const saved = m.trace.splice(0);
  happen();
  pci_restore_state(dev);
  const restored = m.trace.splice(0);
  const log = kernel.log.filter((entry) => entry.level !== 'dbg').map((entry) => entry.text);
  return { kernel, dev, saved: strip(saved, address), restored: strip(restored, address), log };
}

/** Without the header and the searches, and without the address of the function itself. */
const strip = (trace: string[], address: string): string[] =>
  trace
    .filter((line) => !/ [0-3]?[048c]\/4/.test(line) && !/ (6\/2|34\/1|100\/4|40\/2|40\/1|41\/1)$/.test(line))
    .map((line) => line.replace(` ${address}`, ''));

export const one = (hdr = 0, class_ = 0x020000): [MadeUp, Fn] => {
  const m = new MadeUp();
  return [m, m.add('00:01.0', class_, hdr)];
};
