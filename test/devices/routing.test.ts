// SPDX-License-Identifier: GPL-2.0-only
/** Which function a config request reaches: by the bus numbers that the bridges hold now. */
import { describe, expect, it } from 'vitest';
import { parseBdf } from '../../src/bus/bdf.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import { pcie } from '../../src/devices/profile.ts';
import { qemu72 } from '../../src/devices/qemu.ts';
import {
  at,
  type Bytes,
  conventional,
  downstreamPort,
  endpoint,
  pciBridge,
  rootPort,
  upstreamPort,
} from './functions.ts';

const deviceAt = (hardware: Hardware, bdf: string): number => hardware.read(parseBdf(bdf)!, 0x02, 2);
const NOBODY = 0xffff;
const named = (id: number): Bytes => ({ 2: id });

/** Root port, switch with two downstream ports, an endpoint below each. */
const switched = () =>
  new Hardware(
    [
      at('00:01.0', rootPort(1, 4)),
      at('01:00.0', upstreamPort(1, 2, 4)),
      at('02:00.0', downstreamPort(2, 3)),
      at('02:01.0', downstreamPort(2, 4)),
      at('03:00.0', endpoint(named(0x33))),
      at('04:00.0', endpoint(named(0x44))),
    ],
    pcie,
  );

describe('routing', () => {
  it('goes through nested bridges', () => {
    const hardware = switched();
    expect(deviceAt(hardware, '03:00.0')).toBe(0x33);
    expect(deviceAt(hardware, '04:00.0')).toBe(0x44);
    expect(deviceAt(hardware, '05:00.0')).toBe(NOBODY);
    expect(deviceAt(hardware, '0001:03:00.0')).toBe(NOBODY);
  });

  it('follows the bus numbers as they are programmed', () => {
    const hardware = switched();
    hardware.write(parseBdf('02:00.0')!, 0x18, 4, 0x00_04_04_02);
    hardware.write(parseBdf('02:01.0')!, 0x18, 4, 0x00_03_03_02);
    expect(deviceAt(hardware, '03:00.0')).toBe(0x44);
    expect(deviceAt(hardware, '04:00.0')).toBe(0x33);
  });

  it('ends at a bridge whose range does not have the bus, however the bridges below are programmed', () => {
    const hardware = switched();
    hardware.write(parseBdf('00:01.0')!, 0x1a, 1, 3);
    expect(deviceAt(hardware, '03:00.0')).toBe(0x33);
    expect(deviceAt(hardware, '04:00.0')).toBe(NOBODY);
    hardware.write(parseBdf('00:01.0')!, 0x19, 1, 0);
    expect(deviceAt(hardware, '01:00.0')).toBe(NOBODY);
    expect(deviceAt(hardware, '03:00.0')).toBe(NOBODY);
  });

  it('takes a secondary bus past the subordinate one only where the hardware does', () => {
    const functions = [at('00:01.0', rootPort(1)), at('01:00.0', endpoint())];
    for (const [profile, id] of [
      [pcie, NOBODY],
      [qemu72, 0x0002],
    ] as const) {
      const hardware = new Hardware(functions, profile);
      hardware.write(parseBdf('00:01.0')!, 0x1a, 1, 0);
      expect(deviceAt(hardware, '01:00.0')).toBe(id);
    }
  });

  it('has several root buses and domains, each with its own range', () => {
    const hardware = new Hardware(
      [
        at('00:00.0', conventional(named(0x10))),
        at('80:00.0', conventional(named(0x20))),
        at('80:01.0', rootPort(0x81)),
        at('81:00.0', endpoint(named(0x21))),
        at('10000:00:00.0', conventional(named(0x30))),
      ],
      pcie,
    );
    expect(hardware.fabric.rootBuses).toEqual([
      { domain: 0, bus: 0 },
      { domain: 0, bus: 0x80 },
      { domain: 0x10000, bus: 0 },
    ]);
    for (const [bdf, id] of [
      ['00:00.0', 0x10],
      ['80:00.0', 0x20],
      ['81:00.0', 0x21],
      ['10000:00:00.0', 0x30],
      ['0001:00:00.0', NOBODY],
    ] as const)
      expect(deviceAt(hardware, bdf)).toBe(id);
    // Requests for bus 10h go to root bus 00, whatever a bridge below root bus 80 says.
    hardware.write(parseBdf('80:01.0')!, 0x18, 4, 0x90_10_80);
    expect(deviceAt(hardware, '10:00.0')).toBe(NOBODY);
  });

  it('passes device numbers other than 0 below a port only with ARI Forwarding, and on a conventional bus always', () => {
    const hardware = new Hardware(
      [
        at('00:01.0', rootPort(1)),
        at('00:02.0', pciBridge(0, 2)),
        at('01:00.0', endpoint(named(0x50))),
        at('01:01.2', endpoint(named(0x51))),
        at('02:1f.7', conventional(named(0x52))),
      ],
      pcie,
    );
    expect(deviceAt(hardware, '01:00.0')).toBe(0x50);
    expect(deviceAt(hardware, '01:01.2')).toBe(NOBODY);
    expect(deviceAt(hardware, '02:1f.7')).toBe(0x52);
    hardware.write(parseBdf('00:01.0')!, 0x68, 2, 0x0020);
    expect(deviceAt(hardware, '01:01.2')).toBe(0x51);
  });

  it('lets virtual functions answer while VF Enable is on, also past the bus of their physical function', () => {
    const sriov: Bytes = {
      0x100: 0x0010,
      0x102: 0x0001,
      0x108: 0x0001,
      0x10e: 2,
      0x110: 2,
      0x114: 0x0001,
      0x116: 0x0100,
    };
    const hardware = new Hardware(
      [
        at('00:01.0', rootPort(1, 2)),
        at('01:00.0', endpoint(sriov)),
        at('01:00.1', endpoint(named(0x61))),
        at('02:00.1', endpoint(named(0x62))),
      ],
      pcie,
    );
    expect(hardware.fabric.wiring.physical).toEqual([-1, -1, 1, 1]);
    expect([deviceAt(hardware, '01:00.1'), deviceAt(hardware, '02:00.1')]).toEqual([0x61, 0x62]);
    hardware.write(parseBdf('01:00.0')!, 0x108, 2, 0);
    expect([deviceAt(hardware, '01:00.1'), deviceAt(hardware, '02:00.1')]).toEqual([NOBODY, NOBODY]);
    const root = new Hardware(
      [at('00:02.0', endpoint(sriov)), at('00:02.1', endpoint(named(0x61))), at('01:02.1', endpoint(named(0x62)))],
      pcie,
    );
    expect([deviceAt(root, '00:02.1'), deviceAt(root, '01:02.1')]).toEqual([0x61, 0x62]);
  });

  it('does not take a request back to a bus above the bridge', () => {
    const hardware = switched();
    hardware.write(parseBdf('02:00.0')!, 0x18, 4, 0x04_01_02);
    expect(deviceAt(hardware, '01:00.0')).toBe(0x0001);
    expect(deviceAt(hardware, '04:00.0')).toBe(0x44);
    hardware.write(parseBdf('02:00.0')!, 0x18, 4, 0x04_00_02);
    expect(deviceAt(hardware, '00:01.0')).toBe(0x0001);
  });

  it('ends on bus numbers that loop, and says so', () => {
    const hardware = new Hardware(
      [
        at('00:01.0', rootPort(1, 3)),
        at('01:00.0', upstreamPort(1, 2, 3)),
        at('02:00.0', downstreamPort(2, 1)),
        at('02:01.0', downstreamPort(2, 3)),
        at('02:02.0', downstreamPort(2, 3)),
        at('03:00.0', endpoint()),
      ],
      pcie,
    );
    expect(deviceAt(hardware, '03:00.0')).toBe(0x0002);
    expect(hardware.fabric.wiring.warnings.map(({ text }) => text)).toEqual([
      'secondary bus 01 is not above primary 02: bus cycle 01 -> 02 -> 01 through 0000:01:00.0, 0000:02:00.0',
      'bus 03 is claimed by 0000:02:01.0 and 0000:02:02.0',
    ]);
  });

  it('answers all-ones in the width that was asked for, and for extended space that is not there', () => {
    const hardware = new Hardware([at('00:00.0', conventional())], pcie);
    const [there, nowhere] = [parseBdf('00:00.0')!, parseBdf('00:01.0')!];
    expect(([1, 2, 4] as const).map((size) => hardware.read(nowhere, 0, size))).toEqual([0xff, 0xffff, 0xffffffff]);
    expect(hardware.read(there, 0x100, 4)).toBe(0xffffffff);
    hardware.write(there, 0x100, 4, 0);
    hardware.write(nowhere, 0x04, 2, 0);
    expect(hardware.read(there, 0x04, 2)).toBe(0x0006);
  });
});
