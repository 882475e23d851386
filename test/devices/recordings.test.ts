// SPDX-License-Identifier: GPL-2.0-only
/**
 * The hardware driven by recorded kernels in place of a port: every access of every recording, resets of all kinds among
 * them, reads what it read on QEMU, and the machine is afterwards as it was there.
 */
import { describe, expect, it } from 'vitest';
import { qemu72 } from '../../src/devices/qemu.ts';
import { differencesOfRecording, RECORDINGS } from './recordings.ts';

describe('recorded accesses on the hardware', () => {
  it('are those of all recordings', () => {
    expect(RECORDINGS.length).toBeGreaterThanOrEqual(92);
  });

  it.each(RECORDINGS)('%s', (name) => {
    expect(differencesOfRecording(name, qemu72)).toEqual([]);
  });
});
