// SPDX-License-Identifier: GPL-2.0-only
/** Secondary Bus Reset: its edges, what it reaches, what it keeps, and when things are back. */
import { describe, expect, it } from 'vitest';
import { parseBdf } from '../../src/bus/bdf.ts';
import type { FunctionId } from '../../src/devices/arena.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import { pcie } from '../../src/devices/profile.ts';
import { qemu72 } from '../../src/devices/qemu.ts';
import { at, conventional, downstreamPort, endpoint, pciBridge, rootPort, upstreamPort } from './functions.ts';

const ROOT_PORT = parseBdf('00:01.0')!;
const UPSTREAM = parseBdf('01:00.0')!;
const LEAF = parseBdf('03:00.0')!;
const HELD = 0x0040;
/** Advanced Error Reporting at 100h with a sticky mask bit set, and a plain register (Root Error Command is RO here). */
const AER = { 0x100: 0x0001, 0x102: 0x0002, 0x108: 0x1000 };
const LINK_STATUS = 0x52;
const SLOT_STATUS = 0x5a;
const ROOT_CONTROL = 0x5c;
const DEVICE_CONTROL_2 = 0x68;

const machine = (profile = pcie, more = {}) =>
  new Hardware(
    [
      at('00:01.0', rootPort(1, 3, more)),
      at('01:00.0', upstreamPort(1, 2, 3)),
      at('02:00.0', downstreamPort(2, 3)),
      at('03:00.0', endpoint({ ...AER, 0x3c: 0x010b, 0x48: 0x2030 })),
    ],
    profile,
  );

const hold = (hardware: Hardware) => hardware.write(ROOT_PORT, 0x3e, 2, HELD);
const release = (hardware: Hardware) => hardware.write(ROOT_PORT, 0x3e, 2, 0);

describe('secondary bus reset', () => {
  it('resets the whole subtree at the edge, keeps what is sticky, and loses the bus numbers', () => {
    const hardware = machine(qemu72);
    const leaf = 3 as FunctionId;
    hold(hardware);
    expect(hardware.arena.read(leaf, 0x04, 2)).toBe(0);
    expect(hardware.arena.read(leaf, 0x3c, 2)).toBe(0x0100);
    expect(hardware.arena.read(leaf, 0x108, 4)).toBe(0x1000);
    expect(hardware.arena.read(1 as FunctionId, 0x18, 4)).toBe(0);
    expect(hardware.arena.read(2 as FunctionId, 0x18, 4)).toBe(0);
    expect(hardware.arena.read(0 as FunctionId, 0x18, 4)).toBe(0x00030100);
    expect([...hardware.resets.count]).toEqual([0, 1, 1, 1]);
  });

  it('acts on the edge only: writing 1 again, or anything else, resets nothing', () => {
    const hardware = machine();
    hold(hardware);
    hold(hardware);
    hardware.write(ROOT_PORT, 0x3c, 4, 0x0040_0000);
    expect([...hardware.resets.count]).toEqual([0, 1, 1, 1]);
    release(hardware);
    release(hardware);
    hold(hardware);
    expect([...hardware.resets.count]).toEqual([0, 2, 2, 2]);
  });

  it('gives no answer while it is held and until the link is back, then not before the function is ready', () => {
    const hardware = machine();
    hold(hardware);
    expect(hardware.read(UPSTREAM, 0, 4)).toBe(0xffffffff);
    hardware.clock.delay({ op: 'msleep', ms: 500 });
    expect(hardware.read(UPSTREAM, 0, 4)).toBe(0xffffffff);
    release(hardware);
    const { linkUp_us, ready_us } = pcie.timing;
    hardware.clock.advance(linkUp_us + ready_us - 1);
    expect(hardware.read(UPSTREAM, 0, 4)).toBe(0xffffffff);
    hardware.write(UPSTREAM, 0x04, 2, 6);
    hardware.clock.advance(1);
    expect(hardware.read(UPSTREAM, 0, 4)).toBe(0x00011234);
    expect(hardware.read(UPSTREAM, 0x04, 2), 'what was written too early is lost').toBe(0);
  });

  it('leaves deeper functions unreachable until the bus numbers above them are written again', () => {
    const hardware = machine();
    hold(hardware);
    release(hardware);
    hardware.clock.delay({ op: 'msleep', ms: 1000 });
    expect(hardware.read(LEAF, 0, 2)).toBe(0xffff);
    hardware.write(UPSTREAM, 0x18, 4, 0x030201);
    expect(hardware.read(LEAF, 0, 2)).toBe(0xffff);
    hardware.write(parseBdf('02:00.0')!, 0x18, 4, 0x030302);
    expect(hardware.read(LEAF, 0, 2)).toBe(0x1234);
  });

  it('takes one link after the other to come up', () => {
    const hardware = machine();
    hold(hardware);
    release(hardware);
    const { linkUp_us, ready_us } = pcie.timing;
    hardware.clock.advance(linkUp_us + ready_us);
    hardware.write(UPSTREAM, 0x18, 4, 0x030201);
    hardware.write(parseBdf('02:00.0')!, 0x18, 4, 0x030302);
    hardware.clock.advance(linkUp_us - 1);
    expect(hardware.read(LEAF, 0, 2)).toBe(0xffff);
    hardware.clock.advance(1);
    expect(hardware.read(LEAF, 0, 2)).toBe(0x1234);
  });

  it('tells Request Retry Status by Vendor ID 0001 where the root port has software visibility on', () => {
    const hardware = machine(pcie, { [ROOT_CONTROL]: 0x0010 });
    hold(hardware);
    expect(hardware.read(UPSTREAM, 0, 4)).toBe(0xffffffff);
    release(hardware);
    hardware.clock.advance(pcie.timing.linkUp_us);
    expect(hardware.read(UPSTREAM, 0, 4)).toBe(0xffff0001);
    expect(hardware.read(UPSTREAM, 0, 2)).toBe(0x0001);
    expect(hardware.read(UPSTREAM, 2, 2)).toBe(0xffff);
    expect(hardware.read(UPSTREAM, 4, 4)).toBe(0xffffffff);
    hardware.absent(1 as FunctionId, { from_us: 0, to_us: Number.POSITIVE_INFINITY });
    expect(hardware.read(UPSTREAM, 0, 4), 'nobody is there to send it').toBe(0xffffffff);
  });

  it('takes the link of the port down and up: link active, its change, and the LTR enable', () => {
    const hardware = machine(pcie, { [DEVICE_CONTROL_2]: 0x0400 });
    const port = 0 as FunctionId;
    expect(hardware.arena.read(port, LINK_STATUS, 2)).toBe(0x2000);
    hold(hardware);
    expect(hardware.arena.read(port, LINK_STATUS, 2)).toBe(0);
    expect(hardware.arena.read(port, SLOT_STATUS, 2)).toBe(0x0100);
    expect(hardware.arena.read(port, DEVICE_CONTROL_2, 2)).toBe(0);
    hardware.write(ROOT_PORT, SLOT_STATUS, 2, 0x0100);
    release(hardware);
    hardware.clock.advance(pcie.timing.linkUp_us);
    expect(hardware.arena.read(port, LINK_STATUS, 2)).toBe(0x2000);
    expect(hardware.arena.read(port, SLOT_STATUS, 2)).toBe(0x0100);
  });

  it('raises an interrupt for the link state change where that is enabled', () => {
    const hardware = machine(pcie, { 0x58: 0x1020, 0x3c: 0x0100 });
    hold(hardware);
    expect(hardware.read(ROOT_PORT, 0x06, 2) & 0x0008).toBe(0x0008);
    hardware.write(ROOT_PORT, SLOT_STATUS, 2, 0x0100);
    expect(hardware.read(ROOT_PORT, 0x06, 2) & 0x0008).toBe(0);
  });

  it('is not ended by the end of an earlier reset', () => {
    const hardware = machine();
    hold(hardware);
    release(hardware);
    hardware.clock.advance(1000);
    hold(hardware);
    hardware.clock.advance(1_000_000);
    expect(hardware.fabric.find(UPSTREAM)).toBe(-1);
  });

  it('keeps a conventional bus silent for 2^25 clocks', () => {
    const hardware = new Hardware([at('00:02.0', pciBridge(0, 2)), at('02:03.0', conventional())], pcie);
    const card = parseBdf('02:03.0')!;
    hardware.write(parseBdf('00:02.0')!, 0x3e, 2, HELD);
    hardware.write(parseBdf('00:02.0')!, 0x3e, 2, 0);
    hardware.clock.delay({ op: 'msleep', ms: 1006 });
    expect(hardware.read(card, 0, 2)).toBe(0xffff);
    hardware.clock.delay({ op: 'msleep', ms: 1 });
    expect(hardware.read(card, 0, 2)).toBe(0x1234);
  });
});
