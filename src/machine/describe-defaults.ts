// SPDX-License-Identifier: GPL-2.0-only
/** Values of capabilities that were asked for without any: what such a device says, and what a running system has set. */

import { functionOf } from '../bus/bdf.ts';
import { type AnyValues, fieldsOf, mergeValues } from './describe-block.ts';
import type { Capabilities, CapabilityName } from './describe-capabilities.ts';
import { expressDefaults, hasLink, isDownstreamFacing } from './describe-express.ts';
import { forwardsAri, type Place } from './describe-places.ts';
import { firstVf, vfStride } from './describe-virtual.ts';
import type { Addresses, AssignedBar } from './describe-windows.ts';
import { TopologyError } from './topology-description.ts';

interface Situation {
  readonly place: Place;
  /** All capabilities the function has. */
  readonly capabilities: Capabilities;
  readonly bars: readonly AssignedBar[];
  readonly virtualBars: readonly AssignedBar[];
}

/** Interrupt messages go to one of eight processors, each with a vector of its own; 20h and below are exceptions. */
const MESSAGE_ADDRESS = 0xfee0_0000;
const FIRST_VECTOR = 0x21;
const VECTORS = 0xcf;
const PROCESSORS = 8;
const SMALLEST_FOR_MSIX = 128;
/** PME# from D0, D3hot and D3cold. */
const PME_D0_D3 = 0b11001;
const ALL_PAGE_SIZES_TO_64K = 0x553;
/** 3 times 2^20 ns, what firmware of PCs writes. */
const LTR_3MS = { value: 3, scale: 4 };
/** OUI of the serial numbers made here, from the range for local use. */
const SERIAL_NUMBER_UPPER = 0x0200_00ff;

export const hasDriver = ({ description }: Place): boolean => description.driver ?? true;

const messageAddress = (ordinal: number): number => MESSAGE_ADDRESS + (ordinal % PROCESSORS) * 0x1000;
const messageData = (ordinal: number): number => FIRST_VECTOR + (ordinal % VECTORS);

/** Whether the function interrupts by MSI: it can, its driver does, and it has nothing better. */
const usesMsi = ({ place, capabilities }: Situation): boolean =>
  hasDriver(place) && capabilities.msix === undefined && place.description.role !== 'upstream port';

function msi(s: Situation): Capabilities['msi'] {
  const address = { address64Capable: s.place.description.role !== 'conventional' };
  if (!usesMsi(s)) return { control: address };
  return {
    control: { ...address, enable: true },
    messageAddress: { address: messageAddress(s.place.ordinal) / 4 },
    messageData: { data: messageData(s.place.ordinal) },
  };
}

/** Vector table and pending bits in the upper half of the first memory BAR: of a VF, the first that its PF gives it. */
function msix({ place, bars, virtualBars }: Situation): Capabilities['msix'] {
  const candidates = place.physical ? virtualBars : bars;
  const bar = candidates.find(({ kind, size }) => kind === 'memory' && size >= SMALLEST_FOR_MSIX);
  if (bar === undefined)
    throw new TopologyError(`MSI-X has its table in a memory BAR of ${SMALLEST_FOR_MSIX} bytes or more, there is none`);
  return {
    control: { tableSize: Math.min(16, bar.size / 64) - 1, enable: hasDriver(place) },
    table: { bir: bar.index, offset: bar.size / 2 / 8 },
    pendingBitArray: { bir: bar.index, offset: ((bar.size / 4) * 3) / 8 },
  };
}

function sriov({ place, virtualBars }: Situation): Capabilities['sriov'] {
  const { virtualFunctions, capabilities } = place.description;
  if (virtualFunctions === undefined) return {};
  const { total, enabled = 0, deviceId } = virtualFunctions;
  const ari = capabilities?.ari !== undefined && place.bridge !== undefined && forwardsAri(place.bridge.description);
  const bars: Record<string, Record<string, number | boolean>> = {};
  for (const { index, is64, prefetchable, address } of virtualBars) {
    bars[`vfBar${index}`] = { type: is64 ? 2 : 0, prefetchable, base: Math.floor((address % 2 ** 32) / 16) };
    if (is64) Object.assign(bars, { [`vfBar${index + 1}`]: upperHalf(address) });
  }
  return {
    capability: { ariCapableHierarchyPreserved: true },
    control: {
      vfEnable: enabled > 0,
      vfMse: enabled > 0,
      // Only the lowest physical function of a device has the bit.
      ariCapableHierarchy: ari && functionOf(place.bdf) === 0,
    },
    initialVfs: { number: total },
    totalVfs: { number: total },
    numVfs: { number: enabled },
    functionDependencyLink: { link: functionOf(place.bdf) },
    firstVfOffset: { offset: firstVf(virtualFunctions) },
    vfStride: { stride: vfStride(virtualFunctions) },
    vfDeviceId: { deviceId },
    supportedPageSizes: { pageSizes: ALL_PAGE_SIZES_TO_64K },
    ...bars,
  };
}

/** The register after a 64-bit BAR is the upper half of an address, whatever its fields are called. */
export function upperHalf(address: number): { ioSpace: boolean; type: number; prefetchable: boolean; base: number } {
  const upper = Math.floor(address / 2 ** 32);
  return { ioSpace: (upper & 1) !== 0, type: (upper >> 1) & 3, prefetchable: (upper & 8) !== 0, base: upper >>> 4 };
}

/** The largest memory BAR can have any size from 1 MiB to its own. */
function resizableBar({ bars }: Situation): Capabilities['resizableBar'] {
  const [bar] = bars.filter(({ kind }) => kind === 'memory').toSorted((a, b) => b.size - a.size);
  if (bar === undefined || bar.size < 2 ** 20)
    throw new TopologyError(`a resizable BAR has 1 MiB or more, and there is none`);
  const size = Math.log2(bar.size) - 20;
  return {
    capability0: { sizesSupported: 2 ** (size + 1) - 1 },
    control0: { barIndex: bar.index, numberOfResizableBars: 1, barSize: size },
  };
}

function acs({ place }: Situation): Capabilities['acs'] {
  if (!isDownstreamFacing(place.description.role)) return {};
  const on = {
    sourceValidation: true,
    p2pRequestRedirect: true,
    p2pCompletionRedirect: true,
    upstreamForwarding: true,
  };
  return { capability: on, control: on };
}

const allStates = { pciPmL12: true, pciPmL11: true, aspmL12: true, aspmL11: true };

const DEFAULTS: { readonly [N in CapabilityName]?: (s: Situation) => Capabilities[N] } = {
  pm: () => ({
    powerManagementCapabilities: { pmeSupport: PME_D0_D3 },
    powerManagementControlStatus: { noSoftReset: true },
  }),
  msi,
  msix,
  sriov,
  resizableBar,
  acs,
  subsystemId: ({ place: { description } }) => ({
    subsystemVendorId: { subsystemVendorId: description.subsystem?.[0] ?? description.vendorId },
    subsystemId: { subsystemId: description.subsystem?.[1] ?? 0 },
  }),
  express: ({ place, capabilities }) =>
    expressDefaults(place, Number(fieldsOf((capabilities.express ?? {}) as AnyValues, 'capabilities')['version'] ?? 2)),
  aer: ({ place: { description } }) =>
    description.role !== 'root port' && description.role !== 'RC event collector'
      ? {}
      : {
          rootErrorCommand: {
            correctableErrorReportingEnable: true,
            nonFatalErrorReportingEnable: true,
            fatalErrorReportingEnable: true,
          },
        },
  serialNumber: ({ place }) => ({
    serialNumberLower: { serialNumber: 0x1000 + place.ordinal },
    serialNumberUpper: { serialNumber: SERIAL_NUMBER_UPPER },
  }),
  ari: ({ place }) => ({ capability: { nextFunctionNumber: place.nextFunction } }),
  ats: () => ({ capability: { pageAlignedRequest: true } }),
  pri: () => ({ outstandingPageRequestCapacity: { number: 0x200 } }),
  pasid: () => ({ capability: { maxPasidWidth: 20 } }),
  tph: () => ({ capability: { noStModeSupported: true } }),
  ltr: () => ({ maxSnoopLatency: LTR_3MS, maxNoSnoopLatency: LTR_3MS }),
  l1ss: () => ({
    capability: { ...allStates, l1PmSubstates: true, commonModeRestoreTime: 10, tPowerOnValue: 5 },
  }),
  ptm: ({ place: { description } }) => ({
    capability: isDownstreamFacing(description.role)
      ? { responderCapable: true, rootCapable: description.role === 'root port', localClockGranularity: 4 }
      : { requesterCapable: true, localClockGranularity: 4 },
  }),
  dpc: ({ place: { description } }) => ({
    capability: { rpExtensions: description.role === 'root port', softwareTrigger: true, dlActiveErrCor: true },
    control: { triggerEnable: 1, interruptEnable: true },
  }),
  dataLinkFeature: ({ place: { description } }) => ({
    capability: { localFeaturesSupported: 1, exchangeEnable: true },
    status: hasLink(description.role) ? { remoteFeaturesSupported: 1, remoteValid: true } : {},
  }),
  physicalLayer16: () => ({ status16: { equalizationComplete: true, phase1: true, phase2: true, phase3: true } }),
  dvsec: ({ place: { description } }) => ({
    dvsecHeader1: { vendorId: description.vendorId, length: 0x0c },
  }),
};

/** Capabilities of a function with all their values: those described, and those that its role and its VFs imply. */
export function completeCapabilities(place: Place, addresses: Addresses): Capabilities {
  const { role, capabilities: described = {}, virtualFunctions } = place.description;
  const capabilities: Capabilities = {
    ...described,
    ...(role !== 'conventional' && { express: described.express ?? {} }),
    ...(virtualFunctions && { sriov: described.sriov ?? {} }),
  };
  const situation: Situation = {
    place,
    capabilities,
    bars: addresses.bars.get(place) ?? [],
    virtualBars: addresses.virtualBars.get(place.physical ?? place) ?? [],
  };
  const complete = (name: CapabilityName, values: AnyValues): AnyValues =>
    'body' in values ? values : mergeValues((DEFAULTS[name]?.(situation) ?? {}) as AnyValues, values);
  return Object.fromEntries(
    Object.entries(capabilities)
      .filter(([, values]) => values !== undefined)
      .map(([name, values]) => [name, complete(name as CapabilityName, values as AnyValues)]),
  );
}
