// SPDX-License-Identifier: GPL-2.0-only
/** Which block stands behind a capability ID, as lspci names it. */
import {
  accessControl,
  allocation,
  channels,
  containment,
  designatedVendor,
  encryption,
  type Form,
  hyperTransport,
  margining,
  msi,
  pciXOfAnyFunction,
  physical16,
  physical32,
  physical64,
  powerAllocation,
  resizable,
  rootComplexLinks,
  sata,
  secondaryExpress,
  vendorSpecificExtended,
  vendorSpecificOfAnyVendor,
} from './forms.ts';
import type { Block } from './registers.ts';
import { eventCollectorAssociation, rootComplexInternalLink, rootComplexRegisterBlock } from './tables/complex.ts';
import { advancedFeatures, bridgeSubsystemId, vitalProductData } from './tables/conventional.ts';
import { advancedErrorReporting } from './tables/errors.ts';
import { pciExpress } from './tables/express.ts';
import { msiX } from './tables/interrupts.ts';
import { acceleratedGraphicsPort, compactPciHotSwap, debugPort, slotIdentification } from './tables/legacy.ts';
import { dataLinkFeature, device3, deviceSerialNumber } from './tables/link.ts';
import { flitLogging } from './tables/physical.ts';
import { l1PmSubstates, latencyToleranceReporting, powerManagement } from './tables/power.ts';
import { enclosureManagement, frsQueueing, powerBudgeting, readinessTimeReporting } from './tables/readiness.ts';
import { multicast, precisionTimeMeasurement, tphRequester } from './tables/resources.ts';
import { dataObjectExchange } from './tables/security.ts';
import {
  addressTranslationServices,
  alternativeRoutingId,
  pageRequestInterface,
  processAddressSpaceId,
  singleRootIoVirtualization,
} from './tables/virtualization.ts';

export { type ConfigBytes, configBytes } from './config-bytes.ts';

/** A capability as the catalogue knows it: how it is called, and which block it is, given its bytes. */
export interface CatalogueEntry {
  readonly title: string;
  /** Absent where only the name is known: such a capability keeps its bytes and is read-only. */
  readonly block?: Form;
}

const fixed = (b: Block): CatalogueEntry => ({ title: b.title, block: () => b });
const formed = (title: string, block: Form): CatalogueEntry => ({ title, block });
const named = (title: string): CatalogueEntry => ({ title });

/** By capability ID (PCI Code and ID Assignment Specification, section 2). */
export const CAPABILITIES: Readonly<Record<number, CatalogueEntry>> = {
  0x01: fixed(powerManagement),
  0x02: fixed(acceleratedGraphicsPort),
  0x03: fixed(vitalProductData),
  0x04: fixed(slotIdentification),
  0x05: formed('MSI', msi),
  0x06: fixed(compactPciHotSwap),
  0x07: formed('PCI-X', pciXOfAnyFunction),
  0x08: formed('HyperTransport', hyperTransport),
  0x09: formed('Vendor Specific Information', vendorSpecificOfAnyVendor),
  0x0a: fixed(debugPort),
  0x0b: named('CompactPCI central resource control'),
  0x0c: named('Hot-plug capable'),
  0x0d: fixed(bridgeSubsystemId),
  0x0e: named('AGP3'),
  0x0f: named('Secure device'),
  0x10: fixed(pciExpress),
  0x11: fixed(msiX),
  0x12: formed('SATA HBA', sata),
  0x13: fixed(advancedFeatures),
  0x14: formed('Enhanced Allocation', allocation),
  0x15: named('Flattening Portal Bridge'),
};

/** By extended capability ID (PCI Code and ID Assignment Specification, section 3). */
export const EXTENDED_CAPABILITIES: Readonly<Record<number, CatalogueEntry>> = {
  0x0001: fixed(advancedErrorReporting),
  0x0002: formed('Virtual Channel', channels('Virtual Channel')),
  0x0003: fixed(deviceSerialNumber),
  0x0004: fixed(powerBudgeting),
  0x0005: formed('Root Complex Link', rootComplexLinks),
  0x0006: fixed(rootComplexInternalLink),
  0x0007: fixed(eventCollectorAssociation),
  0x0008: formed('Multi-Function Virtual Channel', channels('Multi-Function Virtual Channel')),
  0x0009: formed('Virtual Channel', channels('Virtual Channel')),
  0x000a: fixed(rootComplexRegisterBlock),
  0x000b: formed('Vendor Specific Information', vendorSpecificExtended),
  0x000c: named('Config Access Correlation'),
  0x000d: formed('Access Control Services', accessControl),
  0x000e: fixed(alternativeRoutingId),
  0x000f: fixed(addressTranslationServices),
  0x0010: fixed(singleRootIoVirtualization),
  0x0011: named('Multi-Root I/O Virtualization'),
  0x0012: fixed(multicast),
  0x0013: fixed(pageRequestInterface),
  0x0015: formed('Resizable BAR', resizable('Resizable BAR')),
  0x0016: formed('Dynamic Power Allocation', powerAllocation),
  0x0017: fixed(tphRequester),
  0x0018: fixed(latencyToleranceReporting),
  0x0019: formed('Secondary PCI Express', secondaryExpress),
  0x001a: named('Protocol Multiplexing'),
  0x001b: fixed(processAddressSpaceId),
  0x001c: named('LN Requester'),
  0x001d: formed('Downstream Port Containment', containment),
  0x001e: fixed(l1PmSubstates),
  0x001f: fixed(precisionTimeMeasurement),
  0x0020: named('PCI Express over M_PHY'),
  0x0021: fixed(frsQueueing),
  0x0022: fixed(readinessTimeReporting),
  0x0023: formed('Designated Vendor-Specific', designatedVendor),
  0x0024: formed('VF Resizable BAR', resizable('VF Resizable BAR')),
  0x0025: fixed(dataLinkFeature),
  0x0026: formed('Physical Layer 16.0 GT/s', physical16),
  0x0027: formed('Lane Margining at the Receiver', margining),
  0x0028: named('Hierarchy ID'),
  0x0029: fixed(enclosureManagement),
  0x002a: formed('Physical Layer 32.0 GT/s', physical32),
  0x002b: named('Alternate Protocol'),
  0x002c: named('System Firmware Intermediary'),
  0x002e: fixed(dataObjectExchange),
  0x002f: fixed(device3),
  0x0030: formed('Integrity and Data Encryption', encryption),
  0x0031: formed('Physical Layer 64.0 GT/s', physical64),
  0x0032: fixed(flitLogging),
  0x0033: named('Flit Performance Measurement'),
  0x0034: named('Flit Error Injection'),
};
