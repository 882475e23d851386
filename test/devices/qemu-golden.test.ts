// SPDX-License-Identifier: GPL-2.0-only
/** The profile `qemu-7.2` against QEMU: its bytes around a secondary bus reset, on ten topologies. */
import { describe, expect, it } from 'vitest';
import { qemu72 } from '../../src/devices/qemu.ts';
import { differencesOfMaximum, differencesOfReset, TOPOLOGIES } from './qemu-golden.ts';

describe.each(TOPOLOGIES)('%s', (topology) => {
  it('goes from enumerated through a secondary bus reset to renumbered as recorded', () => {
    expect(differencesOfReset(topology, qemu72)).toEqual([]);
  });

  it('resets every writable bit as recorded', () => {
    expect(differencesOfMaximum(topology, qemu72)).toEqual([]);
  });
});
