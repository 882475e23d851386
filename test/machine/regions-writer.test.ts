// SPDX-License-Identifier: GPL-2.0-only
/** Lines that tell of BARs: what is written is what lspci writes, and is read as what it was. */
import { describe, expect, it } from 'vitest';
import type { Region } from '../../src/machine/dump.ts';
import { formatRegion, readRegionLine } from '../../src/machine/lspci-regions.ts';
import { parseResource } from '../../src/machine/sysfs-resource.ts';

const region: Region = {
  index: 0,
  kind: 'memory',
  size: 0x1000,
  address: 0xf0000000n,
  is64: false,
  prefetchable: false,
  disabled: false,
  virtual: false,
};

describe('formatRegion', () => {
  it.each<[Partial<Region>, string]>([
    [{}, 'Region 0: Memory at f0000000 (32-bit, non-prefetchable) [size=4K]'],
    [
      { index: 2, is64: true, prefetchable: true, size: 2 ** 40 },
      'Region 2: Memory at f0000000 (64-bit, prefetchable) [size=1T]',
    ],
    [
      { is64: true, address: 0x38_0000_0000n, size: 2 ** 28 },
      'Region 0: Memory at 3800000000 (64-bit, non-prefetchable) [size=256M]',
    ],
    [
      { size: 2 ** 50, disabled: true },
      'Region 0: Memory at f0000000 (32-bit, non-prefetchable) [disabled] [size=1024T]',
    ],
    [{ size: 0, address: undefined }, 'Region 0: Memory at <unassigned> (32-bit, non-prefetchable)'],
    [{ virtual: true }, 'Region 0: [virtual] Memory at f0000000 (32-bit, non-prefetchable) [size=4K]'],
    [{ index: 4, kind: 'io', address: 0xe0n, size: 32 }, 'Region 4: I/O ports at 00e0 [size=32]'],
    [
      { index: 6, kind: 'rom', address: 0xc0000n, size: 0x20000, disabled: true },
      'Expansion ROM at 000c0000 [disabled] [size=128K]',
    ],
    [{ index: 6, kind: 'rom', virtual: true }, 'Expansion ROM at f0000000 [virtual] [size=4K]'],
  ])('%o', (changes, line) => {
    const whole = { ...region, ...changes };
    expect(formatRegion(whole)).toBe(line);
    expect(readRegionLine(line)).toEqual(whole);
  });
});

describe('parseResource', () => {
  const device = new Uint8Array(64);
  device.set([3], 4);
  device.set([4, 0, 0, 0xf0], 0x10);
  const EMPTY = '0x0000000000000000 0x0000000000000000 0x0000000000000000';
  const MEMORY = '0x00000000f0000000 0x00000000f0000fff 0x0000000000140204';

  it('reads BARs and the ROM, and nothing behind them', () => {
    const text = `${[MEMORY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, MEMORY.replace('140204', '046200'), MEMORY].join('\n')}\n`;
    expect(parseResource(text, device)).toEqual([
      { ...region, is64: true },
      { ...region, index: 6, kind: 'rom', prefetchable: true, virtual: true },
    ]);
  });

  it('knows what is switched off', () => {
    const off = Uint8Array.from(device).fill(0, 4, 5);
    expect(parseResource(MEMORY, off)).toEqual([{ ...region, is64: true, disabled: true }]);
  });

  it('takes what was never assigned for that', () => {
    const unset = MEMORY.replace('0x0000000000140204', '0x0000000020140204');
    expect(parseResource(unset, device)).toEqual([{ ...region, is64: true, address: undefined }]);
  });

  it('does not know the ROM of what has none', () => {
    const cardBus = Uint8Array.from(device);
    cardBus[0x0e] = 2;
    expect(parseResource(Array(7).fill(MEMORY).join('\n'), cardBus)!.map(({ index }) => index)).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
  });

  it.each(['', 'f0000000 f0000fff 00140204', '0x1 0x2', `${MEMORY}\nx`])('does not guess: %j', (text) => {
    expect(parseResource(text, device)).toBeUndefined();
  });
});
