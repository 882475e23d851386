// SPDX-License-Identifier: GPL-2.0-only
/** The writes of an operating system that takes a machine into use, and those that change every bit that can be changed. */
import type { Bdf, Size } from '../../src/bus/index.ts';
import { configBytes } from '../../src/configspace/catalogue.ts';
import { layoutOfFunction } from '../../src/configspace/function.ts';
import type { MeasuredBits } from '../../src/devices/kind.ts';
import { type Dump, isTried } from './qemu-live-machine.ts';

export interface Write {
  readonly bdf: Bdf;
  readonly offset: number;
  readonly size: Size;
  readonly value: number;
}

type Put = (offset: number, size: Size, value: number) => void;

/** An address for each BAR, apart from each other as far as their sizes, which the function sees to, allow. */
function assignBars(put: Put, bytes: Uint8Array, from: number): void {
  const { u32 } = configBytes(bytes);
  const count = (bytes[0x0e]! & 0x7f) === 1 ? 2 : 6;
  for (let i = 0; i < count; i++) {
    const value = u32(0x10 + 4 * i);
    const is64 = (value & 7) === 4;
    put(
      0x10 + 4 * i,
      4,
      (value & 1) !== 0 ? 0x1000 + ((from * 6 + i) % 0x80) * 0x100 : 0xc000_0000 + ((from * 8 + i) % 0x300) * 0x10_0000,
    );
    if (is64) put(0x10 + 4 * ++i, 4, from % 2);
  }
}

function programBridge(put: Put, nth: number): void {
  const memory = 0xc000 + (nth % 0x30) * 0x100;
  put(0x1c, 2, nth % 2 === 0 ? 0x2010 : 0x00f0);
  put(0x20, 4, memory + (memory + 0xf0) * 0x1_0000);
  put(0x24, 4, nth % 3 === 0 ? 0xd0f0_d000 : 0xfff0);
  put(0x28, 4, nth % 3 === 0 ? 1 : 0xffff_ffff);
  put(0x2c, 4, nth % 3 === 0 ? 1 : 0);
  put(0x1b, 1, 0x40);
  put(0x3e, 2, 0x0003);
}

function programCapability(put: Put, id: number, at: number, bytes: Uint8Array, nth: number): void {
  const { u16 } = configBytes(bytes);
  if (id === 0x01) put(at + 4, 2, 0x0108);
  else if (id === 0x05) {
    const is64 = (u16(at + 2) & 0x80) !== 0;
    const data = at + (is64 ? 12 : 8);
    put(at + 4, 4, 0xfee0_0000 + (nth % 16) * 0x1000);
    if (is64) put(at + 8, 4, nth % 2);
    put(data, 2, 0x4020 + (nth % 16));
    if ((u16(at + 2) & 0x100) !== 0) put(data + 4, 4, 1);
    // As many vectors as there are: QEMU takes what is more for that, and a ones pass shows those bits alone.
    put(at + 2, 2, u16(at + 2) | 1 | ((u16(at + 2) & 0x0e) << 3));
  } else if (id === 0x11) put(at + 2, 2, nth % 2 === 0 ? 0x8000 : 0xc000);
  else if (id === 0x10) {
    put(at + 0x08, 2, 0x281f);
    put(at + 0x10, 2, 0x0040);
    if ((u16(at + 2) & 0x100) !== 0) put(at + 0x18, 2, u16(at + 0x18) & 0x0040 || nth % 2 ? 0x01b9 : 0x01f9);
    if (((u16(at + 2) >> 4) & 0xf) === 4) put(at + 0x1c, 2, 0x000f);
    if ((u16(at + 2) & 0xf) >= 2) put(at + 0x28, 2, 0x0020);
  }
}

function programExtended(put: Put, id: number, at: number, isRootPort: boolean): void {
  if (id === 0x0001) {
    put(at + 0x0c, 4, 0x0046_6030);
    put(at + 0x08, 4, 0x0010_0000);
    put(at + 0x14, 4, 0x2000);
    put(at + 0x18, 4, 0x0140);
    if (isRootPort) put(at + 0x2c, 4, 7);
  } else if (id === 0x000d) put(at + 6, 2, 0x001d);
  else if (id === 0x000f) put(at + 6, 2, 0x8005);
  else if (id === 0x000e) put(at + 6, 2, 0x0003);
}

/** Takes all functions into use. `round` makes the values differ from one time to the next. */
export function programWrites(machine: Dump, round: number): Write[] {
  const writes: Write[] = [];
  [...machine].forEach(([bdf, bytes], i) => {
    if (!isTried(bdf)) return;
    const nth = i + round;
    const put: Put = (offset, size, value) => void writes.push({ bdf, offset, size, value: value >>> 0 });
    const { blocks, headerType, variant } = layoutOfFunction(bytes);
    assignBars(put, bytes, nth);
    if (headerType === 1) programBridge(put, nth);
    put(0x0c, 1, 0x10);
    put(0x3c, 1, 10 + (nth % 2));
    for (const { id, extended, offset } of blocks)
      if (id !== undefined && extended) programExtended(put, id, offset, variant.role === 'root port');
      else if (id !== undefined) programCapability(put, id, offset, bytes, nth);
    put(0x04, 2, 0x0547);
  });
  return writes;
}

/** Inverts every bit that was found writable, where a machine shows these bytes. */
export function inversion(machine: Dump, measured: ReadonlyMap<Bdf, MeasuredBits>): Write[] {
  const writes: Write[] = [];
  for (const [bdf, bytes] of machine) {
    const writable = measured.get(bdf)?.writable;
    if (!writable) continue;
    const [bits, config] = [configBytes(writable), configBytes(bytes)];
    for (let offset = 0; offset < bytes.length; offset += 4) {
      const turn = bits.u32(offset);
      if (turn !== 0) writes.push({ bdf, offset, size: 4, value: (config.u32(offset) ^ turn) >>> 0 });
    }
  }
  return writes;
}

/** Puts every function that can sleep into D3hot. */
export function sleepWrites(machine: Dump): Write[] {
  return [...machine].flatMap(([bdf, bytes]) =>
    layoutOfFunction(bytes)
      .blocks.filter(({ id, extended }) => id === 0x01 && !extended)
      .map(({ offset }) => ({
        bdf,
        offset: offset + 4,
        size: 2 as const,
        value: configBytes(bytes).u16(offset + 4) | 3,
      })),
  );
}
