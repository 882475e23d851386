// SPDX-License-Identifier: GPL-2.0-only
/** Link Disable, Retrain Link and Downstream Port Containment: the other ways in which a port resets what is below it. */
import { describe, expect, it } from 'vitest';
import { parseBdf } from '../../src/bus/bdf.ts';
import type { FunctionId } from '../../src/devices/arena.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import { HELD } from '../../src/devices/holds.ts';
import { pcie } from '../../src/devices/profile.ts';
import { qemu72 } from '../../src/devices/qemu.ts';
import { at, type Bytes, downstreamPort, endpoint, rootPort, upstreamPort } from './functions.ts';

const PORT = parseBdf('00:01.0')!;
const UPSTREAM = parseBdf('01:00.0')!;
const DOWNSTREAM = parseBdf('02:00.0')!;
const LINK_CONTROL = 0x50;
const LINK_STATUS = 0x52;
const DPC_CONTROL = 0x106;
const DPC_STATUS = 0x108;
/** Downstream Port Containment with software triggering, enabled for fatal errors. */
const CONTAINMENT: Bytes = { 0x100: 0x001d, 0x102: 0x0001, 0x104: 0x0080, 0x106: 0x0001 };
const TRIGGER = 0x0041;
/** Sticky AER mask, and an interrupt line that is not. */
const LEAF: Bytes = { 0x100: 0x0001, 0x102: 0x0002, 0x108: 0x1000, 0x3c: 0x010b };

const [port, leaf] = [0, 3] as FunctionId[];
const machine = (profile = pcie, more: Bytes = {}) =>
  new Hardware(
    [
      at('00:01.0', rootPort(1, 3, more)),
      at('01:00.0', upstreamPort(1, 2, 3)),
      at('02:00.0', downstreamPort(2, 3)),
      at('03:00.0', endpoint(LEAF)),
    ],
    profile,
  );
const isUp = (hardware: Hardware) => (hardware.arena.read(port!, LINK_STATUS, 2) & 0x2000) !== 0;
const back = ({ timing }: typeof pcie) => timing.linkUp_us + timing.ready_us;

describe('Link Disable', () => {
  it('is a hot reset of all that is below, through the switch, for as long as it is set', () => {
    const hardware = machine();
    hardware.write(PORT, LINK_CONTROL, 2, 0x0010);
    expect([...hardware.resets.count]).toEqual([0, 1, 1, 1]);
    expect(hardware.arena.read(leaf!, 0x3c, 1)).toBe(0);
    expect(hardware.arena.read(leaf!, 0x108, 4), 'sticky').toBe(0x1000);
    expect(isUp(hardware)).toBe(false);
    hardware.clock.advance(1_000_000);
    expect(hardware.read(UPSTREAM, 0, 4)).toBe(0xffffffff);
    hardware.write(PORT, LINK_CONTROL, 2, 0);
    expect(isUp(hardware)).toBe(false);
    hardware.clock.advance(pcie.timing.linkUp_us);
    expect(isUp(hardware)).toBe(true);
    hardware.clock.advance(pcie.timing.ready_us);
    expect(hardware.read(UPSTREAM, 0, 4)).toBe(0x00011234);
  });

  it('and Secondary Bus Reset hold together: one reset, until the last of them ends', () => {
    const hardware = machine();
    hardware.write(PORT, LINK_CONTROL, 2, 0x0010);
    hardware.write(PORT, 0x3e, 2, 0x0040);
    expect([...hardware.resets.count]).toEqual([0, 1, 1, 1]);
    hardware.write(PORT, LINK_CONTROL, 2, 0);
    hardware.clock.advance(1_000_000);
    expect(hardware.fabric.blocked[port!]).toBe(HELD.secondaryBusReset);
    expect(hardware.read(UPSTREAM, 0, 4)).toBe(0xffffffff);
    hardware.write(PORT, 0x3e, 2, 0);
    hardware.clock.advance(back(pcie));
    expect(hardware.read(UPSTREAM, 0, 4)).toBe(0x00011234);
  });

  it('in a port of a switch ends with the reset that clears the bit', () => {
    const hardware = machine();
    hardware.write(DOWNSTREAM, LINK_CONTROL, 2, 0x0010);
    expect(hardware.fabric.blocked[2]).toBe(HELD.linkDisable);
    hardware.write(PORT, 0x3e, 2, 0x0040);
    expect(hardware.fabric.blocked[2]).toBe(0);
    hardware.write(PORT, 0x3e, 2, 0);
    hardware.clock.advance(3 * pcie.timing.linkUp_us);
    expect(hardware.fabric.blocked[2]).toBe(0);
  });

  it('is found set in a dump', () => {
    const hardware = machine(pcie, { 0x50: 0x0010 });
    expect(hardware.read(UPSTREAM, 0, 4)).toBe(0xffffffff);
  });

  it('does not exist in QEMU', () => {
    const hardware = machine(qemu72, { 0x50: 0x0010 });
    hardware.write(PORT, LINK_CONTROL, 2, 0x0030);
    hardware.write(PORT, 0x3e, 2, 0);
    expect([...hardware.resets.count]).toEqual([0, 0, 0, 0]);
    expect(hardware.read(UPSTREAM, 0, 4)).toBe(0x00011234);
  });
});

describe('Retrain Link', () => {
  const TRAINING = 0x0800;
  const MANAGEMENT = 0x4000;

  it('resets nothing; the port trains for a while, and says so at the end where it can', () => {
    const hardware = machine(pcie, { 0x4e: 0x0030 });
    hardware.write(PORT, LINK_CONTROL, 2, 0x0020);
    expect(hardware.read(PORT, LINK_CONTROL, 4)).toBe(((0x2000 | TRAINING) << 16) >>> 0);
    hardware.clock.advance(pcie.timing.retrain_us - 1);
    expect(hardware.read(PORT, LINK_STATUS, 2)).toBe(0x2000 | TRAINING);
    hardware.clock.advance(1);
    expect(hardware.read(PORT, LINK_STATUS, 2)).toBe(0x2000 | MANAGEMENT);
    expect([...hardware.resets.count]).toEqual([0, 0, 0, 0]);
    const silent = machine();
    silent.write(PORT, LINK_CONTROL, 2, 0x0020);
    silent.clock.advance(pcie.timing.retrain_us);
    expect(silent.read(PORT, LINK_STATUS, 2)).toBe(0x2000);
  });

  it('is over when the link goes down, and does nothing to one that is', () => {
    const hardware = machine(pcie, { 0x4e: 0x0030 });
    hardware.write(PORT, LINK_CONTROL, 2, 0x0020);
    hardware.write(PORT, LINK_CONTROL, 2, 0x0010);
    expect(hardware.read(PORT, LINK_STATUS, 2)).toBe(0);
    hardware.write(PORT, LINK_CONTROL, 2, 0x0030);
    hardware.clock.advance(1_000_000);
    expect(hardware.read(PORT, LINK_STATUS, 2)).toBe(0);
  });
});

describe('Downstream Port Containment', () => {
  it('triggered by software holds the link down until Trigger Status is cleared', () => {
    const hardware = machine(pcie, CONTAINMENT);
    hardware.write(PORT, DPC_CONTROL, 2, TRIGGER);
    expect(hardware.read(PORT, DPC_CONTROL, 2), 'the trigger reads 0').toBe(0x0001);
    expect(hardware.read(PORT, DPC_STATUS, 2), 'triggered, reason: software; not busy').toBe(0x0027);
    expect([...hardware.resets.count]).toEqual([0, 1, 1, 1]);
    expect(isUp(hardware)).toBe(false);
    hardware.write(PORT, DPC_CONTROL, 2, TRIGGER);
    hardware.clock.advance(1_000_000);
    expect([...hardware.resets.count]).toEqual([0, 1, 1, 1]);
    expect(hardware.read(UPSTREAM, 0, 4)).toBe(0xffffffff);
    hardware.write(PORT, DPC_STATUS, 2, 0x0001);
    expect(hardware.read(PORT, DPC_STATUS, 2) & 1).toBe(0);
    hardware.clock.advance(back(pcie));
    expect(hardware.read(UPSTREAM, 0, 4)).toBe(0x00011234);
    expect(isUp(hardware)).toBe(true);
  });

  it('tells of an interrupt where that is enabled', () => {
    const hardware = machine(pcie, CONTAINMENT);
    hardware.write(PORT, DPC_CONTROL, 2, TRIGGER | 0x0008);
    expect(hardware.read(PORT, DPC_STATUS, 2)).toBe(0x002f);
  });

  it.each([
    ['that is not enabled', { ...CONTAINMENT, 0x106: 0 }, 0x0040],
    ['that cannot be triggered by software', { ...CONTAINMENT, 0x104: 0 }, TRIGGER],
  ])('%s is not triggered', (_, bytes, control) => {
    const hardware = machine(pcie, bytes);
    hardware.write(PORT, DPC_CONTROL, 2, control);
    expect(hardware.read(PORT, DPC_STATUS, 2)).toBe(0);
    expect([...hardware.resets.count]).toEqual([0, 0, 0, 0]);
  });

  it('is enabled and triggered by one write', () => {
    const hardware = machine(pcie, { ...CONTAINMENT, 0x106: 0 });
    hardware.write(PORT, DPC_CONTROL, 2, TRIGGER);
    expect(hardware.fabric.blocked[port!]).toBe(HELD.containment);
  });

  it('of a port in a switch outlasts a reset from above, since its status is sticky', () => {
    const hardware = new Hardware(
      [
        at('00:01.0', rootPort(1, 3)),
        at('01:00.0', upstreamPort(1, 2, 3)),
        at('02:00.0', downstreamPort(2, 3, 3, CONTAINMENT)),
        at('03:00.0', endpoint(LEAF)),
      ],
      pcie,
    );
    hardware.write(DOWNSTREAM, DPC_CONTROL, 2, TRIGGER);
    hardware.write(PORT, 0x3e, 2, 0x0040);
    hardware.write(PORT, 0x3e, 2, 0);
    hardware.clock.advance(1_000_000);
    expect(hardware.fabric.blocked[2]).toBe(HELD.containment);
    hardware.write(UPSTREAM, 0x18, 4, 0x030201);
    hardware.write(DOWNSTREAM, 0x18, 4, 0x030302);
    expect(hardware.read(parseBdf('03:00.0')!, 0, 2)).toBe(0xffff);
    hardware.write(DOWNSTREAM, DPC_STATUS, 2, 0x0001);
    hardware.clock.advance(back(pcie));
    expect(hardware.read(parseBdf('03:00.0')!, 0, 2)).toBe(0x1234);
  });
});

describe('a bridge that is reset by itself', () => {
  it('lets go of what its registers held', () => {
    const powerManaged: Bytes = { 0x40: 0x7010, 0x70: 0x0001, 0x74: 0 };
    const hardware = machine(pcie, powerManaged);
    hardware.write(PORT, LINK_CONTROL, 2, 0x0010);
    hardware.write(PORT, 0x74, 2, 0x0003);
    hardware.write(PORT, 0x74, 2, 0x0000);
    expect(hardware.fabric.blocked[port!]).toBe(HELD.training);
    hardware.clock.advance(1_000_000);
    expect(hardware.fabric.blocked[port!]).toBe(0);
  });

  it('does so, too, when it was away', () => {
    const hardware = machine();
    hardware.write(PORT, 0x3e, 2, 0x0040);
    hardware.absent(port!, { from_us: 0, to_us: 1000 });
    hardware.clock.advance(1_000_000);
    expect(hardware.fabric.blocked[port!]).toBe(0);
  });
});

describe('VF Enable', () => {
  it('switched off makes virtual functions vanish', () => {
    const sriov: Bytes = { 0x100: 0x0010, 0x102: 0x0001, 0x108: 0x0001, 0x10e: 1, 0x110: 1, 0x114: 1, 0x116: 1 };
    const hardware = new Hardware(
      [at('00:01.0', rootPort(1)), at('01:00.0', endpoint(sriov)), at('01:00.1', endpoint())],
      pcie,
    );
    const virtual = parseBdf('01:00.1')!;
    expect(hardware.read(virtual, 0x0a, 2)).toBe(0x0200);
    hardware.write(parseBdf('01:00.0')!, 0x108, 2, 0);
    expect(hardware.read(virtual, 0x0a, 2)).toBe(0xffff);
  });
});
