// SPDX-License-Identifier: GPL-2.0-only
/** What a recording does to a QEMU machine before anything is reset: numbers its buses and measures its writable bits. */
import { busOf, makeBdfFromDevfn } from '../../src/bus/bdf.ts';
import type { Bdf } from '../../src/bus/index.ts';
import { configBytes } from '../../src/configspace/catalogue.ts';
import { layoutOfFunction } from '../../src/configspace/function.ts';
import type { MeasuredBits } from '../../src/devices/kind.ts';
import type { Qemu } from './qemu-live-client.ts';

export type Dump = ReadonlyMap<Bdf, Uint8Array>;

/** The bus numbers that a bridge has. */
export interface Numbers {
  readonly bridge: Bdf;
  readonly primary: number;
  readonly secondary: number;
  subordinate: number;
}

export interface Enumerated {
  readonly functions: Bdf[];
  /** Parents before what is below them. */
  readonly bridges: Numbers[];
}

const present = (id: number): boolean => (id & 0xffff) !== 0xffff && (id & 0xffff) !== 0;

/** Numbers the buses depth first, as firmware and kernels do. */
export async function enumerate(qemu: Qemu, rootBuses: readonly number[]): Promise<Enumerated> {
  const found: Enumerated = { functions: [], bridges: [] };
  let last = 0;
  const scan = async (bus: number): Promise<void> => {
    const all = Array.from({ length: 256 }, (_, devfn) => makeBdfFromDevfn(0, bus, devfn));
    const ids = await qemu.reads(all.map((bdf) => [bdf, 0, 4] as const));
    for (const bdf of all.filter((_, i) => present(ids[i]!))) {
      found.functions.push(bdf);
      if (((await qemu.read(bdf, 0x0e, 1)) & 0x7f) !== 1) continue;
      const numbers = { bridge: bdf, primary: bus, secondary: ++last, subordinate: 0xff };
      found.bridges.push(numbers);
      for (const [at, value] of [
        [0x18, bus],
        [0x19, numbers.secondary],
        [0x1a, 0xff],
      ] as const)
        qemu.write(bdf, at, 1, value);
      await scan(numbers.secondary);
      numbers.subordinate = last;
      qemu.write(bdf, 0x1a, 1, last);
    }
  };
  for (const bus of rootBuses) {
    last = Math.max(last, bus);
    await scan(bus);
  }
  found.functions.sort((a, b) => a - b);
  return found;
}

export async function dump(qemu: Qemu, functions: readonly Bdf[]): Promise<Dump> {
  const all = await Promise.all(functions.map(async (bdf) => [bdf, await qemu.bytes(bdf)] as const));
  return new Map(all.flatMap(([bdf, bytes]) => (bytes ? [[bdf, bytes] as const] : [])));
}

/** The bits that recordings do not try, because writing them does something: they follow from the tables. */
export function triedBits(bytes: Uint8Array): Uint8Array {
  const tried = new Uint8Array(bytes.length).fill(0xff);
  const untried = (offset: number, bits: number) => {
    tried[offset]! &= ~bits & 0xff;
    tried[offset + 1]! &= ~(bits >> 8) & 0xff;
  };
  const { blocks, express, headerType } = layoutOfFunction(bytes);
  if (headerType === 1) {
    untried(0x18, 0xffff);
    untried(0x1a, 0x00ff);
    untried(0x3e, 0x0040);
  }
  if (express !== 0) {
    untried(express + 0x08, 0x8000);
    untried(express + 0x10, 0x0030);
    untried(express + 0x18, 0x0700);
  }
  for (const { id, extended, offset } of blocks) {
    if (!extended && id === 0x01) untried(offset + 4, 0x0003);
    // Writes to the window of virtio devices into their own BARs (type 5) reach the device behind it.
    if (!extended && id === 0x09 && bytes[0] === 0xf4 && bytes[1] === 0x1a && bytes[offset + 3] === 5)
      tried.fill(0, offset, offset + 20);
    // Virtual functions that are there would go, and others could not come.
    if (extended && id === 0x0010 && (bytes[offset + 8]! & 1) !== 0) {
      untried(offset + 8, 0x0001);
      untried(offset + 0x10, 0xffff);
    }
  }
  return tried;
}

/** The host bridge and the functions of the south bridge are full of registers that move the machine: they are not tried. */
export const isTried = (bdf: Bdf): boolean => bdf !== 0 && (busOf(bdf) !== 0 || bdf >> 3 !== 0x1f);

/** Tries each dword with ones and with zeros, and puts it back. */
export async function measure(qemu: Qemu, machine: Dump): Promise<ReadonlyMap<Bdf, MeasuredBits>> {
  const measured = new Map<Bdf, MeasuredBits>();
  for (const [bdf, bytes] of machine) {
    if (!isTried(bdf)) continue;
    const tried = triedBits(bytes);
    const writable = new Uint8Array(bytes.length);
    const [may, config] = [configBytes(tried), configBytes(bytes)];
    for (let at = 0; at < bytes.length; at += 4) {
      const [bits, was] = [may.u32(at), config.u32(at)];
      const put = (value: number) => qemu.write(bdf, at, 4, value);
      put(was | bits);
      const ones = qemu.read(bdf, at, 4);
      put(was & ~bits);
      const zeros = qemu.read(bdf, at, 4);
      put(was);
      new DataView(writable.buffer).setUint32(at, (await ones) & ~(await zeros) & bits, true);
    }
    measured.set(bdf, { tried, writable });
  }
  return measured;
}
