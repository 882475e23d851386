// SPDX-License-Identifier: GPL-2.0-only
/** Base addresses and windows. Sizes of BARs are in no register, so no `[size=...]` stands behind a region. */
import type { ConfigBytes } from '../catalogue.ts';
import { hex, sizeSuffix } from './text.ts';

const BAR0 = 0x10;
const MEMORY_TYPES = ['32-bit', 'low-1M', '64-bit', 'type 3'] as const;

/** BARs that a function of each Header Layout has. */
export const BARS = [6, 2, 1] as const;

export interface Bar {
  readonly index: number;
  readonly io: boolean;
  /** The register as it reads; of a 64-bit BAR the lower one. */
  readonly low: number;
  /** Address without the type bits. */
  readonly address: bigint;
  /** A 64-bit BAR that would need a register past the last one. */
  readonly broken: boolean;
}

/** The BARs that are implemented, as far as their values tell: an unimplemented one reads 0, an absent one all-ones. */
export function barsOf(config: ConfigBytes, headerType: number): Bar[] {
  const count = BARS[headerType as 0 | 1 | 2] ?? 0;
  const bars: Bar[] = [];
  for (let index = 0; index < count; index++) {
    const low = config.u32(BAR0 + 4 * index);
    if (low === 0 || low === 0xffffffff) continue;
    const io = (low & 1) !== 0;
    const wide = !io && ((low >> 1) & 3) === 2;
    const broken = wide && index === count - 1;
    const high = wide && !broken ? config.u32(BAR0 + 4 * (index + 1)) : 0;
    const base = BigInt((io ? low & ~3 : low & ~0xf) >>> 0);
    bars.push({ index, io, low, address: base + BigInt(high) * 0x100000000n, broken });
    if (wide && !broken) index++;
  }
  return bars;
}

/** `Region 0: Memory at f7d00000 (64-bit, non-prefetchable)` for each BAR. */
export function showBars(config: ConfigBytes, headerType: number): string[] {
  const command = config.u16(0x04);
  return barsOf(config, headerType).map(({ index, io, low, address, broken }) => {
    const decoded = (command & (io ? 1 : 2)) !== 0;
    const disabled = decoded ? '' : ' [disabled]';
    if (io) {
      const ports = address !== 0n || decoded ? hex(address, 4) : '<unassigned>';
      return `\tRegion ${index}: I/O ports at ${ports}${disabled}`;
    }
    const where = broken ? '<broken-64-bit-slot>' : address !== 0n ? hex(address, 8) : '<unassigned>';
    const kind = `${MEMORY_TYPES[((low >> 1) & 3) as 0 | 1 | 2 | 3]}, ${low & 8 ? '' : 'non-'}prefetchable`;
    return `\tRegion ${index}: Memory at ${where} (${kind})${disabled}`;
  });
}

/** The Expansion ROM Base Address register at `offset`; nothing when it reads 0. */
export function showRom(config: ConfigBytes, offset: number): string[] {
  const rom = config.u32(offset);
  if (rom === 0) return [];
  const address = (rom & ~0x7ff) >>> 0;
  const decoded = (config.u16(0x04) & 2) !== 0;
  const disabled = rom & 1 ? (decoded ? '' : ' [disabled by cmd]') : ' [disabled]';
  // All-ones is what an absent register reads.
  const place = rom === 0xffffffff ? '<ignored>' : address === 0 ? '<unassigned>' : hex(address, 8);
  return [`\tExpansion ROM at ${place}${disabled}`];
}

/** A window of a bridge: `f000-ffff [size=4K] [16-bit]`; it is closed when its base is above its limit. */
export function showWindow(what: string, base: bigint, limit: bigint, bits: 16 | 32 | 64): string {
  const range = `${hex(base, bits / 4)}-${hex(limit, bits / 4)}`;
  const size = base <= limit ? sizeSuffix(limit - base + 1n) : ' [disabled]';
  return `\t${what} behind bridge: ${range}${size} [${bits}-bit]`;
}
