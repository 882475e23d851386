// SPDX-License-Identifier: GPL-2.0-only
/** Where each register of registers.json stands in the tables. */
import { type Block, type Register, type Role, select } from '../../../src/configspace/registers.ts';
import { capabilityHeader } from '../../../src/configspace/tables/capability.ts';
import {
  advancedFeatures,
  bridgeSubsystemId,
  pciX,
  vitalProductData,
} from '../../../src/configspace/tables/conventional.ts';
import { advancedErrorReporting, downstreamPortContainment } from '../../../src/configspace/tables/errors.ts';
import { pciExpress } from '../../../src/configspace/tables/express.ts';
import { type0, type1 } from '../../../src/configspace/tables/header.ts';
import { messageSignaledInterrupts, msiX, msiXTableEntry } from '../../../src/configspace/tables/interrupts.ts';
import {
  dataLinkFeature,
  device3,
  deviceSerialNumber,
  secondaryPciExpress,
} from '../../../src/configspace/tables/link.ts';
import { physicalLayer16GTs } from '../../../src/configspace/tables/physical.ts';
import { l1PmSubstates, latencyToleranceReporting, powerManagement } from '../../../src/configspace/tables/power.ts';
import {
  designatedVendorSpecific,
  multicast,
  precisionTimeMeasurement,
  resizableBar,
  tphRequester,
  virtualChannel,
} from '../../../src/configspace/tables/resources.ts';
import {
  accessControlServices,
  addressTranslationServices,
  alternativeRoutingId,
  pageRequestInterface,
  processAddressSpaceId,
  singleRootIoVirtualization,
} from '../../../src/configspace/tables/virtualization.ts';

export interface FactField {
  readonly hi: number;
  readonly lo: number;
  /** `-` where it is reserved. */
  readonly name: string;
  readonly attr: string;
  /** Absent where the implementation decides. */
  readonly reset: number | null;
  /** L live, K kept by FLR, D changed by the hardware when the link goes down, A action, S sticky, and a revision. */
  readonly flags: string;
}

export interface Fact {
  readonly cap: string;
  readonly name: string;
  readonly scope: string;
  readonly off: number;
  readonly width: number;
  readonly fields: readonly FactField[];
}

const BLOCKS: Readonly<Record<string, Block>> = {
  HDR0: type0,
  HDR1: type1,
  PM: powerManagement,
  MSI: messageSignaledInterrupts(true, true),
  'MSI-X': msiX,
  PCIe: pciExpress,
  AER: advancedErrorReporting,
  VC: virtualChannel('Virtual Channel', 1),
  DSN: deviceSerialNumber,
  'SR-IOV': singleRootIoVirtualization,
  ACS: accessControlServices(true),
  ARI: alternativeRoutingId,
  ATS: addressTranslationServices,
  PRI: pageRequestInterface,
  PASID: processAddressSpaceId,
  LTR: latencyToleranceReporting,
  L1SS: l1PmSubstates,
  DPC: downstreamPortContainment,
  ReBAR: resizableBar(1),
  PTM: precisionTimeMeasurement,
  DVSEC: designatedVendorSpecific,
  SecPCIe: secondaryPciExpress(2),
  DLF: dataLinkFeature,
  PL16: physicalLayer16GTs(1),
  TPH: tphRequester,
  DEV3: device3,
  'PCI-X': pciX,
  AF: advancedFeatures,
  VPD: vitalProductData,
  SSVID: bridgeSubsystemId,
  MCAST: multicast,
};

/** Names of registers.json that stand somewhere else than in the table of their capability. */
const ELSEWHERE: Readonly<Record<string, Block>> = {
  'PM CapHdr': capabilityHeader,
  'MSI-X VectorCtl(BAR)': msiXTableEntry,
};

/** A role that has what a scope tells of. */
const ROLES_OF_SCOPES: readonly (readonly [scope: RegExp, role: Role])[] = [
  [/^PCI\/PCI-X or PCIe-PCI bridge|^type1 PCI\/PCI-X/, 'PCIe-to-PCI bridge'],
  [/^PCIe->PCI/, 'PCIe-to-PCI bridge'],
  [/^USP/, 'upstream port'],
  [/^(RP|DSP|type1|ports|links?$|all links|slot)/, 'root port'],
];

const roleOf = (scope: string): Role => ROLES_OF_SCOPES.find(([pattern]) => pattern.test(scope))?.[1] ?? 'endpoint';

/** The register of the tables at the offset of the fact, as a function of its scope has it. */
export function declaredAs({ cap, name, scope, off }: Fact): Register | undefined {
  const short = cap.split(' ')[0]!;
  const block = ELSEWHERE[`${short} ${name}`] ?? BLOCKS[short];
  if (block === undefined) return undefined;
  const found = (role: Role): Register | undefined =>
    Object.values(select(block, { role, version: 2, slot: true }).registers).find(({ offset }) => offset === off);
  // What a port has only, or what a function of no link has, is looked for in a port.
  return found(roleOf(scope)) ?? found('root port');
}
