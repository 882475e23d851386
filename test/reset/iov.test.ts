// SPDX-License-Identifier: GPL-2.0-only
import { describe, expect, test } from 'vitest';
import { device, type Fn, MadeUp } from './made_up.ts';
import { through } from './through.ts';

describe('SR-IOV', () => {
  const build = (): [MadeUp, Fn] => {
    const m = new MadeUp();
    m.bridge('00:01.0', 1, 2, 4);
    m.add('00:02.0', 0x010000);
    const fn = m.add('01:00.0', 0x020000).pcie(0).ext(0x10, 0x100);
    fn.u16(0x108, 0x19).u16(0x10c, 3).u16(0x10e, 4).u16(0x110, 3).u16(0x114, 0x80).u16(0x116, 0x80).u16(0x11a, 0x10ed);
    fn.u32(0x11c, 0x552).u32(0x120, 2).u32(0x124, 0xfe00000c).u32(0x128, 0x4).u32(0x130, 0xfd000000).u32(0x138, 0xc);
    m.add('01:10.0', 0x020000).u32(0, 0xffffffff).pcie(0);
    m.add('02:00.0', 0x020000).u32(0, 0xffffffff).pcie(0);
    return [m, fn];
  };

  test('VFs that are on are last of all; on a bus of their own where the numbers lead there', () => {
    const [m] = build();
    const kernel = m.kernel('6.1');
    expect(kernel.devices.map((dev) => dev.name.slice(5))).toEqual([
      ...['00:01.0', '00:02.0', '01:00.0', '01:10.0', '02:00.0', '02:10.0'],
    ]);
    const vf = device(kernel, '02:00.0');
    expect(vf).toMatchObject({ vendor: 0x8086, device: 0x10ed, class: 0x020000, is_virtfn: true, cfg_size: 4096 });
    expect(vf.bus.self).toBeUndefined();
    expect(vf.physfn).toBe(device(kernel, '01:00.0'));
    expect(device(kernel, '01:10.0').pcie_cap).toBe(0x40);
    expect(device(kernel, '02:10.0').pcie_cap).toBe(0); // does not answer
    expect(m.kernel('6.1', { state: 'boot' }).devices.length).toBe(3);
  });

  test('none when the last one would be on a bus that is not routed here', () => {
    const [m] = build();
    m.functions.get(device(m.kernel('6.1'), '00:01.0').bdf)!.u8(0x1a, 1);
    expect(m.kernel('6.1').devices.length).toBe(3);
  });

  test('a VF that shows an identity is no function of its own', () => {
    const m = new MadeUp();
    const pf = m.add('00:03.0', 0x020000).pcie(0).ext(0x10, 0x100).u16(0x108, 9).u16(0x10c, 2).u16(0x10e, 2);
    pf.u16(0x110, 2).u16(0x114, 8).u16(0x116, 8).u32(0x11c, 1);
    m.add('00:04.0', 0x010000).pcie(0).u8(0x0e, 0x80);
    m.add('00:05.0', 0x010000).pcie(0);
    m.add('00:06.0', 0x020000);
    const kernel = m.kernel('6.1');
    const list = (): string[] => kernel.devices.map((dev) => `${dev.name.slice(5)} ${dev.is_virtfn}`);
    expect(list()).toEqual(['00:03.0 false', '00:06.0 false', '00:04.0 true', '00:05.0 true']);
    expect(kernel.root_buses[0]!.devices.map((dev) => dev.name.slice(5, 10))).toEqual([
      '00:03',
      '00:06',
      '00:04',
      '00:05',
    ]);
    expect(device(kernel, '00:04.0')).toMatchObject({ class: 0x010000, multifunction: false });
    // Two PFs that claim one address: the second stops there.
    const other = m.add('00:02.0', 0x020000).pcie(0).ext(0x10, 0x100).u16(0x108, 9).u16(0x10c, 2).u16(0x10e, 2);
    other.u16(0x110, 2).u16(0x114, 16).u16(0x116, 8).u32(0x11c, 1);
    const vfs = m.kernel('6.1').devices.filter((dev) => dev.is_virtfn);
    expect(vfs.map((dev) => `${dev.name} of ${dev.physfn!.name}`)).toEqual([
      '0000:00:04.0 of 0000:00:02.0',
      '0000:00:05.0 of 0000:00:02.0',
    ]);
  });

  test('a VF that is saved and restored', () => {
    const [m] = build();
    const { dev, saved } = through(m, '6.1', {}, undefined, '01:10.0');
    expect(dev.is_virtfn).toBe(true);
    expect(saved).toContain('r 48/2');
  });

  const wide = ['w 124/4 fe00000c', 'w 128/4 4'];

  test('6.1 restores control, BARs, page size, number, and waits', () => {
    const [m, fn] = build();
    const { restored } = through(m, '6.1', {}, () => fn.u16(0x108, 0), '01:00.0');
    expect(restored.slice(restored.indexOf('r 108/2'))).toEqual([
      ...['r 108/2', 'w 108/2 10', 'r 108/2', ...wide, 'r 108/2', 'r 108/2', 'r 108/2', 'w 130/4 fd000000'],
      ...['r 108/2', 'r 108/2', 'w 120/4 2', 'w 110/2 3', 'r 114/2', 'r 116/2', 'w 108/2 19', 'msleep 100'],
    ]);
  });

  test('3.10 reads BARs back, and does not look at offset and stride', () => {
    const [m, fn] = build();
    m.onWrite = (_, at) => at === 0x128 || at === 0x130;
    const happen = (): void => void fn.u16(0x108, 0).u32(0x128, 0).u32(0x130, 0);
    const { restored, log } = through(m, '3.10', {}, happen, '01:00.0');
    expect(restored.slice(restored.indexOf('r 108/2'))).toEqual([
      ...['r 108/2', 'w 124/4 fe00000c', 'r 124/4', 'w 128/4 4', 'r 128/4', 'w 130/4 fd000000', 'r 130/4'],
      ...['w 120/4 2', 'w 110/2 3', 'w 108/2 19', 'msleep 100'],
    ]);
    expect(log).toEqual([
      'pci 0000:01:00.0: BAR 7: error updating (high 0x000004 != 0x000000)',
      'pci 0000:01:00.0: BAR 10: error updating (0xfd000000 != 0x000000)',
    ]);
  });

  test('VFs still on: left alone; on again in between: BARs left alone', () => {
    const [m] = build();
    expect(through(m, '6.1', {}, undefined, '01:00.0').restored.at(-1)).toBe('r 108/2');
    const [stuck, fn] = build();
    stuck.onWrite = (_, at) => at === 0x108 && fn.u16(0x108, 9) !== undefined;
    const { log } = through(stuck, '6.1', {}, () => fn.u16(0x108, 0), '01:00.0');
    expect(log.length).toBe(6);
    expect(log[0]).toBe("pci 0000:01:00.0: can't update enabled VF BAR0");
  });

  test('in a fresh boot no VFs are restored, but ARI where the bus has it', () => {
    const [m, fn] = build();
    fn.ext(0x0e, 0x300);
    m.functions
      .get(device(m.kernel('6.1'), '00:01.0').bdf)!
      .u32(0x64, 0x20)
      .u16(0x68, 0x20);
    const { restored } = through(m, '6.1', { state: 'boot' }, () => fn.u16(0x108, 0), '01:00.0');
    expect(restored.slice(-3)).toEqual(['r 114/2', 'r 116/2', 'w 108/2 10']);
    expect(restored).toContain('w 110/2 0');
  });

  test('a capability that makes no sense makes no PF', () => {
    for (const spoil of [(fn: Fn) => fn.u16(0x10e, 0), (fn: Fn) => fn.u32(0x11c, 0), (fn: Fn) => fn.u16(0x116, 0)]) {
      const [m, fn] = build();
      spoil(fn);
      expect(device(m.kernel('6.1'), '01:00.0').is_physfn).toBe(false);
    }
    const [far, fn] = build();
    fn.u16(0x114, 0xff80);
    expect(far.kernel('6.1').devices.length).toBe(3); // beyond bus ff
    const [strange] = build();
    strange.add('01:10.0', 0x020000, 3).u32(0, 0xffffffff);
    expect(strange.kernel('6.1').devices.length).toBe(3);
  });

  test('running without VFs keeps the ARI bit it has', () => {
    const [m, fn] = build();
    fn.u16(0x108, 0x10);
    expect(device(m.kernel('6.1'), '01:00.0').sriov!.ctrl).toBe(0x10);
  });

  test('LTR of a VF goes by its physical function', () => {
    const [m] = build();
    m.functions
      .get(device(m.kernel('6.1'), '00:01.0').bdf)!
      .u32(0x64, 0x800)
      .u16(0x68, 0x400);
    const { restored } = through(m, '6.1', {}, undefined, '02:00.0');
    expect(restored).toContain('r 00:01.0 68/4');
  });
});
