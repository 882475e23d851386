// SPDX-License-Identifier: GPL-2.0-only
/** Writes config spaces as text that `lspci -F` reads. */
import { formatBdf } from '../bus/bdf.ts';
import type { Bdf } from '../bus/index.ts';
import type { ByteRange } from './dump.ts';
import { CONFIG_SIZE, ROW } from './lspci-row.ts';
import { COLON, LF, SPACE, showBdf, showHex } from './lspci-text.ts';

/** What can be written; a DumpFunction is one. */
export interface WritableFunction {
  readonly bdf: Bdf;
  /** Up to 4096 bytes from offset 0 on. */
  readonly bytes: Uint8Array;
  /** Text of the slot line; without one it is made of the class, vendor and device in the bytes. */
  readonly title?: string;
  /** Lines between the slot line and the rows, without indentation, as `lspci -vv` has them. */
  readonly text?: readonly string[];
  /** Bytes to leave out, in ascending order, as a dump that lacks them does. */
  readonly missing?: readonly ByteRange[];
}

/** lspci -F reads lines into 255 bytes, with the line's end and a NUL. */
const MAX_SLOT_LINE = 252;

const DIGITS: Uint8Array = Buffer.from('0123456789abcdef');

/** `0200: 8086:10d3 (rev 02)`, as `lspci -n` has it. */
function titleFromBytes(bytes: Uint8Array): string {
  const hex = (...offsets: number[]): string => offsets.map((at) => showHex(bytes[at] ?? 0)).join('');
  const revision = bytes[8] ?? 0;
  return `${hex(0x0b, 0x0a)}: ${hex(1, 0)}:${hex(3, 2)}${revision === 0 ? '' : ` (rev ${showHex(revision)})`}`;
}

function slotLine(fn: WritableFunction, domains: boolean): string {
  // A line break or another control character in a title would end or spoil the line.
  const title = fn.title?.replace(/\p{Cc}+/gu, ' ').trim() || titleFromBytes(fn.bytes);
  const line = `${domains ? formatBdf(fn.bdf) : showBdf(fn.bdf)} ${title}`;
  if (line.length * 3 <= MAX_SLOT_LINE || Buffer.byteLength(line) <= MAX_SLOT_LINE) return line;
  // Cut between characters: a byte 10xxxxxx continues one.
  const bytes = Buffer.from(line);
  let end = MAX_SLOT_LINE;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end).trimEnd();
}

/** Longest row: three digits, the colon, 16 bytes with a space each, the newline. */
const ROW_TEXT = 4 + 3 * ROW + 1;

/** One buffer for the rows of any function: text that is put together of bytes is made a string once, not row by row. */
const scratch = Buffer.alloc((CONFIG_SIZE / ROW) * ROW_TEXT);

/** Rows of the bytes from `from` to `to`; each ends at a multiple of 16. */
function rows(bytes: Uint8Array, from: number, to: number): string {
  let p = 0;
  for (let at = from; at < to; ) {
    const end = Math.min(to, at - (at % ROW) + ROW);
    if (at > 0xff) scratch[p++] = DIGITS[at >> 8]!;
    scratch[p++] = DIGITS[(at >> 4) & 15]!;
    scratch[p++] = DIGITS[at & 15]!;
    scratch[p++] = COLON;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      scratch[p] = SPACE;
      scratch[p + 1] = DIGITS[byte >> 4]!;
      scratch[p + 2] = DIGITS[byte & 15]!;
      p += 3;
    }
    scratch[p++] = LF;
  }
  return scratch.toString('latin1', 0, p);
}

/**
 * The text of a dump, functions in the given order. `domains`: every address has its domain; otherwise only those whose
 * domain is not 0. Throws RangeError for more than 4096 bytes: lspci refuses them.
 */
export function writeLspci(functions: Iterable<WritableFunction>, options: { readonly domains: boolean }): string {
  const parts: string[] = [];
  for (const fn of functions) {
    const { bytes, missing = [] } = fn;
    if (bytes.length > CONFIG_SIZE) {
      throw new RangeError(`${formatBdf(fn.bdf)} has ${bytes.length} bytes, config space has ${CONFIG_SIZE} at most`);
    }
    parts.push(slotLine(fn, options.domains), '\n');
    for (const line of fn.text ?? []) parts.push('\t', line, '\n');
    let at = 0;
    for (const [from, to] of missing) {
      parts.push(rows(bytes, at, from));
      at = to;
    }
    parts.push(rows(bytes, at, bytes.length), '\n');
  }
  return parts.join('');
}
