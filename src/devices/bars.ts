// SPDX-License-Identifier: GPL-2.0-only
/** Base Address Registers: which bits of them a function implements, from sizes that are known or inferred. */
import { type ConfigBytes, configBytes } from '../configspace/catalogue.ts';

export const BAR_OFFSET = 0x10;
export const ROM_INDEX = 6;

/** What one BAR of a function is. */
export interface Bar {
  /** 0..5, or ROM_INDEX for the expansion ROM. */
  readonly index: number;
  /** Offset of its register in config space. */
  readonly offset: number;
  readonly kind: 'memory' | 'io' | 'rom';
  /** The register after it holds the upper half of the address. */
  readonly is64: boolean;
  /** Bytes; a power of two. */
  readonly size: number;
  /** Where the size is from: told by the dump, or the largest that the address is aligned to. */
  readonly from: 'dump' | 'alignment' | 'unassigned';
}

/** Smallest sizes that software may assume for a BAR that was never assigned an address. */
const UNASSIGNED = { memory: 0x1000, io: 0x10, rom: 0x800 } as const;
/** An address of few bits would suggest an absurd size: no BAR is inferred to be larger. */
const LARGEST = { memory: 0x1000_0000, io: 0x100, rom: 0x0100_0000 } as const;

const alignmentOf = (address: number): number => {
  let size = 1;
  while (address % (size * 2) === 0 && size < 2 ** 52) size *= 2;
  return size;
};

function sized(kind: Bar['kind'], address: number, known: number | undefined): Pick<Bar, 'size' | 'from'> {
  if (known !== undefined) return { size: known, from: 'dump' };
  if (address === 0) return { size: UNASSIGNED[kind], from: 'unassigned' };
  return { size: Math.min(alignmentOf(address), LARGEST[kind]), from: 'alignment' };
}

function romOf(config: ConfigBytes, offset: number, known: number | undefined): Bar[] {
  const value = config.u32(offset);
  if (value === 0 && known === undefined) return [];
  const address = value - (value % 0x800);
  return [{ index: ROM_INDEX, offset, kind: 'rom', is64: false, ...sized('rom', address, known) }];
}

/**
 * The BARs of a function with a header of type 0 (six) or 1 (two), from its config space and the sizes that are known, by
 * index. A register that reads 0 and has no known size is taken as not implemented.
 */
export function barsOf(bytes: Uint8Array, headerType: number, knownSizes: readonly (number | undefined)[] = []): Bar[] {
  if (headerType > 1) return [];
  const config = configBytes(bytes);
  const count = headerType === 0 ? 6 : 2;
  const bars: Bar[] = [];
  for (let index = 0; index < count; index++) {
    const offset = BAR_OFFSET + 4 * index;
    const value = config.u32(offset);
    const known = knownSizes[index];
    if (value === 0 && known === undefined) continue;
    const io = (value & 1) !== 0;
    const is64 = !io && ((value >> 1) & 3) === 2 && index + 1 < count;
    const low = io ? value - (value % 4) : value - (value % 16);
    const address = is64 ? low + config.u32(offset + 4) * 2 ** 32 : low;
    bars.push({ index, offset, kind: io ? 'io' : 'memory', is64, ...sized(io ? 'io' : 'memory', address, known) });
    if (is64) index++;
  }
  return [...bars, ...romOf(config, headerType === 0 ? 0x30 : 0x38, knownSizes[ROM_INDEX])];
}

/** Writable bits of the register of a BAR, and of the register after it when the BAR has 64 bits. */
export function writableBits(bar: Bar): readonly [low: number, high: number] {
  const whole = bar.size >= 2 ** 32 ? 0 : 2 ** 32 - bar.size;
  const low =
    bar.kind === 'rom' ? whole - (whole % 0x800) + 1 : bar.kind === 'io' ? whole - (whole % 4) : whole - (whole % 16);
  const high = bar.size > 2 ** 32 ? 2 ** 32 - bar.size / 2 ** 32 : 0xffffffff;
  return [low, bar.is64 ? high : 0];
}
