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
  1: fixed(powerManagement),
  2: named('AGP'),
  3: fixed(vitalProductData),
  4: named('Slot ID'),
  5: {
    title: 'MSI',
    block: (config, at) =>
      messageSignaledInterrupts((config.u16(at + 2) & 0x0080) !== 0, (config.u16(at + 2) & 0x0100) !== 0),
  },
  6: named('CompactPCI hot-swap'),
  7: { title: 'PCI-X', block: (config) => ((config.u8(0x0e) & 0x7f) === 1 ? pciXBridge : pciX) },
  8: named('HyperTransport'),
  9: named('Vendor Specific Information'),
  10: named('Debug port'),
  11: named('CompactPCI central resource control'),
  12: named('Hot-plug capable'),
  13: fixed(bridgeSubsystemId),
  14: named('AGP3'),
  15: named('Secure device'),
  16: fixed(pciExpress),
  17: fixed(msiX),
  18: named('SATA HBA'),
  19: fixed(advancedFeatures),
  20: named('Enhanced Allocation'),
};

/** By extended capability ID (PCI Code and ID Assignment Specification, section 3). */
export const EXTENDED_CAPABILITIES: Readonly<Record<number, CatalogueEntry>> = {
  1: fixed(advancedErrorReporting),
  2: VIRTUAL_CHANNEL('Virtual Channel'),
  3: fixed(deviceSerialNumber),
  4: named('Power Budgeting'),
  5: named('Root Complex Link'),
  6: named('Root Complex Internal Link'),
  7: named('Root Complex Event Collector'),
  8: VIRTUAL_CHANNEL('Multi-Function Virtual Channel'),
  9: VIRTUAL_CHANNEL('Virtual Channel'),
  10: named('Root Complex Register Block'),
  11: named('Vendor Specific Information'),
  12: named('Config Access Correlation'),
  13: {
    title: 'Access Control Services',
    block: (config, at) => accessControlServices((config.u16(at + 4) & 0x20) !== 0),
  },
  14: fixed(alternativeRoutingId),
  15: fixed(addressTranslationServices),
  16: fixed(singleRootIoVirtualization),
  17: named('Multi-Root I/O Virtualization'),
  18: fixed(multicast),
  19: fixed(pageRequestInterface),
  21: {
    title: 'Resizable BAR',
    block: (config, at) => resizableBar(Math.max(1, (config.u32(at + 8) >>> 5) & 7)),
  },
  22: named('Dynamic Power Allocation'),
  23: fixed(tphRequester),
  24: fixed(latencyToleranceReporting),
  25: { title: 'Secondary PCI Express', block: (config) => secondaryPciExpress(lanes(config)) },
  26: named('Protocol Multiplexing'),
  27: fixed(processAddressSpaceId),
  28: named('LN Requester'),
  29: fixed(downstreamPortContainment),
  30: fixed(l1PmSubstates),
  31: fixed(precisionTimeMeasurement),
  32: named('PCI Express over M_PHY'),
  33: named('FRS Queueing'),
  34: named('Readiness Time Reporting'),
  35: fixed(designatedVendorSpecific),
  36: named('VF Resizable BAR'),
  37: fixed(dataLinkFeature),
  38: fixed(physicalLayer16),
  39: named('Lane Margining at the Receiver'),
  40: named('Hierarchy ID'),
  41: named('Native PCIe Enclosure Management'),
  42: named('Physical Layer 32.0 GT/s'),
  43: named('Alternate Protocol'),
  44: named('System Firmware Intermediary'),
  46: named('Data Object Exchange'),
  47: fixed(device3),
  48: named('Integrity and Data Encryption'),
  49: named('Physical Layer 64.0 GT/s'),
  50: named('Flit Logging'),
  51: named('Flit Performance Measurement'),
  52: named('Flit Error Injection'),
};
