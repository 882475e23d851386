// SPDX-License-Identifier: GPL-2.0-only
/** What a root complex tells of itself: its links, its internal link, its register block, and its event collectors. */
import { block, hwinit, type Registers, reg16, reg32, ro, rw } from '../registers.ts';

/** Root Complex Link Declaration (0005h), PCIe 6.0 section 7.9.8. */
export function rootComplexLink(links: number) {
  const entries = Array.from({ length: links }, (_, n): Registers => {
    const at = 0x10 + 0x10 * n;
    return {
      [`link${n}Description`]: reg32(at, {
        valid: hwinit(0, { lspci: 'LinkValid' }),
        type: hwinit(1),
        associatedRcrb: hwinit(2, { lspci: 'AssocRCRB' }),
        targetComponentId: hwinit([23, 16], { lspci: 'TargetComponent' }),
        targetPortNumber: hwinit([31, 24], { lspci: 'TargetPort' }),
      }),
      [`link${n}Address`]: reg32(at + 8, { address: hwinit([31, 0]) }),
      [`link${n}AddressUpper`]: reg32(at + 12, { address: hwinit([31, 0]) }),
    };
  });
  return block('Root Complex Link', 0x10 + 0x10 * links, {
    elementSelfDescription: reg32(
      0x04,
      {
        elementType: ro([3, 0], { lspci: 'EltType' }),
        numberOfLinkEntries: hwinit([15, 8]),
        componentId: hwinit([23, 16], { lspci: 'ComponentID' }),
        portNumber: hwinit([31, 24], { lspci: 'PortNumber' }),
      },
      { lspci: 'Desc' },
    ),
    ...(Object.assign({}, ...entries) as Registers),
  });
}

/** Root Complex Internal Link Control (0006h), PCIe 6.0 section 7.9.9. */
export const rootComplexInternalLink = block('Root Complex Internal Link', 0x0c, {
  linkCapabilities: reg32(
    0x04,
    {
      maxLinkSpeed: ro([3, 0], { lspci: 'Speed' }),
      maximumLinkWidth: ro([9, 4], { lspci: 'Width' }),
      aspmSupport: ro([11, 10], { lspci: 'ASPM' }),
      l0sExitLatency: ro([14, 12]),
      l1ExitLatency: ro([17, 15]),
    },
    { lspci: 'RCLinkCap' },
  ),
  linkControl: reg16(
    0x08,
    { aspmControl: rw([1, 0], { lspci: 'ASPM' }), extendedSynch: rw(7, { lspci: 'ExtSynch' }) },
    { lspci: 'RCLinkCtl' },
  ),
  linkStatus: reg16(
    0x0a,
    {
      currentLinkSpeed: ro([3, 0], { live: true, impl: true, lspci: 'Speed' }),
      negotiatedLinkWidth: ro([9, 4], { live: true, impl: true, lspci: 'Width' }),
    },
    { lspci: 'RCLinkSta' },
  ),
});

/** Root Complex Event Collector Endpoint Association (0007h), PCIe 6.0 section 7.9.10. */
export const eventCollectorAssociation = block('Root Complex Event Collector', 0x0c, {
  associationBitmap: reg32(0x04, { devices: hwinit([31, 0]) }, { lspci: 'RCiEPBitmap' }),
  associatedBusNumbers: reg32(
    0x08,
    { nextBus: hwinit([15, 8]), lastBus: hwinit([23, 16]) },
    { lspci: 'AssociatedBusNumbers', minVersion: 2 },
  ),
});

/** Root Complex Register Block header (000Ah), PCIe 6.0 section 7.9.7. */
export const rootComplexRegisterBlock = block('Root Complex Register Block', 0x14, {
  vendorId: reg16(0x04, { vendorId: ro([15, 0]) }),
  deviceId: reg16(0x06, { deviceId: ro([15, 0]) }),
  capabilities: reg32(0x08, { rrsSoftwareVisibility: ro(0, { lspci: 'CRSVisible' }) }, { lspci: 'RCRBCap' }),
  control: reg32(0x0c, { rrsSoftwareVisibilityEnable: rw(0, { lspci: 'CRSVisible' }) }, { lspci: 'RCRBCtl' }),
});
