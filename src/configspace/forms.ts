// SPDX-License-Identifier: GPL-2.0-only
/** Blocks of which the bytes say how large they are, or what is in them: which form a function has. */

import type { ConfigBytes } from './config-bytes.ts';
import type { Block } from './registers.ts';
import { type AllocationEntry, enhancedAllocation, entryBytes, firstEntry } from './tables/allocation.ts';
import { rootComplexLink } from './tables/complex.ts';
import { containmentWithPrefixLogs } from './tables/containment.ts';
import { pciX, pciXBridge, pciXBridgeWithEcc, pciXWithEcc } from './tables/conventional.ts';
import { CXL_DVSECS, CXL_VENDOR, vendorsDvsec } from './tables/cxl.ts';
import { downstreamPortContainment } from './tables/errors.ts';
import { type BarKind, type0, type1, withBars } from './tables/header.ts';
import {
  hyperTransportMsiMapping,
  hyperTransportOther,
  hyperTransportPrimary,
  hyperTransportSecondary,
} from './tables/hypertransport.ts';
import { messageSignaledInterrupts } from './tables/interrupts.ts';
import { sataHba, vendorSpecific, virtioStructure } from './tables/legacy.ts';
import { secondaryPciExpress } from './tables/link.ts';
import { laneMargining, physicalLayer16GTs, physicalLayer32GTs, physicalLayer64GTs } from './tables/physical.ts';
import { dynamicPowerAllocation } from './tables/readiness.ts';
import { resizableBar, virtualChannel } from './tables/resources.ts';
import { extendedVendorSpecific, integrityAndDataEncryption } from './tables/security.ts';
import { accessControlServices, singleRootIoVirtualization } from './tables/virtualization.ts';

/** The block that stands at `at`. */
export type Form = (config: ConfigBytes, at: number) => Block;

const made = new Map<string, Block>();

/** Real machines have some dozens of forms; bytes that are made up have any number of them. */
const MOST_FORMS = 4096;

/** A form is made once: declaring a block checks it, which takes far longer than looking it up. */
function once(key: string, make: () => Block): Block {
  const known = made.get(key);
  if (known) return known;
  if (made.size >= MOST_FORMS) made.clear();
  const block = make();
  made.set(key, block);
  return block;
}

const headerType = (config: ConfigBytes): number => config.u8(0x0e) & 0x7f;

/** Kinds of `count` BARs from `first` on: the upper half of a 64-bit BAR is no BAR of its own. */
function barKinds(config: ConfigBytes, first: number, count: number): BarKind[] {
  const kinds: BarKind[] = [];
  while (kinds.length < count) {
    const low = config.u32(first + 4 * kinds.length);
    // All-ones is what a register that is gone reads.
    kinds.push(low & 1 && low !== 0xffffffff ? 'io' : 'memory');
    if ((low & 7) === 4 && kinds.length < count) kinds.push('upper');
  }
  return kinds;
}

const header = (b: Block, count: number): Form => {
  return (config) => {
    const kinds = barKinds(config, 0x10, count);
    return once(`${b.title} ${kinds}`, () => withBars(b, 'bar', kinds));
  };
};
export const type0Header = header(type0, 6);
export const type1Header = header(type1, 2);

export const singleRoot: Form = (config, at) => {
  // A VF has no I/O BARs.
  const kinds = barKinds(config, at + 0x24, 6).map((kind) => (kind === 'io' ? 'memory' : kind));
  return once(`SR-IOV ${kinds}`, () => withBars(singleRootIoVirtualization, 'vfBar', kinds));
};

export const msi: Form = (config, at) => {
  const [wide, masking] = [(config.u16(at + 2) & 0x0080) !== 0, (config.u16(at + 2) & 0x0100) !== 0];
  return once(`MSI ${wide} ${masking}`, () => messageSignaledInterrupts(wide, masking));
};

export const pciXOfAnyFunction: Form = (config, at) => {
  const bridge = headerType(config) === 1;
  const version = (config.u16(at + 2) >> 12) & 3;
  if (version === 0) return bridge ? pciXBridge : pciX;
  return bridge ? pciXBridgeWithEcc : pciXWithEcc;
};

/** Numbers of the kinds of HyperTransport, of which the first two have fewer bits. */
const HT_PRIMARY = 0x00;
const HT_SECONDARY = 0x01;
export const HT_MSI_MAPPING = 0x15;

export const hyperTransport: Form = (config, at) => {
  const command = config.u16(at + 2);
  if (command >> 13 === HT_PRIMARY) return hyperTransportPrimary;
  if (command >> 13 === HT_SECONDARY) return hyperTransportSecondary;
  if (command >> 11 !== HT_MSI_MAPPING) return hyperTransportOther;
  const fixed = (command & 2) !== 0;
  return once(`HyperTransport MSI ${fixed}`, () => hyperTransportMsiMapping(fixed));
};

/** Vendor and devices of virtio 1.2 section 4.1.2, whose vendor-specific capabilities are known. */
export const isVirtio = (config: ConfigBytes): boolean =>
  config.u16(0) === 0x1af4 && config.u16(2) >= 0x1000 && config.u16(2) <= 0x107f;

export const vendorSpecificOfAnyVendor: Form = (config, at) => {
  const [length, type] = [config.u8(at + 2), config.u8(at + 3)];
  if (isVirtio(config) && length >= 0x10) return once(`virtio ${length} ${type}`, () => virtioStructure(length, type));
  return once(`vendor specific ${length}`, () => vendorSpecific(length));
};

export const sata: Form = (config, at) => {
  const inConfigSpace = (config.u8(at + 4) & 0xf) === 0xf;
  return once(`SATA ${inConfigSpace}`, () => sataHba(inConfigSpace));
};

export const allocation: Form = (config, at) => {
  const bridge = headerType(config) === 1;
  const entries: AllocationEntry[] = [];
  let from = at + firstEntry(bridge);
  for (let left = config.u8(at + 2) & 0x3f; left > 0; left--) {
    const size = config.u8(from) & 7;
    if (from + entryBytes({ size }) > 0x100) break;
    const wide = (dword: number) => size >= dword && (config.u8(from + 4 * dword) & 2) !== 0;
    entries.push({ size, base64: wide(1), offset64: wide(2) });
    from += entryBytes({ size });
  }
  const key = entries.map(({ size, base64, offset64 }) => `${size}${base64}${offset64}`);
  return once(`EA ${bridge} ${key}`, () => enhancedAllocation(bridge, entries));
};

/** Lanes of the link whose PCI Express capability comes first in the list: one where there is none. */
export const lanesOf = (config: ConfigBytes): number => {
  for (let at = config.u8(0x34) & 0xfc, ttl = 48; at >= 0x40 && ttl > 0; at = config.u8(at + 1) & 0xfc, ttl--)
    if (config.u8(at) === 0x10) return Math.min(32, Math.max(1, (config.u32(at + 0x0c) >>> 4) & 0x3f));
  return 1;
};

const byLanes = (make: (lanes: number) => Block): Form => {
  return (config) => {
    const lanes = lanesOf(config);
    return once(`${make.name} ${lanes}`, () => make(lanes));
  };
};
export const secondaryExpress = byLanes(secondaryPciExpress);
export const physical16 = byLanes(physicalLayer16GTs);
export const physical32 = byLanes(physicalLayer32GTs);
export const physical64 = byLanes(physicalLayer64GTs);
export const margining = byLanes(laneMargining);

export const channels = (title: string): Form => {
  return (config, at) => {
    const extended = config.u8(at + 4) & 7;
    return once(`${title} ${extended}`, () => virtualChannel(title, extended));
  };
};

export const resizable = (title: string): Form => {
  return (config, at) => {
    const bars = Math.max(1, (config.u32(at + 8) >>> 5) & 7);
    return once(`${title} ${bars}`, () => resizableBar(bars, title));
  };
};

export const accessControl: Form = (config, at) => {
  const egressControl = (config.u16(at + 4) & 0x20) !== 0;
  return once(`ACS ${egressControl}`, () => accessControlServices(egressControl));
};

export const rootComplexLinks: Form = (config, at) => {
  // What does not fit into config space is not there, whatever the number of entries says.
  const links = Math.min(config.u8(at + 5), Math.floor((0x1000 - at - 0x10) / 0x10));
  return once(`root complex link ${links}`, () => rootComplexLink(Math.max(0, links)));
};

export const powerAllocation: Form = (config, at) => {
  const substates = (config.u8(at + 4) & 0x1f) + 1;
  return once(`DPA ${substates}`, () => dynamicPowerAllocation(substates));
};

export const encryption: Form = (config, at) => {
  const capability = config.u16(at + 4);
  const streams = capability & 1 ? (capability >> 13) + 1 : 0;
  return once(`IDE ${streams}`, () => integrityAndDataEncryption(streams));
};

/** Length of the capability at `at`, as its own header has it, but not past the end of config space. */
const lengthOf = (config: ConfigBytes, at: number): number => Math.min(config.u32(at + 4) >>> 20, 0x1000 - at);

export const vendorSpecificExtended: Form = (config, at) => {
  const length = lengthOf(config, at);
  return once(`extended vendor specific ${length}`, () => extendedVendorSpecific(length));
};

export const designatedVendor: Form = (config, at) => {
  const [vendor, id, length] = [config.u16(at + 4), config.u16(at + 8), lengthOf(config, at)];
  const [make, least] = (vendor === CXL_VENDOR && CXL_DVSECS[id]) || [vendorsDvsec, 0];
  if (length < least) return once(`DVSEC ${length}`, () => vendorsDvsec(length));
  return once(`${make.name} ${length}`, () => make(length));
};

/** Dwords of the RP PIO log that are no prefix log: the header, and what is implementation specific. */
const PIO_LOG_BEFORE_PREFIXES = 5;

export const containment: Form = (config, at) => {
  const prefixes = Math.min(4, ((config.u16(at + 4) >> 8) & 0xf) - PIO_LOG_BEFORE_PREFIXES);
  if (prefixes <= 0) return downstreamPortContainment;
  return once(`DPC ${prefixes}`, () => containmentWithPrefixLogs(prefixes));
};
