// SPDX-License-Identifier: GPL-2.0-only
/** Addresses of functions: making, taking apart, reading and writing them. */
import type { Bdf } from './index.ts';

export const makeBdf = (domain: number, bus: number, device: number, fn: number): Bdf =>
  (domain * 0x10000 + (bus << 8) + (device << 3) + fn) as Bdf;

/** From domain, bus and the 8 bits of device and function together (with ARI: the function number). */
export const makeBdfFromDevfn = (domain: number, bus: number, devfn: number): Bdf =>
  (domain * 0x10000 + (bus << 8) + devfn) as Bdf;

export const domainOf = (bdf: Bdf): number => Math.floor(bdf / 0x10000);
export const busOf = (bdf: Bdf): number => (bdf % 0x10000) >> 8;
export const devfnOf = (bdf: Bdf): number => bdf % 0x100;
export const deviceOf = (bdf: Bdf): number => (bdf % 0x100) >> 3;
export const functionOf = (bdf: Bdf): number => bdf % 8;

const hex = (n: number, width: number): string => n.toString(16).padStart(width, '0');

/** `0000:01:00.0`, as lspci -D and the kernel write it. */
export const formatBdf = (bdf: Bdf): string =>
  `${hex(domainOf(bdf), 4)}:${hex(busOf(bdf), 2)}:${hex(deviceOf(bdf), 2)}.${functionOf(bdf)}`;

const BDF = /^(?:([0-9a-f]{4,8}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-7])$/i;

/** Reads `01:00.0` or `0000:01:00.0`; undefined when the text is no address or a number in it is too large. */
export function parseBdf(text: string): Bdf | undefined {
  const m = BDF.exec(text);
  if (!m) return undefined;
  const [domain, bus, device] = [m[1] ?? '0', m[2]!, m[3]!].map((s) => Number.parseInt(s, 16));
  return device! > 0x1f ? undefined : makeBdf(domain!, bus!, device!, Number(m[4]));
}
