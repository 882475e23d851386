// SPDX-License-Identifier: GPL-2.0-only
/** Which virtual functions there are: as many as VF Enable and NumVFs of their physical function say (PCIe 6.0 section 9.3.3). */
import type { FunctionLayout } from '../configspace/function.ts';
import type { Arena, FunctionId } from './arena.ts';
import type { HardwareProfile } from './profile.ts';
import {
  extendedOffset,
  SRIOV_CONTROL,
  SRIOV_FIRST_VF_OFFSET,
  SRIOV_NUM_VFS,
  SRIOV_TOTAL_VFS,
  SRIOV_VF_STRIDE,
  VF_ENABLE,
} from './watch.ts';
import type { Wiring } from './wiring.ts';

export class VirtualFunctions {
  readonly #wiring: Wiring;
  readonly #arena: Arena;
  readonly #profile: HardwareProfile;
  /** Offset of the SR-IOV capability of physical functions, 0 for all others. */
  readonly #sriov: Uint16Array;
  readonly #areShown: Uint8Array;
  /** Whether VF Enable went on with a number of virtual functions, which are there since, in the dump or not. */
  readonly #made: Uint8Array;
  /** Number of each virtual function among those of its physical function, from 0; and whether it exists now. */
  readonly #index: Int32Array;
  readonly #exists: Uint8Array;

  constructor(wiring: Wiring, arena: Arena, layouts: readonly FunctionLayout[], profile: HardwareProfile) {
    this.#wiring = wiring;
    this.#arena = arena;
    this.#profile = profile;
    this.#areShown = new Uint8Array(arena.count);
    for (const pf of wiring.physical) if (pf >= 0) this.#areShown[pf] = 1;
    this.#sriov = Uint16Array.from(layouts, (layout) => extendedOffset(layout, 0x0010));
    this.#made = Uint8Array.from(this.#sriov, (_, fn) => (this.#makes(fn as FunctionId) ? 1 : 0));
    this.#index = Int32Array.from(wiring.physical, (pf, fn) => this.#findIndex(fn, pf));
    this.#exists = new Uint8Array(arena.count).fill(1);
  }

  /** Whether a physical function has virtual ones that are in the dump. */
  areOf(fn: FunctionId): boolean {
    return this.#areShown[fn] !== 0;
  }

  /** Whether there is such a function: virtual ones come and go with VF Enable. */
  exist(fn: FunctionId): boolean {
    return this.#exists[fn] !== 0;
  }

  /** Finds out whether there is such a function now. */
  follow(fn: FunctionId): boolean {
    if (this.#wiring.physical[fn]! < 0) return true;
    const exists = this.#isEnabled(fn);
    if (exists !== this.exist(fn)) this.#arena.journal.set(this.#exists, fn, exists ? 1 : 0);
    return exists;
  }

  /**
   * Whether VF Enable, as it is, makes virtual functions. Some devices do not show theirs, so they need not be in the dump;
   * but there are none where NumVFs asks for more than there can be.
   */
  #makes(fn: FunctionId): boolean {
    if (!this.#areEnabled(fn)) return false;
    if (this.#areShown[fn] !== 0) return true;
    const sriov = this.#sriov[fn]!;
    return this.#arena.read(fn, sriov + SRIOV_NUM_VFS, 2) <= this.#arena.read(fn, sriov + SRIOV_TOTAL_VFS, 2);
  }

  /** A write to VF Enable makes virtual functions, as many as NumVFs says by then, or takes them away. */
  written(fn: FunctionId, offset: number): void {
    const sriov = this.#sriov[fn]!;
    if (sriov === 0 || offset !== sriov + SRIOV_CONTROL) return;
    const enabled = (this.#arena.read(fn, offset, 2) & VF_ENABLE) !== 0;
    if (enabled === (this.#made[fn] !== 0)) return;
    if (!enabled && this.#profile.forgetsNumVfs) this.remove(fn);
    this.#arena.journal.set(this.#made, fn, this.#makes(fn) ? 1 : 0);
  }

  /** A reset takes the virtual functions of a physical function away; it counts none afterwards, whatever it keeps. */
  remove(fn: FunctionId): void {
    if (this.#made[fn] === 0) return;
    this.#arena.journal.set(this.#made, fn, 0);
    this.#arena.change(fn, this.#sriov[fn]! + SRIOV_NUM_VFS, 0xffff, false);
  }

  /** The Routing ID of a virtual function is that of its physical one, and First VF Offset, and so many VF Strides. */
  #findIndex(fn: number, pf: number): number {
    const at = this.#sriov[pf] ?? 0;
    if (at === 0) return 0;
    const { functions } = this.#wiring.segments[this.#wiring.segmentOf[fn]!]!;
    const ridOf = (id: number): number => functions.find((f) => f.fn === id)!.rid;
    const past = ridOf(fn) - ridOf(pf) - this.#arena.read(pf as FunctionId, at + SRIOV_FIRST_VF_OFFSET, 2);
    return past / Math.max(1, this.#arena.read(pf as FunctionId, at + SRIOV_VF_STRIDE, 2));
  }

  #isEnabled(vf: FunctionId): boolean {
    const pf = this.#wiring.physical[vf]! as FunctionId;
    if (!this.#areEnabled(pf)) return false;
    return this.#index[vf]! < this.#arena.read(pf, this.#sriov[pf]! + SRIOV_NUM_VFS, 2);
  }

  #areEnabled(pf: FunctionId): boolean {
    const sriov = this.#sriov[pf]!;
    if (sriov === 0 || (this.#arena.read(pf, sriov + SRIOV_CONTROL, 2) & VF_ENABLE) === 0) return false;
    return this.#arena.read(pf, sriov + SRIOV_NUM_VFS, 2) !== 0;
  }
}
