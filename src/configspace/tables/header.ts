// SPDX-License-Identifier: GPL-2.0-only
/** The configuration space headers. */
import {
  type Block,
  block,
  hwinit,
  type Register,
  type Registers,
  type Role,
  reg8,
  reg16,
  reg24,
  reg32,
  ro,
  rw,
  rw1c,
} from '../registers.ts';

/** Functions on conventional PCI have more of the Command register writable than PCI Express leaves them. */
const CONVENTIONAL: readonly Role[] = ['conventional'];
const EXPRESS: readonly Role[] = [
  'endpoint',
  'legacy endpoint',
  'root port',
  'upstream port',
  'downstream port',
  'PCIe-to-PCI bridge',
  'PCI-to-PCIe bridge',
  'RC integrated endpoint',
  'RC event collector',
];
/** Type 1 functions whose secondary side is a PCI Express link, or a switch's internal bus. */
const PORTS: readonly Role[] = [
  'root port',
  'upstream port',
  'downstream port',
  'PCI-to-PCIe bridge',
  'endpoint',
  'legacy endpoint',
  'RC integrated endpoint',
  'RC event collector',
];
/** Type 1 functions whose secondary side is a conventional PCI bus. */
const BRIDGES: readonly Role[] = ['conventional', 'PCIe-to-PCI bridge'];

const common = {
  vendorId: reg16(0x00, {
    vendorId: hwinit([15, 0]),
  }),
  deviceId: reg16(0x02, {
    deviceId: hwinit([15, 0]),
  }),
  command: reg16(0x04, {
    ioSpaceEnable: rw(0, { lspci: 'I/O' }),
    memorySpaceEnable: rw(1, { lspci: 'Mem' }),
    busMasterEnable: rw(2, { lspci: 'BusMaster' }),
    specialCycleEnable: ro(3, { on: EXPRESS, lspci: 'SpecCycle' }),
    specialCycleEnableConventional: rw(3, { on: CONVENTIONAL, lspci: 'SpecCycle' }),
    memoryWriteAndInvalidate: ro(4, { on: EXPRESS, lspci: 'MemWINV' }),
    memoryWriteAndInvalidateConventional: rw(4, { on: CONVENTIONAL, lspci: 'MemWINV' }),
    vgaPaletteSnoop: ro(5, { on: EXPRESS, lspci: 'VGASnoop' }),
    vgaPaletteSnoopConventional: rw(5, { on: CONVENTIONAL, lspci: 'VGASnoop' }),
    parityErrorResponse: rw(6, { lspci: 'ParErr' }),
    idselStepping: ro(7, { lspci: 'Stepping' }),
    serrEnable: rw(8, { lspci: 'SERR' }),
    fastBackToBackEnable: ro(9, { on: EXPRESS, lspci: 'FastB2B' }),
    fastBackToBackEnableConventional: rw(9, { on: CONVENTIONAL, lspci: 'FastB2B' }),
    interruptDisable: rw(10, { lspci: 'DisINTx' }),
  }),
  status: reg16(0x06, {
    immediateReadiness: ro(0, { since: 4 }),
    interruptStatus: ro(3, { live: true, lspci: 'INTx' }),
    capabilitiesList: ro(4, { reset: 1, lspci: 'Cap' }),
    capable66MHz: ro(5, { lspci: '66MHz' }),
    userDefinableFeatures: ro(6, { lspci: 'UDF' }),
    fastBackToBackCapable: ro(7, { lspci: 'FastB2B' }),
    masterDataParityError: rw1c(8, { lspci: 'ParErr' }),
    devselTiming: ro([10, 9], { lspci: 'DEVSEL' }),
    signaledTargetAbort: rw1c(11, { lspci: '>TAbort' }),
    receivedTargetAbort: rw1c(12, { lspci: '<TAbort' }),
    receivedMasterAbort: rw1c(13, { lspci: '<MAbort' }),
    signaledSystemError: rw1c(14, { lspci: '>SERR' }),
    detectedParityError: rw1c(15, { lspci: '<PERR' }),
  }),
  revisionId: reg8(0x08, {
    revisionId: hwinit([7, 0]),
  }),
  classCode: reg24(0x09, {
    classCode: hwinit([23, 0]),
  }),
  cacheLineSize: reg8(0x0c, {
    cacheLineSize: rw([7, 0]),
  }),
  latencyTimer: reg8(0x0d, {
    latencyTimer: ro([7, 0], { on: EXPRESS }),
    latencyTimerConventional: rw([7, 0], { on: CONVENTIONAL }),
  }),
  headerType: reg8(0x0e, {
    headerLayout: ro([6, 0]),
    multiFunctionDevice: ro(7),
  }),
  bist: reg8(
    0x0f,
    {
      completionCode: ro([3, 0]),
      startBist: rw(6),
      bistCapable: ro(7),
    },
    { lspci: 'BIST' },
  ),
};

/** A memory BAR of 32 bits, or the lower half of one of 64. */
export const memoryBar = (offset: number, lspci: string) =>
  reg32(offset, { ioSpace: ro(0), type: ro([2, 1]), prefetchable: ro(3), base: rw([31, 4]) }, { lspci });

/** What a Base Address Register holds, which its own bytes and those of the one before it say. */
export type BarKind = 'memory' | 'io' | 'upper';

/** Fields of the kinds that are no memory BAR, PCIe 6.0 section 7.5.1.2.1. */
const OTHER_BARS = {
  io: { ioSpace: ro(0, { reset: 1 }), base: rw([31, 2]) },
  upper: { base: rw([31, 0]) },
} as const;

/** A block whose BARs, named `prefix0` and so on, are of these kinds. */
export function withBars<R extends Registers>(b: Block<R>, prefix: string, kinds: readonly BarKind[]): Block {
  const registers: Record<string, Register> = { ...b.registers };
  for (const [n, kind] of kinds.entries()) {
    const memory = registers[`${prefix}${n}`];
    if (memory === undefined || kind === 'memory') continue;
    registers[`${prefix}${n}`] =
      kind === 'io'
        ? { ...memory, fields: OTHER_BARS.io }
        : { ...memory, fields: OTHER_BARS.upper, lspci: `${registers[`${prefix}${n - 1}`]!.lspci} upper` };
  }
  return block(b.title, b.size, registers);
}

/** Type 0 configuration space header, PCIe 6.0 section 7.5.1.2, with memory BARs of 32 bits. */
export const type0 = block('Type 0 header', 0x40, {
  ...common,
  bar0: memoryBar(0x10, 'BAR 0'),
  bar1: memoryBar(0x14, 'BAR 1'),
  bar2: memoryBar(0x18, 'BAR 2'),
  bar3: memoryBar(0x1c, 'BAR 3'),
  bar4: memoryBar(0x20, 'BAR 4'),
  bar5: memoryBar(0x24, 'BAR 5'),
  cardbusCisPointer: reg32(
    0x28,
    {
      pointer: ro([31, 0]),
    },
    { lspci: 'CardBus CIS' },
  ),
  subsystemVendorId: reg16(0x2c, {
    subsystemVendorId: hwinit([15, 0]),
  }),
  subsystemId: reg16(0x2e, {
    subsystemId: hwinit([15, 0]),
  }),
  expansionRomBaseAddress: reg32(
    0x30,
    {
      enable: rw(0),
      validationStatus: ro([3, 1], { since: 4 }),
      validationDetails: ro([7, 4], { since: 4 }),
      base: rw([31, 11]),
    },
    { lspci: 'Expansion ROM' },
  ),
  capabilitiesPointer: reg8(0x34, {
    pointer: ro([7, 0]),
  }),
  reserved35: reg24(0x35, {}),
  reserved38: reg32(0x38, {}),
  interruptLine: reg8(0x3c, {
    line: rw([7, 0]),
  }),
  interruptPin: reg8(0x3d, {
    pin: ro([7, 0]),
  }),
  minGnt: reg8(0x3e, {
    minGnt: ro([7, 0]),
  }),
  maxLat: reg8(0x3f, {
    maxLat: ro([7, 0]),
  }),
});

/** Type 1 configuration space header (bridges and ports), PCIe 6.0 section 7.5.1.3. */
export const type1 = block('Type 1 header', 0x40, {
  ...common,
  bar0: memoryBar(0x10, 'BAR 0'),
  bar1: memoryBar(0x14, 'BAR 1'),
  primaryBusNumber: reg8(0x18, {
    number: rw([7, 0]),
  }),
  secondaryBusNumber: reg8(0x19, {
    number: rw([7, 0]),
  }),
  subordinateBusNumber: reg8(0x1a, {
    number: rw([7, 0]),
  }),
  secondaryLatencyTimer: reg8(0x1b, {
    secondaryLatencyTimer: ro([7, 0], { on: PORTS }),
    secondaryLatencyTimerConventional: rw([7, 0], { on: BRIDGES }),
  }),
  ioBase: reg8(
    0x1c,
    {
      capability: ro([3, 0]),
      base: rw([7, 4]),
    },
    { lspci: 'I/O Base' },
  ),
  ioLimit: reg8(
    0x1d,
    {
      capability: ro([3, 0]),
      limit: rw([7, 4]),
    },
    { lspci: 'I/O Limit' },
  ),
  secondaryStatus: reg16(
    0x1e,
    {
      capable66MHz: ro(5, { lspci: '66MHz' }),
      fastBackToBackCapable: ro(7, { lspci: 'FastB2B' }),
      masterDataParityError: rw1c(8, { lspci: 'ParErr' }),
      devselTiming: ro([10, 9], { lspci: 'DEVSEL' }),
      signaledTargetAbort: rw1c(11, { lspci: '>TAbort' }),
      receivedTargetAbort: rw1c(12, { lspci: '<TAbort' }),
      receivedMasterAbort: rw1c(13, { lspci: '<MAbort' }),
      receivedSystemError: rw1c(14, { lspci: '<SERR' }),
      detectedParityError: rw1c(15, { lspci: '<PERR' }),
    },
    { lspci: 'Secondary status' },
  ),
  memoryBase: reg16(0x20, {
    address: rw([15, 4], { impl: true }),
  }),
  memoryLimit: reg16(0x22, {
    address: rw([15, 4], { impl: true }),
  }),
  prefetchableMemoryBase: reg16(0x24, {
    capability: ro([3, 0]),
    address: rw([15, 4], { impl: true }),
  }),
  prefetchableMemoryLimit: reg16(0x26, {
    capability: ro([3, 0]),
    address: rw([15, 4], { impl: true }),
  }),
  prefetchableBaseUpper: reg32(0x28, {
    address: rw([31, 0], { impl: true }),
  }),
  prefetchableLimitUpper: reg32(0x2c, {
    address: rw([31, 0], { impl: true }),
  }),
  ioBaseUpper: reg16(
    0x30,
    {
      address: rw([15, 0], { impl: true }),
    },
    { lspci: 'I/O Base Upper' },
  ),
  ioLimitUpper: reg16(
    0x32,
    {
      address: rw([15, 0], { impl: true }),
    },
    { lspci: 'I/O Limit Upper' },
  ),
  capabilitiesPointer: reg8(0x34, {
    pointer: ro([7, 0]),
  }),
  reserved35: reg24(0x35, {}),
  expansionRomBaseAddress: reg32(
    0x38,
    {
      enable: rw(0),
      validationStatus: ro([3, 1], { since: 4 }),
      validationDetails: ro([7, 4], { since: 4 }),
      base: rw([31, 11]),
    },
    { lspci: 'Expansion ROM' },
  ),
  interruptLine: reg8(0x3c, {
    line: rw([7, 0]),
  }),
  interruptPin: reg8(0x3d, {
    pin: ro([7, 0]),
  }),
  bridgeControl: reg16(
    0x3e,
    {
      parityErrorResponse: rw(0, { lspci: 'Parity' }),
      serrEnable: rw(1, { lspci: 'SERR' }),
      isaEnable: rw(2, { lspci: 'NoISA' }),
      vgaEnable: rw(3, { lspci: 'VGA' }),
      vga16BitDecode: rw(4, { lspci: 'VGA16' }),
      masterAbortMode: ro(5, { on: PORTS, lspci: 'MAbort' }),
      masterAbortModeConventional: rw(5, { on: BRIDGES, lspci: 'MAbort' }),
      secondaryBusReset: rw(6, { lspci: '>Reset' }),
      fastBackToBackEnable: ro(7, { on: PORTS, lspci: 'FastB2B' }),
      fastBackToBackEnableConventional: rw(7, { on: BRIDGES, lspci: 'FastB2B' }),
      primaryDiscardTimer: rw(8, { on: BRIDGES, lspci: 'PriDiscTmr' }),
      secondaryDiscardTimer: rw(9, { on: BRIDGES, lspci: 'SecDiscTmr' }),
      discardTimerStatus: rw1c(10, { on: BRIDGES, lspci: 'DiscTmrStat' }),
      discardTimerSerrEnable: rw(11, { on: BRIDGES, lspci: 'DiscTmrSERREn' }),
    },
    { lspci: 'BridgeCtl' },
  ),
});

/** Type 2 configuration space header (CardBus bridges), PC Card Standard volume 7. */
export const type2 = block('Type 2 header', 0x48, {
  ...common,
  cardbusBaseAddress: reg32(0x10, { base: rw([31, 12]) }, { lspci: 'BAR 0' }),
  capabilitiesPointer: reg8(0x14, { pointer: ro([7, 0]) }),
  secondaryStatus: reg16(
    0x16,
    {
      masterDataParityError: rw1c(8, { lspci: 'ParErr' }),
      devselTiming: ro([10, 9], { lspci: 'DEVSEL' }),
      signaledTargetAbort: rw1c(11, { lspci: '>TAbort' }),
      receivedTargetAbort: rw1c(12, { lspci: '<TAbort' }),
      receivedMasterAbort: rw1c(13, { lspci: '<MAbort' }),
      receivedSystemError: rw1c(14, { lspci: '<SERR' }),
      detectedParityError: rw1c(15, { lspci: '<PERR' }),
    },
    { lspci: 'Secondary status' },
  ),
  primaryBusNumber: reg8(0x18, { number: rw([7, 0]) }),
  secondaryBusNumber: reg8(0x19, { number: rw([7, 0]) }),
  subordinateBusNumber: reg8(0x1a, { number: rw([7, 0]) }),
  secondaryLatencyTimer: reg8(0x1b, { secondaryLatencyTimer: rw([7, 0]) }),
  memoryBase0: reg32(0x1c, { address: rw([31, 12]) }, { lspci: 'Memory window 0 base' }),
  memoryLimit0: reg32(0x20, { address: rw([31, 12]) }, { lspci: 'Memory window 0 limit' }),
  memoryBase1: reg32(0x24, { address: rw([31, 12]) }, { lspci: 'Memory window 1 base' }),
  memoryLimit1: reg32(0x28, { address: rw([31, 12]) }, { lspci: 'Memory window 1 limit' }),
  ioBase0: reg32(0x2c, { capability: ro([1, 0]), address: rw([31, 2]) }, { lspci: 'I/O window 0 base' }),
  ioLimit0: reg32(0x30, { capability: ro([1, 0]), address: rw([31, 2]) }, { lspci: 'I/O window 0 limit' }),
  ioBase1: reg32(0x34, { capability: ro([1, 0]), address: rw([31, 2]) }, { lspci: 'I/O window 1 base' }),
  ioLimit1: reg32(0x38, { capability: ro([1, 0]), address: rw([31, 2]) }, { lspci: 'I/O window 1 limit' }),
  interruptLine: reg8(0x3c, { line: rw([7, 0]) }),
  interruptPin: reg8(0x3d, { pin: ro([7, 0]) }),
  bridgeControl: reg16(
    0x3e,
    {
      parityErrorResponse: rw(0, { lspci: 'Parity' }),
      serrEnable: rw(1, { lspci: 'SERR' }),
      isaEnable: rw(2, { lspci: 'ISA' }),
      vgaEnable: rw(3, { lspci: 'VGA' }),
      masterAbortMode: rw(5, { lspci: 'MAbort' }),
      secondaryBusReset: rw(6, { lspci: '>Reset' }),
      interruptEnable16Bit: rw(7, { lspci: '16bInt' }),
      prefetchMemory0: rw(8, { reset: 1 }),
      prefetchMemory1: rw(9, { reset: 1 }),
      postWrites: rw(10, { lspci: 'PostWrite' }),
    },
    { lspci: 'BridgeCtl' },
  ),
  subsystemVendorId: reg16(0x40, { subsystemVendorId: hwinit([15, 0]) }),
  subsystemId: reg16(0x42, { subsystemId: hwinit([15, 0]) }),
  legacyModeBaseAddress: reg32(0x44, { ioSpace: ro(0), base: rw([31, 2]) }, { lspci: '16-bit legacy interface ports' }),
});
