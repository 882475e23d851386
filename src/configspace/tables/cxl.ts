// SPDX-License-Identifier: GPL-2.0-only
/**
 * Compute Express Link: the designated vendor-specific capabilities of vendor 1E98h, CXL 3.0 section 8.1. They matter to
 * a reset in three ways: a port masks Secondary Bus Reset and Link Disable until software unmasks them, a device has a
 * reset of its own, and it tells when that is complete.
 */
import {
  type Block,
  block,
  hwinit,
  type Registers,
  reg8,
  reg16,
  reg32,
  ro,
  rw,
  rw1c,
  rw1cs,
  rws,
} from '../registers.ts';

export const CXL_VENDOR = 0x1e98;

/** Header of a DVSEC (0023h), PCIe 6.0 section 7.9.6; its length says where the vendor's registers end. */
export const dvsecHeader = {
  dvsecHeader1: reg32(0x04, {
    vendorId: ro([15, 0]),
    revision: ro([19, 16]),
    length: ro([31, 20]),
  }),
  dvsecHeader2: reg16(0x08, {
    id: ro([15, 0]),
  }),
} as const;

/** The body is the vendor's, and only its length is known. */
export const vendorsDvsec = (length: number) =>
  block('Designated Vendor-Specific', Math.max(0x0c, length), dvsecHeader);

const range = (n: number, at: number): Registers => ({
  [`range${n}SizeHigh`]: reg32(at, { size: ro([31, 0]) }),
  [`range${n}SizeLow`]: reg32(at + 4, {
    valid: ro(0, { lspci: 'Valid' }),
    active: ro(1, { live: true, impl: true, lspci: 'Active' }),
    mediaType: ro([4, 2], { lspci: 'Type' }),
    memoryClass: ro([7, 5], { lspci: 'Class' }),
    desiredInterleave: ro([12, 8], { lspci: 'interleave' }),
    activeTimeout: hwinit([15, 13], { lspci: 'timeout' }),
    size: ro([31, 28]),
  }),
  [`range${n}BaseHigh`]: reg32(at + 8, { base: rw([31, 0]) }),
  [`range${n}BaseLow`]: reg32(at + 12, { base: rw([31, 28]) }),
});

/** PCIe DVSEC for CXL Devices, section 8.1.3. Its control is read-only once Lock is set, which this does not follow. */
export const cxlDevice = (length: number) =>
  block('CXL Device', length, {
    ...dvsecHeader,
    capability: reg16(
      0x0a,
      {
        cacheCapable: ro(0, { lspci: 'Cache' }),
        ioCapable: ro(1, { lspci: 'IO' }),
        memCapable: ro(2, { lspci: 'Mem' }),
        memHwInitMode: ro(3, { lspci: 'Mem HW Init' }),
        hdmCount: ro([5, 4], { lspci: 'HDMCount' }),
        cacheWritebackAndInvalidateCapable: ro(6),
        cxlResetCapable: ro(7),
        cxlResetTimeout: ro([10, 8]),
        cxlResetMemClearCapable: ro(11),
        multipleLogicalDevice: ro(13),
        viralCapable: ro(14, { lspci: 'Viral' }),
        pmInitCompletionReportingCapable: ro(15),
      },
      { lspci: 'CXLCap' },
    ),
    control: reg16(
      0x0c,
      {
        cacheEnable: rw(0, { lspci: 'Cache' }),
        ioEnable: ro(1, { reset: 1, lspci: 'IO' }),
        memEnable: rw(2, { lspci: 'Mem' }),
        cacheSnoopFilterCoverage: rw([7, 3], { lspci: 'Cache SF Cov' }),
        cacheSnoopFilterGranularity: rw([10, 8], { lspci: 'Cache SF Gran' }),
        cacheCleanEviction: rw(11, { lspci: 'Cache Clean' }),
        viralEnable: rw(14, { lspci: 'Viral' }),
      },
      { lspci: 'CXLCtl' },
    ),
    status: reg16(0x0e, { viralStatus: rw1cs(14, { lspci: 'Viral' }) }, { lspci: 'CXLSta' }),
    control2: reg16(
      0x10,
      {
        disableCaching: rw(0),
        initiateCacheWritebackAndInvalidation: rw(1, { action: true }),
        initiateCxlReset: rw(2, { action: true }),
        cxlResetMemClearEnable: rw(3),
        desiredVolatileHdmStateAfterHotReset: rws(4),
        modifiedCompletionEnable: rw(5),
      },
      { lspci: 'CXLCtl2' },
    ),
    status2: reg16(
      0x12,
      {
        cacheInvalid: ro(0, { live: true, impl: true }),
        cxlResetComplete: ro(1, { live: true, impl: true, lspci: 'ResetComplete' }),
        cxlResetError: ro(2, { live: true, impl: true, lspci: 'ResetError' }),
        volatileHdmPreservationError: rw1cs(3),
        pmInitializationComplete: ro(15, { live: true, impl: true, lspci: 'PMComplete' }),
      },
      { lspci: 'CXLSta2' },
    ),
    lock: reg16(0x14, { configLock: rw(0) }, { lspci: 'CXLLock' }),
    capability2: reg16(0x16, { cacheSizeUnit: ro([3, 0]), cacheSize: ro([15, 8]) }, { lspci: 'CXLCap2' }),
    ...range(1, 0x18),
    ...range(2, 0x28),
    ...(length >= 0x3c && { capability3: reg16(0x38, { defaultVolatileHdmState: ro([3, 0]) }, { lspci: 'CXLCap3' }) }),
  });

/** CXL Extensions DVSEC for Ports, section 8.1.5: until software unmasks it, a port of CXL does not do Secondary Bus Reset. */
export const cxlPort = (length: number) =>
  block('CXL Port', length, {
    ...dvsecHeader,
    portStatus: reg16(
      0x0a,
      {
        pmInitializationComplete: ro(0, { dlDown: true, live: true, impl: true, lspci: 'PMComplete' }),
        viralStatus: rw1cs(14),
      },
      { lspci: 'CXLPortSta' },
    ),
    portControl: reg16(
      0x0c,
      {
        unmaskSecondaryBusReset: rw(0, { lspci: 'UnmaskSBR' }),
        unmaskLinkDisable: rw(1, { lspci: 'UnmaskLinkDisable' }),
        altMemoryAndIdSpaceEnable: rw(2, { lspci: 'AltMem' }),
        altBusMasterEnable: rw(3, { lspci: 'AltBME' }),
        viralEnable: rw(14, { lspci: 'ViralEnable' }),
      },
      { lspci: 'CXLPortCtl' },
    ),
    alternateBusBase: reg8(0x0e, { number: rw([7, 0]) }),
    alternateBusLimit: reg8(0x0f, { number: rw([7, 0]) }),
    alternateMemoryBase: reg16(0x10, { address: rw([15, 4]) }),
    alternateMemoryLimit: reg16(0x12, { address: rw([15, 4]) }),
    alternatePrefetchableMemoryBase: reg16(0x14, { address: rw([15, 4]) }),
    alternatePrefetchableMemoryLimit: reg16(0x16, { address: rw([15, 4]) }),
    alternatePrefetchableMemoryBaseHigh: reg32(0x18, { address: rw([31, 0]) }),
    alternatePrefetchableMemoryLimitHigh: reg32(0x1c, { address: rw([31, 0]) }),
    rcrbBase: reg32(0x20, { enable: rw(0), base: rw([31, 13]) }),
    rcrbBaseHigh: reg32(0x24, { base: rw([31, 0]) }),
  });

/** GPF DVSEC for CXL Ports, section 8.1.6: how long a port waits for a device to flush its caches. */
export const cxlGlobalPersistentFlushPort = (length: number) =>
  block('CXL GPF Port', length, {
    ...dvsecHeader,
    phase1Control: reg16(0x0c, { timeoutBase: rw([3, 0], { impl: true }), timeoutScale: rw([11, 8], { impl: true }) }),
    phase2Control: reg16(0x0e, { timeoutBase: rw([3, 0], { impl: true }), timeoutScale: rw([11, 8], { impl: true }) }),
  });

/** GPF DVSEC for CXL Devices, section 8.1.7. */
export const cxlGlobalPersistentFlushDevice = (length: number) =>
  block('CXL GPF Device', length, {
    ...dvsecHeader,
    phase2Duration: reg16(0x0a, { timeBase: ro([3, 0]), timeScale: ro([11, 8]) }),
    phase2Power: reg32(0x0c, { milliwatts: ro([31, 0]) }),
  });

const flexBusProtocols = (access: typeof ro | typeof rw) =>
  ({
    cache: access(0, { lspci: 'Cache' }),
    io: access(1, { lspci: 'IO' }),
    mem: access(2, { lspci: 'Mem' }),
    flit68: access(5, { lspci: '68BFlit' }),
    multiLogicalDevice: access(6, { lspci: 'MltLogDev' }),
    flit256: access(13, { lspci: '256BFlit' }),
    pbrFlit: access(14, { lspci: 'PBRFlit' }),
  }) as const;

/** Flex Bus Port DVSEC, section 8.2.1.3; the registers numbered 2 came with revision 2 of it. */
export const cxlFlexBus = (length: number) =>
  block('CXL Flex Bus Port', length, {
    ...dvsecHeader,
    capability: reg16(0x0a, flexBusProtocols(ro), { lspci: 'FBCap' }),
    control: reg16(
      0x0c,
      {
        ...flexBusProtocols(rw),
        syncHeaderBypass: rw(3, { lspci: 'SynHdrByp' }),
        driftBuffer: rw(4, { lspci: 'DrftBuf' }),
        disableRcdTraining: rw(7, { lspci: 'RCD' }),
        retimer1Present: rw(8, { lspci: 'Retimer1' }),
        retimer2Present: rw(9, { lspci: 'Retimer2' }),
      },
      { lspci: 'FBCtl' },
    ),
    status: reg16(
      0x0e,
      {
        ...flexBusProtocols(ro),
        syncHeaderBypass: ro(3, { lspci: 'SynHdrByp' }),
        driftBuffer: ro(4, { lspci: 'DrftBuf' }),
        correctableProtocolIdFramingError: rw1c(8),
        uncorrectableProtocolIdFramingError: rw1c(9),
        unexpectedProtocolIdDropped: rw1c(10),
        retimersPresentMismatched: rw1c(11),
      },
      { lspci: 'FBSta' },
    ),
    receivedModifiedTsData: reg32(0x10, { data: ro([23, 0], { live: true, impl: true }) }, { lspci: 'FBModTS' }),
    ...(length >= 0x20 && {
      capability2: reg32(0x14, { nopHint: ro(0, { lspci: 'NOPHint' }) }, { lspci: 'FBCap2' }),
      control2: reg32(0x18, { nopHint: rw(0, { lspci: 'NOPHint' }) }, { lspci: 'FBCtl2' }),
      status2: reg32(0x1c, { nopHintInfo: ro([1, 0], { live: true, lspci: 'NOPHintInfo' }) }, { lspci: 'FBSta2' }),
    }),
  });

/** MLD DVSEC, section 8.1.10. */
export const cxlMultiLogicalDevice = (length: number) =>
  block('CXL MLD', length, {
    ...dvsecHeader,
    logicalDevices: reg16(0x0a, { number: ro([15, 0]) }, { lspci: 'NumLogDevs' }),
  });

const numbered = (count: number, make: (n: number) => Registers): Registers =>
  Object.assign({}, ...Array.from({ length: count }, (_, n) => make(n)));

/** Non-CXL Function Map DVSEC, section 8.1.4: functions that take no part in CXL.cache and CXL.mem, nor in a CXL reset. */
export const cxlFunctionMap = (length: number) =>
  block('CXL Function Map', length, {
    ...dvsecHeader,
    ...numbered(8, (n) => ({ [`functionMap${n}`]: reg32(0x0c + 4 * n, { functions: hwinit([31, 0]) }) })),
  });

/** Register Locator DVSEC, section 8.1.9: a pair of registers for each block. */
export const cxlRegisterLocator = (length: number) =>
  block('CXL Register Locator', length, {
    ...dvsecHeader,
    ...numbered(Math.floor((length - 0x0c) / 8), (n) => ({
      [`block${n + 1}Low`]: reg32(0x0c + 8 * n, {
        bir: hwinit([2, 0]),
        identifier: hwinit([15, 8]),
        offset: hwinit([31, 16]),
      }),
      [`block${n + 1}High`]: reg32(0x10 + 8 * n, { offset: hwinit([31, 0]) }),
    })),
  });

/** By DVSEC ID: the block, and the least length that holds its registers. */
export const CXL_DVSECS: Readonly<Record<number, readonly [make: (length: number) => Block, least: number]>> = {
  0: [cxlDevice, 0x38],
  2: [cxlFunctionMap, 0x2c],
  3: [cxlPort, 0x28],
  4: [cxlGlobalPersistentFlushPort, 0x10],
  5: [cxlGlobalPersistentFlushDevice, 0x10],
  7: [cxlFlexBus, 0x14],
  8: [cxlRegisterLocator, 0x14],
  9: [cxlMultiLogicalDevice, 0x10],
};
