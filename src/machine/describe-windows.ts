// SPDX-License-Identifier: GPL-2.0-only
/**
 * Addresses: every BAR gets one, and every bridge the windows that cover what is below it. Sizes are summed from the leaves
 * up, addresses given from the root down, as firmware does it.
 */
import { formatBdf } from '../bus/bdf.ts';
import { barsOf, type DescribedBar, ROM_INDEX } from './describe-bars.ts';
import type { Place } from './describe-places.ts';
import { TopologyError } from './topology-description.ts';

export type Space = 'io' | 'memory' | 'prefetchable';
export const SPACES: readonly Space[] = ['io', 'memory', 'prefetchable'];

export interface AssignedBar extends DescribedBar {
  readonly address: number;
}

/** First and last address that a bridge forwards. */
export interface Window {
  readonly base: number;
  readonly limit: number;
}

export interface Addresses {
  /** BARs by function, the expansion ROM among them. */
  readonly bars: ReadonlyMap<Place, readonly AssignedBar[]>;
  /** BARs of all virtual functions, by physical function. */
  readonly virtualBars: ReadonlyMap<Place, readonly AssignedBar[]>;
  /** Windows that are open, by bridge. */
  readonly windows: ReadonlyMap<Place, Readonly<Partial<Record<Space, Window>>>>;
}

/** Where a PC has room: below the interrupt controllers for 32 bits, above all memory for 64 bits. */
const RANGES: Readonly<Record<Space, Window>> = {
  io: { base: 0x1000, limit: 0xffff },
  memory: { base: 0x8000_0000, limit: 0xfebf_ffff },
  prefetchable: { base: 0x40_0000_0000, limit: 0x7f_ffff_ffff },
};
/** What a bridge window is aligned to (PCI-to-PCI Bridge Architecture 1.2 section 3.2.5). */
const BRIDGE_GRAIN: Readonly<Record<Space, number>> = { io: 0x1000, memory: 0x10_0000, prefetchable: 0x10_0000 };
/** CardBus windows are of a fixed size, for cards that come later: what the kernel sets aside. */
const CARDBUS_SIZE = { io: 0x100, memory: 0x400_0000 } as const;

interface Request {
  readonly size: number;
  readonly align: number;
  readonly assign: (address: number) => void;
}

const alignUp = (address: number, align: number): number => Math.ceil(address / align) * align;

/** Largest alignment first leaves no gaps that anything would fit in. */
function pack(requests: readonly Request[]): { size: number; align: number; assign(base: number): void } {
  const ordered = requests.toSorted((a, b) => b.align - a.align);
  let size = 0;
  const offsets = ordered.map((request) => {
    const offset = alignUp(size, request.align);
    size = offset + request.size;
    return offset;
  });
  const assign = (base: number) => ordered.forEach((request, i) => void request.assign(base + offsets[i]!));
  return { size, align: ordered[0]?.align ?? 1, assign };
}

const spaceOf = ({ kind, is64, prefetchable }: DescribedBar): Space =>
  kind === 'io' ? 'io' : kind === 'memory' && is64 && prefetchable ? 'prefetchable' : 'memory';

class Assignment implements Addresses {
  readonly bars = new Map<Place, AssignedBar[]>();
  readonly virtualBars = new Map<Place, AssignedBar[]>();
  readonly windows = new Map<Place, Partial<Record<Space, Window>>>();

  /** What the functions of a bus, and all below them, need of a space. */
  requests(bus: readonly Place[], space: Space): Request[] {
    return bus.flatMap((place) => [
      ...this.#barRequests(place, space),
      ...(place.headerLayout === 0
        ? []
        : place.headerLayout === 1
          ? this.#bridge(place, space)
          : this.#cardBus(place, space)),
    ]);
  }

  #barRequests(place: Place, space: Space): Request[] {
    const { description, physical, headerLayout } = place;
    if (physical) return [];
    const name = formatBdf(place.bdf);
    const own = barsOf(description.bars ?? [], description.rom, headerLayout, name);
    const { total = 0, bars = [] } = description.virtualFunctions ?? {};
    const virtual = barsOf(bars, undefined, 0, `a VF of ${name}`);
    const request = (bar: DescribedBar, count: number, to: Map<Place, AssignedBar[]>): Request => ({
      size: bar.size * count,
      align: bar.size,
      assign: (address) =>
        void to.set(
          place,
          [...(to.get(place) ?? []), { ...bar, address }].sort((a, b) => a.index - b.index),
        ),
    });
    return [
      ...own.filter((bar) => spaceOf(bar) === space).map((bar) => request(bar, 1, this.bars)),
      ...virtual.filter((bar) => spaceOf(bar) === space).map((bar) => request(bar, total, this.virtualBars)),
    ];
  }

  #bridge(place: Place, space: Space): Request[] {
    const inner = pack(this.requests(place.below, space));
    return inner.size === 0 ? [] : [this.#window(place, space, inner, BRIDGE_GRAIN[space], 0)];
  }

  /** A CardBus bridge has no 64-bit window: below it everything is in 32 bits. */
  #cardBus(place: Place, space: Space): Request[] {
    if (space === 'prefetchable') return [];
    const spaces: Space[] = space === 'io' ? ['io'] : ['memory', 'prefetchable'];
    const inner = pack(spaces.flatMap((s) => this.requests(place.below, s)));
    return [this.#window(place, space, inner, CARDBUS_SIZE[space], CARDBUS_SIZE[space])];
  }

  #window(place: Place, space: Space, inner: ReturnType<typeof pack>, grain: number, least: number): Request {
    const size = Math.max(least, alignUp(inner.size, grain));
    return {
      size,
      align: Math.max(inner.align, grain),
      assign: (base) => {
        this.windows.set(place, { ...this.windows.get(place), [space]: { base, limit: base + size - 1 } });
        inner.assign(base);
      },
    };
  }
}

export function assignAddresses(places: readonly Place[]): Addresses {
  const addresses = new Assignment();
  const roots = places.filter(({ bridge }) => bridge === undefined);
  for (const space of SPACES) {
    const { base, limit } = RANGES[space];
    const { size, assign } = pack(addresses.requests(roots, space));
    if (base + size - 1 > limit)
      throw new TopologyError(`the machine needs ${size} bytes of ${space} space, there are ${limit - base + 1}`);
    assign(base);
  }
  return addresses;
}

/** Sizes by index of the BAR, as hardware takes them; 6 is the expansion ROM. */
export function barSizesOf(place: Place, { bars }: Addresses): (number | undefined)[] {
  const sizes: (number | undefined)[] = Array.from({ length: ROM_INDEX + 1 }, () => undefined);
  for (const { index, size } of bars.get(place) ?? []) sizes[index] = size;
  return sizes;
}
