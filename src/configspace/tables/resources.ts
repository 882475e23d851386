// SPDX-License-Identifier: GPL-2.0-only
/** Channels, BAR sizes, time, hints and other resources of a function. */
import { block, hwinit, type Role, reg16, reg32, ro, rw } from '../registers.ts';
import { vendorsDvsec } from './cxl.ts';

/** Which functions have which half of the Multicast capability. */
const MULTICAST_ENDPOINTS: readonly Role[] = ['endpoint', 'legacy endpoint', 'RC integrated endpoint'];
const MULTICAST_PORTS: readonly Role[] = ['root port', 'upstream port', 'downstream port'];

/**
 * Virtual Channel (0002h, 0009h) and Multi-Function Virtual Channel (0008h), PCIe 6.0 sections 7.9.1 and 7.9.2.
 * `extendedVcs` is the Extended VC Count: resources besides VC0.
 */
export function virtualChannel(title: string, extendedVcs: number) {
  const resources = Array.from({ length: extendedVcs + 1 }, (_, n) => {
    const at = 0x10 + 0x0c * n;
    return {
      [`vcResourceCapability${n}`]: reg32(at, {
        portArbitrationCapability: ro([7, 0]),
        rejectSnoopTransactions: hwinit(15, { lspci: 'RejSnoopTrans' }),
        maximumTimeSlots: hwinit([22, 16], { lspci: 'MaxTimeSlots' }),
        portArbitrationTableOffset: ro([31, 24], { lspci: 'PATOffset' }),
      }),
      [`vcResourceControl${n}`]: reg32(at + 4, {
        tc0Map: ro(0, { reset: n === 0 ? 1 : 0 }),
        tcMap: rw([7, 1], { reset: n === 0 ? 0x7f : 0, flrKeeps: true }),
        loadPortArbitrationTable: rw(16, { flrKeeps: true, action: true }),
        portArbitrationSelect: rw([19, 17], { flrKeeps: true, lspci: 'ArbSelect' }),
        vcId: n === 0 ? ro([26, 24], { lspci: 'ID' }) : rw([26, 24], { flrKeeps: true, impl: true, lspci: 'ID' }),
        enable: n === 0 ? ro(31, { reset: 1, lspci: 'Enable' }) : rw(31, { flrKeeps: true, lspci: 'Enable' }),
      }),
      [`vcResourceStatus${n}`]: reg16(at + 0x0a, {
        portArbitrationTableStatus: ro(0, { flrKeeps: true, live: true, lspci: 'InProgress' }),
        vcNegotiationPending: ro(1, { flrKeeps: true, dlDown: true, live: true, lspci: 'NegoPending' }),
      }),
    };
  });
  return block(title, 0x10 + 0x0c * (extendedVcs + 1), {
    portVcCapability1: reg32(0x04, {
      extendedVcCount: ro([2, 0]),
      lowPriorityExtendedVcCount: ro([6, 4], { lspci: 'LPEVC' }),
      referenceClock: ro([9, 8], { lspci: 'RefClk' }),
      portArbitrationTableEntrySize: ro([11, 10]),
    }),
    portVcCapability2: reg32(0x08, {
      vcArbitrationCapability: ro([7, 0]),
      vcArbitrationTableOffset: ro([31, 24]),
    }),
    portVcControl: reg16(0x0c, {
      loadVcArbitrationTable: rw(0, { flrKeeps: true, action: true }),
      vcArbitrationSelect: rw([3, 1], { flrKeeps: true }),
    }),
    portVcStatus: reg16(0x0e, {
      vcArbitrationTableStatus: ro(0, { flrKeeps: true, live: true, lspci: 'InProgress' }),
    }),
    ...Object.assign({}, ...resources),
  });
}

/**
 * Resizable BAR (0015h) and VF Resizable BAR (0024h), PCIe 6.0 sections 7.8.6 and 7.8.7: a pair of registers for each of
 * `bars` resizable BARs.
 */
export function resizableBar(bars: number, title = 'Resizable BAR') {
  const pairs = Array.from({ length: bars }, (_, n) => ({
    [`capability${n}`]: reg32(0x04 + 8 * n, {
      sizesSupported: ro([31, 4]),
    }),
    [`control${n}`]: reg32(0x08 + 8 * n, {
      barIndex: ro([2, 0]),
      numberOfResizableBars: ro([7, 5]),
      barSize: rw([13, 8], { impl: true }),
      sizesSupportedHigh: ro([31, 16], { since: 5 }),
    }),
  }));
  return block(title, 4 + 8 * bars, Object.assign({}, ...pairs));
}

/** Precision Time Measurement (001Fh), PCIe 6.0 section 7.9.15. */
export const precisionTimeMeasurement = block('Precision Time Measurement', 0x0c, {
  capability: reg32(
    0x04,
    {
      requesterCapable: hwinit(0, { lspci: 'Requester' }),
      responderCapable: hwinit(1, { lspci: 'Responder' }),
      rootCapable: hwinit(2, { lspci: 'Root' }),
      localClockGranularity: hwinit([15, 8], { lspci: 'PTMClockGranularity' }),
    },
    { lspci: 'PTMCap' },
  ),
  control: reg32(
    0x08,
    {
      enable: rw(0, { lspci: 'Enabled' }),
      rootSelect: rw(1, { lspci: 'RootSelected' }),
      effectiveGranularity: rw([15, 8], { lspci: 'PTMEffectiveGranularity' }),
    },
    { lspci: 'PTMControl' },
  ),
});

/** TPH Requester (0017h), PCIe 6.0 section 7.9.13. */
export const tphRequester = block('TPH Requester', 0x0c, {
  capability: reg32(
    0x04,
    {
      noStModeSupported: ro(0),
      interruptVectorModeSupported: ro(1),
      deviceSpecificModeSupported: ro(2),
      extendedTphRequesterSupported: ro(8),
      stTableLocation: ro([10, 9]),
      stTableSize: ro([26, 16]),
    },
    { lspci: 'TPHCap' },
  ),
  control: reg32(
    0x08,
    {
      stModeSelect: rw([2, 0]),
      tphRequesterEnable: rw([9, 8]),
    },
    { lspci: 'TPHCtl' },
  ),
});

/** Multicast (0012h), PCIe 6.0 section 7.9.11. Only ports have the Overlay BAR. */
export const multicast = block('Multicast', 0x30, {
  capability: reg16(
    0x04,
    {
      maxGroup: ro([5, 0]),
      windowSizeRequested: ro([13, 8], { on: MULTICAST_ENDPOINTS }),
      ecrcRegenerationSupported: ro(15, { on: MULTICAST_PORTS, lspci: 'ECRCRegen' }),
    },
    { lspci: 'McastCap' },
  ),
  control: reg16(
    0x06,
    {
      numGroup: rw([5, 0], { lspci: 'NumGroups' }),
      enable: rw(15, { lspci: 'Enable' }),
    },
    { lspci: 'McastCtl' },
  ),
  baseAddress: reg32(
    0x08,
    {
      indexPosition: rw([5, 0], { lspci: 'IndexPos' }),
      baseAddress: rw([31, 12], { lspci: 'BaseAddr' }),
    },
    { lspci: 'McastBAR' },
  ),
  baseAddressUpper: reg32(0x0c, { baseAddress: rw([31, 0]) }, { lspci: 'McastBAR upper' }),
  receive: reg32(0x10, { groups: rw([31, 0]) }, { lspci: 'McastReceiveVec' }),
  receiveUpper: reg32(0x14, { groups: rw([31, 0]) }, { lspci: 'McastReceiveVec upper' }),
  blockAll: reg32(0x18, { groups: rw([31, 0]) }, { lspci: 'McastBlockAllVec' }),
  blockAllUpper: reg32(0x1c, { groups: rw([31, 0]) }, { lspci: 'McastBlockAllVec upper' }),
  blockUntranslated: reg32(0x20, { groups: rw([31, 0]) }, { lspci: 'McastBlockUntransVec' }),
  blockUntranslatedUpper: reg32(0x24, { groups: rw([31, 0]) }, { lspci: 'McastBlockUntransVec upper' }),
  overlayBar: reg32(
    0x28,
    {
      overlaySize: rw([5, 0], { lspci: 'OverlaySize' }),
      overlayAddress: rw([31, 6], { lspci: 'BaseAddr' }),
    },
    { on: MULTICAST_PORTS, lspci: 'McastOverlayBAR' },
  ),
  overlayBarUpper: reg32(
    0x2c,
    { overlayAddress: rw([31, 0]) },
    { on: MULTICAST_PORTS, lspci: 'McastOverlayBAR upper' },
  ),
});

/** Designated Vendor-Specific Extended Capability (0023h) as far as any vendor's is alike. */
export const designatedVendorSpecific = vendorsDvsec(0);
