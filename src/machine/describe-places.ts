// SPDX-License-Identifier: GPL-2.0-only
/** Gives every described function its address: device numbers by position, bus numbers depth first as a kernel scans. */
import { busOf, devfnOf, deviceOf, formatBdf, functionOf, makeBdfFromDevfn } from '../bus/bdf.ts';
import type { Bdf } from '../bus/index.ts';
import type { Role } from '../configspace/registers.ts';
import { firstVf, vfStride, virtualFunction } from './describe-virtual.ts';
import { type FunctionDescription, type RootBusDescription, TopologyError } from './topology-description.ts';

/** A function that has its place in the machine. */
export interface Place {
  readonly description: FunctionDescription;
  readonly bdf: Bdf;
  readonly headerLayout: 0 | 1 | 2;
  /** The bridge that leads to its bus; undefined on a root bus. */
  readonly bridge: Place | undefined;
  /** Its physical function, if it is a virtual function. */
  readonly physical: Place | undefined;
  /** Functions on its secondary bus in ascending order; for a device, none. */
  readonly below: readonly Place[];
  /** 0 for a device. */
  readonly secondary: number;
  readonly subordinate: number;
  /** Other functions share its device number, or with ARI its bus. */
  readonly multiFunction: boolean;
  /** Function number of the next function of its device, as ARI counts them; 0 after the last. */
  readonly nextFunction: number;
  /** Position among all functions of the machine: what makes interrupt vectors and serial numbers different. */
  readonly ordinal: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const LAST_BUS = 0xff;
const DEVICES = 32;
const FUNCTIONS = 8;
const LAST_DOMAIN = 0xffff_ffff;

const BRIDGES: readonly Role[] = [
  'root port',
  'upstream port',
  'downstream port',
  'PCIe-to-PCI bridge',
  'PCI-to-PCIe bridge',
];
/** Ports whose secondary side is a link, with one device at its end. */
export const LINK_BELOW: readonly Role[] = ['root port', 'downstream port', 'PCI-to-PCIe bridge'];
/** Ports that can forward requests to all 256 functions of the device below (PCIe 6.0 section 6.13). */
const FORWARDS_ARI: readonly Role[] = ['root port', 'downstream port'];

/** Whether a port has ARI Forwarding on, as the kernel does when function 0 below has the capability. */
export const forwardsAri = ({ role, below = [] }: FunctionDescription): boolean =>
  FORWARDS_ARI.includes(role) &&
  below.some(({ device = 0, fn = 0, capabilities }) => device === 0 && fn === 0 && capabilities?.ari !== undefined);

const hex = (n: number): string => n.toString(16).padStart(2, '0');

function number(value: number, last: number, what: string): number {
  if (!Number.isInteger(value) || value < 0 || value > last)
    throw new TopologyError(`${what} ${value} is not a whole number from 0 to ${last}`);
  return value;
}

/** Device and function number of each function of a bus, as one number. */
function devfnsOf(functions: readonly FunctionDescription[], onLink: boolean, bus: string): number[] {
  let last = -1;
  return functions.map((description) => {
    const fn = number(description.fn ?? 0, FUNCTIONS - 1, `${bus}: function number`);
    const device = description.device ?? (onLink ? 0 : fn > 0 ? Math.max(last, 0) : last + 1);
    if (description.device === undefined && device >= DEVICES)
      throw new TopologyError(`${bus} has no room for another device: there are ${DEVICES} at most`);
    last = number(device, DEVICES - 1, `${bus}: device number`);
    return device * FUNCTIONS + fn;
  });
}

/** Says what is wrong with the functions that ended up on one bus, virtual ones included. */
function checkBus(places: readonly Place[], bridge: Place | undefined): void {
  const taken = new Set<Bdf>();
  for (const { bdf } of places) {
    if (taken.has(bdf)) throw new TopologyError(`two functions are at ${formatBdf(bdf)}`);
    taken.add(bdf);
  }
  const bus = bridge?.secondary;
  const ari = bridge !== undefined && forwardsAri(bridge.description);
  for (const { bdf, physical } of places) {
    if (bridge && LINK_BELOW.includes(bridge.description.role) && busOf(bdf) === bus && deviceOf(bdf) !== 0 && !ari) {
      const port = `${bridge.description.role} ${formatBdf(bridge.bdf)}`;
      throw new TopologyError(`${formatBdf(bdf)} cannot be reached: ${port} forwards to device 0 only, without ARI`);
    }
    const first = (bdf - (ari ? devfnOf(bdf) : functionOf(bdf))) as Bdf;
    if (physical === undefined && !taken.has(first))
      throw new TopologyError(`${formatBdf(bdf)} cannot be found: there is no function 0 at ${formatBdf(first)}`);
  }
}

/** Tells the functions of each device of each other. */
function joinFunctions(places: readonly Mutable<Place>[], ari: boolean): void {
  const real = places.filter(({ physical }) => physical === undefined);
  for (const place of real) {
    const siblings = real.filter(({ bdf }) => ari || deviceOf(bdf) === deviceOf(place.bdf));
    const next = siblings.find(({ bdf }) => bdf > place.bdf);
    place.multiFunction = siblings.length > 1;
    place.nextFunction = next ? devfnOf(next.bdf) : 0;
  }
}

class Domain {
  readonly #number: number;
  readonly #places: Place[];
  /** Highest bus number in use; -1 before the first. */
  #last = -1;

  constructor(number: number, places: Place[]) {
    this.#number = number;
    this.#places = places;
  }

  addRootBus({ bus = this.#last + 1, functions }: RootBusDescription): void {
    number(bus, LAST_BUS, `domain ${hex(this.#number)}: bus number`);
    if (bus <= this.#last)
      throw new TopologyError(`root bus ${hex(bus)} is not free: buses up to ${hex(this.#last)} are in use`);
    this.#last = bus;
    this.#addBus(bus, functions, undefined);
  }

  #nextBus(bridge: Bdf): number {
    if (this.#last >= LAST_BUS)
      throw new TopologyError(`no bus number is left for what is below ${formatBdf(bridge)}: there are 256 at most`);
    return ++this.#last;
  }

  #addBus(bus: number, functions: readonly FunctionDescription[], bridge: Place | undefined): Place[] {
    const onLink = bridge !== undefined && LINK_BELOW.includes(bridge.description.role);
    const name = `bus ${hex(bus)} of domain ${hex(this.#number).padStart(4, '0')}`;
    const devfns = devfnsOf(functions, onLink, name);
    const places = functions.flatMap((description, i) => {
      const place = this.#place(description, makeBdfFromDevfn(this.#number, bus, devfns[i]!), bridge);
      return [place, ...this.#virtualFunctions(place)];
    });
    places.sort((a, b) => a.bdf - b.bdf);
    checkBus(places, bridge);
    joinFunctions(places, bridge !== undefined && forwardsAri(bridge.description));
    // The kernel sets aside the buses that virtual functions run into before it numbers those below bridges.
    this.#last = Math.max(this.#last, ...places.map(({ bdf }) => busOf(bdf)));
    for (const place of places) if (place.headerLayout !== 0) this.#descend(place);
    return places;
  }

  #place(description: FunctionDescription, bdf: Bdf, bridge: Place | undefined, physical?: Place): Mutable<Place> {
    const { role, headerLayout = BRIDGES.includes(role) ? 1 : 0, below = [] } = description;
    if (headerLayout === 0 && below.length > 0)
      throw new TopologyError(`${formatBdf(bdf)} is not a bridge and cannot have functions below`);
    const place = {
      description,
      bdf,
      headerLayout,
      bridge,
      physical,
      below: [],
      secondary: 0,
      subordinate: 0,
      multiFunction: false,
      nextFunction: 0,
      ordinal: this.#places.length,
    };
    this.#places.push(place);
    return place;
  }

  #virtualFunctions(pf: Place): Mutable<Place>[] {
    const { virtualFunctions } = pf.description;
    if (virtualFunctions === undefined) return [];
    const { total, enabled = 0 } = virtualFunctions;
    number(
      enabled,
      number(total, LAST_BUS, `${formatBdf(pf.bdf)}: number of VFs`),
      `${formatBdf(pf.bdf)}: enabled VFs`,
    );
    return Array.from({ length: enabled }, (_, i) => {
      const rid = (pf.bdf % 0x10000) + firstVf(virtualFunctions) + i * vfStride(virtualFunctions);
      if (rid > 0xffff) throw new TopologyError(`VF ${i} of ${formatBdf(pf.bdf)} is past the last bus of its domain`);
      const bdf = makeBdfFromDevfn(this.#number, rid >> 8, rid % 0x100);
      return this.#place(virtualFunction(pf.description), bdf, pf.bridge, pf);
    });
  }

  #descend(place: Mutable<Place>): void {
    place.secondary = this.#nextBus(place.bdf);
    place.below = this.#addBus(place.secondary, place.description.below ?? [], place);
    place.subordinate = this.#last;
  }
}

/** All functions of the machine with their places, virtual functions included. */
export function placeFunctions(rootBuses: readonly RootBusDescription[]): readonly Place[] {
  const places: Place[] = [];
  const domains = new Map<number, Domain>();
  for (const rootBus of rootBuses) {
    const at = number(rootBus.domain ?? 0, LAST_DOMAIN, 'domain');
    const domain = domains.get(at) ?? new Domain(at, places);
    domains.set(at, domain);
    domain.addRootBus(rootBus);
  }
  return places;
}
