// SPDX-License-Identifier: GPL-2.0-only
/** Which bridge each bus number belongs to, and what is wrong with the bus numbers of bridges. One domain at a time. */
import { busOf, formatBdf } from '../bus/bdf.ts';
import type { Bdf } from '../bus/index.ts';
import type { FunctionId } from './arena.ts';

const PRIMARY = 0x18;
const SECONDARY = 0x19;
const SUBORDINATE = 0x1a;

export interface WiringWarning {
  readonly bdf: Bdf;
  readonly offset: number;
  readonly text: string;
}

/** A bridge that was given a secondary bus. */
export interface BusRange {
  readonly fn: FunctionId;
  readonly bdf: Bdf;
  /** The bus it sits on; its Primary Bus Number register should say the same. */
  readonly bus: number;
  readonly primary: number;
  readonly secondary: number;
  readonly subordinate: number;
}

const hex = (n: number): string => n.toString(16).padStart(2, '0');
const name = ({ bdf }: BusRange): string => formatBdf(bdf);
const span = ({ secondary, subordinate }: BusRange): string => `[${hex(secondary)}-${hex(subordinate)}]`;

/** The bus numbers of a bridge; undefined for one that was given none (secondary bus 0). */
export function busRangeOf(fn: FunctionId, bdf: Bdf, bytes: Uint8Array): BusRange | undefined {
  const [primary, secondary, subordinate] = [bytes[PRIMARY]!, bytes[SECONDARY]!, bytes[SUBORDINATE]!];
  return secondary === 0 ? undefined : { fn, bdf, bus: busOf(bdf), primary, secondary, subordinate };
}

/** What is wrong with a bridge that leads back: the cycle it closes, where it does close one. */
function backwards(range: BusRange, claims: ReadonlyMap<number, BusRange>): string {
  const { bus, secondary } = range;
  const text = `secondary bus ${hex(secondary)} is not above primary ${hex(bus)}`;
  const through: BusRange[] = [range];
  // Bridges that were accepted lead upwards in bus numbers, so this walk towards the root ends.
  let at = bus;
  while (at > secondary) {
    const above = claims.get(at);
    if (above === undefined) return text;
    through.unshift(above);
    at = above.bus;
  }
  if (at !== secondary) return text;
  const buses = [at, ...through.map((r) => r.secondary)].map(hex).join(' -> ');
  return `${text}: bus cycle ${buses} through ${through.map(name).join(', ')}`;
}

/** Ranges that are not inside of the range above them, or overlap a sibling's. */
function checkNesting(claims: ReadonlyMap<number, BusRange>, warn: (range: BusRange, text: string) => void): void {
  for (const range of claims.values()) {
    const parent = claims.get(range.bus);
    if (parent && (range.secondary > parent.subordinate || range.subordinate > parent.subordinate))
      warn(range, `secondary ${hex(range.secondary)} ${span(range)} is outside ${name(parent)} ${span(parent)}`);
    for (const other of claims.values())
      if (other.bus === range.bus && other.secondary < range.secondary && other.subordinate >= range.secondary)
        warn(range, `bus ranges overlap: ${name(other)} ${span(other)}, ${name(range)} ${span(range)}`);
  }
}

/**
 * The bridge that each bus number of one domain belongs to: the first, in order of address, that claims it and leads to a
 * higher number than it sits on. So the wires are a forest whatever the bytes say. `warn` is told of all that is odd.
 */
export function claimBuses(ranges: readonly BusRange[], tell: (warning: WiringWarning) => void): Map<number, BusRange> {
  const claims = new Map<number, BusRange>();
  const warn = (range: BusRange, text: string, offset = SECONDARY) => tell({ bdf: range.bdf, offset, text });
  for (const range of ranges) {
    const { bus, primary, secondary, subordinate } = range;
    if (primary !== bus) warn(range, `primary bus ${hex(primary)}, but it sits on bus ${hex(bus)}`, PRIMARY);
    if (subordinate < secondary)
      warn(range, `subordinate ${hex(subordinate)} below secondary ${hex(secondary)}`, SUBORDINATE);
    if (secondary <= bus) {
      warn(range, backwards(range, claims));
      continue;
    }
    const other = claims.get(secondary);
    if (other) warn(range, `bus ${hex(secondary)} is claimed by ${name(other)} and ${name(range)}`);
    else claims.set(secondary, range);
  }
  checkNesting(claims, warn);
  return claims;
}
