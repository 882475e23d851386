// SPDX-License-Identifier: GPL-2.0-only
/**
 * Operations on a machine, packed: two words each, of which the first says what is done to whom and the second is a value.
 * So a sequence is an array of numbers, cheap to make and to shrink.
 */
import { makeBdfFromDevfn } from '../../src/bus/bdf.ts';
import type { Bdf, Size } from '../../src/bus/index.ts';
import { AF, EXPRESS, factsOf, hasLinkBelow, isBridge, isExpress, PM, SRIOV } from './facts.ts';
import type { Machine } from './machines.ts';

/** What an operation is made of, in order. */
export type Step =
  | { readonly do: 'read'; readonly bdf: Bdf; readonly at: number; readonly size: Size }
  | { readonly do: 'write'; readonly bdf: Bdf; readonly at: number; readonly size: Size; readonly value: number }
  | { readonly do: 'time'; readonly us: number }
  | { readonly do: 'arm'; readonly fn: number }
  | { readonly do: 'pull' | 'put'; readonly fn: number };

export const KINDS = [
  'write a register',
  'write anywhere',
  'read',
  'hold in reset',
  'release',
  'bus reset',
  'function reset',
  'power state',
  'bus numbers',
  'restore bridges',
  'time',
  'arm DMA',
  'ask everybody',
  'ARI forwarding',
  'VF enable',
  'bus master',
  'link control',
  'slot power',
  'card',
] as const;
export type OperationKind = (typeof KINDS)[number];

/** How often each kind comes, of 64. */
const WEIGHTS = [8, 2, 6, 3, 4, 3, 4, 6, 2, 6, 7, 2, 2, 1, 2, 1, 2, 1, 2] as const;
const BY_WEIGHT = WEIGHTS.flatMap((weight, kind) => Array.from({ length: weight }, () => kind));

const TIMES_US = [
  0, 1, 1_000, 2_000, 9_999, 10_000, 19_999, 20_000, 40_000, 80_000, 100_000, 500_000, 1_006_633, 1_100_000,
];
const SIZES = [1, 2, 4] as const;

const write = (bdf: Bdf, at: number, size: Size, value: number): Step => ({ do: 'write', bdf, at, size, value });

/** Up to 4 bytes that begin at a multiple of their number. */
function aligned(at: number, size: Size): number {
  return at - (at % size);
}

export function decode(machine: Machine, word: number, value: number): { kind: OperationKind; steps: Step[] } {
  const { functions } = machine;
  const kind = BY_WEIGHT[word & 63]!;
  const bridges = functions.filter(({ role }) => isBridge(role));
  const among = <T>(list: readonly T[], bits: number): T | undefined => list[bits % list.length];
  const [pick, choice] = [(word >>> 6) & 0xff, (word >>> 14) & 0xfff];
  const f = functions[pick % functions.length]!;
  const bridge = among(bridges, pick);
  const size = SIZES[(word >>> 26) % 3]!;
  return { kind: KINDS[kind]!, steps: stepsOf() };

  function stepsOf(): Step[] {
    switch (KINDS[kind]!) {
      case 'write a register': {
        const r = among(factsOf(f.role, f.features), choice)!;
        const at = aligned(r.at + ((choice >> 8) % r.size), size);
        return [write(f.bdf, at, size, value % 2 ** (8 * size))];
      }
      case 'write anywhere': {
        const at = aligned(choice, size);
        return [write(f.bdf, at, size, value % 2 ** (8 * size))];
      }
      case 'read': {
        const r = among(factsOf(f.role, f.features), choice)!;
        const others = functions[(value >>> 8) % functions.length]!;
        // The address of one function on the bus of another, or on the last bus of a root.
        const bus = value % 16 === 4 ? machine.roots[0]!.last : (others.bdf % 0x10000) >> 8;
        const bdf = value % 4 === 0 ? makeBdfFromDevfn(0, bus, f.bdf % 0x100) : f.bdf;
        return [{ do: 'read', bdf, at: value % 8 < 2 ? 0 : aligned(r.at, size), size }];
      }
      case 'hold in reset':
        return bridge ? [write(bridge.bdf, 0x3e, 2, 0x0040)] : [];
      case 'release':
        return bridge ? [write(bridge.bdf, 0x3e, 1, 0x00)] : [];
      case 'bus reset':
        return bridge
          ? [write(bridge.bdf, 0x3e, 2, 0x40), { do: 'time', us: 2000 }, write(bridge.bdf, 0x3e, 2, 0)]
          : [];
      case 'function reset':
        return isExpress(f.role)
          ? [write(f.bdf, EXPRESS + 8, 2, 0x8000 | (value & 0x7fff))]
          : [write(f.bdf, AF + 4, 1, 1)];
      case 'power state':
        return [write(f.bdf, PM + 4, 2, [3, 0, 3, 0, 1, 2][choice % 6]!)];
      case 'bus numbers': {
        if (bridge === undefined) return [];
        const [a, b] = [among(bridges, value)!, among(bridges, value >>> 8)!];
        const subordinate = choice % 3 === 0 ? 0xff : b.bytes[0x1a]!;
        return [write(bridge.bdf, 0x18, 4, a.bytes[0x18]! | (a.bytes[0x19]! << 8) | (subordinate << 16))];
      }
      case 'restore bridges':
        return bridges.flatMap(({ bdf, bytes }) => [
          write(bdf, 0x18, 4, bytes[0x18]! | (bytes[0x19]! << 8) | (bytes[0x1a]! << 16)),
          write(bdf, 0x04, 2, 0x0006),
        ]);
      case 'time':
        return [{ do: 'time', us: choice % 16 < TIMES_US.length ? TIMES_US[choice % 16]! : value % 200_000 }];
      case 'arm DMA':
        return [write(f.bdf, 0x04, 2, 6), { do: 'arm', fn: pick % functions.length }];
      case 'ask everybody':
        return functions.map(({ bdf }) => ({ do: 'read', bdf, at: 0, size: 4 }));
      case 'ARI forwarding':
        return bridge && hasLinkBelow(bridge.role) ? [write(bridge.bdf, EXPRESS + 0x28, 2, value & 0x0020)] : [];
      case 'VF enable': {
        const pf = among(
          functions.filter(({ features }) => features.sriov),
          pick,
        );
        if (pf === undefined) return [];
        return choice % 3 === 0
          ? [write(pf.bdf, SRIOV + 0x08, 2, value & 1)]
          : [write(pf.bdf, SRIOV + 0x10, 2, value % 3), write(pf.bdf, SRIOV + 0x08, 2, 1)];
      }
      case 'link control':
        return bridge && hasLinkBelow(bridge.role) ? [write(bridge.bdf, EXPRESS + 0x10, 2, value & 0x0030)] : [];
      case 'slot power':
        return bridge?.features.slot ? [write(bridge.bdf, EXPRESS + 0x18, 2, value & 0x0400)] : [];
      case 'card':
        return bridge?.features.slot ? [{ do: value % 2 === 0 ? 'pull' : 'put', fn: functions.indexOf(bridge) }] : [];
      case 'bus master':
        return [write(f.bdf, 0x04, 2, value & 0x0006)];
    }
  }
}
