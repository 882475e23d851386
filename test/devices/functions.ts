// SPDX-License-Identifier: GPL-2.0-only
/** Functions for tests of the hardware, byte by byte: what a test is about stands in the test. */
import { parseBdf } from '../../src/bus/bdf.ts';
import type { FunctionSpec } from '../../src/devices/hardware.ts';

export interface Bytes {
  /** Offset and value of each 16-bit word that is not 0. */
  readonly [offset: number]: number;
}

/** Config space of `size` bytes with these words in it. */
export function config(size: 256 | 4096, ...parts: readonly Bytes[]): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (const part of parts)
    for (const [offset, value] of Object.entries(part)) view.setUint16(Number(offset), value, true);
  return bytes;
}

export const at = (bdf: string, bytes: Uint8Array): FunctionSpec => ({ bdf: parseBdf(bdf)!, bytes });

/** PCI Express capability at 40h of a given Device/Port Type, version 2. */
const express = (type: number, slot = false): Bytes => ({
  0x06: 0x0010,
  0x34: 0x0040,
  0x40: 0x0010,
  0x42: 0x0002 | (type << 4) | (slot ? 0x0100 : 0),
  // Data Link Layer Link Active Reporting Capable, and the link active.
  0x4e: 0x0010,
  0x52: 0x2000,
});

export const BUS_MASTER = 0x0006;

/** A bridge function: class 0604h, header type 1, bus master. */
const bridge = (primary: number, secondary: number, subordinate: number): Bytes => ({
  0x00: 0x1234,
  0x02: 0x0001,
  0x04: BUS_MASTER,
  0x0a: 0x0604,
  0x0e: 0x0001,
  0x18: primary | (secondary << 8),
  0x1a: subordinate,
});

export const rootPort = (secondary: number, subordinate = secondary, more: Bytes = {}): Uint8Array =>
  config(4096, bridge(0, secondary, subordinate), express(4, true), more);

export const upstreamPort = (primary: number, secondary: number, subordinate: number): Uint8Array =>
  config(4096, bridge(primary, secondary, subordinate), express(5));

export const downstreamPort = (
  primary: number,
  secondary: number,
  subordinate = secondary,
  more: Bytes = {},
): Uint8Array => config(4096, bridge(primary, secondary, subordinate), express(6, true), more);

export const pciBridge = (primary: number, secondary: number, subordinate = secondary): Uint8Array =>
  config(256, bridge(primary, secondary, subordinate));

export const endpoint = (more: Bytes = {}): Uint8Array =>
  config(4096, { 0x00: 0x1234, 0x02: 0x0002, 0x04: BUS_MASTER, 0x0a: 0x0200 }, express(0), more);

export const conventional = (more: Bytes = {}): Uint8Array =>
  config(256, { 0x00: 0x1234, 0x02: 0x0003, 0x04: BUS_MASTER, 0x0a: 0x0200 }, more);
