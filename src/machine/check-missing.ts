// SPDX-License-Identifier: GPL-2.0-only
/** What the bytes that a dump lacks are needed for: the capability list itself, or the registers of a capability. */
import { configBytes } from '../configspace/catalogue.ts';
import type { Oddity } from '../configspace/function.ts';
import type { CheckedFunction } from './check.ts';
import { lengthOf, rawNextOf } from './check-capabilities.ts';
import { showHex, showRange } from './lspci-text.ts';

const STATUS = 0x06;
const CAPABILITIES_POINTER = 0x34;
const FIRST_EXTENDED = 0x100;

/** Tells where the lists end because the next link is missing, and which capabilities have registers missing. */
export function checkMissing({ bytes, missing, layout }: CheckedFunction): Oddity[] {
  // A dump that ends early is short, which is told elsewhere; here it is about holes.
  const holes = missing.filter(([, to]) => to < bytes.length);
  if (holes.length === 0) return [];
  const odd: Oddity[] = [];
  const lacks = (from: number, to: number) =>
    holes.map(([a, b]) => [Math.max(a, from), Math.min(b, to)] as const).filter(([a, b]) => a < b);
  const shown = (ranges: readonly (readonly [number, number])[]): string =>
    ranges.map(([from, to]) => showRange(from, to)).join(', ');
  const stop = (at: number, size: number, what: string): void => {
    const gone = lacks(at, at + size);
    if (gone.length === 0) return;
    const text = `${what} cannot be followed at ${showHex(at)}: ${shown(gone)} not in the dump`;
    odd.push({ offset: at, text, severity: 'warning' });
  };

  if ([0, 1, 2].includes(layout.headerType)) {
    stop(STATUS, 1, 'capability list');
    if ((configBytes(bytes).u16(STATUS) & 0x0010) !== 0)
      stop(layout.headerType === 2 ? 0x14 : CAPABILITIES_POINTER, 1, 'capability list');
  }
  if (bytes.length > FIRST_EXTENDED) stop(FIRST_EXTENDED, 4, 'extended capability list');
  for (const placed of layout.blocks) {
    if (placed.id === undefined) continue;
    const { offset, extended, title } = placed;
    const header = extended ? 4 : 2;
    if (!extended) stop(offset, header, 'capability list');
    const gone = lacks(offset + header, offset + lengthOf(placed));
    const next = rawNextOf(bytes, placed) & 0xffc;
    if (gone.length > 0) {
      const text = `${title} capability at ${showHex(offset)} (next ${showHex(next)}): its ${shown(gone)} not in the dump`;
      odd.push({ offset, text, severity: 'warning' });
    }
    if (extended && next > FIRST_EXTENDED) stop(next, header, 'extended capability list');
  }
  return odd;
}
