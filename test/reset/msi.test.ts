// SPDX-License-Identifier: GPL-2.0-only
import { describe, expect, test } from 'vitest';
import type { KernelOptions } from '../../src/reset/kernel.ts';
import type { KernelVersion } from '../../src/reset/kernel_state.ts';
import { pci_intx } from '../../src/reset/msi.ts';
import { device, type Fn, type MadeUp } from './made_up.ts';
import { one, through } from './through.ts';

describe('MSI', () => {
  const msi = (flags: number): [MadeUp, Fn] => {
    const [m, fn] = one();
    fn.cap(5, 0x50).u16(0x52, flags).u32(0x54, 0xfee00004).u32(0x58, 0x1).u16(0x5c, 0x2f).u32(0x60, 0x5);
    return [m, fn];
  };
  const list = (trace: string[]): string[] => trace.filter((line) => !/ 5[01]\/[12]$/.test(line));
  const of = (flags: number, version: KernelVersion, options: Partial<KernelOptions> = {}): string[] => {
    const [m, fn] = msi(flags);
    return list(through(m, version, options, () => fn.u16(0x52, flags & ~0x71)).restored);
  };

  test('restored where the kernel has it on: 64 bit, masks, four vectors of eight', () => {
    expect(of(0x01a7, '6.1')).toEqual([
      'r 4/2',
      'w 4/2 400',
      'r 52/2',
      'w 52/2 186',
      'r 52/2',
      'w 52/2 1a6',
      'w 54/4 fee00004',
      'w 58/4 1',
      'w 5c/2 2f',
      'r 52/2',
      'r 52/2',
      'w 60/4 5',
      'w 52/2 1a7',
    ]);
  });

  test('32 bit without masks; 3.10 does not read after the message', () => {
    const write = ['r 4/2', 'w 4/2 400', 'r 52/2', 'w 52/2 0', 'r 52/2', 'w 52/2 0', 'w 54/4 fee00004', 'w 58/2 1'];
    expect(of(0x0001, '6.12')).toEqual([...write, 'r 52/2', 'r 52/2', 'w 52/2 1']);
    expect(of(0x0001, '3.10')).toEqual([...write, 'r 52/2', 'w 52/2 1']);
  });

  test('not in a fresh boot, not with nomsi, not where the state says otherwise', () => {
    expect(of(0x0001, '6.1', { state: 'boot' })).toEqual([]);
    expect(of(0x0001, '6.1', { cmdline: 'pci=nomsi' })).toEqual([]);
    expect(of(0x0001, '6.1', { kernelState: { msi_enabled: { '0000:00:01.0': false } } })).toEqual([]);
    expect(of(0x0000, '6.1', { kernelState: { msi_enabled: { '0000:00:01.0': true } } })).not.toEqual([]);
    expect(of(0x0000, '6.1')).toEqual([]);
  });

  test('the message is not written to a function that is not in D0', () => {
    const asleep = of(0x0001, '6.1', { kernelState: { currentState: { '0000:00:01.0': 'D3hot' } } });
    expect(asleep).toEqual(['r 4/2', 'w 4/2 400', 'r 52/2', 'w 52/2 0', 'r 52/2', 'w 52/2 1']);
  });

  const msix = (version: KernelVersion, options: Partial<KernelOptions> = {}): string[] => {
    const [m, fn] = one();
    fn.cap(0x11, 0x50).u16(0x52, 0x8003).u16(4, 0x0400);
    return list(through(m, version, options, () => fn.u16(0x52, 3)).restored);
  };

  test('MSI-X of 3.10: one read, two writes', () => {
    for (const version of ['3.10', '3.13'] as const) {
      expect(msix(version)).toEqual(['r 52/2', 'r 4/2', 'w 52/2 c003', 'w 52/2 8003']);
    }
  });

  test('MSI-X of 6.1 turns memory decoding on around the table, 6.12 does not', () => {
    const table = ['r 4/2', 'w 4/2 402', 'w 4/2 400'];
    const [before, after] = [
      ['r 4/2', 'r 52/2', 'w 52/2 c003'],
      ['r 52/2', 'w 52/2 8003'],
    ];
    expect(msix('6.1')).toEqual([...before, ...table, ...after]);
    expect(msix('6.12')).toEqual([...before, ...after]);
    expect(msix('6.1', { state: 'boot' })).toEqual([]);
    expect(msix('6.1', { kernelState: { msix_enabled: { '0000:00:01.0': false } } })).toEqual([]);
  });

  test('INTx can also be enabled', () => {
    const [m, fn] = one();
    fn.u16(4, 0x0407);
    pci_intx(device(m.kernel('6.1'), '00:01.0'), true);
    expect(m.written()).toEqual(['w 00:01.0 4/2 7']);
  });
});
