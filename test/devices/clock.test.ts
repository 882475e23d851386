// SPDX-License-Identifier: GPL-2.0-only
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/devices/clock.ts';

describe('the virtual clock', () => {
  it('moves by what delays ask for: milliseconds, microseconds, and the least of a range', () => {
    const clock = new VirtualClock();
    clock.delay({ op: 'msleep', ms: 2 });
    clock.delay({ op: 'udelay', us: 5 });
    clock.delay({ op: 'usleep_range', us: [10, 20] });
    expect(clock.now_us).toBe(2015);
  });

  it('lets what is due happen in order of time, then of scheduling, each at its own time', () => {
    const clock = new VirtualClock();
    const happened: [string, number][] = [];
    const note = (name: string) => () => void happened.push([name, clock.now_us]);
    clock.schedule(30, note('c'));
    clock.schedule(10, note('a'));
    clock.schedule(30, note('d'));
    clock.schedule(20, () => clock.schedule(25, note('b')));
    clock.schedule(0, note('now'));
    clock.advance(29);
    expect(happened).toEqual([
      ['now', 0],
      ['a', 10],
      ['b', 25],
    ]);
    clock.advance(1);
    expect(happened.slice(3)).toEqual([
      ['c', 30],
      ['d', 30],
    ]);
  });
});
