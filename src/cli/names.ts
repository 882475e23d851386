// SPDX-License-Identifier: GPL-2.0-only
/** What a function is called on the screen. */
import { className } from '../configspace/class-names.ts';
import { hex } from './text.ts';

/** `Ethernet controller: Intel ...`: the class in words, then a name; not `Class 0200: ...` or `0200: ...`. */
const DESCRIPTIVE = /^(?!Class )[A-Z][A-Za-z0-9 ()/,.-]* ?(?:\[[0-9a-f]{4}\])?: /;

/** The title of the dump where it says something, else the class in words with vendor and device. */
export function nameOf(title: string, bytes: Uint8Array): string {
  if (DESCRIPTIVE.test(title)) return title.replace(/ \[[0-9a-f]{4}\]:/, ':').replace(/ \(prog-if .*/, '');
  const word = (at: number) => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  const code = (word(0x0a) << 8) | (bytes[0x09] ?? 0);
  return `${className(code)} ${hex(word(0), 4)}:${hex(word(2), 4)}`;
}
