// SPDX-License-Identifier: GPL-2.0-only
/** The capabilities a description can name, and how their lists are built into config space. */
import { CAPABILITIES, configBytes, EXTENDED_CAPABILITIES } from '../configspace/catalogue.ts';
import type { Block, Variant } from '../configspace/registers.ts';
import type * as conventional from '../configspace/tables/conventional.ts';
import type * as errors from '../configspace/tables/errors.ts';
import type { pciExpress } from '../configspace/tables/express.ts';
import type * as interrupts from '../configspace/tables/interrupts.ts';
import type * as link from '../configspace/tables/link.ts';
import type * as power from '../configspace/tables/power.ts';
import type * as resources from '../configspace/tables/resources.ts';
import type * as virtualization from '../configspace/tables/virtualization.ts';
import { type AnyValues, checkNames, encodeBlock, fieldsOf } from './describe-block.ts';
import { TopologyError, type Values } from './topology-description.ts';

/** What follows the header of a capability of which only the name is known, byte by byte. */
export interface Body {
  readonly body: readonly number[];
}

/** Values of capabilities by short name; defaults follow from the function and its place. */
export interface Capabilities {
  readonly pm?: Values<typeof power.powerManagement> | undefined;
  readonly vpd?: Values<typeof conventional.vitalProductData> | undefined;
  readonly msi?: Values<ReturnType<typeof interrupts.messageSignaledInterrupts>> | undefined;
  readonly pcix?: Values<typeof conventional.pciX> | Values<typeof conventional.pciXBridge> | undefined;
  readonly vendorSpecific?: Body | undefined;
  readonly subsystemId?: Values<typeof conventional.bridgeSubsystemId> | undefined;
  readonly express?: Values<typeof pciExpress> | undefined;
  readonly msix?: Values<typeof interrupts.msiX> | undefined;
  readonly advancedFeatures?: Values<typeof conventional.advancedFeatures> | undefined;
  readonly aer?: Values<typeof errors.advancedErrorReporting> | undefined;
  readonly vc?: Values<ReturnType<typeof resources.virtualChannel>> | undefined;
  readonly serialNumber?: Values<typeof link.deviceSerialNumber> | undefined;
  readonly eventCollector?: Body | undefined;
  readonly vendorSpecificExtended?: Body | undefined;
  readonly acs?: Values<ReturnType<typeof virtualization.accessControlServices>> | undefined;
  readonly ari?: Values<typeof virtualization.alternativeRoutingId> | undefined;
  readonly ats?: Values<typeof virtualization.addressTranslationServices> | undefined;
  readonly sriov?: Values<typeof virtualization.singleRootIoVirtualization> | undefined;
  readonly multicast?: Values<typeof resources.multicast> | undefined;
  readonly pri?: Values<typeof virtualization.pageRequestInterface> | undefined;
  readonly resizableBar?: Values<ReturnType<typeof resources.resizableBar>> | undefined;
  readonly tph?: Values<typeof resources.tphRequester> | undefined;
  readonly ltr?: Values<typeof power.latencyToleranceReporting> | undefined;
  readonly secondaryExpress?: Values<ReturnType<typeof link.secondaryPciExpress>> | undefined;
  readonly pasid?: Values<typeof virtualization.processAddressSpaceId> | undefined;
  readonly dpc?: Values<typeof errors.downstreamPortContainment> | undefined;
  readonly l1ss?: Values<typeof power.l1PmSubstates> | undefined;
  readonly ptm?: Values<typeof resources.precisionTimeMeasurement> | undefined;
  readonly dvsec?: Values<typeof resources.designatedVendorSpecific> | undefined;
  readonly dataLinkFeature?: Values<typeof link.dataLinkFeature> | undefined;
  readonly physicalLayer16?: Values<typeof link.physicalLayer16> | undefined;
}

export type CapabilityName = keyof Capabilities;

interface CapabilityId {
  readonly id: number;
  /** Version of an extended capability; undefined for one of the first 256 bytes. */
  readonly version?: number;
  /** The byte after the header holds the length of the capability. */
  readonly hasLength?: boolean;
}

export const CAPABILITY_IDS: Readonly<Record<CapabilityName, CapabilityId>> = {
  pm: { id: 0x01 },
  vpd: { id: 0x03 },
  msi: { id: 0x05 },
  pcix: { id: 0x07 },
  vendorSpecific: { id: 0x09, hasLength: true },
  subsystemId: { id: 0x0d },
  express: { id: 0x10 },
  msix: { id: 0x11 },
  advancedFeatures: { id: 0x13, hasLength: true },
  aer: { id: 0x0001, version: 2 },
  vc: { id: 0x0002, version: 1 },
  serialNumber: { id: 0x0003, version: 1 },
  eventCollector: { id: 0x0007, version: 2 },
  vendorSpecificExtended: { id: 0x000b, version: 1 },
  acs: { id: 0x000d, version: 1 },
  ari: { id: 0x000e, version: 1 },
  ats: { id: 0x000f, version: 1 },
  sriov: { id: 0x0010, version: 1 },
  multicast: { id: 0x0012, version: 1 },
  pri: { id: 0x0013, version: 1 },
  resizableBar: { id: 0x0015, version: 1 },
  tph: { id: 0x0017, version: 1 },
  ltr: { id: 0x0018, version: 1 },
  secondaryExpress: { id: 0x0019, version: 1 },
  pasid: { id: 0x001b, version: 1 },
  dpc: { id: 0x001d, version: 1 },
  l1ss: { id: 0x001e, version: 1 },
  ptm: { id: 0x001f, version: 1 },
  dvsec: { id: 0x0023, version: 1 },
  dataLinkFeature: { id: 0x0025, version: 1 },
  physicalLayer16: { id: 0x0026, version: 1 },
};

/** One list of capabilities: where it begins, where its space ends, and how an entry points to the next. */
interface List {
  readonly entries: typeof CAPABILITIES;
  readonly start: number;
  readonly end: number;
  readonly headerSize: number;
}

const LISTS: Readonly<Record<'conventional' | 'extended', List>> = {
  conventional: { entries: CAPABILITIES, start: 0x40, end: 0x100, headerSize: 2 },
  extended: { entries: EXTENDED_CAPABILITIES, start: 0x100, end: 0x1000, headerSize: 4 },
};
/** A type 2 header goes on past 40h. */
const START_OF_CARDBUS = 0x48;
const CAPABILITIES_POINTER = 0x34;
const CARDBUS_POINTER = 0x14;

const isExtended = (name: CapabilityName): boolean => CAPABILITY_IDS[name].version !== undefined;
const listOf = (name: CapabilityName): List => (isExtended(name) ? LISTS.extended : LISTS.conventional);

const alignUp = (n: number): number => Math.ceil(n / 4) * 4;

/** Bytes of a capability of this version: PCI Express and AER of version 1 lack the registers that came later. */
function sizeOf(block: Block, version: number): number {
  const all = Object.values(block.registers);
  const kept = all.filter((r) => (r.minVersion ?? 0) <= version);
  return kept.length === all.length ? block.size : Math.max(...kept.map((r) => r.offset + r.size));
}

/** Encodes one capability at `at`, unless it does not fit there; gives its size in bytes. */
function encodeCapability(bytes: Uint8Array, at: number, name: CapabilityName, values: AnyValues, v: Variant): number {
  const { id, version, hasLength } = CAPABILITY_IDS[name];
  const { entries, headerSize, end } = listOf(name);
  const fitting = (size: number): number => {
    if (at + size <= end) return size;
    const hex = (n: number) => n.toString(16);
    throw new TopologyError(`capability ${name} of ${size} bytes does not fit at ${hex(at)}, below ${hex(end)}`);
  };
  if ('body' in values) {
    const { body } = values as unknown as Body;
    const start = headerSize + (hasLength ? 1 : 0);
    const size = fitting(start + body.length);
    bytes.set(body, at + start);
    return size;
  }
  const blockOf = entries[id]?.block;
  if (blockOf === undefined) throw new TopologyError(`capability ${name} has no registers: it wants a body`);
  const variant = { ...v, version: version ?? v.version };
  const guess = blockOf(configBytes(bytes), at);
  encodeBlock(bytes, at, guess, values, variant);
  // What registers there are depends, for some, on bits of the capability itself, which are there now.
  const block = blockOf(configBytes(bytes), at);
  checkNames(block, values, variant, `capability ${name}`);
  if (block !== guess) encodeBlock(bytes, at, block, values, variant);
  return fitting(sizeOf(block, variant.version));
}

/** Version of PCI Express or of power management, which their own values say. */
function versionIn(values: AnyValues): number {
  const { version = 1 } = { ...fieldsOf(values, 'capabilities'), ...fieldsOf(values, 'powerManagementCapabilities') };
  return Number(version);
}

/** Chains a capability at `at` to the one before it, or to the header when it is the first. */
function chain(bytes: Uint8Array, at: number, name: CapabilityName, previous: number | undefined, first: number): void {
  const { id, version } = CAPABILITY_IDS[name];
  if (version === undefined) {
    bytes[at] = id;
    bytes[previous === undefined ? first : previous + 1] = at;
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(at, id + version * 0x10000, true);
  if (previous !== undefined) view.setUint32(previous, view.getUint32(previous, true) + at * 0x100000, true);
}

/**
 * Writes both lists of capabilities into `bytes`, which hold the header already and go on past the end of config space.
 * `values` is complete: defaults are in it.
 */
export function encodeCapabilities(
  bytes: Uint8Array,
  values: Capabilities,
  headerLayout: 0 | 1 | 2,
  variant: Variant,
): void {
  const names = (Object.keys(values) as CapabilityName[]).filter((name) => values[name] !== undefined);
  for (const name of names) {
    if (CAPABILITY_IDS[name] === undefined) throw new TopologyError(`there is no capability ${name}`);
    if (isExtended(name) && variant.role === 'conventional')
      throw new TopologyError(`a conventional function has no room for the extended capability ${name}`);
  }
  for (const extended of [false, true]) {
    const { start, headerSize } = extended ? LISTS.extended : LISTS.conventional;
    let at = !extended && headerLayout === 2 ? START_OF_CARDBUS : start;
    let previous: number | undefined;
    for (const name of names.filter((n) => isExtended(n) === extended)) {
      const capability = values[name] as AnyValues;
      const size = encodeCapability(bytes, at, name, capability, { ...variant, version: versionIn(capability) });
      chain(bytes, at, name, previous, headerLayout === 2 ? CARDBUS_POINTER : CAPABILITIES_POINTER);
      if (CAPABILITY_IDS[name].hasLength) bytes[at + headerSize] = size;
      previous = at;
      at += alignUp(size);
    }
  }
}
