// SPDX-License-Identifier: GPL-2.0-only
/** The slot line: `01:00.0 VGA compatible controller: ...`, with or without a domain of 4 to 8 digits. */
import { makeBdf } from '../bus/bdf.ts';
import type { Bdf } from '../bus/index.ts';
import { BLANK, COLON, DOT, NIBBLE } from './lspci-text.ts';

/** What a slot line says. */
export interface Slot {
  readonly bdf: Bdf;
  readonly hasDomain: boolean;
  /** Where the text after the address starts. */
  readonly titleAt: number;
  /** Why there can be no such function, or undefined. Only hex rows below make it an error: `12:45.9` may be a time. */
  readonly impossible: string | undefined;
}

/** Value of the `digits` hexadecimal digits at `p`, or -1. */
function hexAt(data: Buffer, p: number, digits: number): number {
  let value = 0;
  for (let i = 0; i < digits; i++) {
    const nibble = NIBBLE[data[p + i]!]!;
    if (nibble < 0) return -1;
    value = value * 16 + nibble;
  }
  return value;
}

/**
 * Reads the line from `p` (its first character that is no indentation) to `end` as a slot line.
 * Undefined when it is none. Bytes behind `end` are never part of an address: a line ends in a character no address has.
 */
export function readSlot(data: Buffer, p: number, end: number): Slot | undefined {
  let at = p;
  let digits = 0;
  while (digits < 8 && NIBBLE[data[at + digits]!]! >= 0) digits++;
  if (data[at + digits] !== COLON) return undefined;
  let domain = 0;
  if (digits >= 4) {
    domain = hexAt(data, at, digits);
    at += digits + 1;
  } else if (digits !== 2) {
    return undefined;
  }
  const titleAt = at + 7;
  if (titleAt > end || data[at + 2] !== COLON || data[at + 5] !== DOT) return undefined;
  const bus = hexAt(data, at, 2);
  const device = hexAt(data, at + 3, 2);
  const fn = data[at + 6]! - 0x30;
  if (bus < 0 || device < 0 || fn < 0 || fn > 9) return undefined;
  if (titleAt < end && !BLANK[data[titleAt]!]) return undefined;
  let impossible: string | undefined;
  if (device > 0x1f) impossible = `device number ${device.toString(16)} is out of range 00-1f`;
  else if (fn > 7) impossible = `function number ${fn} is out of range 0-7`;
  return { bdf: makeBdf(domain, bus, device & 0x1f, fn & 7), hasDomain: at !== p, titleAt, impossible };
}
