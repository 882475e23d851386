// SPDX-License-Identifier: GPL-2.0-only
/** Dumps for the tests, made by hand: short machines whose bytes are easy to foresee. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseLspci } from '../../src/machine/dump.ts';

export const read = (text: string) => parseLspci(Buffer.from(text), 'test.lspci');

/** Rows 00, 10, ...: byte `at` is `at` modulo 256. */
export const rows = (from: number, to: number): string[] => {
  const lines = [];
  for (let at = from; at < to; at += 16) {
    const bytes = Array.from({ length: 16 }, (_, i) => ((at + i) % 256).toString(16).padStart(2, '0'));
    lines.push(`${at.toString(16).padStart(2, '0')}: ${bytes.join(' ')}`);
  }
  return lines;
};

/** Lines of one function, without a blank line at the end. */
export const fn = (address: string, length = 64): string[] => [`${address} Class 0200: 8086:10d3`, ...rows(0, length)];

export const lines = (...parts: readonly (string | readonly string[])[]): string => `${parts.flat().join('\n')}\n`;

/** Foresees the bytes of fn(). */
export const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at % 256);

/** A folder beside the checkout with data of others, which is never copied into the project; undefined when absent. */
export function sharedFolder(name: string): string | undefined {
  const path = fileURLToPath(new URL(`../../../shared/${name}/`, import.meta.url));
  return existsSync(path) ? path : undefined;
}
