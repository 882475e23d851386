// SPDX-License-Identifier: GPL-2.0-only
import { describe, expect, it } from 'vitest';
import { parseBdf } from '../../src/bus/bdf.ts';
import type { Bus } from '../../src/bus/index.ts';
import { observed } from '../../src/bus/observed.ts';

describe('an observed bus', () => {
  it('tells of reads with their value, and of writes and delays before they take effect', () => {
    const seen: unknown[] = [];
    let now_us = 0;
    let register = 7;
    const bus: Bus = {
      clock: {
        get now_us() {
          return now_us;
        },
        delay: () => {
          seen.push('time passes');
          now_us += 5;
        },
      },
      read: () => register,
      write: (_bdf, _offset, _size, value) => {
        seen.push('the register changes');
        register = value;
      },
    };
    const watched = observed(bus, {
      access: (...access) => void seen.push(access),
      delay: (...delay) => void seen.push(delay),
    });
    const bdf = parseBdf('01:00.0')!;
    expect(watched.read(bdf, 4, 2)).toBe(7);
    watched.clock.delay({ op: 'udelay', us: 5 });
    watched.write(bdf, 4, 2, 9);
    expect(watched.read(bdf, 4, 2)).toBe(9);
    expect(watched.clock.now_us).toBe(5);
    expect(seen).toEqual([
      [0, 'r', bdf, 4, 2, 7],
      [0, { op: 'udelay', us: 5 }],
      'time passes',
      [5, 'w', bdf, 4, 2, 9],
      'the register changes',
      [5, 'r', bdf, 4, 2, 9],
    ]);
  });
});
