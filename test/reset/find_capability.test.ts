// SPDX-License-Identifier: GPL-2.0-only
import { describe, expect, test } from 'vitest';
import { pci_save_state } from '../../src/reset/save_state.ts';
import { device, type Fn, MadeUp } from './made_up.ts';
import { one, through } from './through.ts';

describe('capability lists of hostile content', () => {
  test('a loop ends after 48 entries, a pointer below 40 or an id ff ends it at once', () => {
    const pcix = (fn: Fn): number => {
      const m = new MadeUp();
      m.functions.set(0 as never, fn);
      const kernel = m.kernel('6.1');
      pci_save_state(kernel.devices[0]!);
      return m.trace.filter((line) => / [4-9a-f]\w\/2$/.test(line)).length;
    };
    const fn = (): Fn => new MadeUp().add('00:00.0', 0x020000, 0, 256).cap(1, 0x50);
    expect(pcix(fn())).toBe(1);
    expect(pcix(fn().u8(0x51, 0x53))).toBe(48); // low bits of the pointer do not count
    expect(pcix(fn().u8(0x50, 0xff))).toBe(1);
    expect(pcix(fn().u8(0x34, 0x3c))).toBe(0);
    expect(pcix(fn().u8(0x06, 0))).toBe(0);
  });

  test('CardBus has its list elsewhere; 3.10 reads by bytes', () => {
    const m = new MadeUp();
    m.add('00:01.0', 0x060700, 2).u16(6, 0x10).u8(0x14, 0xa0).u16(0xa0, 7);
    const kernel = m.kernel('3.10');
    pci_save_state(device(kernel, '00:01.0'));
    expect(m.trace.slice(16).map((line) => line.slice(10))).toEqual(['6/2', '14/1', 'a0/1', 'a2/2']);
  });

  test('3.10 too ends a loop after 48', () => {
    const m = new MadeUp();
    m.add('00:01.0', 0x020000).cap(1, 0x50).u8(0x51, 0x50);
    pci_save_state(device(m.kernel('3.10'), '00:01.0'));
    expect(m.trace.filter((line) => line.endsWith(' 50/1')).length).toBe(48);
  });

  test('PCI-X command', () => {
    const [m, fn] = one();
    fn.cap(7, 0x50).u16(0x52, 0x23);
    const { saved, restored } = through(m, '3.10');
    expect(saved).toContain('r 52/2');
    expect(restored).toContain('w 52/2 23');
    const [gone, lost] = one();
    lost.cap(7, 0x50);
    expect(through(gone, '6.1', {}, () => lost.u8(0x50, 1)).restored.some((l) => l.startsWith('w 52'))).toBe(false);
  });
});
