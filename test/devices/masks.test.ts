// SPDX-License-Identifier: GPL-2.0-only
/** Which bits of a function software can write, beyond what the tables say: BAR sizes, virtual functions, the profile. */
import { describe, expect, it } from 'vitest';
import { parseBdf } from '../../src/bus/bdf.ts';
import type { FunctionId } from '../../src/devices/arena.ts';
import { barsOf, writableBits } from '../../src/devices/bars.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import { pcie } from '../../src/devices/profile.ts';
import { qemu72 } from '../../src/devices/qemu.ts';
import { at, type Bytes, conventional, endpoint, rootPort } from './functions.ts';

const BDF = parseBdf('00:03.0')!;

/** What a register reads after all ones, and then all zeros, were written to it. */
function probe(hardware: Hardware, offset: number, bdf = BDF): [ones: number, zeros: number] {
  hardware.write(bdf, offset, 4, 0xffffffff);
  const ones = hardware.read(bdf, offset, 4);
  hardware.write(bdf, offset, 4, 0);
  return [ones, hardware.read(bdf, offset, 4)];
}

describe('BARs', () => {
  const words: Bytes = { 0x12: 0xfe80, 0x14: 0xe001, 0x18: 0x000c, 0x1a: 0xf000, 0x32: 0xfe60, 0x0a: 0x0200 };

  it('are found by their type bits, and sized by the alignment of their addresses where nothing else is known', () => {
    expect(barsOf(conventional(words), 0)).toEqual([
      { index: 0, offset: 0x10, kind: 'memory', is64: false, size: 0x0080_0000, from: 'alignment' },
      { index: 1, offset: 0x14, kind: 'io', is64: false, size: 0x100, from: 'alignment' },
      { index: 2, offset: 0x18, kind: 'memory', is64: true, size: 0x1000_0000, from: 'alignment' },
      { index: 6, offset: 0x30, kind: 'rom', is64: false, size: 0x0020_0000, from: 'alignment' },
    ]);
  });

  it('have the sizes that are known, also where the register is 0', () => {
    const bars = barsOf(conventional({ 0x12: 0xfe80 }), 0, [0x4000, 0x20]);
    expect(bars.map(({ index, size, from }) => [index, size, from])).toEqual([
      [0, 0x4000, 'dump'],
      [1, 0x20, 'dump'],
    ]);
  });

  it('let the address bits above the size be written, and the upper half of a 64-bit one', () => {
    const bar = { index: 0, offset: 0x10, kind: 'memory', from: 'dump', is64: true } as const;
    expect(writableBits({ ...bar, size: 0x4000 })).toEqual([0xffffc000, 0xffffffff]);
    expect(writableBits({ ...bar, size: 2 ** 32 })).toEqual([0, 0xffffffff]);
    expect(writableBits({ ...bar, size: 2 ** 34 })).toEqual([0, 0xfffffffc]);
    expect(writableBits({ ...bar, is64: false, kind: 'rom', size: 0x10000 })).toEqual([0xffff0001, 0]);
    expect(writableBits({ ...bar, is64: false, kind: 'io', size: 0x20 })).toEqual([0xffffffe0, 0]);
  });

  it('answer the probe of a sizing kernel', () => {
    const spec = { ...at('00:03.0', conventional(words)), barSizes: [0x20000] };
    const hardware = new Hardware([spec], pcie);
    expect(probe(hardware, 0x10)).toEqual([0xfffe0000, 0]);
    expect(probe(hardware, 0x14)).toEqual([0xffffff01, 1]);
    expect(probe(hardware, 0x1c)).toEqual([0xffffffff, 0]);
    expect(probe(hardware, 0x20)).toEqual([0, 0]);
  });
});

describe('a virtual function', () => {
  it('has Bus Master and the FLR bit of its own, and little else', () => {
    const sriov: Bytes = { 0x100: 0x0010, 0x102: 0x0001, 0x108: 0x0001, 0x10e: 1, 0x110: 1, 0x114: 1, 0x116: 1 };
    const hardware = new Hardware(
      [at('00:01.0', rootPort(1)), at('01:00.0', endpoint(sriov)), at('01:00.1', endpoint({ 0x04: 0, 0x12: 0xfe80 }))],
      pcie,
    );
    const [pf, vf] = [parseBdf('01:00.0')!, parseBdf('01:00.1')!];
    expect(probe(hardware, 0x04, vf)[0] & 0xffff).toBe(0x0004);
    expect(probe(hardware, 0x10, vf)[0]).toBe(0xfe800000);
    expect(probe(hardware, 0x48, vf)[0] & 0xffff).toBe(0);
    expect(probe(hardware, 0x04, pf)[0] & 0xffff).toBe(0x0547);
    hardware.write(vf, 0x04, 2, 0x0004);
    hardware.write(parseBdf('00:01.0')!, 0x3e, 2, 0x0040);
    const reset = hardware.arena.view(2 as FunctionId);
    expect([reset[0x04], reset[0x48], reset[0x49]], 'Command is reset, Device Control has nothing to reset').toEqual([
      0, 0, 0,
    ]);
  });
});

describe('config space outside of capabilities', () => {
  it('is read-only by the specification, and scratch in QEMU', () => {
    const machine = (profile: typeof pcie) => new Hardware([at('00:03.0', conventional({ 0xf0: 0x1234 }))], profile);
    expect(probe(machine(pcie), 0xf0)).toEqual([0x1234, 0x1234]);
    expect(probe(machine(qemu72), 0xf0)).toEqual([0xffffffff, 0]);
  });
});
