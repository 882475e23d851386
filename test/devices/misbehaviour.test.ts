// SPDX-License-Identifier: GPL-2.0-only
/** Devices that misbehave: how it is written, and what each does. */
import { describe, expect, it } from 'vitest';
import { parseBdf } from '../../src/bus/bdf.ts';
import type { FunctionId } from '../../src/devices/arena.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import { type Misbehaviour, parseMisbehaviour } from '../../src/devices/misbehaviour.ts';
import { pcie } from '../../src/devices/profile.ts';
import { qemu72 } from '../../src/devices/qemu.ts';
import { at, type Bytes, endpoint, rootPort } from './functions.ts';

const PORT = parseBdf('00:01.0')!;
const CARD = parseBdf('01:00.0')!;
const SECOND = parseBdf('01:00.1')!;
const [port, card] = [0, 1] as FunctionId[];
const { linkUp_us, ready_us, flr_us } = pcie.timing;
/** Root Control with RRS Software Visibility on; a slot with a card in it. */
const VISIBLE: Bytes = { 0x5c: 0x0010, 0x5a: 0x0040 };
const FLR_CAPABLE: Bytes = { 0x46: 0x1000, 0x3c: 0x010b };

function machine(text: string, { profile = pcie, fn = card! } = {}): Hardware {
  const hardware = new Hardware(
    [at('00:01.0', rootPort(1, 1, VISIBLE)), at('01:00.0', endpoint(FLR_CAPABLE)), at('01:00.1', endpoint())],
    profile,
  );
  const misbehaviour = parseMisbehaviour(text);
  if (typeof misbehaviour === 'string') throw new Error(misbehaviour);
  hardware.misbehave(fn, misbehaviour);
  return hardware;
}
const hold = (hardware: Hardware) => hardware.write(PORT, 0x3e, 2, 0x0040);
const reset = (hardware: Hardware) => {
  hold(hardware);
  hardware.write(PORT, 0x3e, 2, 0);
};

describe('a misbehaviour is written', () => {
  it.each<[string, Misbehaviour]>([
    ['slow:3s', { kind: 'slow', by_us: 3_000_000 }],
    ['slow:1.5ms', { kind: 'slow', by_us: 1500 }],
    ['vanishes:20us', { kind: 'vanishes', at_us: 20 }],
    ['never-ready', { kind: 'never-ready' }],
    ['new-id-after-reset', { kind: 'new-id-after-reset' }],
    ['new-id-after-reset:8086:10D3', { kind: 'new-id-after-reset', id: 0x10d38086 }],
  ])('%s', (text, expected) => {
    expect(parseMisbehaviour(text)).toEqual(expected);
  });

  it.each([
    ['slow', '"slow" needs a time, as in slow:3s or slow:1.5ms'],
    ['removed:soon', '"removed:soon" needs a time, as in removed:3s or removed:1.5ms'],
    ['slow:3', '"slow:3" needs a time'],
    ['never-ready:3s', '"never-ready:3s" has something after never-ready, which takes nothing'],
    ['new-id-after-reset:8086', 'needs vendor and device, as in new-id-after-reset:8086:10d3'],
    ['sleepy', '"sleepy" is none of slow:<time>, never-ready,'],
    ['toString', '"toString" is none of'],
    ['', '"" is none of'],
  ])('%s is refused by a clause', (text, expected) => {
    expect(parseMisbehaviour(text)).toContain(expected);
  });
});

describe('a device that is', () => {
  it('slow is ready that much later after each reset, and nobody else is', () => {
    const hardware = machine('slow:3s');
    expect(hardware.read(CARD, 0, 4)).toBe(0x00021234);
    for (const _ of [1, 2]) {
      reset(hardware);
      hardware.clock.advance(linkUp_us + ready_us + 3_000_000 - 1);
      expect(hardware.read(CARD, 0, 4)).toBe(0xffff0001);
      expect(hardware.read(SECOND, 0, 4)).toBe(0x00021234);
      hardware.clock.advance(1);
      expect(hardware.read(CARD, 0, 4)).toBe(0x00021234);
    }
    hardware.write(CARD, 0x48, 2, 0x8000);
    hardware.clock.advance(flr_us + 3_000_000 - 1);
    expect(hardware.read(CARD, 0, 4)).toBe(0xffff0001);
  });

  it('slow in QEMU is so, too', () => {
    const hardware = machine('slow:3s', { profile: qemu72 });
    reset(hardware);
    hardware.clock.advance(2_999_999);
    expect(hardware.read(CARD, 4, 4)).toBe(0xffffffff);
    hardware.clock.advance(1);
    expect(hardware.read(CARD, 0, 4)).toBe(0x00021234);
  });

  it.each([
    ['never-ready', 0xffff0001],
    ['all-ones-after-reset', 0xffffffff],
  ])('%s reads as %i for ever', (text, value) => {
    const hardware = machine(text);
    expect(hardware.read(CARD, 0, 4)).toBe(0x00021234);
    reset(hardware);
    hardware.clock.advance(3_600_000_000);
    expect(hardware.read(CARD, 0, 4)).toBe(value);
    expect(hardware.read(CARD, 4, 4)).toBe(0xffffffff);
    expect(hardware.read(SECOND, 0, 4)).toBe(0x00021234);
  });
});

describe('a device that', () => {
  it('ignores Bus Master goes on without it, but not without that of the port above', () => {
    const hardware = machine('ignores-bus-master');
    for (const fn of [card!, 2 as FunctionId]) hardware.dma.arm(fn, 0);
    hardware.write(CARD, 0x04, 2, 0x0002);
    hardware.write(SECOND, 0x04, 2, 0x0002);
    expect([hardware.dma.isRunning(card!), hardware.dma.isRunning(2 as FunctionId)]).toEqual([true, false]);
    hardware.write(PORT, 0x04, 2, 0x0002);
    expect(hardware.dma.isRunning(card!)).toBe(false);
  });

  it.each([
    ['new-id-after-reset', 0x00031234],
    ['new-id-after-reset:abcd:0102', 0x0102abcd],
  ])('%s is another one after the first reset', (text, id) => {
    const hardware = machine(text);
    for (const _ of [1, 2]) {
      reset(hardware);
      hardware.clock.advance(linkUp_us + ready_us);
      expect(hardware.read(CARD, 0, 4)).toBe(id);
    }
    const flr = machine(text);
    flr.write(CARD, 0x48, 2, 0x8000);
    flr.clock.advance(flr_us);
    expect(flr.read(CARD, 0, 4)).toBe(id);
  });

  it('answers during reset does so while it is held and the link trains, but not without power', () => {
    const hardware = machine('answers-during-reset');
    hold(hardware);
    expect(hardware.read(CARD, 0, 4)).toBe(0x00021234);
    hardware.write(CARD, 0x3c, 1, 0x0a);
    hardware.write(PORT, 0x3e, 2, 0);
    expect(hardware.read(CARD, 0x3c, 1)).toBe(0x0a);
    hardware.ports.remove(port!);
    expect(hardware.read(CARD, 0, 4)).toBe(0xffffffff);
  });

  it('does nothing on a Function Level Reset can still be reset by its bus', () => {
    const hardware = machine('flr-does-nothing');
    hardware.write(CARD, 0x48, 2, 0x8000);
    expect(hardware.read(CARD, 0x3c, 2)).toBe(0x010b);
    reset(hardware);
    expect(hardware.arena.read(card!, 0x3c, 2)).toBe(0x0100);
  });

  it('vanishes is gone from then on', () => {
    const hardware = machine('vanishes:2ms');
    hardware.clock.advance(1999);
    expect(hardware.read(CARD, 0, 4)).toBe(0x00021234);
    hardware.clock.advance(1);
    expect(hardware.read(CARD, 0, 4)).toBe(0xffffffff);
    expect(hardware.read(SECOND, 0, 4)).toBe(0x00021234);
  });
});

describe('a port', () => {
  it.each([pcie, qemu72])('whose link stays down loses it at the first reset, in the profile $name', (profile) => {
    const hardware = machine('link-stays-down', { profile, fn: port! });
    expect(hardware.read(CARD, 0, 4)).toBe(0x00021234);
    reset(hardware);
    hardware.clock.advance(3_600_000_000);
    expect(hardware.read(CARD, 0, 4)).toBe(0xffffffff);
    if (profile.links) expect(hardware.read(PORT, 0x52, 2)).toBe(0);
  });

  it('loses its card, and gets it back', () => {
    const hardware = machine('removed:1ms', { fn: port! });
    hardware.misbehave(port!, { kind: 'inserted', at_us: 2000 });
    hardware.clock.advance(1000);
    expect(hardware.read(CARD, 0, 4)).toBe(0xffffffff);
    hardware.clock.advance(10_000_000);
    expect(hardware.read(CARD, 0, 4)).toBe(0x00021234);
  });
});
