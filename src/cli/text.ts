// SPDX-License-Identifier: GPL-2.0-only
/** Plain text that pastes into a mail: columns, wrapped lines, times. Colour only on a terminal. */
import { styleText } from 'node:util';

export const WIDTH = 100;

type Style = 'bold';

/** Styles text for standard output: plain text where that is no terminal or NO_COLOR is set. */
export const styled = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout });

/** `2.000 ms`, `1.004 s`. */
export function formatTime(us: number): string {
  if (us >= 1_000_000) return `${(us / 1_000_000).toFixed(3)} s`;
  if (us >= 1000) return `${(us / 1000).toFixed(3)} ms`;
  return `${us} us`;
}

export const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

export const plural = (n: number, what: string, many = `${what}s`): string => `${n} ${n === 1 ? what : many}`;

/** Breaks text into lines of at most WIDTH columns, at spaces; lines after the first are indented by `hanging` more. */
export function wrap(text: string, indent = 0, hanging = 0): string[] {
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = ' '.repeat(indent + hanging);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

/** Rows as columns two spaces apart, the last one wrapped below itself. */
export function columns(rows: readonly (readonly string[])[], indent = 2): string[] {
  const widths: number[] = [];
  for (const row of rows) for (let i = 0; i < row.length - 1; i++) widths[i] = Math.max(widths[i] ?? 0, row[i]!.length);
  return rows.flatMap((row) => {
    const start = row
      .slice(0, -1)
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ');
    const left = ' '.repeat(indent) + (row.length > 1 ? `${start}  ` : '');
    const [first, ...rest] = wrap(row.at(-1)!, left.length);
    return [left + first!.trimStart(), ...rest].map((line) => line.trimEnd());
  });
}

/** Cuts text to `length` columns, with a mark that it was cut. */
export const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, Math.max(0, length - 3))}...`;
