// SPDX-License-Identifier: GPL-2.0-only
import { describe, expect, test } from 'vitest';
import { algorithms } from '../../src/reset/algorithms.ts';
import type { Kernel } from '../../src/reset/kernel.ts';
import type { KernelVersion } from '../../src/reset/kernel_state.ts';
import { MadeUp } from './made_up.ts';

const ON = 'pci=pcie_reset_endpoint_devices';

function run(m: MadeUp, version: KernelVersion = '3.10', cmdline = ON): Kernel {
  const kernel = m.kernel(version, { cmdline });
  algorithms.get('reset_pcie_endpoints')!.run(kernel);
  return kernel;
}

/** A root port, a switch of two ports, an endpoint below each; and a second root port. */
function tree(): MadeUp {
  const m = new MadeUp();
  m.bridge('00:01.0', 1, 4, 4);
  m.bridge('00:02.0', 5, 5, 4);
  m.bridge('01:00.0', 2, 4, 5);
  m.bridge('02:00.0', 3, 3, 6);
  m.bridge('02:01.0', 4, 4, 6);
  m.add('03:00.0', 0x020000, 0x80).pcie(0);
  m.add('03:00.1', 0x020000).pcie(0);
  m.add('04:00.0', 0x020000).pcie(0);
  m.add('05:00.0', 0x020000).pcie(0);
  return m;
}

test('last found, first reset; all saved, all reset, one sleep, all restored', () => {
  const kernel = run(tree());
  const said = kernel.log.filter((entry) => entry.level === 'info').map((entry) => entry.text.replace('pci 0000:', ''));
  expect(said).toEqual([
    '04:00.0: save state',
    '03:00.0: save state',
    '03:00.1: save state',
    '05:00.0: save state',
    '02:01.0: Reset Secondary bus',
    '02:00.0: Reset Secondary bus',
    '00:02.0: Reset Secondary bus',
    '04:00.0: restore state',
    '03:00.0: restore state',
    '03:00.1: restore state',
    '05:00.0: restore state',
  ]);
});

test('the pulse: set, read, 2 ms, cleared in what was read; 1 s at the end', () => {
  const m = new MadeUp();
  const port = m.bridge('00:01.0', 1, 1, 4).u16(0x3e, 0x0002);
  m.add('01:00.0', 0x020000, 0, 256);
  m.onWrite = (_, at, value) => {
    if (at === 0x3e && value === 0x42) port.u16(0x3e, 0x52);
    return at === 0x3e;
  };
  run(m);
  const from = m.trace.indexOf('r 00:01.0 3e/2');
  expect(m.trace.slice(from, from + 6)).toEqual([
    'r 00:01.0 3e/2',
    'w 00:01.0 3e/2 42',
    'r 00:01.0 3e/2',
    'msleep 2',
    'w 00:01.0 3e/2 12',
    'msleep 1000',
  ]);
});

test('without the parameter nothing happens; with it and nothing to do, a second passes', () => {
  const off = tree();
  expect(run(off, '3.10', '').decisions).toEqual([]);
  expect(off.trace).toEqual([]);
  const empty = new MadeUp();
  run(empty);
  expect(empty.trace).toEqual(['msleep 1000']);
});

describe('decisions', () => {
  const decide = (m: MadeUp): string[] =>
    run(m).decisions.map(({ dev, verdict, reason }) => `${dev.slice(5)} ${verdict}: ${reason}`);

  test('of a tree', () => {
    expect(decide(tree())).toEqual([
      '00:01.0 skipped: 0000:01:00.0 is a switch upstream port',
      '00:02.0 reset: no switch, PCIe-to-PCI bridge or display controller below: 0000:05:00.0',
      '01:00.0 skipped: not a root or downstream port (switch upstream port)',
      '02:00.0 reset: no switch, PCIe-to-PCI bridge or display controller below: 0000:03:00.0, 0000:03:00.1',
      '02:01.0 reset: no switch, PCIe-to-PCI bridge or display controller below: 0000:04:00.0',
    ]);
  });

  test('and the other reasons, in the order the C asks', () => {
    const m = new MadeUp();
    m.add('00:00.0', 0x060000);
    m.add('00:01.0', 0x060400, 1);
    m.bridge('00:02.0', 0, 0, 4);
    m.bridge('00:03.0', 3, 3, 4);
    m.bridge('00:04.0', 4, 4, 7);
    m.add('04:00.0', 0x030000);
    m.bridge('00:05.0', 5, 5, 4);
    m.add('05:00.0', 0x020000, 0x80).pcie(0);
    m.add('05:00.1', 0x038000).pcie(0);
    m.bridge('00:06.0', 6, 7, 4);
    m.bridge('06:00.0', 7, 7, 7);
    m.bridge('00:08.0', 8, 8, 8);
    m.add('08:00.0', 0x020000);
    expect(decide(m)).toEqual([
      '00:01.0 skipped: not PCI Express',
      '00:02.0 skipped: no bus below',
      '00:03.0 skipped: no device below',
      '00:04.0 skipped: not a root or downstream port (PCIe-to-PCI bridge)',
      '00:05.0 skipped: 0000:05:00.1 is a display controller (class 038000)',
      '00:06.0 skipped: 0000:06:00.0 is a PCIe-to-PCI bridge',
      '00:08.0 skipped: not a root or downstream port (PCI-to-PCIe bridge)',
      '06:00.0 skipped: no device below',
    ]);
  });

  test('cost no config access', () => {
    const m = tree();
    const kernel = m.kernel('3.10', { cmdline: ON });
    kernel.pcie_reset_endpoint_devices = 0;
    algorithms.get('reset_pcie_endpoints')!.run(kernel);
    expect(m.trace).toEqual([]);
  });
});

describe('a header that does not come back', () => {
  const m = new MadeUp();
  m.bridge('00:01.0', 1, 1, 4);
  const fn = m.add('01:00.0', 0x020000, 0, 256).u32(0x10, 0xfe000000).u32(0x30, 0xfd000001);
  m.onWrite = (bdf, at) => {
    if (at === 0x3e) fn.u32(0x10, 0).u32(0x30, 0);
    return bdf === '0000:01:00.0';
  };
  const kernel = run(m);

  test('a BAR is written 11 times, 1 ms apart, and not read after the last', () => {
    const tries = m.trace.filter((line) => line.includes(' 10/4') || line.startsWith('udelay'));
    const once = ['w 01:00.0 10/4 fe000000', 'r 01:00.0 10/4', 'udelay 1000'];
    const save = 'r 01:00.0 10/4';
    expect(tries).toEqual([save, save, ...Array.from({ length: 10 }, () => once).flat(), 'w 01:00.0 10/4 fe000000']);
  });

  test('the ROM BAR, above the BARs, only once', () => {
    expect(m.trace.filter((line) => line === 'w 01:00.0 30/4 fd000001').length).toBe(1);
  });

  test('each write is a debug line, as that kernel words it', () => {
    const lines = kernel.log.filter((entry) => entry.level === 'dbg').map((entry) => entry.text);
    expect(lines.length).toBe(12);
    expect(lines[0]).toBe('pci 0000:01:00.0: restoring config space at offset 0x30 (was 0x0, writing 0xfd000001)');
    const quiet = m.kernel('3.10', { cmdline: ON, debug: false });
    algorithms.get('reset_pcie_endpoints')!.run(quiet);
    expect(quiet.log.filter((entry) => entry.level === 'dbg')).toEqual([]);
  });
});

test('a bound driver stands in the place of "pci"', () => {
  const m = new MadeUp();
  m.bridge('00:01.0', 1, 1, 4);
  m.add('01:00.0', 0x020000);
  const kernelState = { drivers: { '0000:00:01.0': 'pcieport', '0000:01:00.0': 'e1000e' } };
  const kernel = m.kernel('3.10', { cmdline: ON, kernelState });
  algorithms.get('reset_pcie_endpoints')!.run(kernel);
  expect(kernel.log.slice(0, 2).map((entry) => entry.text)).toEqual([
    'e1000e 0000:01:00.0: save state',
    'pcieport 0000:00:01.0: Reset Secondary bus',
  ]);
});

test('a device absent while saving gets its all-ones back, and each extended search costs 481 reads', () => {
  const m = new MadeUp();
  m.bridge('00:01.0', 1, 1, 4);
  const fn = m.add('01:00.0', 0x020000).pcie(0);
  m.onWrite = (_, at) => {
    if (at === 0x3e) fn.absent = false;
    return false;
  };
  const kernel = m.kernel('6.1', { cmdline: ON });
  fn.absent = true;
  algorithms.get('reset_pcie_endpoints')!.run(kernel);
  expect(m.trace).toContain('w 01:00.0 4/4 ffffffff');
  const reset = m.trace.indexOf('r 00:01.0 3e/2');
  // One search for LTR and three for VC: the header at 100, then 480 times the one at ffc.
  const searches = m.trace.slice(0, reset).filter((line) => line.endsWith(' 100/4')).length;
  const spins = m.trace.slice(0, reset).filter((line) => line.endsWith(' ffc/4')).length;
  expect([searches, spins]).toEqual([4, 4 * 480]);
});
