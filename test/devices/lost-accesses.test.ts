// SPDX-License-Identifier: GPL-2.0-only
/** What an access leaves behind that no function took. */
import { describe, expect, it } from 'vitest';
import { parseBdf } from '../../src/bus/bdf.ts';
import type { FunctionId } from '../../src/devices/arena.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import { pcie } from '../../src/devices/profile.ts';
import { qemu72 } from '../../src/devices/qemu.ts';
import { at, downstreamPort, endpoint, rootPort, upstreamPort } from './functions.ts';

const ABORTED = 0x2000;
const machine = (profile = pcie, control = 0) =>
  new Hardware(
    [
      at('00:01.0', rootPort(1, 5, { 0x3e: control })),
      at('01:00.0', upstreamPort(1, 2, 5)),
      at('02:00.0', downstreamPort(2, 3, 4)),
      at('03:00.0', endpoint()),
      at('0001:00:00.0', endpoint()),
    ],
    profile,
  );
/** The bridges that show Received Master Abort, and what was counted. */
function traces(hardware: Hardware): { bridges: number[]; count: number } {
  const bridges = [0, 1, 2].filter((fn) => (hardware.arena.read(fn as FunctionId, 0x1e, 2) & ABORTED) !== 0);
  return { bridges, count: hardware.lost.count };
}
const read = (hardware: Hardware, bdf: string) => hardware.read(parseBdf(bdf)!, 0, 2);

describe('an access that nobody takes', () => {
  it.each([
    ['01:00.1', 0, 'a function that is not there'],
    ['01:03.0', 0, 'a device that the port does not forward'],
    ['02:05.0', 1, 'the inside of the switch'],
    ['03:00.1', 2, 'the far end'],
    ['04:00.0', 2, 'a bus that nobody has below the last bridge'],
    ['05:00.0', 1, 'a bus that only the switch takes'],
  ])('to %s is an abort at bridge %i: %s', (bdf, bridge) => {
    const hardware = machine();
    expect(read(hardware, bdf)).toBe(0xffff);
    expect(traces(hardware)).toEqual({ bridges: [bridge], count: 1 });
  });

  it.each(['00:02.0', '09:00.0', '0001:00:03.0', '0001:07:00.0', '0002:00:00.0'])(
    'to %s leaves nothing in any bridge',
    (bdf) => {
      const hardware = machine();
      read(hardware, bdf);
      expect(traces(hardware)).toEqual({ bridges: [], count: 1 });
    },
  );

  it('because the link is down is an abort at the port above it', () => {
    const hardware = machine();
    hardware.write(parseBdf('00:01.0')!, 0x3e, 2, 0x0040);
    hardware.write(parseBdf('03:00.0')!, 0x04, 2, 6);
    expect(traces(hardware)).toEqual({ bridges: [0], count: 1 });
    const found = machine(pcie, 0x0040);
    read(found, '03:00.0');
    expect(traces(found), 'with the bus numbers below still there').toEqual({ bridges: [0], count: 1 });
    hardware.write(parseBdf('00:01.0')!, 0x1e, 2, ABORTED);
    expect(traces(hardware).bridges).toEqual([]);
  });

  it('because the function is away is one, because it is not ready is none; both count', () => {
    const hardware = machine();
    hardware.power.readyAt(3 as FunctionId, 1000);
    read(hardware, '03:00.0');
    expect(traces(hardware)).toEqual({ bridges: [], count: 1 });
    hardware.absent(3 as FunctionId, { from_us: 0, to_us: 500 });
    read(hardware, '03:00.0');
    expect(traces(hardware)).toEqual({ bridges: [2], count: 2 });
  });

  it('is remembered when it was the first', () => {
    const hardware = machine();
    read(hardware, '03:00.0');
    expect(hardware.lost.first).toBeUndefined();
    hardware.clock.advance(7);
    hardware.write(parseBdf('03:00.1')!, 0x04, 1, 6);
    read(hardware, '03:00.2');
    expect(hardware.lost.first).toEqual({ t_us: 7, op: 'w', bdf: parseBdf('03:00.1'), offset: 4, size: 1 });
    expect(hardware.lost.count).toBe(2);
  });

  it('in QEMU leaves nothing, but counts', () => {
    const hardware = machine(qemu72);
    read(hardware, '03:00.1');
    expect(traces(hardware)).toEqual({ bridges: [], count: 1 });
  });

  it('of somebody who only looks leaves nothing', () => {
    const hardware = machine();
    const { unnoticed } = hardware;
    expect(unnoticed.read(parseBdf('03:00.1')!, 0, 4)).toBe(0xffffffff);
    unnoticed.write(parseBdf('03:00.1')!, 0x04, 2, 6);
    unnoticed.write(parseBdf('03:00.0')!, 0x04, 2, 2);
    expect(unnoticed.read(parseBdf('03:00.0')!, 0x04, 2)).toBe(2);
    expect(traces(hardware)).toEqual({ bridges: [], count: 0 });
  });
});
