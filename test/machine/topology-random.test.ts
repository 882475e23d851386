// SPDX-License-Identifier: GPL-2.0-only
/** Random small machines: whatever is described is there, reachable, and where its bridges lead. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bdf } from '../../src/bus/index.ts';
import { configBytes } from '../../src/configspace/catalogue.ts';
import { layoutOfFunction } from '../../src/configspace/function.ts';
import type { Role } from '../../src/configspace/registers.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import { pcie } from '../../src/devices/profile.ts';
import { CAPABILITY_IDS, type Capabilities, type CapabilityName } from '../../src/machine/describe-capabilities.ts';
import { parseLspci, type WritableFunction, writeLspci } from '../../src/machine/dump.ts';
import {
  type BarDescription,
  type DescribedFunction,
  describeMachine,
  type FunctionDescription,
  type RootBusDescription,
  TopologyError,
} from '../../src/machine/topology.ts';

const bar: fc.Arbitrary<BarDescription> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      size: fc.integer({ min: 7, max: 24 }).map((n) => 2 ** n),
      is64: fc.boolean(),
      prefetchable: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 8 }).map((n) => ({ size: 2 ** n, kind: 'io' as const })) },
);

const capabilitySet = (names: readonly CapabilityName[]): fc.Arbitrary<Capabilities> =>
  fc
    .tuple(fc.shuffledSubarray([...names]))
    .map(([chosen]) =>
      Object.fromEntries(chosen.map((name) => [name, name.startsWith('vendor') ? { body: [1, 2, 3] } : {}])),
    );

const conventionalOnes: readonly CapabilityName[] = ['pm', 'msi', 'vpd', 'vendorSpecific', 'advancedFeatures', 'pcix'];
const expressOnes: readonly CapabilityName[] = [
  ...([
    'pm',
    'msi',
    'vpd',
    'vendorSpecific',
    'express',
    'aer',
    'vc',
    'serialNumber',
    'acs',
    'ats',
    'pri',
    'tph',
  ] as const),
  ...(['ltr', 'secondaryExpress', 'pasid', 'l1ss', 'ptm', 'dvsec', 'dataLinkFeature', 'physicalLayer16'] as const),
  ...(['multicast', 'vendorSpecificExtended', 'dpc'] as const),
];

const common = {
  vendorId: fc.integer({ min: 1, max: 0xfffe }),
  deviceId: fc.integer({ min: 0, max: 0xfffe }),
  busMaster: fc.boolean(),
  driver: fc.boolean(),
};

const device = (role: Role): fc.Arbitrary<FunctionDescription> =>
  fc.record({
    ...common,
    role: fc.constant(role),
    classCode: fc.constantFrom(0x010802, 0x020000, 0x030000, 0x0c0330),
    bars: fc.array(bar, { maxLength: 3 }),
    capabilities: capabilitySet(role === 'conventional' ? conventionalOnes : expressOnes),
  });

const withVfs: fc.Arbitrary<FunctionDescription> = fc
  .tuple(
    device('endpoint'),
    fc.integer({ min: 1, max: 6 }),
    fc.nat(6),
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 1, max: 40 }),
  )
  .map(([pf, total, enabled, offset, stride]) => ({
    ...pf,
    capabilities: { ...pf.capabilities, ari: {} },
    virtualFunctions: {
      total,
      enabled: Math.min(total, enabled),
      deviceId: 7,
      offset,
      stride,
      bars: [{ size: 0x4000, is64: true, prefetchable: true }],
      capabilities: { msix: {}, ari: {} },
    },
  }));

const port = (
  role: Role,
  below: fc.Arbitrary<FunctionDescription[]>,
  layout: 1 | 2 = 1,
): fc.Arbitrary<FunctionDescription> =>
  fc.record({
    ...common,
    role: fc.constant(role),
    classCode: fc.constant(layout === 1 ? 0x060400 : 0x060700),
    headerLayout: fc.constant(layout),
    capabilities: capabilitySet(
      role === 'conventional'
        ? ['pm', 'vendorSpecific']
        : ['pm', 'msi', 'subsystemId', 'express', 'aer', 'acs', 'vc', 'dpc'],
    ),
    hotPlug: fc
      .constant(role)
      .chain((r) => (r === 'root port' || r === 'downstream port' ? fc.boolean() : fc.constant(false))),
    below,
  });

/** What a bus holds: the link below a port, the internal bus of a switch, a conventional bus. */
type Buses = Readonly<Record<'link' | 'internal' | 'conventional', FunctionDescription[]>>;

const functionsOfDevice = (one: fc.Arbitrary<FunctionDescription>): fc.Arbitrary<FunctionDescription[]> =>
  fc.array(one, { minLength: 1, maxLength: 3 }).map((functions) => functions.map((f, fn) => ({ ...f, fn })));
const alone = (one: fc.Arbitrary<FunctionDescription>): fc.Arbitrary<FunctionDescription[]> => one.map((f) => [f]);

const endpoints = functionsOfDevice(fc.oneof(device('endpoint'), device('legacy endpoint')));
const card = fc.array(device('conventional'), { maxLength: 1 });

const buses = fc.letrec<Buses>((tie) => ({
  link: fc.oneof<fc.MaybeWeightedArbitrary<FunctionDescription[]>[]>(
    endpoints,
    fc.constant([]),
    alone(withVfs),
    alone(port('upstream port', tie('internal'))),
    alone(port('PCIe-to-PCI bridge', tie('conventional'))),
  ),
  internal: fc.array(port('downstream port', tie('link')), { maxLength: 3 }),
  conventional: fc.array(
    fc.oneof<fc.MaybeWeightedArbitrary<FunctionDescription>[]>(
      device('conventional'),
      port('conventional', card, 2),
      port('conventional', tie('conventional')),
      port('PCI-to-PCIe bridge', fc.oneof(endpoints, alone(port('upstream port', tie('internal'))))),
    ),
    { maxLength: 3 },
  ),
}));

const rootFunctions = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: port('root port', buses.link) },
    { weight: 1, arbitrary: device('RC integrated endpoint') },
    { weight: 1, arbitrary: device('conventional') },
    { weight: 1, arbitrary: port('conventional', buses.conventional) },
  ),
  { minLength: 1, maxLength: 4 },
);

const description: fc.Arbitrary<RootBusDescription[]> = fc.array(
  fc.record({ domain: fc.constantFrom(0, 0, 1, 0x10000), functions: rootFunctions }),
  { minLength: 1, maxLength: 3 },
);

/** A random machine may want more I/O ports than a PC has: that is the only thing that may be wrong with it. */
function built(roots: readonly RootBusDescription[]): DescribedFunction[] | undefined {
  try {
    return describeMachine(roots);
  } catch (error) {
    if (error instanceof TopologyError && error.message.includes('of io space')) return undefined;
    throw error;
  }
}

const check = (property: (machine: DescribedFunction[], roots: readonly RootBusDescription[]) => void) =>
  fc.assert(
    fc.property(description, (roots) => {
      const machine = built(roots);
      fc.pre(machine !== undefined);
      property(machine, roots);
    }),
    { numRuns: 150 },
  );

interface Range {
  readonly base: number;
  readonly end: number;
}

const inside = (inner: Range, outer: Range): boolean => outer.base <= inner.base && inner.end <= outer.end;

/** Windows of a bridge by the specification's own arithmetic. */
function windowsOf({ bytes }: DescribedFunction): Range[] {
  const { u8, u16, u32 } = configBytes(bytes);
  const open = ({ base, end }: Range) => base < end;
  if ((u8(0x0e) & 0x7f) === 2)
    return [
      { base: u32(0x24), end: u32(0x28) + 0x1000 },
      { base: u32(0x2c), end: u32(0x30) + 4 },
    ].filter(open);
  return [
    { base: (u8(0x1c) >> 4) << 12, end: ((u8(0x1d) >> 4) + 1) << 12 },
    { base: (u16(0x20) >> 4) * 2 ** 20, end: ((u16(0x22) >> 4) + 1) * 2 ** 20 },
    {
      base: (u16(0x24) >> 4) * 2 ** 20 + u32(0x28) * 2 ** 32,
      end: ((u16(0x26) >> 4) + 1) * 2 ** 20 + u32(0x2c) * 2 ** 32,
    },
  ].filter(open);
}

const isBridge = ({ bytes }: DescribedFunction): boolean => (bytes[0x0e]! & 0x7f) !== 0;

const text = (functions: readonly WritableFunction[]): string => writeLspci(functions, { domains: true });

describe('random machines', () => {
  it('let every function be reached at its address', () =>
    check((machine) => {
      const hw = new Hardware(machine, pcie);
      machine.forEach(({ bdf, bytes }, fn) => {
        expect(hw.fabric.find(bdf)).toBe(fn);
        expect(hw.read(bdf, 0, 4)).toBe(configBytes(bytes).u32(0));
      });
      expect(hw.fabric.wiring.warnings).toEqual([]);
    }));

  it('have no more functions than were described, in ascending order', () =>
    check((machine, roots) => {
      const count = (functions: readonly FunctionDescription[]): number =>
        functions.reduce((n, f) => n + 1 + (f.virtualFunctions?.enabled ?? 0) + count(f.below ?? []), 0);
      expect(machine.length).toBe(roots.reduce((n, { functions }) => n + count(functions), 0));
      expect(machine).toEqual(machine.toSorted((a, b) => a.bdf - b.bdf));
    }));

  it('have nothing odd in their bytes', () =>
    check((machine) => {
      for (const { bytes } of machine)
        expect(layoutOfFunction(bytes).oddities.filter(({ severity }) => severity === 'warning')).toEqual([]);
    }));

  it('have every BAR aligned, inside the windows of all bridges above it, and apart from all others', () =>
    check((machine) => {
      const hw = new Hardware(machine, pcie);
      const byBdf = new Map<Bdf, DescribedFunction>(machine.map((f) => [f.bdf, f]));
      const { segments, segmentOf } = hw.fabric.wiring;
      const spaces: Record<string, Range[]> = { io: [], memory: [] };
      machine.forEach((f, fn) => {
        const { u32 } = configBytes(f.bytes);
        const ranges = hw.bars[fn]!.map(({ kind, offset, is64, size }) => {
          const low = u32(offset);
          const base =
            low - (low % (kind === 'io' ? 4 : kind === 'rom' ? 0x800 : 16)) + (is64 ? u32(offset + 4) * 2 ** 32 : 0);
          expect(base % size).toBe(0);
          expect(base).toBeGreaterThan(0);
          const range = { base, end: base + size };
          spaces[kind === 'io' ? 'io' : 'memory']!.push(range);
          return range;
        });
        const claimed = isBridge(f) ? [...ranges, ...windowsOf(f)] : ranges;
        for (let at = segments[segmentOf[fn]!]!.bridge; at !== undefined; at = segments[segmentOf[at]!]!.bridge) {
          const windows = windowsOf(byBdf.get(machine[at]!.bdf)!);
          for (const range of claimed) expect(windows.some((w) => inside(range, w))).toBe(true);
        }
      });
      for (const ranges of Object.values(spaces)) {
        ranges.sort((a, b) => a.base - b.base);
        for (let i = 1; i < ranges.length; i++) expect(ranges[i]!.base).toBeGreaterThanOrEqual(ranges[i - 1]!.end);
      }
    }));

  it('give every capability that was asked for, once', () =>
    check((machine, roots) => {
      const asked = (functions: readonly FunctionDescription[]): string[] =>
        functions.flatMap((f) => [
          `${f.vendorId}:${f.deviceId} ${Object.keys({
            ...f.capabilities,
            ...(f.role !== 'conventional' && { express: {} }),
            ...(f.virtualFunctions && { sriov: {} }),
          })
            .map((name) => CAPABILITY_IDS[name as CapabilityName])
            .map(({ id, version }) => `${version === undefined ? 'c' : 'e'}${id}`)
            .sort()
            .join()}`,
          ...asked(f.below ?? []),
        ]);
      const found = machine
        .filter(({ bytes }) => configBytes(bytes).u16(0) !== 0xffff)
        .map(({ bytes }) => {
          const ids = layoutOfFunction(bytes).blocks.flatMap(({ id, extended }) =>
            id === undefined ? [] : [`${extended ? 'e' : 'c'}${id}`],
          );
          return `${configBytes(bytes).u16(0)}:${configBytes(bytes).u16(2)} ${ids.sort().join()}`;
        });
      expect(found.sort()).toEqual(roots.flatMap(({ functions }) => asked(functions)).sort());
    }));

  it('come back from their dump as they were', () =>
    check((machine) => {
      const dump = parseLspci(Buffer.from(text(machine)), 'random.lspci');
      expect(dump.warnings).toEqual([]);
      expect(text(dump.functions)).toBe(text(machine));
    }));

  it('are the same for the same description, which is plain data', () =>
    check((machine, roots) => {
      const again = describeMachine(structuredClone(roots) as RootBusDescription[]);
      expect(text(again)).toBe(text(machine));
      expect(again.map(({ barSizes }) => barSizes)).toEqual(machine.map(({ barSizes }) => barSizes));
    }));
});
