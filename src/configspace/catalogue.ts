// SPDX-License-Identifier: GPL-2.0-only
/** Which block stands behind a capability ID, as lspci names it. */
import type { Block } from './registers.ts';
import { advancedFeatures, bridgeSubsystemId, pciX, pciXBridge, vitalProductData } from './tables/conventional.ts';
import { advancedErrorReporting, downstreamPortContainment } from './tables/errors.ts';
import { pciExpress } from './tables/express.ts';
import { messageSignaledInterrupts, msiX } from './tables/interrupts.ts';
import { dataLinkFeature, device3, deviceSerialNumber, physicalLayer16, secondaryPciExpress } from './tables/link.ts';
import { l1PmSubstates, latencyToleranceReporting, powerManagement } from './tables/power.ts';
import {
  designatedVendorSpecific,
  multicast,
  precisionTimeMeasurement,
  resizableBar,
  tphRequester,
  virtualChannel,
} from './tables/resources.ts';
import {
  accessControlServices,
  addressTranslationServices,
  alternativeRoutingId,
  pageRequestInterface,
  processAddressSpaceId,
  singleRootIoVirtualization,
} from './tables/virtualization.ts';

/** The bytes of config space of one function, read with bounds: 0 past the end. */
export interface ConfigBytes {
  readonly bytes: Uint8Array;
  u8(offset: number): number;
  u16(offset: number): number;
  u32(offset: number): number;
}

export function configBytes(bytes: Uint8Array): ConfigBytes {
  const u8 = (offset: number) => bytes[offset] ?? 0;
  const u16 = (offset: number) => u8(offset) | (u8(offset + 1) << 8);
  return { bytes, u8, u16, u32: (offset) => u16(offset) + u16(offset + 2) * 0x10000 };
}

/** A capability as the catalogue knows it: how it is called, and which block it is, given its bytes. */
export interface CatalogueEntry {
  readonly title: string;
  /** Absent where only the name is known: such a capability keeps its bytes and is read-only. */
  readonly block?: (config: ConfigBytes, at: number) => Block;
}

const fixed = (b: Block): CatalogueEntry => ({ title: b.title, block: () => b });
const named = (title: string): CatalogueEntry => ({ title });

const VIRTUAL_CHANNEL = (title: string): CatalogueEntry => ({
  title,
  block: (config, at) => virtualChannel(title, config.u8(at + 4) & 7),
});

/** Lanes of the link whose PCI Express capability stands at `express`: one where there is none. */
const lanes = (config: ConfigBytes): number => {
  for (let at = config.u8(0x34) & 0xfc, ttl = 48; at >= 0x40 && ttl > 0; at = config.u8(at + 1) & 0xfc, ttl--)
    if (config.u8(at) === 0x10) return Math.min(32, Math.max(1, (config.u32(at + 0x0c) >>> 4) & 0x3f));
  return 1;
};

/** By capability ID (PCI Code and ID Assignment Specification, section 2). */
export const CAPABILITIES: Readonly<Record<number, CatalogueEntry>> = {
  0x01: fixed(powerManagement),
  0x02: named('AGP'),
  0x03: fixed(vitalProductData),
  0x04: named('Slot ID'),
  0x05: {
    title: 'MSI',
    block: (config, at) =>
      messageSignaledInterrupts((config.u16(at + 2) & 0x0080) !== 0, (config.u16(at + 2) & 0x0100) !== 0),
  },
  0x06: named('CompactPCI hot-swap'),
  0x07: { title: 'PCI-X', block: (config) => ((config.u8(0x0e) & 0x7f) === 1 ? pciXBridge : pciX) },
  0x08: named('HyperTransport'),
  0x09: named('Vendor Specific Information'),
  0x0a: named('Debug port'),
  0x0b: named('CompactPCI central resource control'),
  0x0c: named('Hot-plug capable'),
  0x0d: fixed(bridgeSubsystemId),
  0x0e: named('AGP3'),
  0x0f: named('Secure device'),
  0x10: fixed(pciExpress),
  0x11: fixed(msiX),
  0x12: named('SATA HBA'),
  0x13: fixed(advancedFeatures),
  0x14: named('Enhanced Allocation'),
};

/** By extended capability ID (PCI Code and ID Assignment Specification, section 3). */
export const EXTENDED_CAPABILITIES: Readonly<Record<number, CatalogueEntry>> = {
  0x0001: fixed(advancedErrorReporting),
  0x0002: VIRTUAL_CHANNEL('Virtual Channel'),
  0x0003: fixed(deviceSerialNumber),
  0x0004: named('Power Budgeting'),
  0x0005: named('Root Complex Link'),
  0x0006: named('Root Complex Internal Link'),
  0x0007: named('Root Complex Event Collector'),
  0x0008: VIRTUAL_CHANNEL('Multi-Function Virtual Channel'),
  0x0009: VIRTUAL_CHANNEL('Virtual Channel'),
  0x000a: named('Root Complex Register Block'),
  0x000b: named('Vendor Specific Information'),
  0x000c: named('Config Access Correlation'),
  0x000d: {
    title: 'Access Control Services',
    block: (config, at) => accessControlServices((config.u16(at + 4) & 0x20) !== 0),
  },
  0x000e: fixed(alternativeRoutingId),
  0x000f: fixed(addressTranslationServices),
  0x0010: fixed(singleRootIoVirtualization),
  0x0011: named('Multi-Root I/O Virtualization'),
  0x0012: fixed(multicast),
  0x0013: fixed(pageRequestInterface),
  0x0015: {
    title: 'Resizable BAR',
    block: (config, at) => resizableBar(Math.max(1, (config.u32(at + 8) >>> 5) & 7)),
  },
  0x0016: named('Dynamic Power Allocation'),
  0x0017: fixed(tphRequester),
  0x0018: fixed(latencyToleranceReporting),
  0x0019: { title: 'Secondary PCI Express', block: (config) => secondaryPciExpress(lanes(config)) },
  0x001a: named('Protocol Multiplexing'),
  0x001b: fixed(processAddressSpaceId),
  0x001c: named('LN Requester'),
  0x001d: fixed(downstreamPortContainment),
  0x001e: fixed(l1PmSubstates),
  0x001f: fixed(precisionTimeMeasurement),
  0x0020: named('PCI Express over M_PHY'),
  0x0021: named('FRS Queueing'),
  0x0022: named('Readiness Time Reporting'),
  0x0023: fixed(designatedVendorSpecific),
  0x0024: named('VF Resizable BAR'),
  0x0025: fixed(dataLinkFeature),
  0x0026: fixed(physicalLayer16),
  0x0027: named('Lane Margining at the Receiver'),
  0x0028: named('Hierarchy ID'),
  0x0029: named('Native PCIe Enclosure Management'),
  0x002a: named('Physical Layer 32.0 GT/s'),
  0x002b: named('Alternate Protocol'),
  0x002c: named('System Firmware Intermediary'),
  0x002e: named('Data Object Exchange'),
  0x002f: fixed(device3),
  0x0030: named('Integrity and Data Encryption'),
  0x0031: named('Physical Layer 64.0 GT/s'),
  0x0032: named('Flit Logging'),
  0x0033: named('Flit Performance Measurement'),
  0x0034: named('Flit Error Injection'),
};
