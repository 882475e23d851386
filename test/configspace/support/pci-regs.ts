// SPDX-License-Identifier: GPL-2.0-only
/** The constants of linux/pci_regs.h, and what of the tables each of them is compared with. */

import { existsSync, readFileSync } from 'node:fs';
import { CAPABILITIES, EXTENDED_CAPABILITIES } from '../../../src/configspace/catalogue.ts';
import type { Block } from '../../../src/configspace/registers.ts';
import { enhancedAllocation } from '../../../src/configspace/tables/allocation.ts';
import { capabilityHeader, extendedCapabilityHeader } from '../../../src/configspace/tables/capability.ts';
import { eventCollectorAssociation } from '../../../src/configspace/tables/complex.ts';
import { containmentWithPrefixLogs } from '../../../src/configspace/tables/containment.ts';
import {
  advancedFeatures,
  bridgeSubsystemId,
  pciX,
  pciXBridge,
  pciXWithEcc,
  vitalProductData,
} from '../../../src/configspace/tables/conventional.ts';
import { advancedErrorReporting, downstreamPortContainment } from '../../../src/configspace/tables/errors.ts';
import { pciExpress } from '../../../src/configspace/tables/express.ts';
import { type0, type1, type2, withBars } from '../../../src/configspace/tables/header.ts';
import { messageSignaledInterrupts, msiX, msiXTableEntry } from '../../../src/configspace/tables/interrupts.ts';
import {
  acceleratedGraphicsPort,
  compactPciHotSwap,
  sataHba,
  slotIdentification,
} from '../../../src/configspace/tables/legacy.ts';
import { dataLinkFeature, deviceSerialNumber } from '../../../src/configspace/tables/link.ts';
import { physicalLayer16GTs } from '../../../src/configspace/tables/physical.ts';
import { l1PmSubstates, latencyToleranceReporting, powerManagement } from '../../../src/configspace/tables/power.ts';
import { dynamicPowerAllocation, powerBudgeting } from '../../../src/configspace/tables/readiness.ts';
import {
  designatedVendorSpecific,
  precisionTimeMeasurement,
  resizableBar,
  tphRequester,
  virtualChannel,
} from '../../../src/configspace/tables/resources.ts';
import { dataObjectExchange, extendedVendorSpecific } from '../../../src/configspace/tables/security.ts';
import {
  accessControlServices,
  addressTranslationServices,
  alternativeRoutingId,
  pageRequestInterface,
  processAddressSpaceId,
  singleRootIoVirtualization,
} from '../../../src/configspace/tables/virtualization.ts';
import { LINES } from './pci-regs-lines.ts';

const HEADER = '/usr/include/linux/pci_regs.h';

const DEFINE = /^[ \t]*#[ \t]*define[ \t]+(PCI_\w+)(\(\w+\))?[ \t]+(.+)$/gm;

/** The bits that a macro like `(((x) >> 8) & 3)` picks, or the value of an expression; undefined where it is neither. */
function numberOf(body: string, isMacro: boolean, known: ReadonlyMap<string, number>): number | undefined {
  const plain = body.replace(/\/\*.*/, '').replaceAll(/[()\s]/g, '');
  const picked = /^\w+(?:>>(\d+))?(?:&(~?)(0x[0-9a-fA-F]+|\d+))?$/.exec(plain);
  if (picked && isMacro) {
    const [, shift = '0', inverted, bits = '0xffffffff'] = picked;
    const kept = inverted ? ~Number(bits) >>> 0 : Number(bits);
    return (kept * 2 ** Number(shift)) % 2 ** 32;
  }
  const term = (text: string): number => {
    const [, inverted, word] = /^(~?)(\w+)$/.exec(text) ?? [];
    const number = word === undefined ? Number.NaN : (known.get(word) ?? Number(word.replace(/[UL]+$/, '')));
    return inverted ? ~number >>> 0 : number;
  };
  const value = plain.split('|').reduce((sum, text) => {
    const [base, shift = '0'] = text.split('<<');
    return sum + term(base!) * 2 ** Number(shift);
  }, 0);
  return Number.isNaN(value) ? undefined : value;
}

/**
 * Every constant and every macro that pci_regs.h defines, with the number that it stands for (the bits that a macro picks);
 * undefined where the file is not installed.
 */
export function pciRegs(): ReadonlyMap<string, number | undefined> | undefined {
  if (!existsSync(HEADER)) return undefined;
  const text = readFileSync(HEADER, 'latin1').replaceAll('\\\n', ' ');
  const numbers = new Map<string, number>();
  const constants = new Map<string, number | undefined>();
  for (const [, name, argument, body] of text.matchAll(DEFINE)) {
    const value = numberOf(body!, argument !== undefined, numbers);
    constants.set(name!, value);
    if (value !== undefined) numbers.set(name!, value);
  }
  return constants;
}

const BLOCKS: Readonly<Record<string, Block>> = {
  h0: type0,
  h1: type1,
  h2: type2,
  pm: powerManagement,
  vpd: vitalProductData,
  msi32: messageSignaledInterrupts(false, true),
  msi64: messageSignaledInterrupts(true, true),
  msix: msiX,
  af: advancedFeatures,
  ssvid: bridgeSubsystemId,
  pcix: pciX,
  exp: pciExpress,
  aer: advancedErrorReporting,
  dpc: downstreamPortContainment,
  dpc2: containmentWithPrefixLogs(1),
  vc: virtualChannel('VC', 0),
  acs: accessControlServices(true),
  ari: alternativeRoutingId,
  ats: addressTranslationServices,
  pri: pageRequestInterface,
  iov: singleRootIoVirtualization,
  ltr: latencyToleranceReporting,
  l1ss: l1PmSubstates,
  ptm: precisionTimeMeasurement,
  rebar: resizableBar(1),
  tph: tphRequester,
  dlf: dataLinkFeature,
  cap: capabilityHeader,
  ecap: extendedCapabilityHeader,
  agp: acceleratedGraphicsPort,
  sid: slotIdentification,
  chswp: compactPciHotSwap,
  ea: enhancedAllocation(false, [{ size: 2, base64: false, offset64: false }]),
  eab: enhancedAllocation(true, [{ size: 2, base64: false, offset64: false }]),
  ecc: pciXWithEcc,
  pcixb: pciXBridge,
  pasid: processAddressSpaceId,
  doe: dataObjectExchange,
  rcec: eventCollectorAssociation,
  pwr: powerBudgeting,
  vsec: extendedVendorSpecific(0),
  dvsec: designatedVendorSpecific,
  sata: sataHba(true),
  sata8: sataHba(false),
  dsn: deviceSerialNumber,
  dpa: dynamicPowerAllocation(1),
  pl16: physicalLayer16GTs(1),
  entry: msiXTableEntry,
  bars: withBars(type0, 'bar', ['io', 'io', 'io', 'io', 'io', 'io']),
};

export interface Comparison {
  /** `pciExpress.deviceControl.maxPayloadSize`. */
  readonly what: string;
  readonly constant: string;
  /** Offset of a register, mask of a field; undefined where we have none of that name. */
  readonly ours: number | undefined;
}

/** Sizes: block and constant. */
const SIZES = `
h0 PCI_STD_HEADER_SIZEOF
pm PCI_PM_SIZEOF
agp PCI_AGP_SIZEOF
vpd PCI_CAP_VPD_SIZEOF
msix PCI_CAP_MSIX_SIZEOF
entry PCI_MSIX_ENTRY_SIZE
af PCI_CAP_AF_SIZEOF
pcix PCI_CAP_PCIX_SIZEOF_V0
ecc PCI_CAP_PCIX_SIZEOF_V1
ecc PCI_CAP_PCIX_SIZEOF_V2
dsn PCI_EXT_CAP_DSN_SIZEOF
pwr PCI_EXT_CAP_PWR_SIZEOF
ari PCI_EXT_CAP_ARI_SIZEOF
ats PCI_EXT_CAP_ATS_SIZEOF
pri PCI_EXT_CAP_PRI_SIZEOF
pasid PCI_EXT_CAP_PASID_SIZEOF
iov PCI_EXT_CAP_SRIOV_SIZEOF
ltr PCI_EXT_CAP_LTR_SIZEOF
tph PCI_TPH_BASE_SIZEOF
sata PCI_SATA_SIZEOF_LONG
sata8 PCI_SATA_SIZEOF_SHORT
`;

/** Capability IDs that the catalogue knows, by the prefix of their constants. */
function catalogued(constants: ReadonlyMap<string, number | undefined>): Comparison[] {
  return [...constants].flatMap(([constant, value]) => {
    const prefix = /^PCI_(EXT_)?CAP_ID_(?!MAX$)\w+$/.exec(constant);
    if (!prefix || constant === 'PCI_EXT_CAP_ID') return [];
    const table = prefix[1] ? EXTENDED_CAPABILITIES : CAPABILITIES;
    return [{ what: 'catalogue', constant, ours: table[value!] ? value : undefined }];
  });
}

/** What stands in an entry of Enhanced Allocation, counted from its beginning. */
const inEntry = (register: string): number =>
  BLOCKS['ea']!.registers[register]!.offset - BLOCKS['ea']!.registers['entry0']!.offset;

/** Every comparison that the lines above ask for. */
export function comparisons(constants: ReadonlyMap<string, number | undefined>): Comparison[] {
  const all: Comparison[] = [
    ...catalogued(constants),
    { what: 'ea.base0', constant: 'PCI_EA_BASE', ours: inEntry('base0') },
    { what: 'ea.maxOffset0', constant: 'PCI_EA_MAX_OFFSET', ours: inEntry('maxOffset0') },
    {
      what: 'rcec.associatedBusNumbers',
      constant: 'PCI_RCEC_BUSN_REG_VER',
      ours: eventCollectorAssociation.registers.associatedBusNumbers.minVersion,
    },
  ];
  for (const line of SIZES.trim().split('\n')) {
    const [name, constant] = line.split(' ');
    all.push({ what: `size of ${name}`, constant: constant!, ours: BLOCKS[name!]?.size });
  }
  for (const line of LINES.trim().split('\n').filter(Boolean)) {
    const [name, register, offset, prefix = '', ...fields] = line.split(' ');
    const declared = BLOCKS[name!]?.registers[register!];
    if (offset !== '-') all.push({ what: `${name}.${register}`, constant: offset!, ours: declared?.offset });
    for (const pair of fields) {
      const [field, suffix] = pair.split('=');
      const f = declared?.fields[field!];
      const ours = f && (2 ** (f.msb - f.lsb + 1) - 1) * 2 ** f.lsb;
      all.push({ what: `${name}.${register}.${field}`, constant: prefix + suffix, ours });
    }
  }
  return all;
}
