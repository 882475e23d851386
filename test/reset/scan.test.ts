// SPDX-License-Identifier: GPL-2.0-only
import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../src/reset/kernel.ts';
import { device, MadeUp } from './made_up.ts';

const ROOT = 4;
const UP = 5;
const DOWN = 6;
const names = (kernel: Kernel): string[] => kernel.devices.map((dev) => dev.name.slice(5));
const log = (kernel: Kernel): string[] => kernel.log.map((entry) => `${entry.level}: ${entry.text}`);

describe('order', () => {
  test('a whole bus, then what is below its bridges, depth first', () => {
    const m = new MadeUp();
    m.bridge('00:01.0', 1, 4, ROOT);
    m.bridge('00:02.0', 5, 5, ROOT);
    m.add('00:1f.0', 0x060100);
    m.bridge('01:00.0', 2, 4, UP);
    m.bridge('02:00.0', 3, 3, DOWN);
    m.bridge('02:01.0', 4, 4, DOWN);
    m.add('03:00.0', 0x020000).pcie(0);
    m.add('04:00.0', 0x020000).pcie(0);
    m.add('05:00.0', 0x020000).pcie(0);
    const kernel = m.kernel('6.1');
    const order = ['00:01.0', '00:02.0', '00:1f.0', '01:00.0', '02:00.0', '02:01.0', '03:00.0', '04:00.0', '05:00.0'];
    expect(names(kernel)).toEqual(order);
    expect(device(kernel, '00:01.0').subordinate!.devices.map((dev) => dev.name)).toEqual(['0000:01:00.0']);
  });

  test('several root buses, also of another domain', () => {
    const m = new MadeUp();
    m.add('00:00.0', 0x060000);
    m.add('80:00.0', 0x060000);
    m.add('0001:00:03.0', 0x060000);
    const rootBuses = [
      { domain: 0, bus: 0 },
      { domain: 0, bus: 0x80 },
      { domain: 1, bus: 0 },
      { domain: 0, bus: 0 },
    ];
    const kernel = m.kernel('6.1', { rootBuses });
    expect(kernel.devices.map((dev) => dev.name)).toEqual(['0000:00:00.0', '0000:80:00.0', '0001:00:03.0']);
    expect(kernel.root_buses.length).toBe(3);
  });
});

describe('slots', () => {
  test('more functions only where function 0 says so; a gap does not end the search', () => {
    const m = new MadeUp();
    m.add('00:02.0', 0x020000);
    m.add('00:02.1', 0x020000);
    m.add('00:03.0', 0x020000, 0x80);
    m.add('00:03.2', 0x020000);
    m.add('00:03.5', 0x020000);
    m.add('00:04.1', 0x020000);
    for (const version of ['3.10', '6.1'] as const) {
      const kernel = m.kernel(version);
      expect(names(kernel)).toEqual(['00:02.0', '00:03.0', '00:03.2', '00:03.5']);
      expect(kernel.devices.map((dev) => dev.multifunction)).toEqual([false, true, true, true]);
    }
  });

  test('below a port only device 0, or all with pci=pcie_scan_all', () => {
    const m = new MadeUp();
    m.bridge('00:01.0', 1, 1, ROOT);
    m.add('01:00.0', 0x020000).pcie(0);
    m.add('01:01.0', 0x020000).pcie(0);
    expect(names(m.kernel('6.1'))).toEqual(['00:01.0', '01:00.0']);
    expect(names(m.kernel('6.1', { cmdline: 'pci=pcie_scan_all' }))).toEqual(['00:01.0', '01:00.0', '01:01.0']);
    // 3.10 does not listen to it at a root port.
    expect(names(m.kernel('3.10', { cmdline: 'pci=pcie_scan_all' }))).toEqual(['00:01.0', '01:00.0']);
  });

  test('below a PCI-to-PCIe bridge, 3.10 tries all devices', () => {
    const m = new MadeUp();
    m.bridge('00:01.0', 1, 1, 8);
    m.add('01:00.0', 0x020000).pcie(0);
    m.add('01:01.0', 0x020000).pcie(0);
    expect(names(m.kernel('6.1')).length).toBe(2);
    expect(names(m.kernel('3.10')).length).toBe(3);
  });

  test.each([0, 0xffff, 0xffff0000, 0xffffffff, 0x00010001])('identity %s is nothing', (id) => {
    const m = new MadeUp();
    m.add('00:01.0', 0x020000).u32(0, id);
    expect(names(m.kernel('6.1'))).toEqual([]);
  });
});

describe('ARI', () => {
  const ari = (): MadeUp => {
    const m = new MadeUp();
    m.bridge('00:01.0', 1, 1, ROOT).u32(0x64, 0x20).u16(0x68, 0x20);
    m.add('01:00.0', 0x020000).pcie(0).ext(0x0e, 0x100).u16(0x104, 0x0900);
    m.add('01:00.1', 0x020000).pcie(0);
    m.add('01:01.1', 0x020000).pcie(0).ext(0x0e, 0x100).u16(0x104, 0x0b00);
    m.add('01:01.3', 0x020000).pcie(0).ext(0x0e, 0x100).u16(0x104, 0x0900);
    return m;
  };

  test('follows the next function numbers while they rise', () => {
    expect(names(ari().kernel('6.1'))).toEqual(['00:01.0', '01:00.0', '01:01.1', '01:01.3']);
  });

  test('not with the forwarding bit off, nor with pci=noari', () => {
    expect(names(ari().kernel('6.1', { cmdline: 'pci=noari' }))).toEqual(['00:01.0', '01:00.0']);
    const m = ari();
    m.functions.get(device(m.kernel('6.1'), '00:01.0').bdf)!.u16(0x68, 0);
    expect(names(m.kernel('6.1'))).toEqual(['00:01.0', '01:00.0']);
  });
});

describe('bus numbers that make no sense', () => {
  test.each([
    [0x00000000, '00-00'],
    [0x00010000, '00-01'],
    [0x00010200, '02-01'],
    [0x00030102, '01-03'],
  ])('%s', (buses, range) => {
    const m = new MadeUp();
    m.bridge('00:01.0', 1, 1, ROOT).u32(0x18, buses);
    m.add('01:00.0', 0x020000).pcie(0);
    const kernel = m.kernel('6.1');
    expect(names(kernel)).toEqual(['00:01.0']);
    expect(device(kernel, '00:01.0').subordinate).toBeUndefined();
    const text = `pci 0000:00:01.0: bridge configuration invalid ([bus ${range}]), reconfiguring`;
    expect(log(kernel)).toEqual([`info: ${text}`]);
  });

  test('a primary bus hard wired to 0 is forgiven', () => {
    const m = new MadeUp();
    m.bridge('00:01.0', 1, 2, ROOT);
    m.bridge('01:00.0', 2, 2, UP).u8(0x18, 0);
    m.add('02:00.0', 0x020000);
    const kernel = m.kernel('6.1');
    expect(names(kernel).length).toBe(3);
    expect(log(kernel)).toEqual(['warn: pci 0000:01:00.0: Primary bus is hard wired to 0']);
  });

  test('two bridges to one bus: the first has it', () => {
    const m = new MadeUp();
    m.bridge('00:01.0', 1, 1, ROOT);
    m.bridge('00:02.0', 1, 1, ROOT);
    m.add('01:00.0', 0x020000);
    const kernel = m.kernel('6.1');
    expect(names(kernel)).toEqual(['00:01.0', '00:02.0', '01:00.0']);
    expect(device(kernel, '00:02.0').subordinate).toBeUndefined();
  });

  test('ends on a machine full of bridges to everywhere', () => {
    const m = new MadeUp();
    for (let bus = 0; bus < 40; bus++) {
      for (let slot = 0; slot < 32; slot++) {
        const address = `${bus.toString(16)}:${slot.toString(16)}.0`;
        m.add(address, 0x060400, 1).u32(0x18, bus | (((bus + slot) % 256) << 8) | (0xff << 16));
      }
    }
    expect(m.kernel('6.1').devices.length).toBe(40 * 32);
  });
});

describe('functions', () => {
  test('a header type that is unknown, a class that does not fit', () => {
    const m = new MadeUp();
    m.add('00:01.0', 0x020000, 3);
    m.add('00:02.0', 0x060400, 0);
    m.add('00:03.0', 0x020000, 2);
    m.add('00:04.0', 0x0b4000, 1);
    const kernel = m.kernel('6.1');
    expect(kernel.devices.map((dev) => [dev.name.slice(5), dev.class])).toEqual([
      ['00:02.0', 0],
      ['00:03.0', 0],
      ['00:04.0', 0x0b4000],
    ]);
    expect(log(kernel).slice(0, 3)).toEqual([
      'err: pci 0000:00:01.0: unknown header type 03, ignoring device',
      "err: pci 0000:00:02.0: ignoring class 0x060400 (doesn't match header type 00)",
      "err: pci 0000:00:03.0: ignoring class 0x020000 (doesn't match header type 02)",
    ]);
    expect(device(m.kernel('3.10'), '00:04.0').class).toBe(0); // 3.10 wants 0604 for a bridge
  });

  test('a port whose type cannot be is corrected, to endpoint: the C forgets the shift', () => {
    const m = new MadeUp();
    m.bridge('00:01.0', 1, 2, ROOT);
    m.bridge('01:00.0', 2, 2, DOWN);
    const kernel = m.kernel('6.1');
    expect(device(kernel, '01:00.0').pcie_flags_reg).toBe(2 | 5);
    expect(log(kernel)).toContain(
      'info: pci 0000:01:00.0: claims to be downstream port but is acting as upstream port, correcting type',
    );
    expect(device(m.kernel('3.10'), '01:00.0').pcie_flags_reg).toBe(0x62);
    m.bridge('00:01.0', 1, 2, UP);
    m.bridge('01:00.0', 2, 2, UP);
    expect(device(m.kernel('6.1'), '01:00.0').pcie_flags_reg).toBe(2 | 6);
  });

  test('the size of config space', () => {
    const m = new MadeUp();
    m.add('00:01.0', 0x020000).pcie(0);
    m.add('00:02.0', 0x020000);
    m.add('00:03.0', 0x060000);
    m.add('00:04.0', 0x020000, 0, 256).pcie(0);
    m.add('00:05.0', 0x020000).cap(7, 0x50).u32(0x54, 0x40000000);
    const aliased = m.add('00:06.0', 0x020000).pcie(0);
    for (let at = 256; at < 4096; at += 256) aliased.bytes.copy(aliased.bytes, at, 0, 256);
    m.add('00:07.0', 0x060400, 1).u32(0x18, 0x010100);
    m.add('01:00.0', 0x020000).pcie(0);
    const kernel = m.kernel('6.1');
    expect(kernel.devices.map((dev) => dev.cfg_size)).toEqual([4096, 256, 4096, 256, 4096, 256, 256, 256]);
  });

  test('subsystem identities of the three header types', () => {
    const m = new MadeUp();
    m.add('00:01.0', 0x020000).u32(0x2c, 0x00020001);
    m.add('00:02.0', 0x060400, 1).cap(0x0d, 0x50).u32(0x54, 0x00040003);
    m.add('00:03.0', 0x060700, 2).u32(0x40, 0x00060005);
    const ids = m.kernel('6.1').devices.map((dev) => [dev.subsystem_vendor, dev.subsystem_device]);
    expect(ids).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  test('another image can be scanned', () => {
    const then = new MadeUp();
    then.add('00:01.0', 0x020000);
    const now = new MadeUp();
    const kernel = now.kernel('6.12');
    kernel.scan(then);
    expect(names(kernel)).toEqual(['00:01.0']);
    expect(now.trace).toEqual([]);
    kernel.scan(then);
    expect(names(kernel)).toEqual(['00:01.0']);
    expect(kernel.config).toBe(now);
  });

  test('power states: as told, else D0 with a driver or MSI on', () => {
    const m = new MadeUp();
    m.add('00:01.0', 0x020000);
    m.add('00:02.0', 0x020000);
    m.add('00:03.0', 0x020000).cap(0x11, 0x50).u16(0x52, 0x8000);
    m.add('00:04.0', 0x020000);
    const kernelState = { drivers: { '0000:00:02.0': 'x' }, currentState: { '0000:00:04.0': 'D3hot' } };
    const states = m.kernel('6.1', { kernelState }).devices.map((dev) => dev.current_state);
    expect(states).toEqual(['unknown', 'D0', 'D0', 'D3hot']);
  });
});
