// SPDX-License-Identifier: GPL-2.0-only
/** Dumps that were damaged, as by a mail program, a full disk, or somebody who wants to see the reader fall over. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fn, lines, rows } from './lspci-samples.ts';
import { machineText } from './machines.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');

/** A number from 0 up to, but not including, `below`. */
export type Random = (below: number) => number;

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state are enough to name a case by its number. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const pick = <T>(list: readonly T[], r: Random): T => list[r(list.length)]!;

/** Functions of the examples, one piece of text each. */
const pieces: readonly string[] = readdirSync(EXAMPLES)
  .filter((name) => name.endsWith('.lspci'))
  .sort()
  .flatMap((name) => readFileSync(join(EXAMPLES, name), 'utf8').trimEnd().split('\n\n'));

const switchText = machineText();
const handMade: readonly string[] = [
  lines(fn('00:00.0'), '', fn('00:02.0', 256), '', fn('01:00.0', 128)),
  lines(
    '00:00.0 Host bridge',
    '\tRegion 0: Memory at f0000000 (64-bit) [size=1G]',
    rows(0, 64),
    '',
    fn('0001:ff:1f.7', 4096),
  ),
  switchText,
  machineText(undefined, undefined, 256),
];

const cutRows = (piece: string, count: number): string =>
  piece
    .split('\n')
    .slice(0, 1 + count)
    .join('\n');

/** A small dump: hand-made, or up to three functions of the examples as -x, -xxx or -xxxx would print them. */
function smallDump(r: Random): string {
  if (r(8) === 0) return pick(handMade, r);
  const rowsOfEach = pick([4, 4, 16, 16, 16, 16, 256], r);
  const start = r(pieces.length);
  const some = Array.from({ length: 1 + r(3) }, (_, i) => pieces[(start + i) % pieces.length]!);
  return `${some.map((piece) => cutRows(piece, rowsOfEach)).join('\n\n')}\n`;
}

const HUGE = ['ff', 'fff', 'ffff', 'ffffffff', '100000000', '9'.repeat(40), 'f'.repeat(300), '1f', '20', '8'];
/** Bytes that decide what is what: header type, bus numbers, pointers, the whole of a capability. */
const TELLING = [
  0x00, 0x01, 0x06, 0x0a, 0x0b, 0x0e, 0x10, 0x14, 0x18, 0x19, 0x1a, 0x24, 0x34, 0x40, 0x41, 0x42, 0x100, 0x102,
];

/** Where the digits of the bytes are in a text of lspci's own form. */
function* bytePlaces(text: string): Generator<{ readonly offset: number; readonly at: number }> {
  for (const row of text.matchAll(/^([0-9a-f]{2,3}):((?: [0-9a-f]{2})+)$/gm)) {
    const offset = Number.parseInt(row[1]!, 16);
    for (let i = 0; 3 * i < row[2]!.length; i++)
      yield { offset: offset + i, at: row.index + row[1]!.length + 2 + 3 * i };
  }
}

const replaceAt = (text: string, at: number, length: number, by: string): string =>
  text.slice(0, at) + by + text.slice(at + length);

const editLines = (text: string, edit: (list: string[], at: number) => void, r: Random): string => {
  const list = text.split('\n');
  edit(list, r(list.length));
  return list.join('\n');
};

/** The kinds of damage; each makes one change. */
export const MUTATIONS: Readonly<Record<string, (text: string, r: Random) => string>> = {
  'bit of a character flipped': (text, r) => {
    const at = r(text.length);
    return replaceAt(text, at, 1, String.fromCharCode(text.charCodeAt(at) ^ (1 << r(8))));
  },
  'bytes of config space changed': (text, r) => {
    const places = [...bytePlaces(text)].filter(({ offset }) => r(3) === 0 || TELLING.includes(offset));
    if (places.length === 0) return text;
    const { at } = pick(places, r);
    const value = pick([r(256), 0, 0xff, 0x01, 0x10, 0x7f, 0x40, 0x81], r);
    return replaceAt(text, at, 2, value.toString(16).padStart(2, '0'));
  },
  'line cut out': (text, r) => editLines(text, (list, at) => void list.splice(at, 1 + r(3)), r),
  'line cut short': (text, r) => editLines(text, (list, at) => void list.splice(at, 1, list[at]!.slice(0, r(54))), r),
  'lines swapped': (text, r) =>
    editLines(
      text,
      (list, at) => {
        const other = r(3) === 0 ? r(list.length) : Math.min(at + 1, list.length - 1);
        [list[at], list[other]] = [list[other]!, list[at]!];
      },
      r,
    ),
  'line repeated': (text, r) =>
    editLines(text, (list, at) => void list.splice(r(2) === 0 ? at : r(list.length), 0, list[at]!), r),
  'lines merged': (text, r) =>
    editLines(text, (list, at) => void list.splice(at, 2, list.slice(at, at + 2).join(pick(['', ' ', '\t'], r))), r),
  'number made huge': (text, r) => {
    const numbers = [...text.matchAll(/[0-9a-f]+/g)];
    if (numbers.length === 0) return text;
    // Slot lines and offsets are few among the bytes, and more depends on them.
    const first = numbers.filter(({ index }) => index === 0 || text[index - 1] === '\n' || text[index - 1] === ':');
    const { index, 0: digits } = pick(r(2) === 0 && first.length > 0 ? first : numbers, r);
    return replaceAt(text, index, digits.length, pick(HUGE, r));
  },
  'file cut short': (text, r) => text.slice(0, r(text.length)),
  'text put in': (text, r) => {
    const by = pick(
      [`pcilib: sysfs_read_vpd: read failed\n`, '\u0000', '\r', '\n\n', '> ', '\u00a0', 'x'.repeat(70_000), '10: '],
      r,
    );
    return replaceAt(text, r(text.length), 0, by);
  },
};

export interface Mutated {
  readonly kind: string;
  readonly text: string;
}

const KINDS = Object.keys(MUTATIONS);

/** Case `index` of a seed: of each kind equally many, most with one change, some with up to four. */
export function mutated(seed: number, index: number): Mutated {
  const r = random(Math.imul(seed, 0x9e3779b1) ^ index);
  const kind = KINDS[index % KINDS.length]!;
  let text = smallDump(r);
  for (let times = r(4) === 0 ? 1 + r(4) : 1; times > 0; times--) text = MUTATIONS[kind]!(text, r);
  return { kind, text };
}
