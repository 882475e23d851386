// SPDX-License-Identifier: GPL-2.0-only
/** What was measured of QEMU 7.2 and stands in no recording: each check is one measurement on a small machine. */
import { parseBdf } from '../../src/bus/bdf.ts';
import type { Size } from '../../src/bus/index.ts';
import type { FunctionId } from '../../src/devices/arena.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import type { HardwareProfile } from '../../src/devices/profile.ts';
import { at, type Bytes, conventional, endpoint, pciBridge, rootPort } from './functions.ts';

export interface QemuCheck {
  readonly name: string;
  /** Whether hardware of this profile does what QEMU was seen to do. */
  readonly holds: (profile: HardwareProfile) => boolean;
}

const PORT = parseBdf('00:01.0')!;
const CARD = parseBdf('01:00.0')!;
const [port, card] = [0, 1] as FunctionId[];
const POWERED: Bytes = { 0x54: 0x0042, 0x58: 0x0140, 0x5a: 0x0040 };
const ERRORS: Bytes = { 0x100: 0x0001, 0x102: 0x0002 };
const CXL_ROOT_PORT: Bytes = { 0x00: 0x8086, 0x02: 0x7075 };
const POWER_MANAGEMENT: Bytes = { 0x40: 0x7010, 0x70: 0x0001, 0x72: 0x0003 };
const SRIOV: Bytes = { 0x100: 0x0010, 0x102: 0x0001 };

interface Parts {
  readonly port?: Bytes;
  readonly card?: Uint8Array;
}

const machine = (profile: HardwareProfile, { port: more = {}, card: bytes = endpoint() }: Parts): Hardware =>
  new Hardware([at('00:01.0', rootPort(1, 1, more)), at('01:00.0', bytes)], profile);

/** Writing all-ones to a register leaves this in it. */
function ones(name: string, who: 'port' | 'card', offset: number, size: Size, expected: number, parts: Parts = {}) {
  const holds = (profile: HardwareProfile): boolean => {
    const hardware = machine(profile, parts);
    // Without Initiate Function Level Reset, Link Disable and Retrain Link: the bits that start something.
    const untried = offset === 0x48 ? 0x8000 : offset === 0x50 ? 0x0030 : 0;
    hardware.write(who === 'port' ? PORT : CARD, offset, size, 2 ** (8 * size) - 1 - untried);
    return hardware.arena.read(who === 'port' ? port! : card!, offset, size) === expected;
  };
  return { name: `check: ones written to ${name}`, holds };
}

/** A secondary bus reset leaves this in a register of the function below. */
function after(name: string, bytes: Uint8Array, offset: number, size: Size, expected: number): QemuCheck {
  const holds = (profile: HardwareProfile): boolean => {
    const hardware = machine(profile, { card: bytes });
    hardware.write(PORT, 0x3e, 2, 0x0040);
    return hardware.arena.read(card!, offset, size) === expected;
  };
  return { name: `check: a bus reset and ${name}`, holds };
}

const bridge = (more: Bytes): Uint8Array => {
  const bytes = pciBridge(1, 2);
  for (const [offset, value] of Object.entries(more)) new DataView(bytes.buffer).setUint16(Number(offset), value, true);
  return bytes;
};

/** What a few writes to the port leave behind. */
const check = (name: string, parts: Parts, holds: (hardware: Hardware) => boolean): QemuCheck => ({
  name: `check: ${name}`,
  holds: (profile) => holds(machine(profile, parts)),
});

/** An enabled hot-plug event that has happened; where Interrupt Status is by then. */
const EVENT: Bytes = { 0x3c: 0x0100, 0x58: 0x0028, 0x5a: 0x0008 };
const hasInterrupt = (h: Hardware): boolean => (h.arena.read(port!, 0x06, 2) & 0x0008) !== 0;

export const QEMU_CHECKS: readonly QemuCheck[] = [
  after('an extended capability', endpoint({ 0x100: 0x0018, 0x102: 0x0001, 0x104: 0x1003 }), 0x104, 2, 0x1003),
  after('the clock of UHCI', conventional({ 0x00: 0x8086, 0x02: 0x7020 }), 0x6a, 1, 0x01),
  check('VF Enable goes off', { card: endpoint({ ...SRIOV, 0x108: 0x0001, 0x10e: 0x0002, 0x110: 0x0002 }) }, (h) => {
    h.write(CARD, 0x108, 2, 0);
    return h.read(CARD, 0x110, 2) === 0;
  }),
  check('an event that is pending stays so', { port: EVENT }, (h) => {
    h.write(PORT, 0x58, 2, 0x0028);
    return !hasInterrupt(h);
  }),
  check(
    'an event becomes pending on a pcie-root-port',
    { port: { ...EVENT, 0x00: 0x1b36, 0x02: 0x000c, 0x58: 0 } },
    (h) => {
      h.write(PORT, 0x58, 2, 0x0028);
      return !hasInterrupt(h);
    },
  ),
  check(
    'two vectors of ioh3420',
    { port: { 0x00: 0x8086, 0x02: 0x3420, 0x40: 0x7010, 0x70: 0x0005, 0x72: 0x0002, ...ERRORS } },
    (h) => {
      h.write(PORT, 0x72, 2, 0x0010);
      return h.read(PORT, 0x132, 2) === 0x0800;
    },
  ),
  ones('Command of a bridge', 'port', 0x04, 2, 0x0507),
  ones('the Secondary Latency Timer of a port', 'port', 0x1b, 1, 0xff),
  ones('Command of a CXL root port', 'port', 0x04, 2, 0x0506, { port: CXL_ROOT_PORT }),
  ones('I/O Base of a CXL root port', 'port', 0x1c, 1, 0, { port: CXL_ROOT_PORT }),
  ones('I/O Limit of a CXL root port', 'port', 0x1d, 1, 0, { port: CXL_ROOT_PORT }),
  ones('ARI Control', 'card', 0x106, 2, 0, { card: endpoint({ 0x100: 0x000e, 0x102: 0x0001, 0x104: 0x0003 }) }),
  ones('PMCSR', 'card', 0x74, 2, 0, { card: endpoint(POWER_MANAGEMENT) }),
  ones('PMCSR of virtio', 'card', 0x74, 2, 0x0003, { card: endpoint({ ...POWER_MANAGEMENT, 0x00: 0x1af4 }) }),
  ones('PMCSR of e1000e', 'card', 0x74, 2, 0x1f03, {
    card: endpoint({ ...POWER_MANAGEMENT, 0x00: 0x8086, 0x02: 0x10d3 }),
  }),
  ones('Device Control', 'card', 0x48, 2, 0),
  ones('Link Control of virtio', 'card', 0x50, 2, 0x00c0, { card: endpoint({ 0x00: 0x1af4 }) }),
  ones('Root Control', 'port', 0x5c, 2, 0x0007),
  ones('Slot Control', 'port', 0x58, 2, 0x07f9),
  ones('Device Control 2 of a port', 'port', 0x68, 2, 0x8020, { port: { 0x00: 0x1b36, 0x02: 0x000c } }),
  ones('Uncorrectable Error Mask', 'card', 0x108, 4, 0, { card: endpoint(ERRORS) }),
  ones('what belongs to no capability', 'card', 0xf0, 4, 0xffffffff),
  after('the Latency Timer of a bridge', bridge({ 0x0c: 0x2000 }), 0x0d, 1, 0x20),
  after('Secondary Status', bridge({ 0x1e: 0x2000 }), 0x1e, 2, 0x2000),
  after('Device Status', endpoint({ 0x4a: 0x000f }), 0x4a, 2, 0x000f),
  after('the power state of virtio', endpoint({ 0x00: 0x1af4, 0x40: 0x7010, 0x70: 0x0001, 0x74: 0x0003 }), 0x74, 2, 0),
  check(
    'power off and on, and what is sticky',
    { port: POWERED, card: endpoint({ ...ERRORS, 0x108: 0x1000 }) },
    (h) => {
      h.write(PORT, 0x58, 2, 0x0540);
      h.write(PORT, 0x58, 2, 0x0140);
      return h.arena.read(card!, 0x108, 4) === 0x1000;
    },
  ),
  check('a Function Level Reset and Link Control', { card: endpoint({ 0x46: 0x1000, 0x50: 0x00c0 }) }, (h) => {
    h.write(CARD, 0x48, 2, 0x8000);
    return h.arena.read(card!, 0x50, 2) === 0;
  }),
  check('a bus below a Subordinate of 0', {}, (h) => {
    h.write(PORT, 0x1a, 1, 0);
    return h.read(CARD, 0, 2) === 0x1234;
  }),
  check('power and its indicator off', { port: POWERED }, (h) => {
    h.write(PORT, 0x58, 2, 0x0740);
    return (h.read(PORT, 0x5a, 2) & 0x0040) === 0;
  }),
  check('ones written to Slot Status', { port: { 0x5a: 0x0009 } }, (h) => {
    h.write(PORT, 0x5a, 2, 0xffff);
    return (h.read(PORT, 0x5a, 2) & 0x0009) === 0x0009;
  }),
];
