// SPDX-License-Identifier: GPL-2.0-only
import { describe, expect, test } from 'vitest';
import type { KernelVersion } from '../../src/reset/kernel_state.ts';
import { pci_restore_state, pci_save_state } from '../../src/reset/save_state.ts';
import { device, MadeUp } from './made_up.ts';
import { one, through } from './through.ts';

describe('pci_restore_state()', () => {
  test('without a save: nothing up to 6.1, the state of the scan in 6.12', () => {
    for (const version of ['3.10', '3.13', '6.1'] as const) {
      const [m] = one();
      pci_restore_state(device(m.kernel(version), '00:01.0'));
      expect(m.trace).toEqual([]);
    }
    const [m, fn] = one();
    fn.u32(0x10, 0xfe000000);
    const dev = device(m.kernel('6.12'), '00:01.0');
    fn.u32(0x10, 0);
    pci_restore_state(dev);
    expect(m.written()).toEqual(['w 00:01.0 10/4 fe000000']);
    pci_restore_state(dev);
    expect(dev.state_saved).toBe(false);
  });

  test('a bridge: prefetch registers always written, from 6.1 on', () => {
    for (const [version, written] of [
      ['3.10', 0],
      ['3.13', 0],
      ['6.1', 3],
      ['6.12', 3],
    ] as const) {
      const [m] = one(1, 0x060400);
      const kernel = m.kernel(version);
      pci_save_state(device(kernel, '00:01.0'));
      m.trace.length = 0;
      pci_restore_state(device(kernel, '00:01.0'));
      const header = m.trace.filter((line) => line.endsWith('/4') || line.startsWith('w')).slice(0, 19);
      expect(m.written()).toEqual(['w 00:01.0 2c/4 0', 'w 00:01.0 28/4 0', 'w 00:01.0 24/4 0'].slice(0, written));
      expect(header[0]).toBe('r 00:01.0 3c/4');
    }
  });

  test('a bridge has no retries, a CardBus bridge neither', () => {
    for (const [hdr, class_] of [
      [1, 0x060400],
      [2, 0x060700],
    ] as const) {
      const [m, fn] = one(hdr, class_);
      fn.u32(0x10, 0xfe000000);
      through(m, '6.1', {}, () => {
        m.onWrite = () => true;
        fn.u32(0x10, 0);
      });
      expect(m.trace.filter((line) => line.startsWith('udelay'))).toEqual([]);
    }
  });

  test('the order of 6.1 and 6.12, all capabilities there', () => {
    const order = (version: KernelVersion): string[] => {
      const [m, fn] = one();
      fn.pcie(0).cap(7, 0x80).cap(0x11, 0x90).u16(0x92, 0x8000);
      fn.ext(0x18, 0x100).ext(0x1b, 0x110).u16(0x116, 1).ext(0x13, 0x120).u16(0x124, 1).ext(0x0f, 0x130);
      fn.u16(0x136, 0x8000).ext(2, 0x140).ext(0x15, 0x180).u32(0x188, 0x20).ext(0x1f, 0x1a0).ext(1, 0x1b0);
      fn.ext(0x0d, 0x200);
      const { restored } = through(m, version, { kernelState: { acs: true } }, () => fn.u32(0x10, 5));
      const kinds: [RegExp, string][] = [
        [/ 104\/4/, 'LTR'],
        [/ 48\/2/, 'PCIe'],
        [/ 116\/2/, 'PASID'],
        [/ 12c\/4/, 'PRI'],
        [/ 136\/2/, 'ATS'],
        [/ 14c\/2/, 'VC'],
        [/ 188\/4/, 'ReBAR'],
        [/ 1a8\/4/, 'PTM'],
        [/ 1c0\/4/, 'AER status'],
        [/ 1b8\/4/, 'AER'],
        [/ 82\/2/, 'PCI-X'],
        [/ 92\/2 c000/, 'MSI-X'],
        [/ 206\/2/, 'ACS'],
      ];
      const seen = restored.filter((line) => line.startsWith('w'));
      return seen.flatMap((line) => kinds.filter(([re]) => re.test(line)).map(([, name]) => name));
    };
    const want = 'LTR, PCIe, PASID, PRI, ATS, VC, ReBAR, PTM, AER status, AER, PCI-X, MSI-X, ACS';
    for (const version of ['6.1', '6.12'] as const) expect(order(version).join(', ')).toBe(want);
  });
});

describe('failures', () => {
  test('a capability that was not there at the scan has no buffer; what follows is not saved', () => {
    const [m, fn] = one();
    const kernel = m.kernel('6.1');
    const dev = device(kernel, '00:01.0');
    fn.cap(7, 0x80);
    expect(pci_save_state(dev)).toBe(-12);
    expect(dev.state_saved).toBe(true);
    expect(kernel.log.at(-1)!.text).toBe('pci 0000:00:01.0: buffer not found in pci_save_pcix_state');
    dev.pcie_cap = 0x40;
    expect(pci_save_state(dev)).toBe(-12);
    expect(kernel.log.at(-1)!.text).toBe('pci 0000:00:01.0: buffer not found in pci_save_pcie_state');
  });

  test('LTR and VC that appear later', () => {
    const [m, fn] = one();
    fn.pcie(0).ext(0x0b, 0x100);
    const kernel = m.kernel('6.1');
    fn.ext(0x18, 0x110).ext(2, 0x120);
    expect(pci_save_state(device(kernel, '00:01.0'))).toBe(-12);
    expect(kernel.log.filter((entry) => entry.level === 'err').map((entry) => entry.text)).toEqual([
      'pci 0000:00:01.0: no suspend buffer for LTR; ASPM issues possible after resume',
      'pci 0000:00:01.0: VC buffer not found in pci_save_vc_state',
    ]);
  });
});

test('delays: up to 5 ms of mdelay() is one udelay()', () => {
  const m = new MadeUp();
  const kernel = m.kernel('6.1');
  kernel.mdelay(5);
  kernel.mdelay(6);
  kernel.usleep_range(10, 20);
  expect(m.trace).toEqual(['udelay 5000', ...Array(6).fill('udelay 1000'), 'usleep_range 10,20']);
});
