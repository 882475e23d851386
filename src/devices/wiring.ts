// SPDX-License-Identifier: GPL-2.0-only
/**
 * How the functions of a machine are wired: which bus segment each sits on, and which bridge leads to it. The wires are
 * read off the bus numbers that the bridges have when the machine is built; they stay when the bus numbers change.
 */

import { busOf, devfnOf, domainOf, formatBdf, makeBdfFromDevfn } from '../bus/bdf.ts';
import type { Bdf } from '../bus/index.ts';
import { configBytes } from '../configspace/catalogue.ts';
import type { FunctionLayout } from '../configspace/function.ts';
import type { FunctionId } from './arena.ts';

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

export interface WiringWarning {
  readonly bdf: Bdf;
  readonly offset: number;
  readonly text: string;
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

interface Range {
  readonly fn: FunctionId;
  readonly bus: number;
  readonly secondary: number;
  readonly subordinate: number;
}

const hex = (n: number): string => n.toString(16).padStart(2, '0');
const SECONDARY = 0x19;

const isBridge = ({ headerType }: FunctionLayout): boolean => headerType === 1 || headerType === 2;

/** Bridges that were given a secondary bus, in the order of their addresses. */
function rangesOf(functions: readonly WiredFunction[]): Range[] {
  return functions.flatMap(({ bdf, bytes, layout }, fn) => {
    if (!isBridge(layout) || bytes[SECONDARY] === 0) return [];
    return { fn: fn as FunctionId, bus: busOf(bdf), secondary: bytes[SECONDARY]!, subordinate: bytes[0x1a]! };
  });
}

/** The bridge that each bus number of one domain belongs to, and what is wrong with the ranges. */
function claimBuses(
  ranges: readonly Range[],
  functions: readonly WiredFunction[],
  warnings: WiringWarning[],
): Map<number, Range> {
  const claims = new Map<number, Range>();
  const name = ({ fn }: Range) => formatBdf(functions[fn]!.bdf);
  const span = ({ secondary, subordinate }: Range) => `[${hex(secondary)}-${hex(subordinate)}]`;
  const warn = (range: Range, text: string) =>
    warnings.push({ bdf: functions[range.fn]!.bdf, offset: SECONDARY, text });
  for (const range of ranges) {
    const { bus, secondary, subordinate } = range;
    if (secondary <= bus) {
      warn(
        range,
        `secondary bus ${hex(secondary)} is not above primary ${hex(bus)} (bus cycle back to ${hex(secondary)})`,
      );
      continue;
    }
    if (subordinate < secondary) warn(range, `subordinate ${hex(subordinate)} below secondary ${hex(secondary)}`);
    const other = claims.get(secondary);
    if (other) {
      warn(range, `bus ${hex(secondary)} is claimed by ${name(other)} and ${name(range)}`);
      continue;
    }
    claims.set(secondary, range);
  }
  for (const range of claims.values()) {
    const parent = claims.get(range.bus);
    if (parent && (range.secondary > parent.subordinate || range.subordinate > parent.subordinate))
      warn(range, `secondary ${hex(range.secondary)} ${span(range)} is outside ${name(parent)} ${span(parent)}`);
    for (const other of claims.values())
      if (other.bus === range.bus && other.secondary < range.secondary && other.subordinate >= range.secondary)
        warn(range, `bus ranges overlap: ${name(other)} ${span(other)}, ${name(range)} ${span(range)}`);
  }
  return claims;
}

/** Addresses of the virtual functions that a physical function has enabled (PCIe 6.0 section 9.2.1.2). */
export function virtualFunctionsOf({ bdf, bytes, layout }: WiredFunction): Bdf[] {
  const sriov = layout.blocks.find(({ extended, id }) => extended && id === 0x0010);
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

/** Wires up the functions of a machine, which are in ascending order of address, each address once. */
export function wire(functions: readonly WiredFunction[]): Wiring {
  const warnings: WiringWarning[] = [];
  const segments: Segment[] = [];
  const segmentOf: number[] = [];
  const below: number[] = functions.map(() => -1);
  const physical: number[] = functions.map(() => -1);
  const idOf = new Map(functions.map(({ bdf }, fn) => [bdf, fn]));

  functions.forEach((f, pf) => {
    const virtual = virtualFunctionsOf(f);
    const there = virtual.map((bdf) => idOf.get(bdf)).filter((fn) => fn !== undefined);
    for (const fn of there) if (fn !== pf) physical[fn] = pf;
    if (there.length < virtual.length) {
      const text = `${virtual.length} VFs enabled, ${there.length || 'none'} in the dump`;
      warnings.push({ bdf: f.bdf, offset: 0x100, text });
    }
  });

  const domains = new Set(functions.map(({ bdf }) => domainOf(bdf)));
  for (const domain of domains) {
    const here = rangesOf(functions).filter(({ fn }) => domainOf(functions[fn]!.bdf) === domain);
    const claims = claimBuses(here, functions, warnings);
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
    functions.forEach(({ bdf }, fn) => {
      if (domainOf(bdf) !== domain) return;
      const pf = physical[fn]!;
      // A VF whose Routing ID runs past the bus of its PF still sits on the PF's segment.
      const bus = pf >= 0 ? busOf(functions[pf]!.bdf) : busOf(bdf);
      const index = segmentFor(bus);
      segments[index]!.functions.push({ fn: fn as FunctionId, rid: (busOf(bdf) - bus) * 0x100 + devfnOf(bdf) });
      segmentOf[fn] = index;
    });
  }
  return { segments, segmentOf, below, physical, warnings };
}
