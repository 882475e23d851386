// SPDX-License-Identifier: GPL-2.0-only
/** Sizes of BARs, which are in the text only. */
import { describe, expect, it } from 'vitest';
import type { Region } from '../../src/machine/dump.ts';
import { lines, read, rows } from './lspci-samples.ts';

const MIB = 2 ** 20;
const base: Omit<Region, 'index' | 'kind' | 'size' | 'address'> = {
  is64: false,
  prefetchable: false,
  disabled: false,
  virtual: false,
};

const regionsOf = (text: readonly string[], hex = rows(0, 64)) =>
  read(lines('00:02.0 x', text, hex)).functions[0]!.regions;

describe('lspci -vv', () => {
  it.each<[string, Region]>([
    [
      'Region 0: Memory at f0000000 (64-bit, prefetchable) [size=256M]',
      { ...base, index: 0, kind: 'memory', size: 256 * MIB, address: 0xf0000000n, is64: true, prefetchable: true },
    ],
    [
      'Region 2: Memory at 382000000000 (64-bit, prefetchable) [disabled] [size=64G]',
      {
        ...base,
        index: 2,
        kind: 'memory',
        size: 64 * 1024 * MIB,
        address: 0x382000000000n,
        is64: true,
        prefetchable: true,
        disabled: true,
      },
    ],
    ['Region 4: I/O ports at c800 [size=16]', { ...base, index: 4, kind: 'io', size: 16, address: 0xc800n }],
    [
      'Region 5: I/O ports at <unassigned> [disabled]',
      { ...base, index: 5, kind: 'io', size: 0, address: undefined, disabled: true },
    ],
    [
      'Region 1: [virtual] Memory at fe000000 (32-bit, non-prefetchable) [size=4K]',
      { ...base, index: 1, kind: 'memory', size: 4096, address: 0xfe000000n, virtual: true },
    ],
    [
      'Region 1: Memory at <ignored> (32-bit, non-prefetchable)',
      { ...base, index: 1, kind: 'memory', size: 0, address: undefined },
    ],
    [
      'Expansion ROM at 000c0000 [virtual] [disabled] [size=128K]',
      { ...base, index: 6, kind: 'rom', size: 131072, address: 0xc0000n, virtual: true, disabled: true },
    ],
    [
      '[virtual] Expansion ROM at df000000 [disabled] [size=512K]',
      { ...base, index: 6, kind: 'rom', size: 524288, address: 0xdf000000n, virtual: true, disabled: true },
    ],
  ])('%s', (line, region) => {
    expect(regionsOf([`\t${line}`])).toEqual([region]);
  });

  it('reads all lines in order, and none of those of the virtual functions', () => {
    const regions = regionsOf([
      '\tRegion 0: Memory at f0000000 (32-bit, non-prefetchable) [size=16K]',
      '\tRegion 2: I/O ports at e000 [size=32]',
      '\tCapabilities: [160 v1] Single Root I/O Virtualization (SR-IOV)',
      '\t\tRegion 0: Memory at 0000383ffff00000 (64-bit, prefetchable)',
    ]);
    expect(regions.map((r) => [r.index, r.size])).toEqual([
      [0, 16384],
      [2, 32],
    ]);
  });

  it('starts anew with each function', () => {
    const region = '\tRegion 2: I/O ports at e000 [size=32]';
    const text = lines('00:02.0 x', '\tCapabilities: [40]', rows(0, 64), '', '00:03.0 x', region, rows(0, 64));
    expect(read(text).functions.map((f) => f.regions.length)).toEqual([0, 1]);
  });

  it('ignores what is no region', () => {
    expect(
      regionsOf(['\tRegion 7: Memory at f0000000', '\tMemory behind bridge: f0000000-f01fffff [size=2M]']),
    ).toEqual([]);
  });
});

describe('lspci -v, which does not number them', () => {
  // BAR 0: 64-bit memory at 38_f000_0000, BAR 2: I/O ports at e000, BAR 5: memory at fe00_0000.
  const hex = [
    '00: 86 80 d3 10 07 00 10 00 00 00 00 02 00 00 00 00',
    '10: 04 00 00 f0 38 00 00 00 01 e0 00 00 00 00 00 00',
    '20: 00 00 00 00 00 00 00 fe 00 00 00 00 00 00 00 00',
    '30: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00',
  ];
  it('finds the BAR by its address', () => {
    const regions = regionsOf(
      [
        '\tMemory at fe000000 (32-bit, non-prefetchable) [size=1K]',
        '\tMemory at 38f0000000 (64-bit, non-prefetchable) [size=1M]',
        '\tI/O ports at e000 [size=64]',
        '\tMemory at e000 (32-bit, non-prefetchable) [size=2M]',
        '\tMemory at 00000000 (32-bit, non-prefetchable) [size=8K]',
        '\tMemory at <unassigned> (32-bit, non-prefetchable)',
        '\tExpansion ROM at <ignored> [disabled]',
      ],
      hex,
    );
    expect(regions.map((r) => [r.index, r.kind, r.size])).toEqual([
      [5, 'memory', 1024],
      [0, 'memory', MIB],
      [2, 'io', 64],
      [6, 'rom', 0],
    ]);
  });
});
