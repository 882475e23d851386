// SPDX-License-Identifier: GPL-2.0-only
/** The profile `qemu-7.2` against QEMU 7.2 itself, on topologies that no recording has. */
import { describe, expect, it } from 'vitest';
import { whyNoQemu } from './qemu-live-client.ts';
import { differences } from './qemu-live-compare.ts';
import { topologies } from './qemu-live-topologies.ts';

const missing = whyNoQemu();

describe.skipIf(missing !== undefined)(`bytes around secondary bus resets${missing ? ` (${missing})` : ''}`, () => {
  it.each(topologies)('$name', async (topology) => {
    expect(await differences(topology)).toEqual([]);
  });
});
