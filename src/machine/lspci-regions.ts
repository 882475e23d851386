// SPDX-License-Identifier: GPL-2.0-only
/**
 * BARs and their sizes from the text of `lspci -v` and `-vv` (lspci.c, show_bases() and show_rom()):
 *   Region 0: Memory at f0000000 (64-bit, prefetchable) [disabled] [size=256M]
 *   Region 4: I/O ports at e000 [size=128]
 *   Expansion ROM at 000c0000 [virtual] [disabled] [size=128K]
 * With a single -v there is no `Region 0: `; which BAR it is then follows from the address in the bytes.
 */
import type { Region } from './dump.ts';

/** A region as the text has it; without an index it still has to be found in the bytes. */
export type RegionLine = Omit<Region, 'index'> & { readonly index: number | undefined };

const LINE =
  /^(?:Region (\d+): )?(?:\[virtual\] )?(Memory|I\/O ports|Expansion ROM) at (?:([0-9a-f]{1,16})|<[^>]*>)(.*)$/;
const SIZE = /\[size=(\d+)([KMGT]?)\]/;
const UNIT: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };
const ROM = 6;
const NO_REGIONS: readonly Region[] = [];

/** Reads one line without its indentation; undefined when it is no such line. */
export function readRegionLine(text: string): RegionLine | undefined {
  const m = LINE.exec(text);
  if (!m) return undefined;
  const [, number, what, address, rest] = m;
  const kind = what === 'Memory' ? 'memory' : what === 'I/O ports' ? 'io' : 'rom';
  const index = kind === 'rom' ? ROM : number === undefined ? undefined : Number(number);
  if (index !== undefined && index > ROM) return undefined;
  const size = SIZE.exec(rest!);
  return {
    index,
    kind,
    size: size ? Number(size[1]) * UNIT[size[2]!]! : 0,
    address: address === undefined ? undefined : BigInt(`0x${address}`),
    is64: rest!.includes('64-bit'),
    prefetchable: rest!.includes(' prefetchable'),
    disabled: rest!.includes('[disabled]'),
    virtual: text.includes('[virtual]'),
  };
}

const SUFFIXES = ['', 'K', 'M', 'G', 'T'];

function showSize(size: number): string {
  let [value, unit] = [size, 0];
  while (value % 1024 === 0 && value > 0 && unit + 1 < SUFFIXES.length) {
    value /= 1024;
    unit++;
  }
  return size === 0 ? '' : ` [size=${value}${SUFFIXES[unit]}]`;
}

/** Writes the line that readRegionLine() reads, as `lspci -vv` has it, without indentation. */
export function formatRegion(region: Region): string {
  const { index, kind, size, address, is64, prefetchable, disabled, virtual } = region;
  const at = (digits: number): string => address?.toString(16).padStart(digits, '0') ?? '<unassigned>';
  const end = `${disabled ? ' [disabled]' : ''}${showSize(size)}`;
  if (kind === 'rom') return `Expansion ROM at ${at(8)}${virtual ? ' [virtual]' : ''}${end}`;
  const start = `Region ${index}: ${virtual ? '[virtual] ' : ''}`;
  if (kind === 'io') return `${start}I/O ports at ${at(4)}${end}`;
  const type = `${is64 ? '64-bit' : '32-bit'}, ${prefetchable ? '' : 'non-'}prefetchable`;
  return `${start}Memory at ${at(8)} (${type})${end}`;
}

/** Addresses in the BARs, by number; io and memory apart. A bridge (header type 1) has two, a CardBus bridge one. */
function barAddresses(bytes: Uint8Array): { readonly io: boolean; readonly address: bigint }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bars = [6, 2, 1][bytes[0x0e]! & 0x7f] ?? 0;
  const found = [];
  for (let i = 0; i < bars; i++) {
    const low = view.getUint32(0x10 + 4 * i, true);
    const io = (low & 1) === 1;
    const wide = (low & 7) === 4 && i + 1 < bars;
    const high = wide ? view.getUint32(0x14 + 4 * i, true) : 0;
    found.push({ io, address: (BigInt(high) << 32n) | BigInt(io ? low - (low & 3) : low - (low & 15)) });
    if (wide) {
      // The upper half is no BAR of its own; no address matches it.
      found.push({ io: false, address: -1n });
      i++;
    }
  }
  return found;
}

/** Gives each line its index. A line whose address is in no BAR of `bytes` (at least 64) says nothing and is left out. */
export function resolveRegions(lines: readonly RegionLine[], bytes: Uint8Array): readonly Region[] {
  if (lines.length === 0) return NO_REGIONS;
  const bars = barAddresses(bytes);
  const regions: Region[] = [];
  for (const line of lines) {
    const index =
      line.index ??
      bars.findIndex((bar) => bar.address === line.address && bar.address !== 0n && bar.io === (line.kind === 'io'));
    if (index >= 0) regions.push({ ...line, index });
  }
  return regions;
}
