// SPDX-License-Identifier: GPL-2.0-only
import { describe, expect, test } from 'vitest';
import { pci_save_state } from '../../src/reset/save_state.ts';
import { device, type Fn, MadeUp } from './made_up.ts';
import { one, through } from './through.ts';

describe('Virtual Channels', () => {
  /** One extended VC, low priority too, with a VC arbitration table and a port arbitration table for VC1. */
  const build = (type: number): [MadeUp, Fn] => {
    const [m, fn] = one();
    fn.pcie(type).ext(2, 0x100).u32(0x104, 0x0011).u32(0x108, 0x0400_0002).u16(0x10c, 0x0002);
    fn.u32(0x114, 0x8000_00ff).u32(0x11c, 0x0900_0002).u32(0x120, 0x8102_00fe);
    for (let i = 0; i < 8; i++) fn.u32(0x140 + 4 * i, 0x10101010 * (i % 2));
    fn.u32(0x190, 0xabcd);
    return [m, fn];
  };
  const vc = (trace: string[]): string[] =>
    trace.filter((line) => / 1[0-9a-f]{2}\/[24]/.test(line) || /^ms/.test(line));

  test('saved: control, table, each resource', () => {
    const [m] = build(0);
    const { saved, dev } = through(m, '6.1');
    expect(vc(saved)).toEqual([
      ...['r 104/4', 'r 108/4', 'r 110/4', 'r 11c/4'], // sizing
      ...['r 104/4', 'r 10c/2', 'r 108/4'],
      ...['r 140/4', 'r 144/4', 'r 148/4', 'r 14c/4', 'r 150/4', 'r 154/4', 'r 158/4', 'r 15c/4'],
      ...['r 110/4', 'r 114/4', 'r 11c/4', 'r 190/4', 'r 120/4'],
    ]);
    expect(dev.saved_cap_space.find((state) => state.cap_nr === 2)!.size).toBe(4 + 32 + 4 + 4 + 4);
  });

  test('restored, tables loaded, the channel of an endpoint not enabled', () => {
    const [m, fn] = build(0);
    const { restored } = through(m, '6.1', {}, () => fn.u32(0x120, 0));
    expect(vc(restored).slice(4)).toEqual([
      ...['r 104/4', 'w 10c/2 2', 'r 108/4', 'w 140/4 0', 'w 144/4 10101010', 'w 148/4 0', 'w 14c/4 10101010'],
      ...['w 150/4 0', 'w 154/4 10101010', 'w 158/4 0', 'w 15c/4 10101010', 'r 10c/2', 'w 10c/2 3', 'r 10e/2'],
      ...['r 110/4', 'r 114/4', 'w 114/4 800000ff'],
      ...['r 11c/4', 'w 190/4 abcd', 'r 120/4', 'w 120/4 10200fe', 'r 120/4', 'w 120/4 10300fe', 'r 126/2'],
    ]);
  });

  test('tables that do not load are waited for, and complained of', () => {
    const [m, fn] = build(0);
    const { restored, log } = through(m, '6.12', {}, () => fn.u16(0x10e, 1).u16(0x126, 1));
    const sleeps = ['msleep 100', 'msleep 200', 'msleep 400'];
    expect(restored.filter((line) => line.startsWith('ms'))).toEqual([...sleeps, ...sleeps]);
    expect(log).toEqual([
      'pci 0000:00:01.0: VC arbitration table failed to load',
      'pci 0000:00:01.0: VC1 port arbitration table failed to load',
    ]);
  });

  test('a port on the root bus enables its own end', () => {
    const [m, fn] = build(4);
    const { restored, log } = through(m, '6.1', {}, () => fn.u32(0x120, 0).u16(0x126, 0));
    expect(vc(restored).slice(-3)).toEqual(['r 120/4', 'w 120/4 810300fe', 'r 126/2']);
    expect(log).toEqual([]);
  });

  /** A downstream port whose bridge above, as the C has it, is the other end. */
  const below = (): [MadeUp, Fn, Fn] => {
    const m = new MadeUp();
    m.bridge('00:01.0', 1, 2, 4);
    const up = m.bridge('01:00.0', 2, 2, 5).ext(2, 0x100).u32(0x104, 1).u32(0x120, 0x8100_0002);
    const fn = m.bridge('02:00.0', 3, 3, 6).ext(2, 0x100).u32(0x104, 1).u32(0x120, 0x8100_0002);
    return [m, up, fn];
  };

  test('a port further down finds the channel in the bridge above by its id, and turns it off and on', () => {
    const [m, , fn] = below();
    const { restored } = through(m, '6.1', {}, () => fn.u32(0x120, 0), '02:00.0');
    const from = restored.indexOf('w 120/4 1000002');
    expect(restored.slice(from + 1).filter((line) => / (01:00.0 )?1\w\w\/[24]/.test(line))).toEqual([
      'r 120/4',
      'r 01:00.0 104/4',
      'r 01:00.0 120/4',
      'w 01:00.0 120/4 1000002',
      'w 01:00.0 120/4 81000002',
      'w 120/4 81000002',
      'r 126/2',
      'r 01:00.0 126/2',
    ]);
  });

  test('a negotiation that stays pending is said of both ends, with the id as the C prints it', () => {
    const [m, up, fn] = below();
    fn.u16(0x126, 2);
    up.u16(0x126, 2);
    const { log } = through(m, '6.1', {}, () => fn.u32(0x120, 0), '02:00.0');
    expect(log.filter((line) => line.includes('stuck'))).toEqual([
      'pci 0000:02:00.0: VC16777216 negotiation stuck pending',
      'pci 0000:01:00.0: VC16777216 negotiation stuck pending',
    ]);
  });

  test('no channel of that id above, or no VC capability: only the own end', () => {
    for (const spoil of [(up: Fn) => up.u32(0x120, 0x8200_0000), (up: Fn) => up.u32(0x100, 0x1000b)]) {
      const [m, up, fn] = below();
      spoil(up);
      const { restored } = through(m, '6.1', {}, () => fn.u32(0x120, 0), '02:00.0');
      expect(restored.some((line) => line.startsWith('w 01:00.0 120'))).toBe(false);
      expect(restored).toContain('w 120/4 81000002');
    }
  });

  test('a capability of another size than at the scan is not saved', () => {
    const [m, fn] = build(0);
    const kernel = m.kernel('6.1');
    fn.u32(0x104, 0x0012);
    expect(pci_save_state(device(kernel, '00:01.0'))).toBe(-12);
    expect(kernel.log.filter((entry) => entry.level === 'err').map((entry) => entry.text)).toEqual([
      'pci 0000:00:01.0: VC save buffer size does not match @0x100',
      'pci 0000:00:01.0: VC save unsuccessful pci_save_vc_state',
    ]);
  });

  test('MFVC, VC and VC9, in that order; a VC9 has no opposite end; table sizes', () => {
    const m = new MadeUp();
    m.bridge('00:01.0', 1, 2, 5);
    const fn = m.bridge('01:00.0', 2, 2, 6).ext(9, 0x100).u32(0x104, 1).u32(0x120, 0x8100_0000);
    fn.ext(8, 0x200).u32(0x204, 0x0c10).u32(0x208, 0x0400_0008).u32(0x210, 0x1000_0020);
    fn.ext(2, 0x400).u32(0x404, 0x0870).u32(0x408, 0x0400_0004).u32(0x410, 0x1000_0010);
    const { saved, restored, dev } = through(m, '6.1', {}, () => fn.u32(0x120, 0), '01:00.0');
    expect(saved.filter((line) => / [124]0c\/2/.test(line))).toEqual(['r 20c/2', 'r 40c/2', 'r 10c/2']);
    const size = (id: number): number => dev.saved_cap_space.find((s) => s.cap_nr === id && s.cap_extended)!.size;
    expect([size(8), size(2), size(9)]).toEqual([4 + 128 + 256 + 4, 4 + 256 + 64 + 4, 12]);
    expect(restored).toContain('w 120/4 81000000');
    expect(restored.some((line) => line.includes('00:01.0 1'))).toBe(false);
  });

  test('a table that lies beyond config space is no access', () => {
    const [m, fn] = one();
    fn.pcie(0).ext(2, 0x100).u32(0x104, 0).u32(0x110, 0xff00_0002);
    const { saved, restored } = through(m, '6.1');
    expect([...saved, ...restored].some((line) => line.includes('10f0'))).toBe(false);
  });
});
