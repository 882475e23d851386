// SPDX-License-Identifier: GPL-2.0-only
/**
 * How the functions of a machine are wired: which bus segment each sits on, and which bridge leads to it. The wires are
 * read off the bus numbers that the bridges have when the machine is built; they stay when the bus numbers change.
 */

import { busOf, devfnOf, domainOf, makeBdfFromDevfn } from '../bus/bdf.ts';
import type { Bdf } from '../bus/index.ts';
import { configBytes } from '../configspace/catalogue.ts';
import type { FunctionLayout, PlacedBlock } from '../configspace/function.ts';
import type { FunctionId } from './arena.ts';
import { type BusRange, busRangeOf, claimBuses, type WiringWarning } from './bus-claims.ts';

export interface WiredFunction {
  readonly bdf: Bdf;
  readonly bytes: Uint8Array;
  readonly layout: FunctionLayout;
}

/** Functions that share a bus: the secondary side of a bridge, or a root bus. */
export interface Segment {
  readonly domain: number;
  /** The bridge that leads here; undefined for a root bus. */
  readonly bridge: FunctionId | undefined;
  /** Bus number of the segment when the machine was built. */
  readonly bus: number;
  /** Each function with its Routing ID relative to device 0 function 0 of the segment; above 255 for some VFs. */
  readonly functions: { readonly fn: FunctionId; readonly rid: number }[];
}

export interface Wiring {
  readonly segments: readonly Segment[];
  /** Index in `segments`, by function. */
  readonly segmentOf: readonly number[];
  /** Segment below each bridge; -1 for what is no bridge, or one that leads nowhere. */
  readonly below: readonly number[];
  /** Physical function of each virtual function of SR-IOV; -1 for all others. */
  readonly physical: readonly number[];
  readonly warnings: readonly WiringWarning[];
}

const isBridge = ({ headerType }: FunctionLayout): boolean => headerType === 1 || headerType === 2;

const sriovOf = ({ blocks }: FunctionLayout): PlacedBlock | undefined =>
  blocks.find(({ extended, id }) => extended && id === 0x0010);

/** Addresses of the virtual functions that a physical function has enabled (PCIe 6.0 section 9.2.1.2). */
export function virtualFunctionsOf({ bdf, bytes, layout }: WiredFunction): Bdf[] {
  const sriov = sriovOf(layout);
  if (!sriov) return [];
  const config = configBytes(bytes);
  if ((config.u16(sriov.offset + 0x08) & 1) === 0) return [];
  const count = Math.min(config.u16(sriov.offset + 0x10), config.u16(sriov.offset + 0x0e));
  const first = (bdf % 0x10000) + config.u16(sriov.offset + 0x14);
  const stride = config.u16(sriov.offset + 0x16);
  return Array.from({ length: count }, (_, i) => first + i * stride)
    .filter((rid) => rid < 0x10000)
    .map((rid) => makeBdfFromDevfn(domainOf(bdf), rid >> 8, rid % 0x100));
}

/** The physical function of each virtual one, and a warning for each that has enabled more than there are. */
function physicalFunctions(functions: readonly WiredFunction[], warnings: WiringWarning[]): number[] {
  const physical = functions.map(() => -1);
  const idOf = new Map(functions.map(({ bdf }, fn) => [bdf, fn]));
  functions.forEach((f, pf) => {
    const virtual = virtualFunctionsOf(f);
    if (virtual.length === 0) return;
    const there = virtual.map((bdf) => idOf.get(bdf)).filter((fn) => fn !== undefined && fn !== pf);
    for (const fn of there) physical[fn!] = pf;
    if (there.length === virtual.length) return;
    const text = `${virtual.length} VFs enabled, ${there.length || 'none'} in the dump`;
    warnings.push({ bdf: f.bdf, offset: sriovOf(f.layout)!.offset + 0x10, text });
  });
  return physical;
}

/** Wires up the functions of a machine, which are in ascending order of address, each address once. */
export function wire(functions: readonly WiredFunction[]): Wiring {
  const warnings: WiringWarning[] = [];
  const segments: Segment[] = [];
  const segmentOf: number[] = [];
  const below: number[] = functions.map(() => -1);
  const physical = physicalFunctions(functions, warnings);

  const domains = new Map<number, FunctionId[]>();
  functions.forEach(({ bdf }, fn) => {
    const domain = domains.get(domainOf(bdf));
    if (domain) domain.push(fn as FunctionId);
    else domains.set(domainOf(bdf), [fn as FunctionId]);
  });
  for (const [domain, members] of domains) {
    const ranges = members.flatMap((fn): BusRange[] => {
      const { bdf, bytes, layout } = functions[fn]!;
      const range = isBridge(layout) ? busRangeOf(fn, bdf, bytes) : undefined;
      return range ? [range] : [];
    });
    const claims = claimBuses(ranges, (warning) => void warnings.push(warning));
    const byBus = new Map<number, number>();
    const segmentFor = (bus: number): number => {
      const known = byBus.get(bus);
      if (known !== undefined) return known;
      const bridge = claims.get(bus)?.fn;
      const index = segments.push({ domain, bridge, bus, functions: [] }) - 1;
      if (bridge !== undefined) below[bridge] = index;
      byBus.set(bus, index);
      return index;
    };
    for (const bus of claims.keys()) segmentFor(bus);
    for (const fn of members) {
      const { bdf } = functions[fn]!;
      const pf = physical[fn]!;
      // A VF whose Routing ID runs past the bus of its PF still sits on the PF's segment.
      const bus = pf >= 0 ? busOf(functions[pf]!.bdf) : busOf(bdf);
      const index = segmentFor(bus);
      segments[index]!.functions.push({ fn, rid: (busOf(bdf) - bus) * 0x100 + devfnOf(bdf) });
      segmentOf[fn] = index;
    }
  }
  return { segments, segmentOf, below, physical, warnings };
}
