// SPDX-License-Identifier: GPL-2.0-only
/** Slots: power, presence, commands, and cards that come and go without a word. */
import { describe, expect, it } from 'vitest';
import { parseBdf } from '../../src/bus/bdf.ts';
import type { FunctionId } from '../../src/devices/arena.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import { HELD } from '../../src/devices/holds.ts';
import { pcie } from '../../src/devices/profile.ts';
import { qemu72 } from '../../src/devices/qemu.ts';
import { at, type Bytes, downstreamPort, endpoint, rootPort, upstreamPort } from './functions.ts';

const PORT = parseBdf('00:01.0')!;
const CARD = parseBdf('01:00.0')!;
const SLOT_CONTROL = 0x58;
const SLOT_STATUS = 0x5a;
const LINK_STATUS = 0x52;
/** Power controller, hot-plug; a card is there, and the indicators show that it has power. */
const SLOT: Bytes = { 0x54: 0x0042, 0x58: 0x0140, 0x5a: 0x0040 };
const OFF = 0x0540;
const ON = 0x0140;
const PRESENT = 0x0040;
const COMMAND_COMPLETED = 0x0010;
const PRESENCE_CHANGED = 0x0008;
const LINK_CHANGED = 0x0100;
/** Times of the profile `pcie`, said once more: a test that asked it for them could not notice a change. */
const [powerOn_us, linkUp_us, ready_us, slotCommand_us] = [100_000, 20_000, 80_000, 1_000];

const [port, card] = [0, 1] as FunctionId[];
/** A card with a sticky AER mask set and an interrupt line. */
const machine = (profile = pcie, more: Bytes = {}) =>
  new Hardware(
    [
      at('00:01.0', rootPort(1, 1, { ...SLOT, ...more })),
      at('01:00.0', endpoint({ 0x100: 0x0001, 0x102: 0x0002, 0x108: 0x1000, 0x3c: 0x010b })),
    ],
    profile,
  );
const status = (hardware: Hardware) => hardware.read(PORT, SLOT_STATUS, 2);

describe('the power of a slot', () => {
  it('switched off leaves nothing below that answers; switched on again, the card is cold', () => {
    const hardware = machine();
    hardware.write(PORT, SLOT_CONTROL, 2, OFF);
    expect(hardware.read(CARD, 0, 4)).toBe(0xffffffff);
    expect(hardware.read(PORT, LINK_STATUS, 2)).toBe(0);
    expect(status(hardware)).toBe(PRESENT | LINK_CHANGED);
    hardware.clock.advance(1_000_000);
    hardware.write(PORT, SLOT_STATUS, 2, 0xffff);
    hardware.write(PORT, SLOT_CONTROL, 2, ON);
    hardware.clock.advance(powerOn_us + linkUp_us - 1);
    expect(hardware.read(PORT, LINK_STATUS, 2)).toBe(0);
    hardware.clock.advance(1);
    expect(hardware.read(PORT, LINK_STATUS, 2)).toBe(0x2000);
    expect(status(hardware)).toBe(PRESENT | LINK_CHANGED | COMMAND_COMPLETED);
    hardware.clock.advance(ready_us);
    expect(hardware.read(CARD, 0, 4)).toBe(0x00021234);
    expect(hardware.arena.read(card!, 0x108, 4), 'sticky bits are lost').toBe(0x04400000);
    expect(hardware.arena.read(card!, 0x3c, 1)).toBe(0);
  });

  it('is a reset even of what is in reset already', () => {
    const hardware = machine();
    hardware.write(PORT, 0x3e, 2, 0x0040);
    expect(hardware.arena.read(card!, 0x108, 4)).toBe(0x1000);
    hardware.write(PORT, SLOT_CONTROL, 2, OFF);
    expect(hardware.arena.read(card!, 0x108, 4)).toBe(0x04400000);
    hardware.write(PORT, SLOT_CONTROL, 2, ON);
    expect(hardware.fabric.blocked[port!]).toBe(HELD.secondaryBusReset);
  });

  it('is not switched where there is no power controller', () => {
    const hardware = machine(pcie, { 0x54: 0x0040 });
    hardware.write(PORT, SLOT_CONTROL, 2, OFF);
    expect(hardware.read(CARD, 0, 2)).toBe(0x1234);
  });

  it('in QEMU goes and comes at once, resets like a bus reset, and leaves the link shown as active', () => {
    const hardware = machine(qemu72);
    hardware.write(PORT, SLOT_CONTROL, 2, OFF);
    expect(hardware.read(CARD, 0, 4)).toBe(0xffffffff);
    expect(hardware.read(PORT, LINK_STATUS, 2)).toBe(0x2000);
    expect(status(hardware)).toBe(PRESENT | COMMAND_COMPLETED);
    hardware.write(CARD, 0x3c, 1, 0x55);
    hardware.write(PORT, SLOT_CONTROL, 2, ON);
    expect(hardware.read(CARD, 0x3c, 1)).toBe(0);
    expect(hardware.read(CARD, 0x108, 4)).toBe(0x1000);
  });

  it('in QEMU with the indicator off, too, unplugs the card for good', () => {
    const hardware = machine(qemu72);
    hardware.write(PORT, SLOT_CONTROL, 2, 0x0740);
    expect(status(hardware)).toBe(PRESENCE_CHANGED | COMMAND_COMPLETED);
    expect(hardware.read(PORT, LINK_STATUS, 2)).toBe(0);
    hardware.write(PORT, SLOT_CONTROL, 2, ON);
    expect(hardware.read(CARD, 0, 4)).toBe(0xffffffff);
    const empty = machine(qemu72, { 0x5a: 0 });
    empty.write(PORT, SLOT_CONTROL, 2, 0x0740);
    expect(status(empty)).toBe(COMMAND_COMPLETED);
    const real = machine();
    real.write(PORT, SLOT_CONTROL, 2, 0x0740);
    expect(status(real) & PRESENT).toBe(PRESENT);
  });
});

describe('a slot command', () => {
  it('completes after a while, and interrupts where that is enabled', () => {
    const hardware = machine(pcie, { 0x3c: 0x0100 });
    hardware.write(PORT, SLOT_CONTROL, 2, ON | 0x0030);
    hardware.clock.advance(slotCommand_us - 1);
    expect(status(hardware)).toBe(PRESENT);
    hardware.clock.advance(1);
    expect(status(hardware)).toBe(PRESENT | COMMAND_COMPLETED);
    expect(hardware.read(PORT, 0x06, 2) & 0x0008).toBe(0x0008);
    hardware.write(PORT, SLOT_STATUS, 2, COMMAND_COMPLETED);
    expect(hardware.read(PORT, 0x06, 2) & 0x0008).toBe(0);
  });

  it.each([
    ['a port without hot-plug', 0x54, 0x0002],
    ['a port with No Command Completed Support', 0x56, 0x0004],
  ])('of %s tells nobody', (_, offset, value) => {
    const hardware = machine(pcie, { [offset]: value });
    hardware.write(PORT, SLOT_CONTROL, 2, ON);
    hardware.clock.advance(1_000_000);
    expect(status(hardware)).toBe(PRESENT);
  });

  it('is no write to Slot Status', () => {
    const hardware = machine();
    hardware.write(PORT, SLOT_STATUS, 2, 0);
    hardware.clock.advance(1_000_000);
    expect(status(hardware)).toBe(PRESENT);
  });

  it('is forgotten when the port itself is reset', () => {
    const hardware = new Hardware(
      [
        at('00:01.0', rootPort(1, 3)),
        at('01:00.0', upstreamPort(1, 2, 3)),
        at('02:00.0', downstreamPort(2, 3, 3, SLOT)),
        at('03:00.0', endpoint()),
      ],
      pcie,
    );
    hardware.write(parseBdf('02:00.0')!, SLOT_CONTROL, 2, ON);
    hardware.write(PORT, 0x3e, 2, 0x0040);
    hardware.clock.advance(slotCommand_us);
    expect(hardware.arena.read(2 as FunctionId, SLOT_STATUS, 2)).toBe(PRESENT);
  });
});

describe('a card that is pulled out', () => {
  it('is gone from that time on, and the port tells of presence and link', () => {
    const hardware = machine(pcie, { 0x3c: 0x0100, 0x58: 0x0168 });
    hardware.dma.arm(card!, 0);
    hardware.remove(port!, 1000);
    hardware.clock.advance(999);
    expect(hardware.read(CARD, 0, 2)).toBe(0x1234);
    hardware.clock.advance(1);
    expect(hardware.read(CARD, 0, 2)).toBe(0xffff);
    expect(status(hardware)).toBe(PRESENCE_CHANGED | LINK_CHANGED);
    expect(hardware.read(PORT, 0x06, 2) & 0x0008).toBe(0x0008);
    expect(hardware.dma.isRunning(card!)).toBe(false);
    hardware.write(PORT, 0x3e, 2, 0x0040);
    hardware.write(PORT, 0x3e, 2, 0);
    hardware.clock.advance(10_000_000);
    expect(hardware.read(CARD, 0, 2), 'a reset brings nothing back').toBe(0xffff);
    expect(hardware.read(PORT, LINK_STATUS, 2)).toBe(0);
  });

  it('and put back is as after power-on', () => {
    const hardware = machine();
    hardware.remove(port!, 1000);
    hardware.insert(port!, 5000);
    hardware.clock.advance(4000);
    hardware.write(PORT, SLOT_STATUS, 2, 0xffff);
    hardware.clock.advance(1000);
    expect(status(hardware)).toBe(PRESENT | PRESENCE_CHANGED);
    hardware.clock.advance(powerOn_us + linkUp_us + ready_us - 1);
    expect(hardware.read(CARD, 0, 2)).toBe(0xffff);
    hardware.clock.advance(1);
    expect(hardware.read(CARD, 0, 2)).toBe(0x1234);
    expect(hardware.read(CARD, 0x108, 4)).toBe(0x04400000);
    expect(hardware.resets.count[card!]).toBe(1);
  });

  it('can go and come only once each', () => {
    const hardware = machine();
    hardware.insert(port!, 0);
    expect(status(hardware)).toBe(PRESENT);
    hardware.remove(port!, 0);
    hardware.remove(port!, 0);
    expect(hardware.resets.count[card!]).toBe(1);
  });

  it('and put into a slot that is off waits for power', () => {
    const hardware = machine();
    hardware.remove(port!, 0);
    hardware.write(PORT, SLOT_CONTROL, 2, OFF);
    hardware.insert(port!, 0);
    hardware.clock.advance(10_000_000);
    expect(hardware.fabric.blocked[port!]).toBe(HELD.power);
    hardware.write(PORT, SLOT_CONTROL, 2, ON);
    hardware.clock.advance(powerOn_us + linkUp_us + ready_us);
    expect(hardware.read(CARD, 0, 2)).toBe(0x1234);
  });

  it('below a switch that is held in reset comes up when that ends', () => {
    const hardware = new Hardware(
      [
        at('00:01.0', rootPort(1, 3)),
        at('01:00.0', upstreamPort(1, 2, 3)),
        at('02:00.0', downstreamPort(2, 3, 3, SLOT)),
        at('03:00.0', endpoint()),
      ],
      pcie,
    );
    hardware.remove(2 as FunctionId, 0);
    hardware.write(PORT, 0x3e, 2, 0x0040);
    expect(hardware.fabric.blocked[2]).toBe(HELD.removed);
    hardware.insert(2 as FunctionId, 1000);
    hardware.clock.advance(1_000_000);
    expect(hardware.fabric.blocked[2]).toBe(HELD.training);
    expect(hardware.arena.read(2 as FunctionId, LINK_STATUS, 2)).toBe(0);
    hardware.write(PORT, 0x3e, 2, 0);
    hardware.clock.advance(2 * linkUp_us);
    expect(hardware.fabric.blocked[2]).toBe(0);
    expect(hardware.arena.read(2 as FunctionId, LINK_STATUS, 2)).toBe(0x2000);
  });

  it('from a slot that was empty all the time leaves no link to come up', () => {
    const hardware = new Hardware([at('00:01.0', rootPort(1, 1, { ...SLOT, 0x52: 0, 0x5a: 0 }))], pcie);
    hardware.write(PORT, 0x3e, 2, 0x0040);
    hardware.write(PORT, 0x3e, 2, 0);
    hardware.clock.advance(1_000_000);
    expect(hardware.read(PORT, LINK_STATUS, 2)).toBe(0);
  });
});
