// SPDX-License-Identifier: GPL-2.0-only
/** Types of BARs that there are none of (PCI Local Bus Specification 3.0, section 6.2.5.1). */
import { configBytes } from '../configspace/catalogue.ts';
import type { Oddity } from '../configspace/function.ts';
import type { CheckedFunction } from './check.ts';

const BAR_OFFSET = 0x10;
const TYPE_64_BIT = 2;
const TYPE_RESERVED = 3;
/** BARs of a device, and of a bridge. */
const BARS: Readonly<Record<number, number>> = { 0: 6, 1: 2 };

export function checkBars({ bytes, layout }: CheckedFunction): Oddity[] {
  const config = configBytes(bytes);
  const count = BARS[layout.headerType] ?? 0;
  const odd: Oddity[] = [];
  for (let index = 0; index < count; index++) {
    const offset = BAR_OFFSET + 4 * index;
    const value = config.u32(offset);
    if ((value & 1) !== 0) continue;
    const type = (value >> 1) & 3;
    if (type === TYPE_RESERVED) odd.push({ offset, text: `BAR${index} has reserved type 3`, severity: 'warning' });
    if (type !== TYPE_64_BIT) continue;
    if (index + 1 === count)
      odd.push({ offset, text: `BAR${index} is 64-bit but is the last BAR`, severity: 'warning' });
    index++;
  }
  return odd;
}
