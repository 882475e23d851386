// SPDX-License-Identifier: GPL-2.0-only
/**
 * Config accesses that no function took: how many there were, which was the first, and what they leave behind. Where nobody
 * is there, the bridge on whose secondary side the request ended has Received Master Abort set in its Secondary Status.
 */
import type { Bdf, Size } from '../bus/index.ts';
import type { Arena, FunctionId } from './arena.ts';
import type { VirtualClock } from './clock.ts';
import { type Fabric, NOBODY } from './fabric.ts';
import type { HardwareProfile } from './profile.ts';

/** Secondary Status is the upper half of the dword at 1Ch. */
const SECONDARY_STATUS_DWORD = 0x1c;
const RECEIVED_MASTER_ABORT = 0x2000_0000;

export interface LostAccess {
  readonly t_us: number;
  readonly op: 'r' | 'w';
  readonly bdf: Bdf;
  readonly offset: number;
  readonly size: Size;
}

/** Places in the numbers that are kept, in an array so that the journal can put them back. */
const COUNT = 0;
const TIME = 1;
const WRITE = 2;
const ADDRESS = 3;
const OFFSET = 4;
const SIZE = 5;

export class LostAccesses {
  readonly #arena: Arena;
  readonly #fabric: Fabric;
  readonly #clock: VirtualClock;
  readonly #profile: HardwareProfile;
  readonly #kept = new Float64Array(6);

  constructor(arena: Arena, fabric: Fabric, clock: VirtualClock, profile: HardwareProfile) {
    this.#arena = arena;
    this.#fabric = fabric;
    this.#clock = clock;
    this.#profile = profile;
  }

  get count(): number {
    return this.#kept[COUNT]!;
  }

  get first(): LostAccess | undefined {
    const [count, t_us, write, bdf, offset, size] = this.#kept;
    if (count === 0) return undefined;
    return { t_us: t_us!, op: write === 0 ? 'r' : 'w', bdf: bdf! as Bdf, offset: offset!, size: size! as Size };
  }

  /** Nobody took this access. `there`: a function would have, but is not ready. */
  note(op: 'r' | 'w', bdf: Bdf, offset: number, size: Size, there: boolean): void {
    if (this.count === 0) {
      this.#keep(TIME, this.#clock.now_us);
      this.#keep(WRITE, op === 'w' ? 1 : 0);
      this.#keep(ADDRESS, bdf);
      this.#keep(OFFSET, offset);
      this.#keep(SIZE, size);
    }
    this.#keep(COUNT, this.count + 1);
    if (there || !this.#profile.masterAborts) return;
    const bridge = this.#fabric.lastBridgeTo(bdf);
    if (bridge !== NOBODY)
      this.#arena.change(bridge as FunctionId, SECONDARY_STATUS_DWORD, RECEIVED_MASTER_ABORT, true);
  }

  #keep(place: number, value: number): void {
    this.#arena.journal.set(this.#kept, place, value);
  }
}
