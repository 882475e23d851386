// SPDX-License-Identifier: GPL-2.0-only
/** HyperTransport (08h), HyperTransport I/O Link Specification 3.10 section 7. What it is, its command says. */
import { block, reg8, reg16, reg32, ro, rw, rw1cs, rws } from '../registers.ts';

/** Warm reset keeps what both ends of a link must agree on: widths, frequency, and the errors that led to the reset. */
const linkControl = (offset: number, name: string) =>
  reg16(
    offset,
    {
      crcFloodEnable: rw(1, { lspci: 'CFlE' }),
      crcStartTest: rw(2, { lspci: 'CST' }),
      crcForceError: rw(3, { lspci: 'CFE' }),
      linkFailure: rw1cs(4, { lspci: '<LkFail' }),
      initializationComplete: ro(5, { live: true, impl: true, lspci: 'Init' }),
      endOfChain: rw(6, { lspci: 'EOC' }),
      transmitterOff: rw(7, { lspci: 'TXO' }),
      crcError: rw1cs([11, 8], { lspci: '<CRCErr' }),
      isochronousEnable: rws(12, { lspci: 'IsocEn' }),
      ldtstopTristateEnable: rws(13, { lspci: 'LSEn' }),
      extendedCtlTime: rws(14, { lspci: 'ExtCTL' }),
      addressing64Enable: rw(15, { lspci: '64b' }),
    },
    { lspci: name },
  );

const linkConfig = (offset: number, name: string) =>
  reg16(
    offset,
    {
      maxLinkWidthIn: ro([2, 0], { lspci: 'MLWI' }),
      doublewordFlowControlIn: ro(3, { lspci: 'DwFcIn' }),
      maxLinkWidthOut: ro([6, 4], { lspci: 'MLWO' }),
      doublewordFlowControlOut: ro(7, { lspci: 'DwFcOut' }),
      linkWidthIn: rws([10, 8], { impl: true, lspci: 'LWI' }),
      doublewordFlowControlInEnable: rws(11, { lspci: 'DwFcInEn' }),
      linkWidthOut: rws([14, 12], { impl: true, lspci: 'LWO' }),
      doublewordFlowControlOutEnable: rws(15, { lspci: 'DwFcOutEn' }),
    },
    { lspci: name },
  );

const linkFrequency = (offset: number, name: string) =>
  reg8(
    offset,
    {
      frequency: rws([3, 0]),
      protocolError: rw1cs(4, { lspci: '<Prot' }),
      overflowError: rw1cs(5, { lspci: '<Ovfl' }),
      endOfChainError: rw1cs(6, { lspci: '<EOC' }),
      ctlTimeout: rws(7, { lspci: 'CTLTm' }),
    },
    { lspci: name },
  );

const linkFrequencyCapability = (offset: number, name: string) =>
  reg16(
    offset,
    {
      mhz200: ro(0, { lspci: '200MHz' }),
      mhz300: ro(1, { lspci: '300MHz' }),
      mhz400: ro(2, { lspci: '400MHz' }),
      mhz500: ro(3, { lspci: '500MHz' }),
      mhz600: ro(4, { lspci: '600MHz' }),
      mhz800: ro(5, { lspci: '800MHz' }),
      mhz1000: ro(6, { lspci: '1.0GHz' }),
      mhz1200: ro(7, { lspci: '1.2GHz' }),
      mhz1400: ro(8, { lspci: '1.4GHz' }),
      mhz1600: ro(9, { lspci: '1.6GHz' }),
      vendorSpecific: ro(15, { lspci: 'Vend' }),
    },
    { lspci: name },
  );

const feature = {
  isochronousFlowControl: ro(0, { lspci: 'IsocFC' }),
  ldtstop: ro(1, { lspci: 'LDTSTOP' }),
  crcTestMode: ro(2, { lspci: 'CRCTM' }),
  extendedCtlTimeRequired: ro(3, { lspci: 'ECTLT' }),
  addressing64: ro(4, { lspci: '64bA' }),
  unitIdReorderDisable: rw(5, { lspci: 'UIDRD' }),
} as const;

const errorHandling = (offset: number) =>
  reg16(
    offset,
    {
      protocolErrorFlood: rw(0, { lspci: 'PFlE' }),
      overflowErrorFlood: rw(1, { lspci: 'OFlE' }),
      protocolErrorFatal: rw(2, { lspci: 'PFE' }),
      overflowErrorFatal: rw(3, { lspci: 'OFE' }),
      endOfChainErrorFatal: rw(4, { lspci: 'EOCFE' }),
      responseErrorFatal: rw(5, { lspci: 'RFE' }),
      crcErrorFatal: rw(6, { lspci: 'CRCFE' }),
      systemErrorFatal: rw(7, { lspci: 'SERRFE' }),
      chainFail: ro(8, { live: true, lspci: 'CF' }),
      responseError: rw1cs(9, { lspci: 'RE' }),
      protocolErrorNonfatal: rw(10, { lspci: 'PNFE' }),
      overflowErrorNonfatal: rw(11, { lspci: 'ONFE' }),
      endOfChainErrorNonfatal: rw(12, { lspci: 'EOCNFE' }),
      responseErrorNonfatal: rw(13, { lspci: 'RNFE' }),
      crcErrorNonfatal: rw(14, { lspci: 'CRCNFE' }),
      systemErrorNonfatal: rw(15, { lspci: 'SERRNFE' }),
    },
    { lspci: 'Error Handling' },
  );

const revision = { minor: ro([4, 0]), major: ro([7, 5]) } as const;

/** Slave or Primary Interface: both links of a tunnel, section 7.5. */
export const hyperTransportPrimary = block('HyperTransport Primary Interface', 0x1c, {
  command: reg16(0x02, {
    baseUnitId: rw([4, 0], { lspci: 'BaseUnitID' }),
    unitCount: ro([9, 5], { lspci: 'UnitCnt' }),
    masterHost: ro(10, { live: true, lspci: 'MastHost' }),
    defaultDirection: rw(11, { lspci: 'DefDir' }),
    dropOnUninitializedLink: rw(12, { lspci: 'DUL' }),
    type: ro([15, 13]),
  }),
  linkControl0: linkControl(0x04, 'Link Control 0'),
  linkConfig0: linkConfig(0x06, 'Link Config 0'),
  linkControl1: linkControl(0x08, 'Link Control 1'),
  linkConfig1: linkConfig(0x0a, 'Link Config 1'),
  revisionId: reg8(0x0c, revision),
  linkFrequency0: linkFrequency(0x0d, 'Link Frequency 0'),
  linkFrequencyCapability0: linkFrequencyCapability(0x0e, 'Link Frequency Capability 0'),
  feature: reg8(0x10, feature, { lspci: 'Feature Capability' }),
  linkFrequency1: linkFrequency(0x11, 'Link Frequency 1'),
  linkFrequencyCapability1: linkFrequencyCapability(0x12, 'Link Frequency Capability 1'),
  enumerationScratchpad: reg16(0x14, { scratchpad: rw([15, 0]) }),
  errorHandling: errorHandling(0x16),
  memoryBaseUpper: reg8(0x18, { address: rw([7, 0]) }),
  memoryLimitUpper: reg8(0x19, { address: rw([7, 0]) }),
  busNumber: reg8(0x1a, { number: ro([7, 0], { live: true }) }),
});

/** Host or Secondary Interface: one link, section 7.6. */
export const hyperTransportSecondary = block('HyperTransport Secondary Interface', 0x18, {
  command: reg16(0x02, {
    warmReset: rw(0, { reset: 1, lspci: 'WarmRst' }),
    doubleEnded: rw(1, { lspci: 'DblEnd' }),
    deviceNumber: rw([6, 2], { lspci: 'DevNum' }),
    chainSide: ro(7, { live: true, lspci: 'ChainSide' }),
    hostHide: rw(8, { lspci: 'HostHide' }),
    actAsSlave: rw(10, { lspci: 'Slave' }),
    inboundEndOfChainError: rw1cs(11, { lspci: '<EOCErr' }),
    dropOnUninitializedLink: rw(12, { lspci: 'DUL' }),
    type: ro([15, 13]),
  }),
  linkControl: linkControl(0x04, 'Link Control'),
  linkConfig: linkConfig(0x06, 'Link Config'),
  revisionId: reg8(0x08, revision),
  linkFrequency: linkFrequency(0x09, 'Link Frequency'),
  linkFrequencyCapability: linkFrequencyCapability(0x0a, 'Link Frequency Capability'),
  feature: reg16(
    0x0c,
    {
      ...feature,
      extendedRegisterSet: ro(8, { lspci: 'ExtRS' }),
      upstreamConfigurationEnable: rw(9, { lspci: 'UCnfE' }),
    },
    { lspci: 'Feature Capability' },
  ),
  enumerationScratchpad: reg16(0x10, { scratchpad: rw([15, 0]) }),
  errorHandling: errorHandling(0x12),
  memoryBaseUpper: reg8(0x14, { address: rw([7, 0]) }),
  memoryLimitUpper: reg8(0x15, { address: rw([7, 0]) }),
});

/** MSI Mapping, section 7.12; a mapping that is fixed has no address. */
export const hyperTransportMsiMapping = (fixed: boolean) =>
  block('HyperTransport MSI Mapping', fixed ? 0x04 : 0x0c, {
    command: reg16(0x02, {
      enable: rw(0, { impl: true, lspci: 'Enable' }),
      fixed: ro(1, { lspci: 'Fixed' }),
      type: ro([15, 11]),
    }),
    ...(!fixed && {
      addressLow: reg32(0x04, { address: rw([31, 20], { impl: true }) }),
      addressHigh: reg32(0x08, { address: rw([31, 0], { impl: true }) }),
    }),
  });

/** The kinds of which lspci knows the name, or a revision, only. */
export const hyperTransportOther = block('HyperTransport', 0x04, {
  command: reg16(0x02, { minor: ro([4, 0]), major: ro([7, 5]), type: ro([15, 11]) }),
});
