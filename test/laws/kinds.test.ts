// SPDX-License-Identifier: GPL-2.0-only
/** Functions share masks only where these are equal: alike in all but one thing, they are reset each in its own way. */
import { expect, it } from 'vitest';
import type { FunctionId } from '../../src/devices/arena.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import { pcie } from '../../src/devices/profile.ts';
import { at, endpoint } from '../devices/functions.ts';

it('Resizable BAR sizes fall back to the smallest of each function', () => {
  // Sizes from 1 MiB on, and from 4 MiB on; both at 16 MiB now.
  const resizable = (sizes: number) => ({ 0x100: 0x0015, 0x102: 0x0001, 0x104: sizes, 0x108: 0x0420 });
  const hardware = new Hardware(
    [at('00:01.0', endpoint(resizable(0x0070))), at('00:02.0', endpoint(resizable(0x0040)))],
    pcie,
  );
  for (const fn of [0, 1] as FunctionId[]) hardware.arena.reset(fn, 'hot');
  expect(([0, 1] as FunctionId[]).map((fn) => hardware.arena.read(fn, 0x108, 4) >>> 8)).toEqual([0, 2]);
});
