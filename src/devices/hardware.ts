// SPDX-License-Identifier: GPL-2.0-only
/**
 * The hardware of a whole machine: takes config accesses at its root complex, answers them, and lets time act on it. It
 * knows nothing of a kernel; a port, a recorded trace or a fuzzer may drive it.
 */
import type { Bdf, Bus, ConfigAccess, Size } from '../bus/index.ts';
import { type FunctionLayout, layoutOfFunction } from '../configspace/function.ts';
import { Arena, type FunctionId, type Kind } from './arena.ts';
import { type Bar, barsOf } from './bars.ts';
import { type ClockState, VirtualClock } from './clock.ts';
import { DmaEngines } from './dma.ts';
import { Fabric, NOBODY } from './fabric.ts';
import { FunctionResets } from './function-resets.ts';
import { type FunctionFacts, kindKey, kindOf, type MeasuredBits } from './kind.ts';
import { LostAccesses } from './lost-accesses.ts';
import { type Misbehaviour, Misbehaviours } from './misbehaviour.ts';
import { Ports } from './ports.ts';
import { type Absence, Power } from './power.ts';
import type { HardwareProfile } from './profile.ts';
import { Resets } from './resets.ts';
import { Slots } from './slots.ts';
import * as watch from './watch.ts';
import { type Wiring, wire } from './wiring.ts';

/** A function as it is put into a machine. */
export interface FunctionSpec {
  readonly bdf: Bdf;
  /** Config space: up to 64, 256 or 4096 bytes; what is missing of it reads as 0. */
  readonly bytes: Uint8Array;
  /** Sizes of its BARs in bytes, by index; 6 is the expansion ROM. Where one is missing it is inferred. */
  readonly barSizes?: readonly (number | undefined)[];
  /** Which bits software can write, where that was measured; the tables say it otherwise. */
  readonly writable?: MeasuredBits;
}

const allOnes = (size: Size): number => 2 ** (8 * size) - 1;

export class Hardware implements Bus {
  readonly profile: HardwareProfile;
  readonly clock = new VirtualClock();
  readonly functions: readonly FunctionSpec[];
  readonly layouts: readonly FunctionLayout[];
  readonly bars: readonly (readonly Bar[])[];
  readonly arena: Arena;
  readonly fabric: Fabric;
  readonly dma: DmaEngines;
  readonly resets: Resets;
  readonly functionResets: FunctionResets;
  readonly power: Power;
  readonly slots: Slots;
  readonly ports: Ports;
  /** Accesses that no function took. */
  readonly lost: LostAccesses;
  readonly misbehaviours = new Misbehaviours();
  #marked: ClockState | undefined;
  /** Entries of the addresses of domain 0: what is not in them, or does not answer, takes the long way. */
  readonly #entries: Int32Array;

  /** `functions` in ascending order of address, each address once. */
  constructor(functions: readonly FunctionSpec[], profile: HardwareProfile) {
    this.profile = profile;
    this.functions = functions;
    this.layouts = functions.map(({ bytes }) => layoutOfFunction(bytes));
    this.bars = functions.map(({ bytes, barSizes }, fn) => barsOf(bytes, this.layouts[fn]!.headerType, barSizes));
    const wiring = wire(functions.map((f, fn) => ({ ...f, layout: this.layouts[fn]! })));
    this.arena = this.#build(wiring);
    this.fabric = new Fabric(wiring, this.arena, this.layouts, profile, this.misbehaviours);
    this.#entries = this.fabric.entries0;
    this.power = new Power(this.arena, this.layouts, this.fabric, this.clock, this.misbehaviours);
    this.dma = new DmaEngines(functions.length, this.arena.journal, (fn) => this.power.passesUpstream(fn));
    this.slots = new Slots(this.arena, this.layouts, this.clock, profile);
    this.resets = new Resets(
      this.arena,
      this.layouts,
      this.fabric,
      this.power,
      this.dma,
      this.slots,
      this.clock,
      profile,
      this.misbehaviours,
    );
    this.functionResets = new FunctionResets(
      this.arena,
      this.layouts,
      this.fabric,
      this.power,
      this.dma,
      this.clock,
      profile,
      this.resets,
      this.misbehaviours,
    );
    this.lost = new LostAccesses(this.arena, this.fabric, this.clock, profile);
    this.ports = new Ports(this.arena, this.layouts, this.fabric, this.resets, this.slots, profile);
  }

  #build(wiring: Wiring): Arena {
    const kinds: Kind[] = [];
    const byKey = new Map<string, number>();
    const sizes = this.functions.map(({ bytes }) => (bytes.length > 0x100 ? 0x1000 : 0x100));
    const kindOfEach = this.functions.map(({ bytes, writable }, fn) => {
      const facts: FunctionFacts = {
        layout: this.layouts[fn]!,
        bars: this.bars[fn]!,
        deviceId: deviceIdOf(bytes),
        virtual: wiring.physical[fn]! >= 0,
        populated: wiring.segments[wiring.below[fn]!]?.functions.some(({ rid }) => rid === 0) ?? false,
        size: sizes[fn]!,
        ...(writable && { measured: writable }),
      };
      const key = kindKey(facts, bytes);
      const known = byKey.get(key);
      if (known !== undefined) return known;
      const index = kinds.push(kindOf(facts, bytes, this.profile)) - 1;
      byKey.set(key, index);
      return index;
    });
    const arena = new Arena(kinds, kindOfEach, sizes, (...write) => void this.#onWatched(...write));
    this.functions.forEach(({ bytes }, fn) => void arena.view(fn as FunctionId).set(bytes.subarray(0, sizes[fn]!)));
    return arena;
  }

  read(bdf: Bdf, offset: number, size: Size): number {
    const fn = this.#entries[bdf]!;
    if (fn >= 0) return this.arena.read(fn as FunctionId, offset, size);
    // Without the shift the compiler would box every value, since a call may give anything.
    return this.#readQuiet(bdf, offset, size) >>> 0;
  }

  write(bdf: Bdf, offset: number, size: Size, value: number): void {
    const fn = this.#entries[bdf]!;
    if (fn >= 0) this.arena.write(fn as FunctionId, offset, size, value);
    else this.#writeQuiet(bdf, offset, size, value);
  }

  #writeQuiet(bdf: Bdf, offset: number, size: Size, value: number): void {
    const fn = this.fabric.find(bdf);
    if (fn !== NOBODY && this.power.answersNow(fn)) this.arena.write(fn, offset, size, value);
    else this.lost.note('w', bdf, offset, size, this.#isThere(fn));
  }

  #readQuiet(bdf: Bdf, offset: number, size: Size): number {
    const value = this.#answerOf(bdf, offset, size);
    if (value !== undefined) return value;
    this.lost.note('r', bdf, offset, size, this.#isThere(this.fabric.find(bdf)));
    return allOnes(size);
  }

  #isThere(fn: FunctionId | typeof NOBODY): boolean {
    return fn !== NOBODY && !this.power.isAbsent(fn);
  }

  /**
   * What a read gives that may reach nobody, or a function that may not be ready; undefined where nothing answers. Such a
   * function gives Request Retry Status: with RRS Software Visibility on at the root port, a read of the Vendor ID gives
   * 0001h (PCIe 6.0 section 2.3.2); all others are retried until they fail.
   */
  #answerOf(bdf: Bdf, offset: number, size: Size): number | undefined {
    const fn = this.fabric.find(bdf);
    if (fn === NOBODY) return undefined;
    if (this.power.answersNow(fn)) return this.arena.read(fn, offset, size);
    if (offset !== 0 || size === 1 || !this.power.sendsRetryStatus(fn)) return undefined;
    return size === 2 ? 0x0001 : 0xffff0001;
  }

  /** The same accesses for whoever only looks at the machine: what reaches nobody leaves nothing behind. */
  get unnoticed(): ConfigAccess {
    return {
      read: (bdf, offset, size) => this.#answerOf(bdf, offset, size) ?? allOnes(size),
      write: (bdf, offset, size, value) => {
        const fn = this.fabric.find(bdf);
        if (fn !== NOBODY && this.power.answersNow(fn)) this.arena.write(fn, offset, size, value);
      },
    };
  }

  #onWatched(fn: FunctionId, offset: number, old: number, now: number, written: number, lanes: number): void {
    if (offset === watch.COMMAND) this.#settleBelow(fn);
    else if (offset === watch.BUS_NUMBERS) this.fabric.changed(fn);
    else if (!this.ports.written(fn, offset, old, now, written, lanes)) {
      this.functionResets.written(fn, offset, old, now, written);
      this.fabric.virtualFunctions.written(fn, offset);
      // ARI Forwarding, VF Enable, power state, MSI: who answers, who gets its requests through, or how it interrupts.
      if (this.layouts[fn]!.variant.slot) this.slots.interruptsWritten(fn);
      this.#followRegisters(fn);
      for (const vf of this.fabric.membersChanged(fn)) this.functionResets.vanish(vf);
      this.fabric.changed(fn);
      this.#settleBelow(fn);
    }
  }

  /** A reset of a bridge by itself may have ended what its registers held. */
  #followRegisters(fn: FunctionId): void {
    if (this.fabric.wiring.below[fn]! >= 0) this.ports.follow(fn);
  }

  /** Pulls the card out of the slot of a port at a time, in microseconds, without a word to the kernel before. */
  remove(port: FunctionId, t_us: number): void {
    this.clock.schedule(t_us, () => void this.ports.remove(port));
  }

  /** Puts the card back, or in, at a time. */
  insert(port: FunctionId, t_us: number): void {
    this.clock.schedule(t_us, () => void this.ports.insert(port));
  }

  /** Lets a function do something wrong from now on. Not noted for a rollback. */
  misbehave(fn: FunctionId, misbehaviour: Misbehaviour): void {
    switch (misbehaviour.kind) {
      case 'vanishes':
        this.absent(fn, { from_us: misbehaviour.at_us, to_us: Number.POSITIVE_INFINITY });
        break;
      case 'removed':
        this.remove(fn, misbehaviour.at_us);
        break;
      case 'inserted':
        this.insert(fn, misbehaviour.at_us);
        break;
      case 'new-id-after-reset':
        this.misbehaviours.add(fn, { id: this.arena.read(fn, 0, 4) ^ 0x0001_0000, ...misbehaviour });
        break;
      default:
        this.misbehaviours.add(fn, misbehaviour);
    }
  }

  /** Takes a function away for a span of time; when it comes back it had no power in between. */
  absent(fn: FunctionId, absence: Absence): void {
    this.power.absent(fn, absence);
    if (absence.to_us !== Number.POSITIVE_INFINITY)
      this.clock.schedule(absence.to_us, () => {
        this.functionResets.powerOn(fn);
        this.#followRegisters(fn);
      });
  }

  /**
   * Begins to note what changes, so that `rollback` can undo it. Marks do not nest: a later one ends the earlier one. The
   * absence of functions is not noted.
   */
  mark(): void {
    this.arena.mark();
    this.fabric.mark();
    this.#marked = this.clock.save();
  }

  /** Undoes everything since the mark, at the cost of what changed. The mark stays. Throws where there is none. */
  rollback(): void {
    if (this.#marked === undefined) throw new Error('rollback without a mark');
    this.arena.journal.rollback();
    this.clock.restore(this.#marked);
    this.fabric.restored((fn) => this.power.isSilent(fn));
  }

  /** A function's own requests, and those of everything below it, may get through now or no longer. */
  #settleBelow(fn: FunctionId): void {
    this.dma.settle(fn, this.clock.now_us);
    for (const below of this.resets.below(fn).functions) this.dma.settle(below, this.clock.now_us);
  }
}

/** `vendor:device` of a function, four hexadecimal digits each. */
export function deviceIdOf(bytes: Uint8Array): string {
  const word = (at: number) => ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)).toString(16).padStart(4, '0');
  return `${word(0)}:${word(2)}`;
}
