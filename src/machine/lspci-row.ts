// SPDX-License-Identifier: GPL-2.0-only
/** One hex row, `1f0: 86 80 ...`, in whatever spacing it comes. The reader's fast path knows only lspci's own spacing. */
import { BLANK, COLON, NIBBLE } from './lspci-text.ts';

export const CONFIG_SIZE = 4096;
export const ROW = 16;

/** A row that was scanned; one object serves the whole file. */
export interface Row {
  offset: number;
  /** Bytes that were read, before the row ended or something else came. */
  count: number;
  /** Where the first token starts that is not a two-digit hexadecimal byte; -1 when there is none. */
  badAt: number;
  /** More bytes follow than config space has room for; they were not read. */
  tooLong: boolean;
  readonly bytes: Uint8Array;
}

export const newRow = (): Row => ({
  offset: 0,
  count: 0,
  badAt: -1,
  tooLong: false,
  bytes: new Uint8Array(CONFIG_SIZE),
});

/**
 * Scans the line from `p` (its first character that is no indentation) to `end` into `row`. False when it does not start
 * as a row does: an offset of 2 to 4 digits, a colon, and a blank. It stops after 4096 bytes, however long the line is.
 */
export function scanRow(data: Buffer, p: number, end: number, row: Row): boolean {
  let at = p;
  let offset = 0;
  while (at < end && at - p < 5 && NIBBLE[data[at]!]! >= 0) offset = offset * 16 + NIBBLE[data[at++]!]!;
  const digits = at - p;
  if (digits < 2 || digits > 4 || at + 1 >= end || data[at] !== COLON || !BLANK[data[at + 1]!]) return false;
  at++;
  row.offset = offset;
  row.count = 0;
  row.badAt = -1;
  row.tooLong = false;
  for (;;) {
    while (at < end && BLANK[data[at]!]) at++;
    if (at >= end) return true;
    const high = NIBBLE[data[at]!]!;
    const low = at + 1 < end ? NIBBLE[data[at + 1]!]! : -1;
    if (high < 0 || low < 0 || (at + 2 < end && !BLANK[data[at + 2]!])) {
      row.badAt = at;
      return true;
    }
    if (row.offset + row.count >= CONFIG_SIZE) {
      row.tooLong = true;
      return true;
    }
    row.bytes[row.count++] = high * 16 + low;
    at += 2;
  }
}

/** The line starts as a row of `hexdump -C` does: 8 digits without a colon, blanks, and two-digit bytes. */
export function isHexdumpRow(data: Buffer, p: number, end: number): boolean {
  return /^[0-9a-f]{8}[ \t]+(?:[0-9a-f]{2}[ \t]+){8}/i.test(data.toString('latin1', p, Math.min(end, p + 80)));
}
