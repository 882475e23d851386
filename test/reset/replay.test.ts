// SPDX-License-Identifier: GPL-2.0-only
/** The proof: what the port does is what a real kernel was recorded doing, to the last event. */
import { describe, expect, test } from 'vitest';
import { algorithms } from '../../src/reset/algorithms.ts';
import { Kernel } from '../../src/reset/kernel.ts';
import { pci_restore_state, pci_save_state } from '../../src/reset/save_state.ts';
import { type Recording, ReplayBus, recordings } from './recording.ts';

const all = recordings();
const ofAlgorithm = all.filter((r) => r.capture.operation.algorithm !== undefined);
const ofSaveRestore = all.filter((r) => r.capture.operation.coreFunction === 'pci_save_state+pci_restore_state');

function boot(recording: Recording): { kernel: Kernel; bus: ReplayBus } {
  const { kernel: version, cmdline, state, kernelState } = recording.capture.run;
  const bus = new ReplayBus(recording.events);
  const kernel = new Kernel(bus, { version, cmdline, state, rootBuses: [{ domain: 0, bus: 0 }], kernelState });
  kernel.scan(recording.image);
  expect(bus.next).toBe(0);
  return { kernel, bus };
}

/** Every line of ours among dmesg's, in order, and every line of dmesg among ours (dmesg.txt keeps only the first 20). */
function compareLog(kernel: Kernel, dmesg: readonly string[]): void {
  const said = kernel.log.map((entry) => entry.text);
  const heard = dmesg.filter(
    (line) => / [0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d: /.test(line) && !line.includes('pciops:'),
  );
  expect(heard.length <= said.length).toBe(true);
  let from = 0;
  for (const line of heard) {
    const at = said.indexOf(line, from);
    expect({ line, found: at >= 0 }).toEqual({ line, found: true });
    from = at + 1;
  }
}

test('all recordings are here', () => {
  expect(ofAlgorithm.length).toBe(36);
  expect(ofSaveRestore.length).toBe(11);
  expect(all.length).toBe(92);
});

describe('algorithms', () => {
  test.each(ofAlgorithm.map((r) => [r.id, r] as const))('%s', (_, recording) => {
    const { kernel, bus } = boot(recording);
    algorithms.get(recording.capture.operation.algorithm!)!.run(kernel);
    expect(bus.next).toBe(bus.events.length);
    compareLog(kernel, recording.dmesg);
  });
});

describe('pci_save_state, pci_restore_state', () => {
  test.each(ofSaveRestore.map((r) => [r.id, r] as const))('%s', (_, recording) => {
    const { kernel, bus } = boot(recording);
    const dev = kernel.devices.find((d) => d.name === recording.capture.operation.device)!;
    expect(pci_save_state(dev)).toBe(0);
    pci_restore_state(dev);
    expect(bus.next).toBe(bus.events.length);
    compareLog(kernel, recording.dmesg);
  });
});
