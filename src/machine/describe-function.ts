// SPDX-License-Identifier: GPL-2.0-only
/** The config space of one function that has its place and its addresses: the header, then the capabilities. */
import { deviceOf, formatBdf, functionOf } from '../bus/bdf.ts';
import type { Variant } from '../configspace/registers.ts';
import { type0, type1, type2 } from '../configspace/tables/header.ts';
import { ROM_INDEX } from './describe-bars.ts';
import { type AnyValues, checkNames, encodeBlock, fieldsOf, mergeValues } from './describe-block.ts';
import { type CapabilityName, encodeCapabilities } from './describe-capabilities.ts';
import { completeCapabilities, hasDriver, upperHalf } from './describe-defaults.ts';
import { hasSlot } from './describe-express.ts';
import type { Place } from './describe-places.ts';
import type { Addresses, AssignedBar, Space, Window } from './describe-windows.ts';
import { TopologyError } from './topology-description.ts';

const HEADERS = [type0, type1, type2] as const;
const CONVENTIONAL_SIZE = 0x100;
const EXPRESS_SIZE = 0x1000;
/** Room past the end, so that what does not fit can be encoded before it is found not to. */
const SLACK = 0x800;
/** Interrupt lines of a PC that PCI devices share. */
const LINES = [11, 10, 5, 7] as const;
/** The kernel writes 64 bytes and 32 clocks where it has a say. */
const CACHE_LINE_DWORDS = 16;
const LATENCY_TIMER_CLOCKS = 32;

const low32 = (address: number): number => address % 2 ** 32;
const high32 = (address: number): number => Math.floor(address / 2 ** 32);

function barValues(bars: readonly AssignedBar[], headerLayout: number): AnyValues {
  const values: Record<string, Record<string, number | boolean>> = {};
  for (const { index, kind, is64, prefetchable, address } of bars) {
    if (index === ROM_INDEX) values['expansionRomBaseAddress'] = { base: address / 2 ** 11 };
    else if (headerLayout === 2) values['cardbusBaseAddress'] = { base: address / 2 ** 12 };
    else if (kind === 'io')
      // Bits 3..2 belong to the address of an I/O BAR; the table has memory BARs in mind and calls them otherwise.
      values[`bar${index}`] = {
        ioSpace: true,
        type: ((address >> 2) & 1) * 2,
        prefetchable: (address & 8) !== 0,
        base: address >>> 4,
      };
    else values[`bar${index}`] = { type: is64 ? 2 : 0, prefetchable, base: Math.floor(low32(address) / 16) };
    if (is64) values[`bar${index + 1}`] = upperHalf(address);
  }
  return values;
}

/** Windows that are closed have a base above their limit. */
const CLOSED: Readonly<Record<Space, Window>> = {
  io: { base: 0xf000, limit: 0x0fff },
  memory: { base: 0xfff0_0000, limit: 0x000f_ffff },
  prefetchable: { base: 0xfff0_0000, limit: 0x000f_ffff },
};

function bridgeWindows(open: Partial<Record<Space, Window>>): AnyValues {
  const { io, memory, prefetchable } = { ...CLOSED, ...open };
  return {
    ioBase: { capability: 1, base: (io.base >> 12) & 0xf },
    ioLimit: { capability: 1, limit: (io.limit >> 12) & 0xf },
    memoryBase: { address: memory.base / 2 ** 20 },
    memoryLimit: { address: Math.floor(memory.limit / 2 ** 20) },
    prefetchableMemoryBase: { capability: 1, address: Math.floor(low32(prefetchable.base) / 2 ** 20) },
    prefetchableMemoryLimit: { capability: 1, address: Math.floor(low32(prefetchable.limit) / 2 ** 20) },
    prefetchableBaseUpper: { address: high32(prefetchable.base) },
    prefetchableLimitUpper: { address: high32(prefetchable.limit) },
  };
}

/** Of the two windows of each kind a CardBus bridge uses the first one for I/O and the second one, which does not prefetch. */
function cardBusWindows({ io, memory }: Partial<Record<Space, Window>>): AnyValues {
  return {
    memoryBase0: { address: 0xfffff },
    ...(memory && {
      memoryBase1: { address: memory.base / 2 ** 12 },
      memoryLimit1: { address: Math.floor(memory.limit / 2 ** 12) },
    }),
    ...(io && { ioBase0: { address: io.base / 4 }, ioLimit0: { address: Math.floor(io.limit / 4) } }),
    ioBase1: { address: 0x3fff_ffff },
    bridgeControl: { prefetchMemory0: true, prefetchMemory1: false },
  };
}

function busValues(place: Place, addresses: Addresses): AnyValues {
  if (place.headerLayout === 0) return {};
  const open = addresses.windows.get(place) ?? {};
  return {
    primaryBusNumber: { number: (place.bdf >> 8) & 0xff },
    secondaryBusNumber: { number: place.secondary },
    subordinateBusNumber: { number: place.subordinate },
    ...(place.headerLayout === 1 ? bridgeWindows(open) : cardBusWindows(open)),
  };
}

/** Command as a driver leaves it: decoders that there is something for, Bus Master, and no INTx beside a message. */
function commandValues(place: Place, bars: readonly AssignedBar[], messages: boolean): AnyValues {
  const driver = hasDriver(place);
  const isBridge = place.headerLayout !== 0;
  return {
    command: {
      ioSpaceEnable: driver && (isBridge || bars.some(({ kind }) => kind === 'io')),
      memorySpaceEnable: driver && (isBridge || bars.some(({ kind }) => kind === 'memory')),
      busMasterEnable: place.description.busMaster ?? driver,
      interruptDisable: messages,
    },
  };
}

function idValues({ description, headerLayout, multiFunction, bdf, physical }: Place): AnyValues {
  const { vendorId, deviceId, revisionId = 0, classCode, subsystem, role } = description;
  const { pin = headerLayout === 0 || role === 'root port' || headerLayout === 2 ? 1 + (functionOf(bdf) % 4) : 0 } =
    description;
  return {
    vendorId: { vendorId },
    deviceId: { deviceId },
    revisionId: { revisionId },
    classCode: { classCode },
    headerType: { headerLayout, multiFunctionDevice: multiFunction },
    cacheLineSize: { cacheLineSize: physical ? 0 : CACHE_LINE_DWORDS },
    ...(role === 'conventional' && { latencyTimer: { latencyTimerConventional: LATENCY_TIMER_CLOCKS } }),
    interruptLine: { line: pin === 0 ? 0 : LINES[(deviceOf(bdf) + pin - 1) % LINES.length]! },
    interruptPin: { pin },
    ...(subsystem &&
      headerLayout !== 1 && {
        subsystemVendorId: { subsystemVendorId: subsystem[0] },
        subsystemId: { subsystemId: subsystem[1] },
      }),
  };
}

function encode(place: Place, addresses: Addresses): Uint8Array {
  const { role, header = {} } = place.description;
  const bytes = new Uint8Array(EXPRESS_SIZE + SLACK);
  const capabilities = completeCapabilities(place, addresses);
  const enabled = (name: CapabilityName): boolean =>
    fieldsOf((capabilities[name] ?? {}) as AnyValues, 'control')['enable'] === true;
  const variant: Variant = { role, version: 0, slot: hasSlot(place.description) };
  const bars = addresses.bars.get(place) ?? [];
  const values = [
    idValues(place),
    { status: { capabilitiesList: Object.keys(capabilities).length > 0 } },
    commandValues(place, bars, enabled('msi') || enabled('msix')),
    barValues(bars, place.headerLayout),
    busValues(place, addresses),
    header as AnyValues,
  ].reduce<AnyValues>((all, some) => mergeValues(all, some), {});
  const block = HEADERS[place.headerLayout];
  checkNames(block, values, variant, block.title);
  encodeBlock(bytes, 0, block, values, variant);
  encodeCapabilities(bytes, capabilities, place.headerLayout, variant);
  return bytes.slice(0, role === 'conventional' ? CONVENTIONAL_SIZE : EXPRESS_SIZE);
}

/** 256 bytes for a conventional function, 4096 for all others. */
export function configSpaceOf(place: Place, addresses: Addresses): Uint8Array {
  try {
    return encode(place, addresses);
  } catch (error) {
    if (error instanceof TopologyError) throw new TopologyError(`${formatBdf(place.bdf)}: ${error.message}`);
    throw error;
  }
}
