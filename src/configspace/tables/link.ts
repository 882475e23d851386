// SPDX-License-Identifier: GPL-2.0-only
/** Capabilities of a link and of the device on it. */
import { block, hwinit, reg16, reg32, ro, rw, rw1cs } from '../registers.ts';
import { physicalLayer16GTs } from './physical.ts';

/** Device Serial Number (0003h), PCIe 6.0 section 7.9.3. */
export const deviceSerialNumber = block('Device Serial Number', 0x0c, {
  serialNumberLower: reg32(0x04, {
    serialNumber: hwinit([31, 0]),
  }),
  serialNumberUpper: reg32(0x08, {
    serialNumber: hwinit([31, 0]),
  }),
});

/** Secondary PCI Express (0019h), PCIe 6.0 section 7.7.3: one Lane Equalization Control half-dword a lane. */
export function secondaryPciExpress(lanes: number) {
  const laneEqualization = Object.fromEntries(
    Array.from({ length: lanes }, (_, lane) => [
      `laneEqualizationControl${lane}`,
      reg16(0x0c + 2 * lane, { presets: hwinit([15, 0]) }),
    ]),
  );
  return block('Secondary PCI Express', 0x0c + 2 * lanes, {
    linkControl3: reg32(
      0x04,
      {
        performEqualization: rw(0, { lspci: 'PerformEqu' }),
        linkEqualizationRequestInterruptEnable: rw(1, { lspci: 'LnkEquIntrruptEn' }),
        enableLowerSkpOsGeneration: rw([15, 9]),
      },
      { lspci: 'LnkCtl3' },
    ),
    laneErrorStatus: reg32(
      0x08,
      {
        lanes: rw1cs([31, 0]),
      },
      { lspci: 'LaneErrStat' },
    ),
    ...laneEqualization,
  });
}

/** Data Link Feature (0025h), PCIe 6.0 section 7.7.4. */
export const dataLinkFeature = block('Data Link Feature', 0x0c, {
  capability: reg32(
    0x04,
    {
      localFeaturesSupported: hwinit([22, 0]),
      exchangeEnable: hwinit(31, { lspci: 'Exchange' }),
    },
    { lspci: 'DLFCap' },
  ),
  status: reg32(
    0x08,
    {
      remoteFeaturesSupported: ro([22, 0], { flrKeeps: true, dlDown: true, live: true, impl: true }),
      remoteValid: ro(31, { flrKeeps: true, dlDown: true, live: true, impl: true, lspci: 'RemoteValid' }),
    },
    { lspci: 'DLFSta' },
  ),
});

/** Physical Layer 16.0 GT/s (0026h) of a link of one lane. */
export const physicalLayer16 = physicalLayer16GTs(1);

/** Device 3 (002Fh), PCIe 6.0 section 7.7.9. */
export const device3 = block('Device 3', 0x10, {
  deviceCapabilities3: reg32(
    0x04,
    {
      dmwrRequestRoutingSupported: hwinit(0, { lspci: 'DMWr Request Routing' }),
      tag14BitCompleterSupported: hwinit(1, { lspci: '14-Bit Tag Completer' }),
      tag14BitRequesterSupported: hwinit(2, { lspci: '14-Bit Tag Requester' }),
      l0pSupported: hwinit(3, { lspci: 'L0p' }),
      portL0pExitLatency: hwinit([6, 4]),
      retimerL0pExitLatency: hwinit([9, 7]),
      uioCompleterSupported: hwinit(10, { lspci: 'UIO Mem RdWr Completer' }),
      uioRequesterSupported: hwinit(11, { lspci: 'UIO Mem RdWr Requester' }),
    },
    { lspci: 'DevCap3' },
  ),
  deviceControl3: reg32(
    0x08,
    {
      dmwrRequesterEnable: rw(0, { lspci: 'DMWr Requester' }),
      dmwrRequestEgressBlocked: rw(1, { lspci: 'DMWr Egress Blocking' }),
      tag14BitRequesterEnable: rw(2, { lspci: '14-Bit Tag Requester' }),
      l0pEnable: rw(3, { lspci: 'L0p' }),
      targetLinkWidth: rw([6, 4], { reset: 7, lspci: 'Target Link Width' }),
      uioRequesterEnable: rw(7, { lspci: 'UIO Mem RdWr Requester' }),
      uioRequest256BoundaryDisable: rw(8, { lspci: 'UIO Request 256B Boundary' }),
    },
    { lspci: 'DevCtl3' },
  ),
  deviceStatus3: reg32(
    0x0c,
    {
      initialLinkWidth: ro([2, 0], { live: true, impl: true, lspci: 'Initial Link Width' }),
      segmentCaptured: ro(3, { live: true, lspci: 'Segment Captured' }),
      remoteL0pSupported: ro(4, { live: true, impl: true, lspci: 'Remote L0p' }),
    },
    { lspci: 'DevSta3' },
  ),
});
