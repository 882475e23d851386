// SPDX-License-Identifier: GPL-2.0-only
/** Resets of one function: what each kind keeps, whom it spares, and how long the function is away. */
import { describe, expect, it } from 'vitest';
import { parseBdf } from '../../src/bus/bdf.ts';
import type { FunctionId } from '../../src/devices/arena.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import { pcie } from '../../src/devices/profile.ts';
import { qemu72 } from '../../src/devices/qemu.ts';
import { at, type Bytes, conventional, endpoint, rootPort } from './functions.ts';

const FIRST = parseBdf('01:00.0')!;
const SECOND = parseBdf('01:00.1')!;
const DEVICE_CONTROL = 0x48;
const INITIATE_FLR = 0x8000;
/** FLR capable, Max_Payload_Size 256, a sticky AER mask, an interrupt line. */
const CAPABLE: Bytes = { 0x46: 0x1000, 0x48: 0x0020, 0x3c: 0x010b, 0x100: 0x0001, 0x102: 0x0002, 0x108: 0x1000 };

const machine = (first: Bytes, profile = pcie) =>
  new Hardware([at('00:01.0', rootPort(1)), at('01:00.0', endpoint(first)), at('01:00.1', endpoint(CAPABLE))], profile);

describe('Function Level Reset', () => {
  it('resets the function but what it must keep, and nobody else', () => {
    const hardware = machine(CAPABLE);
    hardware.dma.arm(1 as FunctionId, 0);
    hardware.write(FIRST, DEVICE_CONTROL, 2, 0x0020 | INITIATE_FLR);
    const bytes = hardware.arena.view(1 as FunctionId);
    expect([bytes[0x04], bytes[0x3c], bytes[0x3d]]).toEqual([0, 0, 1]);
    expect(hardware.arena.read(1 as FunctionId, DEVICE_CONTROL, 2), 'Max_Payload_Size is kept').toBe(0x2830);
    expect(hardware.arena.read(1 as FunctionId, 0x108, 4)).toBe(0x1000);
    expect(hardware.dma.isRunning(1 as FunctionId)).toBe(false);
    expect(hardware.read(SECOND, 0x3c, 2)).toBe(0x010b);
    expect([...hardware.resets.count]).toEqual([0, 1, 0]);
  });

  it('takes 100 ms, in which the function does not answer', () => {
    const hardware = machine(CAPABLE);
    hardware.write(FIRST, DEVICE_CONTROL, 2, INITIATE_FLR);
    hardware.clock.delay({ op: 'udelay', us: 99_999 });
    expect(hardware.read(FIRST, 0, 2)).toBe(0xffff);
    hardware.clock.delay({ op: 'udelay', us: 1 });
    expect(hardware.read(FIRST, 0, 2)).toBe(0x1234);
    expect(hardware.read(FIRST, DEVICE_CONTROL, 2) & INITIATE_FLR).toBe(0);
  });

  it('does nothing in a function that cannot do it', () => {
    const hardware = machine({ 0x3c: 0x010b });
    hardware.write(FIRST, DEVICE_CONTROL, 2, INITIATE_FLR);
    expect(hardware.read(FIRST, 0x3c, 2)).toBe(0x010b);
  });

  it('in QEMU is what a bus reset is, at once', () => {
    const hardware = machine(CAPABLE, qemu72);
    hardware.write(FIRST, DEVICE_CONTROL, 2, INITIATE_FLR);
    expect(hardware.read(FIRST, 0x3c, 2)).toBe(0x0100);
    expect(hardware.read(FIRST, DEVICE_CONTROL, 2)).toBe(0);
  });

  it('is there for conventional PCI in Advanced Features', () => {
    const features: Bytes = { 0x06: 0x0010, 0x34: 0x0050, 0x50: 0x0013, 0x52: 0x0306, 0x3c: 0x010b };
    const bdf = parseBdf('00:03.0')!;
    const hardware = new Hardware([at('00:03.0', conventional(features))], pcie);
    hardware.write(bdf, 0x54, 1, 1);
    hardware.clock.delay({ op: 'msleep', ms: 100 });
    expect(hardware.read(bdf, 0x3c, 2)).toBe(0x0100);
    const incapable = new Hardware([at('00:03.0', conventional({ ...features, 0x52: 0x0106 }))], pcie);
    incapable.write(bdf, 0x54, 1, 1);
    expect(incapable.read(bdf, 0x3c, 2)).toBe(0x010b);
  });
});

describe('leaving D3hot', () => {
  const powerManaged = (control: number): Bytes => ({ 0x40: 0x7010, 0x70: 0x0001, 0x74: control, 0x3c: 0x010b });
  const wake = (hardware: Hardware) => {
    hardware.write(FIRST, 0x74, 2, 0x0003);
    hardware.write(FIRST, 0x74, 2, 0x0000);
  };

  it('resets the function without No_Soft_Reset, and takes 10 ms', () => {
    const hardware = machine(powerManaged(0));
    wake(hardware);
    expect(hardware.read(FIRST, 0x3c, 2)).toBe(0xffff);
    hardware.clock.delay({ op: 'msleep', ms: 10 });
    expect(hardware.read(FIRST, 0x3c, 2)).toBe(0x0100);
  });

  it.each([
    ['with No_Soft_Reset', pcie, 0x0008],
    ['in QEMU', qemu72, 0x0000],
  ])('resets nothing %s', (_, profile, control) => {
    const hardware = machine(powerManaged(control), profile);
    wake(hardware);
    expect(hardware.read(FIRST, 0x3c, 2)).toBe(0x010b);
  });

  it('from another state resets nothing', () => {
    const hardware = machine(powerManaged(0));
    hardware.write(FIRST, 0x74, 2, 0x0001);
    hardware.write(FIRST, 0x74, 2, 0x0000);
    expect(hardware.read(FIRST, 0x3c, 2)).toBe(0x010b);
  });
});

describe('a function that was away', () => {
  it('comes back as after a cold reset: what is sticky is lost, too', () => {
    const hardware = machine(CAPABLE);
    hardware.absent(1 as FunctionId, { from_us: 1000, to_us: 2000 });
    expect(hardware.read(FIRST, 0x108, 4)).toBe(0x1000);
    hardware.clock.advance(1500);
    expect(hardware.read(FIRST, 0x108, 4)).toBe(0xffffffff);
    hardware.clock.advance(500);
    expect(hardware.read(FIRST, 0x108, 4)).toBe(0x04400000);
    expect(hardware.read(FIRST, 0x3c, 2)).toBe(0x0100);
  });
});
