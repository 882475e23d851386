// SPDX-License-Identifier: GPL-2.0-only
/**
 * Routing: which function a config request reaches. It goes by the bus numbers that the bridges hold *now*, as hardware
 * does: a root bus takes a type 0 request for its own number; a bridge takes a type 1 request for a bus between its
 * Secondary and Subordinate Bus Number and makes it type 0 on its secondary side.
 *
 * The answer for every address is kept in tables, which are made anew after a write to one of the few registers, or a
 * change of a link, that they depend on.
 */
import type { Bdf } from '../bus/index.ts';
import type { FunctionLayout } from '../configspace/function.ts';
import type { Arena, FunctionId } from './arena.ts';
import type { HardwareProfile } from './profile.ts';
import { ARI_FORWARDING, EXPRESS_DEVICE_CONTROL_2, SRIOV_CONTROL, VF_ENABLE } from './watch.ts';
import type { Wiring } from './wiring.ts';

export const NOBODY = -1;
const PAGE = 256;
/** Where all buses that lead nowhere point: a page of nobody. */
const EMPTY_PAGE = 0;

interface RootBus {
  readonly segment: number;
  readonly bus: number;
  /** Last bus number that the host bridge passes to this root bus. */
  readonly last: number;
}

interface Domain {
  readonly number: number;
  readonly roots: readonly RootBus[];
  /** Where the page of each bus number begins. */
  readonly route: Int32Array;
}

export class Fabric {
  readonly wiring: Wiring;
  /** Bridges whose secondary side gets nothing through: held in reset, or the link down. */
  readonly blocked: Uint8Array;
  readonly #arena: Arena;
  readonly #layouts: readonly FunctionLayout[];
  readonly #profile: HardwareProfile;
  readonly #domains: readonly Domain[];
  readonly #byNumber: ReadonlyMap<number, Domain>;
  /** First page and number of pages of each segment. */
  readonly #pageOf: Int32Array;
  readonly #pagesOf: Int32Array;
  readonly #pages: Int32Array;
  readonly #isBridge: Uint8Array;
  /** Routing ID of each function relative to its segment. */
  readonly #rid: Int32Array;
  #stale = true;
  #last: Domain | undefined;

  constructor(wiring: Wiring, arena: Arena, layouts: readonly FunctionLayout[], profile: HardwareProfile) {
    this.wiring = wiring;
    this.#arena = arena;
    this.#layouts = layouts;
    this.#profile = profile;
    this.blocked = new Uint8Array(arena.count);
    this.#isBridge = Uint8Array.from(layouts, ({ headerType }) => (headerType === 1 || headerType === 2 ? 1 : 0));
    this.#rid = new Int32Array(arena.count);
    for (const { functions } of wiring.segments) for (const { fn, rid } of functions) this.#rid[fn] = rid;
    this.#pageOf = new Int32Array(wiring.segments.length);
    this.#pagesOf = new Int32Array(wiring.segments.length);
    let pages = 1;
    wiring.segments.forEach(({ functions }, s) => {
      this.#pageOf[s] = pages * PAGE;
      this.#pagesOf[s] = 1 + functions.reduce((most, { rid }) => Math.max(most, rid >> 8), 0);
      pages += this.#pagesOf[s]!;
    });
    this.#pages = new Int32Array(pages * PAGE).fill(NOBODY);
    this.#domains = this.#findRoots();
    this.#byNumber = new Map(this.#domains.map((d) => [d.number, d]));
    this.#last = this.#domains[0];
  }

  #findRoots(): Domain[] {
    const buses = new Map<number, RootBus[]>();
    this.wiring.segments.forEach(({ domain, bridge, bus }, segment) => {
      if (bridge !== undefined) return;
      const roots = buses.get(domain) ?? [];
      roots.push({ segment, bus, last: 0xff });
      buses.set(domain, roots);
    });
    return [...buses].map(([number, unordered]) => {
      const roots = unordered.sort((a, b) => a.bus - b.bus);
      const bounded = roots.map((root, i) => ({ ...root, last: (roots[i + 1]?.bus ?? 0x100) - 1 }));
      return { number, roots: bounded, route: new Int32Array(PAGE) };
    });
  }

  /** Root buses, as firmware tells the kernel of them. */
  get rootBuses(): { domain: number; bus: number }[] {
    return this.#domains.flatMap(({ number, roots }) => roots.map(({ bus }) => ({ domain: number, bus })));
  }

  /** To be called after anything that routing depends on has changed. */
  changed(): void {
    this.#stale = true;
  }

  /** The function that a request to this address reaches, or NOBODY. */
  find(bdf: Bdf): FunctionId | typeof NOBODY {
    if (this.#stale) this.#reroute();
    const number = bdf < 0x10000 ? 0 : Math.floor(bdf / 0x10000);
    let domain = this.#last;
    if (domain === undefined || domain.number !== number) {
      domain = this.#byNumber.get(number);
      if (domain === undefined) return NOBODY;
      this.#last = domain;
    }
    return this.#pages[domain.route[(bdf >>> 8) & 0xff]! + (bdf & 0xff)] as FunctionId | typeof NOBODY;
  }

  #reroute(): void {
    this.#stale = false;
    this.wiring.segments.forEach((_, s) => void this.#fillPages(s));
    for (const { roots, route } of this.#domains) {
      route.fill(EMPTY_PAGE);
      for (const { segment, bus, last } of roots) {
        route[bus] = this.#pageOf[segment]!;
        this.#descend(route, segment, bus + 1, last);
        this.#routeVirtualFunctions(route, segment, bus, last);
      }
    }
  }

  /** Lets the requests for buses `low` to `high`, which reach this segment, go on through its bridges. */
  #descend(route: Int32Array, segment: number, low: number, high: number): void {
    for (const { fn } of this.wiring.segments[segment]!.functions) {
      if (this.#isBridge[fn] === 0 || !this.#answers(fn)) continue;
      const secondary = this.#arena.read(fn, 0x19, 1);
      let subordinate = Math.min(this.#arena.read(fn, 0x1a, 1), high);
      if (this.#profile.secondaryWithoutRange && subordinate < secondary) subordinate = secondary;
      if (secondary < low || subordinate < secondary || secondary > high || route[secondary] !== EMPTY_PAGE) continue;
      const below = this.wiring.below[fn]!;
      if (below < 0) continue;
      const blocked = this.blocked[fn] !== 0;
      if (blocked && !this.#answersWhileHeld(segment)) continue;
      route[secondary] = this.#pageOf[below]!;
      if (blocked) continue;
      this.#descend(route, below, secondary + 1, subordinate);
      this.#routeVirtualFunctions(route, below, secondary, subordinate);
    }
  }

  /** VFs whose Routing ID runs past the bus of their segment take requests for the bus numbers after it. */
  #routeVirtualFunctions(route: Int32Array, segment: number, bus: number, last: number): void {
    for (let k = 1; k < this.#pagesOf[segment]! && bus + k <= last; k++)
      if (route[bus + k] === EMPTY_PAGE) route[bus + k] = this.#pageOf[segment]! + k * PAGE;
  }

  /** QEMU's functions below a held port answer, but not when the port sits on a root bus of an expander bridge. */
  #answersWhileHeld(segment: number): boolean {
    const { bridge, bus } = this.wiring.segments[segment]!;
    return this.#profile.answersWhileHeld && !(bridge === undefined && bus !== 0);
  }

  #answers(fn: FunctionId): boolean {
    return this.#pages[this.#pageOf[this.wiring.segmentOf[fn]!]! + this.#rid[fn]!] === fn;
  }

  /** Writes down which functions of a segment take a type 0 request for their own number. */
  #fillPages(segment: number): void {
    const { bridge, functions } = this.wiring.segments[segment]!;
    const onlyDevice0 = bridge !== undefined && this.#forwardsOnlyDevice0(bridge);
    const base = this.#pageOf[segment]!;
    for (const { fn, rid } of functions) {
      const pf = this.wiring.physical[fn]!;
      const there = pf < 0 ? !(onlyDevice0 && rid > 7) : this.#virtualFunctionsEnabled(pf as FunctionId);
      this.#pages[base + rid] = there ? fn : NOBODY;
    }
  }

  /** Without ARI Forwarding, a port passes only requests for device 0 on to its link (PCIe 6.0 section 7.3.1). */
  #forwardsOnlyDevice0(port: FunctionId): boolean {
    const { express, variant } = this.#layouts[port]!;
    if (variant.role !== 'root port' && variant.role !== 'downstream port') return false;
    if (variant.version < 2) return true;
    return (this.#arena.read(port, express + EXPRESS_DEVICE_CONTROL_2, 2) & ARI_FORWARDING) === 0;
  }

  #virtualFunctionsEnabled(pf: FunctionId): boolean {
    const sriov = this.#layouts[pf]!.blocks.find(({ extended, id }) => extended && id === 0x0010);
    return sriov !== undefined && (this.#arena.read(pf, sriov.offset + SRIOV_CONTROL, 2) & VF_ENABLE) !== 0;
  }
}
