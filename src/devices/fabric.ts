// SPDX-License-Identifier: GPL-2.0-only
/**
 * Routing: which function a config request reaches. It goes by the bus numbers that the bridges hold *now*, as hardware
 * does: a root bus takes a type 0 request for its own number; a bridge takes a type 1 request for a bus between its
 * Secondary and Subordinate Bus Number and makes it type 0 on its secondary side.
 *
 * The answer for every address is kept in tables, which are made anew when one of the few registers that they depend on is
 * written, or a link goes down or up; so an access costs one look-up.
 */
import type { Bdf } from '../bus/index.ts';
import type { FunctionLayout } from '../configspace/function.ts';
import type { Arena, FunctionId } from './arena.ts';
import { HELD, heldByRegisters, WITHOUT_POWER } from './holds.ts';
import type { Misbehaviours } from './misbehaviour.ts';
import type { HardwareProfile } from './profile.ts';
import { VirtualFunctions } from './virtual-functions.ts';
import { ARI_FORWARDING, EXPRESS_DEVICE_CONTROL_2 } from './watch.ts';
import type { Wiring } from './wiring.ts';

export const NOBODY = -1;
/** Entry of a function that is there but does not answer as it is; applied to the entry, it gives the function again. */
const quietEntry = (fn: number): number => -2 - fn;
const PAGE = 256;
const BUSES = 256;
/** Where all buses that lead nowhere point: a page of nobody. */
const EMPTY_PAGE = 0;
const newEntries = (): Int32Array => new Int32Array(BUSES * PAGE).fill(NOBODY);

interface RootBus {
  readonly segment: number;
  readonly bus: number;
  /** Last bus number that the host bridge passes to this root bus. */
  readonly last: number;
}

interface Domain {
  readonly number: number;
  readonly roots: readonly RootBus[];
  /** Page that each bus number leads to now, and to be: two tables, so that only what differs is copied. */
  readonly route: Int32Array;
  readonly next: Int32Array;
  /** The entry of each address: the pages that the buses lead to, one after the other. */
  readonly entries: Int32Array;
  /** One past the highest bus number that ever led anywhere: what lies above needs no look. */
  end: number;
}

function lead(domain: Domain, bus: number, page: number): void {
  domain.next[bus] = page;
  if (bus >= domain.end) domain.end = bus + 1;
}

export class Fabric {
  readonly wiring: Wiring;
  readonly virtualFunctions: VirtualFunctions;
  /** Why the secondary side of each bridge gets nothing through, as bits of HELD; 0 where it does. */
  readonly blocked: Uint8Array;
  /** Functions whose entries, and domains whose routes, may be others than at the mark of the journal. */
  readonly #touched = new Set<FunctionId>();
  readonly #rerouted = new Set<Domain>();
  readonly #arena: Arena;
  readonly #layouts: readonly FunctionLayout[];
  readonly #profile: HardwareProfile;
  readonly #misbehaviours: Misbehaviours;
  readonly #domains: readonly Domain[];
  readonly #byNumber: ReadonlyMap<number, Domain>;
  /** What `at` gives for the addresses of domain 0, which most machines have alone. */
  readonly entries0: Int32Array;
  /** First page and number of pages of each segment. */
  readonly #pageOf: Int32Array;
  readonly #pagesOf: Int32Array;
  /**
   * Who takes a type 0 request, by page and device and function number: a function, NOBODY, or `quietEntry` of a function
   * that is there but does not answer.
   */
  readonly #pages: Int32Array;
  readonly #quiet: Uint8Array;
  /** Bus number that leads to each page now; NOBODY where none does. */
  readonly #busOf: Int32Array;
  /** Ports that have ARI Forwarding. */
  readonly #mayForwardAri: Uint8Array;
  /** Where the entry of each function stands. */
  readonly #entryOf: Int32Array;
  /** Bridges on each segment. */
  readonly #bridgesOn: readonly (readonly FunctionId[])[];

  constructor(
    wiring: Wiring,
    arena: Arena,
    layouts: readonly FunctionLayout[],
    profile: HardwareProfile,
    misbehaviours: Misbehaviours,
  ) {
    this.wiring = wiring;
    this.#arena = arena;
    this.#layouts = layouts;
    this.#profile = profile;
    this.#misbehaviours = misbehaviours;
    // A bridge may have been left with its secondary side held in reset.
    this.blocked = Uint8Array.from(layouts, (layout, fn) => heldByRegisters(arena, layout, fn as FunctionId, profile));
    this.#quiet = new Uint8Array(arena.count);
    this.virtualFunctions = new VirtualFunctions(wiring, arena, layouts, profile);
    this.#mayForwardAri = Uint8Array.from(layouts, ({ variant }, fn) =>
      variant.version >= 2 && wiring.below[fn]! >= 0 && ['root port', 'downstream port'].includes(variant.role) ? 1 : 0,
    );
    this.#bridgesOn = wiring.segments.map(({ functions }) =>
      functions.map(({ fn }) => fn).filter((fn) => wiring.below[fn]! >= 0),
    );
    this.#pageOf = new Int32Array(wiring.segments.length);
    this.#pagesOf = new Int32Array(wiring.segments.length);
    let pages = 1;
    wiring.segments.forEach(({ functions }, s) => {
      this.#pageOf[s] = pages;
      this.#pagesOf[s] = 1 + functions.reduce((most, { rid }) => Math.max(most, rid >> 8), 0);
      pages += this.#pagesOf[s]!;
    });
    this.#pages = new Int32Array(pages * PAGE).fill(NOBODY);
    this.#busOf = new Int32Array(pages).fill(NOBODY);
    this.#entryOf = new Int32Array(arena.count);
    wiring.segments.forEach(({ functions }, s) => {
      for (const { fn, rid } of functions) this.#entryOf[fn] = this.#pageOf[s]! * PAGE + rid;
    });
    this.#domains = this.#findRoots();
    this.#byNumber = new Map(this.#domains.map((d) => [d.number, d]));
    this.entries0 = this.#byNumber.get(0)?.entries ?? newEntries();
    wiring.segments.forEach((_, s) => void this.#fillPages(s));
    for (const domain of this.#domains) this.#reroute(domain);
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
      return {
        number,
        roots: bounded,
        route: new Int32Array(BUSES),
        next: new Int32Array(BUSES),
        entries: newEntries(),
        end: 0,
      };
    });
  }

  /** Root buses, as firmware tells the kernel of them. */
  get rootBuses(): { domain: number; bus: number }[] {
    return this.#domains.flatMap(({ number, roots }) => roots.map(({ bus }) => ({ domain: number, bus })));
  }

  /** Who takes a request to this address: a function, NOBODY, or the `quietEntry` of one that does not answer. */
  at(bdf: Bdf): number {
    if (bdf < BUSES * PAGE) return this.entries0[bdf]!;
    const domain = this.#byNumber.get(Math.floor(bdf / (BUSES * PAGE)));
    return domain === undefined ? NOBODY : domain.entries[bdf % (BUSES * PAGE)]!;
  }

  /** The function that a request to this address reaches, whether it answers or not, or NOBODY. */
  find(bdf: Bdf): FunctionId | typeof NOBODY {
    const entry = this.at(bdf);
    return (entry < NOBODY ? quietEntry(entry) : entry) as FunctionId | typeof NOBODY;
  }

  /** The bridge on whose secondary side a request that nobody takes ends; NOBODY where that is a root bus, or none. */
  lastBridgeTo(bdf: Bdf): FunctionId | typeof NOBODY {
    const bus = Math.floor(bdf / PAGE) % BUSES;
    const domain = this.#byNumber.get(Math.floor(bdf / (BUSES * PAGE)));
    const root = domain?.roots.find((r) => r.bus <= bus && bus <= r.last);
    let segment = root === undefined || root.bus === bus ? -1 : root.segment;
    let last: FunctionId | typeof NOBODY = NOBODY;
    while (segment >= 0) {
      const next = this.#bridgesOn[segment]!.find(
        (fn) =>
          this.#pages[this.#entryOf[fn]!] === fn &&
          this.#arena.read(fn, 0x19, 1) <= bus &&
          bus <= this.#arena.read(fn, 0x1a, 1) &&
          this.#arena.read(fn, 0x19, 1) !== 0,
      );
      if (next === undefined) return last;
      last = next;
      const endsHere = this.blocked[next] !== 0 || this.#arena.read(next, 0x19, 1) === bus;
      segment = endsHere ? -1 : this.wiring.below[next]!;
    }
    return last;
  }

  /** Whether requests that reach a function are to be looked at before it answers them. */
  setQuiet(fn: FunctionId, quiet: boolean): void {
    if (this.#arena.journal.on) this.#touched.add(fn);
    this.#quiet[fn] = quiet ? 1 : 0;
    if (this.#pages[this.#entryOf[fn]!] !== NOBODY) this.#enter(fn, true);
  }

  /** Writes down whether a function takes requests, in its page and where a bus leads to that. */
  #enter(fn: FunctionId, there: boolean): void {
    const entry = !there ? NOBODY : this.#quiet[fn] !== 0 ? quietEntry(fn) : fn;
    const at = this.#entryOf[fn]!;
    this.#pages[at] = entry;
    const bus = this.#busOf[at >> 8]!;
    if (bus !== NOBODY) this.#domainOf(fn).entries[bus * PAGE + (at % PAGE)] = entry;
  }

  #domainOf(fn: FunctionId): Domain {
    return this.#byNumber.get(this.wiring.segments[this.wiring.segmentOf[fn]!]!.domain)!;
  }

  /**
   * A reset, or a write to ARI Forwarding or VF Enable, may have changed who is there on a segment. Gives the virtual
   * functions that no longer exist.
   */
  membersChanged(fn: FunctionId): readonly FunctionId[] {
    const hasVirtualFunctions = this.virtualFunctions.areOf(fn);
    if (this.#mayForwardAri[fn] === 0 && !hasVirtualFunctions) return [];
    if (this.#arena.journal.on) this.#touched.add(fn);
    if (this.#mayForwardAri[fn] !== 0) this.#fillPages(this.wiring.below[fn]!);
    return hasVirtualFunctions ? this.#fillPages(this.wiring.segmentOf[fn]!) : [];
  }

  /** To be called after the bus numbers of a bridge, or what passes it, have changed: makes the routes anew. */
  changed(bridge: FunctionId): void {
    const domain = this.#domainOf(bridge);
    if (this.#arena.journal.on) this.#rerouted.add(domain);
    this.#reroute(domain);
  }

  /** Begins to remember what `restored` will have to look at. */
  mark(): void {
    this.#touched.clear();
    this.#rerouted.clear();
  }

  /** The registers are again as they were at the mark: makes entries and routes so, too. */
  restored(isSilent: (fn: FunctionId) => boolean): void {
    for (const fn of [...this.#touched]) {
      this.setQuiet(fn, isSilent(fn));
      this.membersChanged(fn);
    }
    for (const domain of this.#rerouted) this.#reroute(domain);
    this.mark();
  }

  #reroute(domain: Domain): void {
    const { roots, route, next, entries } = domain;
    next.fill(EMPTY_PAGE, 0, domain.end);
    for (const { segment, bus, last } of roots) {
      lead(domain, bus, this.#pageOf[segment]!);
      this.#descend(domain, segment, bus + 1, last);
      this.#routeVirtualFunctions(domain, segment, bus, last);
    }
    for (let bus = 0; bus < domain.end; bus++) if (next[bus] !== route[bus]) this.#busOf[route[bus]!] = NOBODY;
    for (let bus = 0; bus < domain.end; bus++) {
      const page = next[bus]!;
      if (page === route[bus]) continue;
      route[bus] = page;
      this.#busOf[page] = page === EMPTY_PAGE ? NOBODY : bus;
      if (page === EMPTY_PAGE) entries.fill(NOBODY, bus * PAGE, (bus + 1) * PAGE);
      else entries.set(this.#pages.subarray(page * PAGE, (page + 1) * PAGE), bus * PAGE);
    }
  }

  /** Lets the requests for buses `low` to `high`, which reach this segment, go on through its bridges. */
  #descend(domain: Domain, segment: number, low: number, high: number): void {
    for (const fn of this.#bridgesOn[segment]!) {
      if (this.#pages[this.#entryOf[fn]!] !== fn) continue;
      const secondary = this.#arena.read(fn, 0x19, 1);
      let subordinate = Math.min(this.#arena.read(fn, 0x1a, 1), high);
      if (this.#profile.secondaryWithoutRange && subordinate < secondary) subordinate = secondary;
      if (secondary < low || subordinate < secondary || secondary > high || domain.next[secondary] !== EMPTY_PAGE)
        continue;
      const below = this.wiring.below[fn]!;
      const blocked = this.blocked[fn] !== 0;
      if (blocked && !this.#answersWhileHeld(fn, segment)) continue;
      lead(domain, secondary, this.#pageOf[below]!);
      if (blocked) continue;
      this.#descend(domain, below, secondary + 1, subordinate);
      this.#routeVirtualFunctions(domain, below, secondary, subordinate);
    }
  }

  /** VFs whose Routing ID runs past the bus of their segment take requests for the bus numbers after it. */
  #routeVirtualFunctions(domain: Domain, segment: number, bus: number, last: number): void {
    for (let k = 1; k < this.#pagesOf[segment]! && bus + k <= last; k++)
      if (domain.next[bus + k] === EMPTY_PAGE) lead(domain, bus + k, this.#pageOf[segment]! + k);
  }

  /**
   * Whether what is directly below a held bridge answers: some devices do as long as they have power, and QEMU's do in a
   * Secondary Bus Reset, but not when the port sits on a root bus of an expander bridge.
   */
  #answersWhileHeld(held: FunctionId, segment: number): boolean {
    const reasons = this.blocked[held]!;
    if (this.#profile.answersWhileHeld && reasons === HELD.secondaryBusReset) {
      const { bridge, bus } = this.wiring.segments[segment]!;
      return !(bridge === undefined && bus !== 0);
    }
    if ((reasons & WITHOUT_POWER) !== 0) return false;
    const { functions } = this.wiring.segments[this.wiring.below[held]!]!;
    return functions.some(({ fn }) => this.#misbehaviours.has(fn, 'answers-during-reset'));
  }

  /**
   * Writes down which functions of a segment take a type 0 request for their own number. Gives the virtual functions that
   * no longer exist.
   */
  #fillPages(segment: number): FunctionId[] {
    const { bridge, functions } = this.wiring.segments[segment]!;
    const onlyDevice0 = bridge !== undefined && this.#forwardsOnlyDevice0(bridge);
    const gone: FunctionId[] = [];
    for (const { fn, rid } of functions) {
      const existed = this.virtualFunctions.exist(fn);
      const exists = this.virtualFunctions.follow(fn);
      if (existed && !exists) gone.push(fn);
      // A virtual function past the bus of its segment takes requests of type 1, in which the device number is its own.
      this.#enter(fn, exists && !(onlyDevice0 && rid > 7 && rid < PAGE));
    }
    return gone;
  }

  /** Without ARI Forwarding, a port passes only requests for device 0 on to its link (PCIe 6.0 section 7.3.1). */
  #forwardsOnlyDevice0(port: FunctionId): boolean {
    const { express, variant } = this.#layouts[port]!;
    if (variant.role !== 'root port' && variant.role !== 'downstream port') return false;
    if (variant.version < 2) return true;
    return (this.#arena.read(port, express + EXPRESS_DEVICE_CONTROL_2, 2) & ARI_FORWARDING) === 0;
  }
}
