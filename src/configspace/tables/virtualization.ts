// SPDX-License-Identifier: GPL-2.0-only
/** Virtualization and translation: ACS, ARI, ATS, SR-IOV, PRI, PASID. */
import { block, hwinit, reg8, reg16, reg32, ro, rw, rw1c } from '../registers.ts';
import { memoryBar } from './header.ts';

/** Access Control Services (000Dh), PCIe 6.0 section 7.7.11. The vector is there when P2P Egress Control is. */
export function accessControlServices(egressControl: boolean) {
  return block('Access Control Services', egressControl ? 0x0c : 0x08, {
    capability: reg16(
      0x04,
      {
        sourceValidation: ro(0, { lspci: 'SrcValid' }),
        translationBlocking: ro(1, { lspci: 'TransBlk' }),
        p2pRequestRedirect: ro(2, { lspci: 'ReqRedir' }),
        p2pCompletionRedirect: ro(3, { lspci: 'CmpltRedir' }),
        upstreamForwarding: ro(4, { lspci: 'UpstreamFwd' }),
        p2pEgressControl: ro(5, { lspci: 'EgressCtrl' }),
        directTranslatedP2p: ro(6, { lspci: 'DirectTrans' }),
        enhancedCapability: ro(7, { since: 5 }),
        egressControlVectorSize: hwinit([15, 8]),
      },
      { lspci: 'ACSCap' },
    ),
    control: reg16(
      0x06,
      {
        sourceValidation: rw(0, { lspci: 'SrcValid' }),
        translationBlocking: rw(1, { lspci: 'TransBlk' }),
        p2pRequestRedirect: rw(2, { lspci: 'ReqRedir' }),
        p2pCompletionRedirect: rw(3, { lspci: 'CmpltRedir' }),
        upstreamForwarding: rw(4, { lspci: 'UpstreamFwd' }),
        p2pEgressControl: rw(5, { lspci: 'EgressCtrl' }),
        directTranslatedP2p: rw(6, { lspci: 'DirectTrans' }),
        ioRequestBlockingEnable: rw(7, { since: 5 }),
        dspMemoryTargetAccessControl: rw([9, 8], { since: 5 }),
        uspMemoryTargetAccessControl: rw([11, 10], { since: 5 }),
        unclaimedRequestRedirectControl: rw(12, { since: 5 }),
      },
      { lspci: 'ACSCtl' },
    ),
    ...(egressControl && {
      egressControlVector: reg32(0x08, {
        vector: rw([31, 0]),
      }),
    }),
  });
}

/** Alternative Routing-ID Interpretation (000Eh), PCIe 6.0 section 7.8.8. */
export const alternativeRoutingId = block('Alternative Routing-ID Interpretation', 0x08, {
  capability: reg16(
    0x04,
    {
      mfvcFunctionGroupsCapability: ro(0, { lspci: 'MFVC' }),
      acsFunctionGroupsCapability: ro(1, { lspci: 'ACS' }),
      nextFunctionNumber: ro([15, 8], { lspci: 'Next Function' }),
    },
    { lspci: 'ARICap' },
  ),
  control: reg16(
    0x06,
    {
      mfvcFunctionGroupsEnable: rw(0, { lspci: 'MFVC' }),
      acsFunctionGroupsEnable: rw(1, { lspci: 'ACS' }),
      functionGroup: rw([6, 4], { lspci: 'Function Group' }),
    },
    { lspci: 'ARICtl' },
  ),
});

/** Address Translation Services (000Fh), PCIe 6.0 section 10.5.1. */
export const addressTranslationServices = block('Address Translation Services', 0x08, {
  capability: reg16(
    0x04,
    {
      invalidateQueueDepth: ro([4, 0], { lspci: 'Invalidate Queue Depth' }),
      pageAlignedRequest: ro(5),
      globalInvalidateSupported: ro(6),
      enableRelaxedOrdering: ro(7, { since: 5 }),
    },
    { lspci: 'ATSCap' },
  ),
  control: reg16(
    0x06,
    {
      smallestTranslationUnit: rw([4, 0], { lspci: 'Smallest Translation Unit' }),
      enable: rw(15, { lspci: 'Enable' }),
    },
    { lspci: 'ATSCtl' },
  ),
});

/** Single Root I/O Virtualization (0010h), PCIe 6.0 section 9.3.3. */
export const singleRootIoVirtualization = block('Single Root I/O Virtualization', 0x40, {
  capability: reg32(
    0x04,
    {
      vfMigrationCapable: ro(0, { lspci: 'Migration' }),
      ariCapableHierarchyPreserved: ro(1),
      vf10BitTagRequesterSupported: hwinit(2, { since: 4, lspci: '10BitTagReq' }),
      vfMigrationInterruptMessageNumber: ro([31, 21], { lspci: 'Interrupt Message Number' }),
    },
    { lspci: 'IOVCap' },
  ),
  control: reg16(
    0x08,
    {
      vfEnable: rw(0, { lspci: 'Enable' }),
      vfMigrationEnable: rw(1, { lspci: 'Migration' }),
      vfMigrationInterruptEnable: rw(2, { lspci: 'Interrupt' }),
      vfMse: rw(3, { lspci: 'MSE' }),
      ariCapableHierarchy: rw(4, { lspci: 'ARIHierarchy' }),
      vf10BitTagRequesterEnable: rw(5, { since: 4, lspci: '10BitTagReq' }),
    },
    { lspci: 'IOVCtl' },
  ),
  status: reg16(
    0x0a,
    {
      vfMigrationStatus: rw1c(0, { lspci: 'Migration' }),
    },
    { lspci: 'IOVSta' },
  ),
  initialVfs: reg16(
    0x0c,
    {
      number: hwinit([15, 0]),
    },
    { lspci: 'Initial VFs' },
  ),
  totalVfs: reg16(
    0x0e,
    {
      number: hwinit([15, 0]),
    },
    { lspci: 'Total VFs' },
  ),
  numVfs: reg16(
    0x10,
    {
      number: rw([15, 0], { impl: true }),
    },
    { lspci: 'Number of VFs' },
  ),
  functionDependencyLink: reg8(
    0x12,
    {
      link: ro([7, 0]),
    },
    { lspci: 'Function Dependency Link' },
  ),
  firstVfOffset: reg16(
    0x14,
    {
      offset: ro([15, 0]),
    },
    { lspci: 'VF offset' },
  ),
  vfStride: reg16(
    0x16,
    {
      stride: ro([15, 0]),
    },
    { lspci: 'VF stride' },
  ),
  vfDeviceId: reg16(
    0x1a,
    {
      deviceId: ro([15, 0]),
    },
    { lspci: 'VF Device ID' },
  ),
  supportedPageSizes: reg32(
    0x1c,
    {
      pageSizes: ro([31, 0]),
    },
    { lspci: 'Supported Page Size' },
  ),
  systemPageSize: reg32(
    0x20,
    {
      pageSize: rw([31, 0], { reset: 1 }),
    },
    { lspci: 'System Page Size' },
  ),
  vfBar0: memoryBar(0x24, 'VF BAR 0'),
  vfBar1: memoryBar(0x28, 'VF BAR 1'),
  vfBar2: memoryBar(0x2c, 'VF BAR 2'),
  vfBar3: memoryBar(0x30, 'VF BAR 3'),
  vfBar4: memoryBar(0x34, 'VF BAR 4'),
  vfBar5: memoryBar(0x38, 'VF BAR 5'),
  vfMigrationStateArrayOffset: reg32(
    0x3c,
    {
      bir: ro([2, 0], { lspci: 'BIR' }),
      offset: ro([31, 3], { lspci: 'offset' }),
    },
    { lspci: 'VF Migration' },
  ),
});

/** Page Request Interface (0013h), PCIe 6.0 section 10.5.2. */
export const pageRequestInterface = block('Page Request Interface', 0x10, {
  control: reg16(
    0x04,
    {
      enable: rw(0, { lspci: 'Enable' }),
      reset: rw(1, { action: true, lspci: 'Reset' }),
    },
    { lspci: 'PRICtl' },
  ),
  status: reg16(
    0x06,
    {
      responseFailure: rw1c(0, { lspci: 'RF' }),
      unexpectedPageRequestGroupIndex: rw1c(1, { lspci: 'UPRGI' }),
      stopped: ro(8, { reset: 1, live: true, lspci: 'Stopped' }),
      prgResponsePasidRequired: ro(15, { lspci: 'PASID' }),
    },
    { lspci: 'PRISta' },
  ),
  outstandingPageRequestCapacity: reg32(
    0x08,
    {
      number: ro([31, 0]),
    },
    { lspci: 'Page Request Capacity' },
  ),
  outstandingPageRequestAllocation: reg32(
    0x0c,
    {
      number: rw([31, 0]),
    },
    { lspci: 'Page Request Allocation' },
  ),
});

/** Process Address Space ID (001Bh), PCIe 6.0 section 7.8.9. */
export const processAddressSpaceId = block('Process Address Space ID', 0x08, {
  capability: reg16(
    0x04,
    {
      executePermission: ro(1, { lspci: 'Exec' }),
      privilegedMode: ro(2, { lspci: 'Priv' }),
      maxPasidWidth: ro([12, 8], { lspci: 'Max PASID Width' }),
    },
    { lspci: 'PASIDCap' },
  ),
  control: reg16(
    0x06,
    {
      enable: rw(0, { lspci: 'Enable' }),
      executePermissionEnable: rw(1, { lspci: 'Exec' }),
      privilegedModeEnable: rw(2, { lspci: 'Priv' }),
    },
    { lspci: 'PASIDCtl' },
  ),
});
