// SPDX-License-Identifier: GPL-2.0-only
/** Random machines: numbers decide what stands on the root buses, and the wiring is known by how they were built. */
import { makeBdfFromDevfn } from '../../src/bus/bdf.ts';
import type { Bdf } from '../../src/bus/index.ts';
import type { FunctionSpec } from '../../src/devices/hardware.ts';
import {
  AER,
  AF,
  EXPRESS,
  type Features,
  hasLinkBelow,
  isBridge,
  isExpress,
  MSI,
  PM,
  type Role,
  SRIOV,
} from './facts.ts';

export interface BuiltFunction {
  readonly bdf: Bdf;
  readonly role: Role;
  readonly features: Features;
  readonly bytes: Uint8Array;
  /** The bridge above, by address; none on a root bus. */
  readonly above: Bdf | undefined;
  /** Routing ID relative to the bus that the function sits on. */
  readonly rid: number;
  /** Physical function and number of a virtual one. */
  readonly virtualOf?: { readonly bdf: Bdf; readonly index: number };
}

export interface Machine {
  readonly functions: readonly BuiltFunction[];
  readonly roots: readonly { readonly domain: number; readonly bus: number; readonly last: number }[];
}

const NO_FEATURES: Features = {
  flr: false,
  noSoftReset: false,
  linkReporting: false,
  slot: false,
  powerController: false,
  interruptPin: false,
  d1d2: false,
  sriov: false,
};
const PORT_TYPES: Readonly<Partial<Record<Role, number>>> = {
  integrated: 9,
  'root port': 4,
  'upstream port': 5,
  'downstream port': 6,
  'PCIe-to-PCI bridge': 7,
};
/** First VF Offset and VF Stride: beside the PF, past device 0, past the bus. */
const PLACES = [
  [1, 1],
  [8, 1],
  [0x100, 1],
  [1, 0x100],
] as const;

/** Config space with every register that the role has, and errors already latched here and there. */
function bytesOf(role: Role, f: Features, words: Readonly<Record<number, number>>): Uint8Array {
  const bytes = new Uint8Array(isExpress(role) ? 4096 : 256);
  const view = new DataView(bytes.buffer);
  const put = (at: number, value: number) => view.setUint16(at, value, true);
  const virtual = role === 'virtual';
  put(0x00, virtual ? 0xffff : 0x1234);
  put(0x02, virtual ? 0xffff : 0x0001);
  put(0x04, 0x0006);
  put(0x06, 0xa110);
  put(0x0a, isBridge(role) ? 0x0604 : 0x0200);
  put(0x0e, isBridge(role) ? 1 : 0);
  if (!isBridge(role) && !virtual) {
    put(0x12, 0xfe80);
    put(0x18, 0x000c);
    put(0x1a, 0xf000);
    put(0x32, 0xfe60);
  }
  put(0x34, isExpress(role) ? EXPRESS : virtual ? MSI : PM);
  put(0x3c, f.interruptPin ? 0x010b : 0x000b);
  put(PM, 0x0001 | (MSI << 8));
  put(PM + 2, 0x0003 | (f.d1d2 ? 0x0600 : 0));
  put(PM + 4, 0x8000 | (f.noSoftReset ? 0x0008 : 0));
  put(MSI, 0x0005 | (role === 'conventional' ? AF << 8 : 0));
  put(MSI + 2, 0x0080);
  if (virtual) for (const at of [PM, PM + 2, PM + 4]) put(at, 0);
  if (role === 'conventional') {
    put(AF, 0x0013);
    put(AF + 2, f.flr ? 0x0306 : 0x0106);
  }
  if (isExpress(role)) {
    put(EXPRESS, 0x0010 | ((virtual ? MSI : PM) << 8));
    put(EXPRESS + 2, 0x0002 | ((PORT_TYPES[role] ?? 0) << 4) | (f.slot ? 0x0100 : 0));
    put(EXPRESS + 6, f.flr ? 0x1000 : 0);
    put(EXPRESS + 8, virtual ? 0 : 0x2c30);
    put(EXPRESS + 0x0a, 0x0009);
    put(EXPRESS + 0x0e, f.linkReporting ? 0x0010 : 0);
    put(EXPRESS + 0x12, f.linkReporting ? 0x2000 : 0);
    // No Command Completed, and a card in the slot.
    if (f.slot) put(EXPRESS + 0x14, f.powerController ? 0x0002 : 0);
    if (f.slot) put(EXPRESS + 0x16, 0x0004);
    if (f.slot) put(EXPRESS + 0x1a, 0x0048);
    if (!isBridge(role) && !virtual) {
      put(AER, 0x0001);
      put(AER + 2, 0x0002 | (f.sriov ? SRIOV << 4 : 0));
      put(AER + 4, 0x4000);
      put(AER + 6, 0x0010);
      put(AER + 0x10, 0x2001);
    }
  }
  for (const [at, value] of Object.entries(words)) put(Number(at), value);
  return bytes;
}

/** Builds a machine from numbers: the same numbers give the same machine. */
class Builder {
  readonly functions: BuiltFunction[] = [];
  readonly #numbers: readonly number[];
  #at = 0;
  #domain = 0;
  #nextBus = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  #take(below: number): number {
    return (this.#numbers[this.#at++ % this.#numbers.length] ?? 0) % below;
  }

  #add(role: Role, bus: number, devfn: number, above: Bdf | undefined, more: Partial<Features> = {}, words = {}): Bdf {
    const bits = this.#take(64);
    const features: Features = {
      ...NO_FEATURES,
      flr: (bits & 1) !== 0,
      noSoftReset: (bits & 2) !== 0,
      linkReporting: hasLinkBelow(role) && (bits & 4) === 0,
      slot: hasLinkBelow(role) && (bits & 8) !== 0,
      powerController: hasLinkBelow(role) && (bits & 9) === 9,
      interruptPin: (bits & 16) !== 0,
      d1d2: (bits & 32) !== 0,
      ...more,
    };
    const bdf = makeBdfFromDevfn(this.#domain, bus, devfn);
    this.functions.push({ bdf, role, features, bytes: bytesOf(role, features, words), above, rid: devfn });
    return bdf;
  }

  /** A bridge with what `fill` puts on its secondary bus, and `spare` bus numbers more than that needs. */
  #bridge(
    role: Role,
    bus: number,
    devfn: number,
    above: Bdf | undefined,
    spare: number,
    fill: (bus: number, bridge: Bdf) => void,
  ): void {
    const secondary = this.#nextBus++;
    const bdf = this.#add(role, bus, devfn, above);
    const { bytes } = this.functions.at(-1)!;
    fill(secondary, bdf);
    this.#nextBus += spare;
    bytes.set([bus, secondary, this.#nextBus - 1], 0x18);
  }

  #endpoints(bus: number, above: Bdf): void {
    const which = this.#take(8);
    if (which === 0) return;
    this.#add('endpoint', bus, 0, above);
    if (which > 4) this.#add('endpoint', bus, 1, above);
    if (which > 5) this.#add('endpoint', bus, 9, above);
  }

  #singleRoot(bus: number, above: Bdf): void {
    const [first, stride] = PLACES[this.#take(PLACES.length)]!;
    const at = (offset: number) => SRIOV + offset;
    const words = {
      [at(0)]: 0x0010,
      [at(2)]: 0x0001,
      [at(0x08)]: 0x0001,
      [at(0x0c)]: 2,
      [at(0x0e)]: 2,
      [at(0x10)]: 2,
      [at(0x14)]: first,
      [at(0x16)]: stride,
    };
    const pf = this.#add('endpoint', bus, 0, above, { sriov: true }, words);
    for (const index of [0, 1]) {
      const rid = first + index * stride;
      this.#add('virtual', bus + (rid >> 8), rid % 0x100, above, { flr: true });
      const built = this.functions.pop()!;
      this.functions.push({ ...built, rid, virtualOf: { bdf: pf, index } });
    }
  }

  #conventional(bus: number, above: Bdf): void {
    this.#add('conventional', bus, 0x08, above);
    if (this.#take(2) === 1) this.#add('conventional', bus, 0x19, above);
  }

  #switch(bus: number, above: Bdf): void {
    this.#bridge('upstream port', bus, 0, above, 0, (inner, upstream) => {
      for (const devfn of this.#take(2) === 1 ? [0x00, 0x10] : [0x08])
        this.#bridge('downstream port', inner, devfn, upstream, 0, (b, port) => {
          if (this.#take(3) === 0)
            this.#bridge('PCIe-to-PCI bridge', b, 0, port, 0, (c, p) => this.#conventional(c, p));
          else this.#endpoints(b, port);
        });
    });
  }

  /** What stands at one device number of a root bus. */
  #rootDevice(bus: number, devfn: number): void {
    const which = this.#take(10);
    const port = (spare: number, fill: (b: number, above: Bdf) => void) =>
      this.#bridge('root port', bus, devfn, undefined, spare, fill);
    if (which <= 1) port(0, (b, above) => this.#endpoints(b, above));
    else if (which <= 4) port(0, (b, above) => this.#switch(b, above));
    else if (which === 5)
      port(0, (b, above) => this.#bridge('PCIe-to-PCI bridge', b, 0, above, 0, (c, p) => this.#conventional(c, p)));
    else if (which <= 7) port(1, (b, above) => this.#singleRoot(b, above));
    else if (which === 8) {
      this.#bridge('PCI bridge', bus, devfn, undefined, 0, (b, above) => this.#conventional(b, above));
    } else this.#add(this.#take(2) === 1 ? 'integrated' : 'conventional', bus, devfn, undefined);
  }

  root(domain: number, bus: number): void {
    this.#domain = domain;
    this.#nextBus = bus + 1;
    for (let n = 1 + this.#take(3); n > 0; n--) this.#rootDevice(bus, n << 3);
  }

  more(): number {
    return this.#take(4);
  }
}

/** The machine that these numbers say. */
export function machineOf(numbers: readonly number[]): Machine {
  const builder = new Builder(numbers);
  const more = builder.more();
  const roots = [{ domain: 0, bus: 0, last: more === 1 ? 0x7f : 0xff }];
  if (more === 1) roots.push({ domain: 0, bus: 0x80, last: 0xff });
  if (more === 2) roots.push({ domain: 1, bus: 0, last: 0xff });
  for (const { domain, bus } of roots) builder.root(domain, bus);
  return { functions: builder.functions.sort((a, b) => a.bdf - b.bdf), roots };
}

const BAR_SIZES = [0x4000, undefined, 0x10_0000, undefined, undefined, undefined, 0x1_0000];

/** The machine as the hardware takes it. */
export const specsOf = ({ functions }: Machine): FunctionSpec[] =>
  functions.map(({ bdf, role, bytes }) => ({
    bdf,
    bytes: bytes.slice(),
    ...(!isBridge(role) && role !== 'virtual' && { barSizes: BAR_SIZES }),
  }));
