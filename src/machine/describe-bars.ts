// SPDX-License-Identifier: GPL-2.0-only
/** Which register each described BAR gets, and whether it can be had at all. */
import { ROM_INDEX } from '../devices/bars.ts';
import { type BarDescription, TopologyError } from './topology-description.ts';

export { ROM_INDEX };

export interface DescribedBar {
  /** 0 to 5; 6 is the expansion ROM. */
  readonly index: number;
  readonly kind: 'memory' | 'io' | 'rom';
  readonly is64: boolean;
  readonly prefetchable: boolean;
  /** Bytes; a power of two. */
  readonly size: number;
}

/** BARs of a header, by its layout: the one of a CardBus bridge is a register of 4 KiB. */
const BAR_COUNT = [6, 2, 1] as const;
const SMALLEST = { memory: 0x10, io: 0x04, rom: 0x800 } as const;
/** An I/O BAR of more than 256 bytes is not allowed on PCs (PCI 3.0 section 6.2.5.1). */
const LARGEST = { memory: 2 ** 38, io: 0x100, rom: 0x0100_0000 } as const;

function checked(bar: DescribedBar, name: string): DescribedBar {
  const { kind, size, is64 } = bar;
  const largest = kind === 'memory' && !is64 ? 2 ** 31 : LARGEST[kind];
  if (!Number.isInteger(Math.log2(size)) || size < SMALLEST[kind] || size > largest)
    throw new TopologyError(
      `${name}: size ${size} of BAR ${bar.index} (${kind}) is not a power of two from ${SMALLEST[kind]} to ${largest}`,
    );
  return bar;
}

/** The BARs of a function that `name` stands for in errors, the expansion ROM last. */
export function barsOf(
  bars: readonly BarDescription[],
  rom: number | undefined,
  headerLayout: 0 | 1 | 2,
  name: string,
): DescribedBar[] {
  let next = 0;
  const described = bars.map(({ size, kind = 'memory', is64 = false, prefetchable = false, index = next }) => {
    const end = index + (is64 ? 2 : 1);
    if (index < next || end > BAR_COUNT[headerLayout])
      throw new TopologyError(`${name}: there is no register for BAR ${index}${is64 ? ' of 64 bits' : ''}`);
    if (kind === 'io' && (is64 || prefetchable))
      throw new TopologyError(`${name}: BAR ${index} is of I/O space, which has neither 64 bits nor prefetching`);
    next = end;
    return checked({ index, kind, is64, prefetchable, size }, name);
  });
  if (rom === undefined) return described;
  if (headerLayout === 2) throw new TopologyError(`${name}: a CardBus bridge has no expansion ROM`);
  return [...described, checked({ index: ROM_INDEX, kind: 'rom', is64: false, prefetchable: false, size: rom }, name)];
}
