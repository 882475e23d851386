// SPDX-License-Identifier: GPL-2.0-only
/** Bytes of lspci text: what each one can be, and how to show text that others wrote in a message. */
import { domainOf, formatBdf } from '../bus/bdf.ts';
import type { Bdf } from '../bus/index.ts';

export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const DOT = 0x2e;
export const COLON = 0x3a;

const table = (characters: string): Uint8Array => {
  const t = new Uint8Array(256);
  for (const c of characters) t[c.charCodeAt(0)] = 1;
  return t;
};

/** Value of a hexadecimal digit by character code, -1 for every other byte. */
export const NIBBLE: Int8Array = new Int8Array(256).fill(-1);
for (let v = 0; v < 16; v++) {
  const digit = v.toString(16);
  NIBBLE[digit.charCodeAt(0)] = v;
  NIBBLE[digit.toUpperCase().charCodeAt(0)] = v;
}

/** Bytes between tokens. C2 and A0 are the no-break space, which web pages and mail programs make of two spaces. */
export const BLANK: Uint8Array = table(' \t\r\v\f\u00a0\u00c2');

/** Bytes that may stand before a line that was pasted into something: indentation and the quote marks of a mail. */
export const LEAD: Uint8Array = table(' \t\r\v\f\u00a0\u00c2>');

/** Control characters no text has. ESC is not among them: a terminal's colours are text. */
export const BINARY: Uint8Array = new Uint8Array(256);
for (let c = 0; c < 32; c++) if (!BLANK[c] && c !== LF && c !== 0x1b && c !== 0x08 && c !== 0x07) BINARY[c] = 1;

/** Longest line that is taken for text, in bytes. The longest in any known dump has some 700. */
export const MAX_LINE = 65536;

/** How much of a foreign token a message shows. */
const MAX_SHOWN = 24;

/** The bytes `from` to `to` as a quoted string for a message: printable characters only, and not many. */
export function quote(data: Buffer, from: number, to: number): string {
  const end = Math.min(to, from + MAX_SHOWN);
  const text = data.toString('latin1', from, end).replace(/[^\x20-\x7e]/g, '?');
  return `"${text}${end < to ? '...' : ''}"`;
}

/** The end of the token (bytes up to the next blank) that starts at `from`; not beyond `to`. */
export function tokenEnd(data: Buffer, from: number, to: number): number {
  let p = from;
  while (p < to && !BLANK[data[p]!]) p++;
  return p;
}

/** An address as lspci shows it in a message: the domain only where it is not 0. */
export const showBdf = (bdf: Bdf): string => (domainOf(bdf) === 0 ? formatBdf(bdf).slice(5) : formatBdf(bdf));

/** An offset or a byte as a dump shows it: two digits, or three from 100 on. */
export const showHex = (value: number): string => value.toString(16).padStart(2, '0');

/** `80-8f`, or `80` for a single byte; `to` is excluded. */
export const showRange = (from: number, to: number): string =>
  to - from === 1 ? showHex(from) : `${showHex(from)}-${showHex(to - 1)}`;
