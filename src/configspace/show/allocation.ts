// SPDX-License-Identifier: GPL-2.0-only
/** Enhanced Allocation. */
import { allocation } from '../forms.ts';
import { firstEntry } from '../tables/allocation.ts';
import type { Printer } from './shown.ts';
import { hex } from './text.ts';
import { type RegisterView, view } from './view.ts';

const UNAVAILABLE = 0xff;
const PROPERTIES: Readonly<Record<number, string>> = {
  0: 'memory space, non-prefetchable',
  1: 'memory space, prefetchable',
  2: 'I/O space',
  3: 'VF memory space, prefetchable',
  4: 'VF memory space, non-prefetchable',
  5: 'allocation behind bridge, non-prefetchable memory',
  6: 'allocation behind bridge, prefetchable memory',
  7: 'allocation behind bridge, I/O space',
  253: 'memory space resource unavailable for use',
  254: 'I/O space resource unavailable for use',
  [UNAVAILABLE]: 'entry unavailable for use',
};

const property = (code: number): string => PROPERTIES[code] ?? `[${hex(code, 2)}]`;

function indicator(code: number): string {
  if (code <= 5) return `BAR ${code}`;
  if (code >= 9 && code <= 14) return `VF-BAR ${code - 9}`;
  return { 6: 'resource behind function', 7: 'not indicated', 8: 'expansion ROM' }[code] ?? 'reserved';
}

export const showEnhancedAllocation: Printer = ({ config, at, headerType, has }) => {
  const bridge = headerType === 1;
  const block = allocation(config, at);
  const read: (name: string) => RegisterView = view(config, block, at);
  const title = `Enhanced Allocation (EA): NumEntries=${read('entries').get('number')}`;
  const buses = () => read('fixedBusNumbers');
  const fixed =
    bridge && has(4, 2) ? `, secondary=${buses().get('secondary')}, subordinate=${buses().get('subordinate')}` : '';
  const lines = [`${title}${fixed}`];
  let from = firstEntry(bridge);
  for (let n = 0; block.registers[`entry${n}`] !== undefined; n++) {
    const entry = read(`entry${n}`);
    const size = 4 + 4 * entry.get('size');
    if (!has(from, size)) break;
    const half = (name: string) =>
      block.registers[`${name}${n}`] === undefined ? '' : read(`${name}${n}`).value.toString(16);
    // The two low bits are no part of an address: a base is aligned, and what it reaches ends on the byte before one.
    const low = (name: string, bits: number) =>
      block.registers[`${name}${n}`] === undefined ? 0 : read(`${name}${n}`).get('value') * 4 + bits;
    const secondary = entry.get('secondaryProperties');
    const instead = secondary === UNAVAILABLE ? ', PrimaryProperties should be used' : '';
    lines.push(
      `Entry ${n}: ${entry.pick('enable', 'writable')} EntrySize=${entry.get('size')}`,
      `\t BAR Equivalent Indicator: ${indicator(entry.get('barEquivalentIndicator'))}`,
      `\t PrimaryProperties: ${property(entry.get('primaryProperties'))}`,
      `\t SecondaryProperties: ${property(secondary)}${instead}`,
      `\t Base: ${half('baseUpper')}${hex(low('base', 0), 8)}`,
      `\t MaxOffset: ${half('maxOffsetUpper')}${hex(low('maxOffset', 3), 8)}`,
    );
    from += size;
  }
  return lines;
};
