// SPDX-License-Identifier: GPL-2.0-only
/**
 * The hardware a second time, as plainly as the specification says it: bytes and `if`s. It asks the bytes anew at every
 * access, keeps no tables, and shares nothing with src/devices but the addresses.
 */
import { domainOf } from '../../src/bus/bdf.ts';
import type { Size } from '../../src/bus/index.ts';
import { AF, EXPRESS, type Fact, factsOf, hasLinkBelow, isBridge, isExpress, MSI, PM, SRIOV } from './facts.ts';
import type { BuiltFunction, Machine } from './machines.ts';

const LINK_TRAINS_US = 20_000;
const FUNCTION_READY_US = 80_000;
const CONVENTIONAL_READY_US = 1_006_633;
const POWER_STABLE_US = 100_000;
const RETRAINING_US = 1_000;
const FLR_US = 100_000;
const LEAVING_D3HOT_US = 10_000;

interface NaiveFunction extends BuiltFunction {
  readonly bytes: Uint8Array;
  readonly facts: readonly Fact[];
  above_: NaiveFunction | undefined;
  pf: NaiveFunction | undefined;
  ready_us: number;
  /** When the secondary side of a bridge lets requests through, unless something holds it. */
  open_us: number;
  training_us: number;
  /** The card was pulled out of the slot of this port. */
  emptied: boolean;
  linkActive: boolean;
  armed: boolean;
  resets: number;
}

interface Holds {
  readonly reset: boolean;
  readonly disabled: boolean;
  readonly off: boolean;
  readonly emptied: boolean;
}

/** Functions that share a bus. */
type Where = { readonly above: NaiveFunction | undefined; readonly domain: number; readonly rootBus: number };

const ones = (size: Size): number => 2 ** (8 * size) - 1;

export class Naive {
  readonly functions: NaiveFunction[];
  now_us = 0;
  readonly #machine: Machine;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.functions = machine.functions.map((f) => ({
      ...f,
      bytes: f.bytes.slice(),
      facts: factsOf(f.role, f.features),
      above_: undefined,
      pf: undefined,
      ready_us: 0,
      open_us: 0,
      training_us: 0,
      emptied: false,
      linkActive: true,
      armed: false,
      resets: 0,
    }));
    for (const f of this.functions) {
      f.above_ = this.functions.find(({ bdf }) => bdf === f.above);
      f.pf = this.functions.find(({ bdf }) => bdf === f.virtualOf?.bdf);
    }
    this.#settle();
  }

  #u16(f: NaiveFunction, at: number): number {
    return f.bytes[at]! | (f.bytes[at + 1]! << 8);
  }

  #bit(f: NaiveFunction, at: number, bit: number): boolean {
    return (f.bytes[at + (bit >> 3)]! & (1 << (bit & 7))) !== 0;
  }

  #setBit(f: NaiveFunction, at: number, bit: number, value: boolean): void {
    f.bytes[at + (bit >> 3)]! &= ~(1 << (bit & 7));
    if (value) f.bytes[at + (bit >> 3)]! |= 1 << (bit & 7);
  }

  /** Why what is below a bridge is held in reset. */
  #holds(f: NaiveFunction): Holds {
    const link = hasLinkBelow(f.role);
    return {
      reset: isBridge(f.role) && this.#bit(f, 0x3e, 6),
      disabled: link && this.#bit(f, EXPRESS + 0x10, 4),
      off: f.features.powerController && this.#bit(f, EXPRESS + 0x18, 10),
      emptied: f.emptied,
    };
  }

  #isHeld(f: NaiveFunction): boolean {
    return Object.values(this.#holds(f)).includes(true);
  }

  #isOpen(bridge: NaiveFunction): boolean {
    return !this.#isHeld(bridge) && bridge.open_us <= this.now_us;
  }

  #isReady(f: NaiveFunction): boolean {
    return f.ready_us <= this.now_us;
  }

  /** A VF is there while VF Enable is on and NumVFs counts it. */
  #exists(f: NaiveFunction): boolean {
    if (f.pf === undefined) return true;
    return this.#bit(f.pf, SRIOV + 0x08, 0) && f.virtualOf!.index < this.#u16(f.pf, SRIOV + 0x10);
  }

  /** Without ARI Forwarding a port passes only requests for device 0 on to its link. */
  #isPassedOn(f: NaiveFunction): boolean {
    if (f.above_ === undefined || !hasLinkBelow(f.above_.role)) return true;
    return f.rid < 8 || f.rid > 0xff || this.#bit(f.above_, EXPRESS + 0x28, 5);
  }

  #on({ above, domain, rootBus }: Where): NaiveFunction[] {
    return this.functions.filter((f) => {
      if (f.above_ !== undefined || above !== undefined) return f.above_ === above;
      return domainOf(f.bdf) === domain && this.#rootOf(f) === rootBus;
    });
  }

  #rootOf(f: NaiveFunction): number {
    const bus = (f.bdf % 0x10000) >> 8;
    return this.#machine.roots.find((r) => r.domain === domainOf(f.bdf) && r.bus <= bus && bus <= r.last)!.bus;
  }

  /** Which bus each bus number of a domain leads to, and how many buses past its first. */
  #routes(domain: number): Map<number, readonly [Where, number]> {
    const routes = new Map<number, readonly [Where, number]>();
    const virtual = (where: Where, bus: number, last: number): void => {
      for (const { rid } of this.#on(where)) {
        const past = rid >> 8;
        if (past > 0 && bus + past <= last && !routes.has(bus + past)) routes.set(bus + past, [where, past]);
      }
    };
    const through = (where: Where, low: number, high: number): void => {
      for (const bridge of this.#on(where)) {
        if (!isBridge(bridge.role) || !this.#isReady(bridge) || !this.#isPassedOn(bridge)) continue;
        const secondary = bridge.bytes[0x19]!;
        const subordinate = Math.min(bridge.bytes[0x1a]!, high);
        if (secondary < low || secondary > subordinate || routes.has(secondary) || !this.#isOpen(bridge)) continue;
        const below = { ...where, above: bridge };
        routes.set(secondary, [below, 0]);
        through(below, secondary + 1, subordinate);
        virtual(below, secondary, subordinate);
      }
    };
    for (const { bus, last } of this.#machine.roots.filter((r) => r.domain === domain)) {
      const where = { above: undefined, domain, rootBus: bus };
      routes.set(bus, [where, 0]);
      through(where, bus + 1, last);
      virtual(where, bus, last);
    }
    return routes;
  }

  /** The function that a request reaches, whether it answers or not. */
  find(bdf: number): NaiveFunction | undefined {
    const route = this.#routes(Math.floor(bdf / 0x10000)).get((bdf % 0x10000) >> 8);
    if (route === undefined) return undefined;
    const rid = route[1] * 0x100 + (bdf % 0x100);
    return this.#on(route[0]).find((f) => f.rid === rid && this.#exists(f) && this.#isPassedOn(f));
  }

  /** The last bridge that took a request which nobody answers shows that in its Secondary Status. */
  #masterAbort(bdf: number): void {
    const bus = (bdf % 0x10000) >> 8;
    const domain = Math.floor(bdf / 0x10000);
    const root = this.#machine.roots.find((r) => r.domain === domain && r.bus < bus && bus <= r.last);
    if (root === undefined) return;
    let last: NaiveFunction | undefined;
    let next: NaiveFunction | undefined;
    do {
      next = this.#on({ above: last, domain, rootBus: root.bus }).find(
        (f) =>
          isBridge(f.role) && this.#isReady(f) && f.bytes[0x19]! > 0 && f.bytes[0x19]! <= bus && bus <= f.bytes[0x1a]!,
      );
      last = next ?? last;
    } while (next !== undefined && next.bytes[0x19] !== bus && this.#isOpen(next));
    if (last !== undefined) this.#setBit(last, 0x1e, 13, true);
  }

  #tellsRetryStatus(f: NaiveFunction): boolean {
    if (f.role === 'virtual') return false;
    let port = f.above_;
    while (port !== undefined && port.role !== 'root port') port = port.above_;
    return port !== undefined && this.#bit(port, EXPRESS + 0x1c, 4);
  }

  read(bdf: number, at: number, size: Size): number {
    const f = this.find(bdf);
    if (f === undefined) this.#masterAbort(bdf);
    if (f === undefined || at >= f.bytes.length) return ones(size);
    if (!this.#isReady(f)) {
      if (at !== 0 || size === 1 || !this.#tellsRetryStatus(f)) return ones(size);
      return size === 2 ? 0x0001 : 0xffff0001;
    }
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 0x100 + f.bytes[at + i]!;
    return value;
  }

  write(bdf: number, at: number, size: Size, value: number): void {
    const f = this.find(bdf);
    if (f === undefined) this.#masterAbort(bdf);
    if (f === undefined || at >= f.bytes.length || !this.#isReady(f)) return;
    const held = this.#holds(f);
    const wasOpen = this.#isOpen(f);
    const state = f.bytes[PM + 4]! & 3;
    const virtual = this.functions.filter((vf) => vf.pf === f && this.#exists(vf));
    let flr = false;
    for (let i = 0; i < size; i++) {
      const byte = Math.floor(value / 2 ** (8 * i)) & 0xff;
      this.#writeByte(f, at + i, byte);
      const initiates = isExpress(f.role) && !isBridge(f.role) && at + i === EXPRESS + 9 && (byte & 0x80) !== 0;
      if (hasLinkBelow(f.role) && at + i === EXPRESS + 0x10 && (byte & 0x20) !== 0 && wasOpen) this.#retrain(f);
      const advanced = f.role === 'conventional' && at + i === AF + 4 && (byte & 1) !== 0;
      if (f.features.flr && (initiates || advanced)) flr = true;
    }
    if (f.role !== 'virtual') {
      const now = f.bytes[PM + 4]! & 3;
      // A state that is not there is not entered.
      if ((now === 1 || now === 2) && !f.features.d1d2) f.bytes[PM + 4] = (f.bytes[PM + 4]! & ~3) | state;
      else if (state === 3 && now === 0 && !f.features.noSoftReset) this.#resetOne(f, LEAVING_D3HOT_US);
    }
    if (flr) this.#resetOne(f, FLR_US);
    // A VF that goes takes its state with it.
    for (const vf of virtual) {
      if (this.#exists(vf)) continue;
      this.#resetRegisters(vf, 'hot');
      vf.ready_us = this.now_us;
    }
    this.#follow(f, held);
    this.#settle();
  }

  #writeByte(f: NaiveFunction, at: number, byte: number): void {
    for (const r of f.facts) {
      if (at < r.at || at >= r.at + r.size) continue;
      const shift = 8 * (at - r.at);
      const [rw, w1c] = [(r.rw >>> shift) & 0xff, (r.w1c >>> shift) & 0xff];
      f.bytes[at] = ((f.bytes[at]! & ~rw) | (byte & rw)) & ~(byte & w1c);
    }
  }

  #resetRegisters(f: NaiveFunction, kind: 'cold' | 'hot' | 'flr'): void {
    for (const r of f.facts)
      for (let i = 0; i < r.size; i++) {
        const kept = kind === 'cold' ? 0 : kind === 'hot' ? r.sticky : r.sticky | r.flrKeeps;
        const bits = (((r.rw | r.w1c | r.live) & ~kept) >>> (8 * i)) & 0xff;
        f.bytes[r.at + i] = (f.bytes[r.at + i]! & ~bits) | ((r.value >>> (8 * i)) & bits);
      }
    f.armed = false;
    f.resets++;
  }

  /** Function Level Reset, and D3hot to D0: nobody else notices, and the link stays up. */
  #resetOne(f: NaiveFunction, takes_us: number): void {
    this.#resetRegisters(f, 'flr');
    f.ready_us = this.now_us + takes_us;
  }

  #below(bridge: NaiveFunction, links = 0): (readonly [NaiveFunction, number])[] {
    const n = links + (hasLinkBelow(bridge.role) ? 1 : 0);
    return this.functions.filter((f) => f.above_ === bridge).flatMap((f) => [[f, n] as const, ...this.#below(f, n)]);
  }

  /** Acts on what holds a bridge now and did not before, and the other way round. */
  #follow(bridge: NaiveFunction, before: Holds): void {
    const now = this.#holds(bridge);
    const wasHeld = Object.values(before).includes(true);
    const losesPower = (now.off && !before.off) || (now.emptied && !before.emptied);
    const getsPower = (before.off && !now.off) || (before.emptied && !now.emptied);
    if (losesPower || (!wasHeld && this.#isHeld(bridge))) this.#resetBelow(bridge, losesPower ? 'cold' : 'hot');
    if (!wasHeld && this.#isHeld(bridge)) this.#linkDown(bridge);
    if (wasHeld && !this.#isHeld(bridge)) this.#release(bridge, getsPower ? POWER_STABLE_US : 0);
  }

  #resetBelow(bridge: NaiveFunction, kind: 'cold' | 'hot'): void {
    for (const [f] of this.#below(bridge)) {
      this.#resetRegisters(f, kind);
      f.open_us = hasLinkBelow(f.role) ? Number.POSITIVE_INFINITY : 0;
      f.linkActive = false;
      f.training_us = 0;
      if (hasLinkBelow(f.role)) this.#setBit(f, EXPRESS + 0x12, 13, false);
    }
  }

  #linkDown(bridge: NaiveFunction): void {
    if (!hasLinkBelow(bridge.role) || !bridge.linkActive) return;
    bridge.training_us = 0;
    this.#linkChanges(bridge, false);
    this.#setBit(bridge, EXPRESS + 0x28, 10, false);
  }

  #release(bridge: NaiveFunction, after_us: number): void {
    // What is held higher up comes back with that.
    bridge.open_us = Number.POSITIVE_INFINITY;
    for (let at = bridge.above_; at !== undefined; at = at.above_) if (this.#isHeld(at)) return;
    const start_us = this.now_us + after_us;
    for (const [f, links] of this.#below(bridge)) {
      const up_us = start_us + links * LINK_TRAINS_US;
      const onLink = f.above_ !== undefined && (hasLinkBelow(f.above_.role) || f.above_.role === 'upstream port');
      f.ready_us = start_us;
      if (onLink && links > 0) f.ready_us = up_us + FUNCTION_READY_US;
      if (!onLink && !isExpress(f.role)) f.ready_us = start_us + CONVENTIONAL_READY_US;
      if (hasLinkBelow(f.role)) f.open_us = up_us + LINK_TRAINS_US;
    }
    bridge.open_us = start_us + (hasLinkBelow(bridge.role) ? LINK_TRAINS_US : 0);
  }

  #retrain(port: NaiveFunction): void {
    if (this.#below(port).length > 0 && port.training_us <= this.now_us) port.training_us = this.now_us + RETRAINING_US;
  }

  /** Pulls the card out of the slot of a port, or puts it back. */
  setCard(index: number, present: boolean): void {
    const port = this.functions[index]!;
    if (port.emptied !== present) return;
    const before = this.#holds(port);
    port.emptied = !present;
    this.#follow(port, before);
    this.#setBit(port, EXPRESS + 0x1a, 6, present);
    this.#setBit(port, EXPRESS + 0x1a, 3, true);
    this.#settle();
  }

  #linkChanges(port: NaiveFunction, active: boolean): void {
    port.linkActive = active;
    if (!port.features.linkReporting) return;
    this.#setBit(port, EXPRESS + 0x12, 13, active);
    if (port.features.slot) this.#setBit(port, EXPRESS + 0x1a, 8, true);
  }

  /** What follows from the state of the bytes, whatever brought it about. */
  #settle(): void {
    for (const f of this.functions) {
      if (hasLinkBelow(f.role) && !f.linkActive && this.#isOpen(f)) this.#linkChanges(f, true);
      if (hasLinkBelow(f.role)) this.#setBit(f, EXPRESS + 0x12, 11, this.now_us < f.training_us);
      if (f.features.slot) this.#setBit(f, 0x06, 3, f.features.interruptPin && this.#isInterrupting(f));
    }
  }

  #isInterrupting(port: NaiveFunction): boolean {
    if (!this.#bit(port, EXPRESS + 0x18, 5) || this.#bit(port, MSI + 2, 0)) return false;
    for (const bit of [0, 1, 2, 3, 4])
      if (this.#bit(port, EXPRESS + 0x18, bit) && this.#bit(port, EXPRESS + 0x1a, bit)) return true;
    return this.#bit(port, EXPRESS + 0x18, 12) && this.#bit(port, EXPRESS + 0x1a, 8);
  }

  advance(us: number): void {
    this.now_us += us;
    this.#settle();
  }

  arm(index: number): void {
    this.functions[index]!.armed = true;
  }

  /** Whether a function's requests reach memory. */
  isRunning(index: number): boolean {
    const f = this.functions[index]!;
    if (!f.armed || !this.#exists(f)) return false;
    for (let at: NaiveFunction | undefined = f; at !== undefined; at = at.above_) {
      if (at !== f && !this.#isOpen(at)) return false;
      if (!this.#isReady(at) || !this.#bit(at, 0x04, 2)) return false;
      if (at.role !== 'virtual' && (at.bytes[PM + 4]! & 3) !== 0) return false;
    }
    return true;
  }
}
