// SPDX-License-Identifier: GPL-2.0-only
/** Physical layer at 16, 32 and 64 GT/s, and lane margining. FLR leaves all of it alone: the link goes on. */
import { block, hwinit, type Registers, reg8, reg16, reg32, ro, ros, rw, rw1cs, rws } from '../registers.ts';

const ofLanes = (lanes: number, make: (lane: number) => Registers): Registers =>
  Object.assign({}, ...Array.from({ length: lanes }, (_, lane) => make(lane)));

const presets = (lanes: number, at: number): Registers =>
  ofLanes(lanes, (lane) => ({
    [`laneEqualizationControl${lane}`]: reg8(at + lane, {
      downstreamPortTransmitterPreset: hwinit([3, 0]),
      upstreamPortTransmitterPreset: hwinit([7, 4]),
    }),
  }));

const equalization = {
  equalizationComplete: ros(0, { lspci: 'EquComplete' }),
  phase1: ros(1, { lspci: 'EquPhase1' }),
  phase2: ros(2, { lspci: 'EquPhase2' }),
  phase3: ros(3, { lspci: 'EquPhase3' }),
  linkEqualizationRequest: rw1cs(4, { lspci: 'LinkEquRequest' }),
} as const;

const mismatch = (offset: number) => reg32(offset, { lanes: rw1cs([31, 0]) });

/** Physical Layer 16.0 GT/s (0026h), PCIe 6.0 section 7.7.5. */
export function physicalLayer16GTs(lanes: number) {
  return block('Physical Layer 16.0 GT/s', 0x20 + lanes, {
    status16: reg32(0x0c, equalization, { lspci: 'Phy16Sta' }),
    localDataParityMismatchStatus: mismatch(0x10),
    firstRetimerDataParityMismatchStatus: mismatch(0x14),
    secondRetimerDataParityMismatchStatus: mismatch(0x18),
    ...presets(lanes, 0x20),
  });
}

/** Physical Layer 32.0 GT/s (002Ah), PCIe 6.0 section 7.7.6. */
export function physicalLayer32GTs(lanes: number) {
  const modifiedTs = (offset: number) => reg32(offset, { data: ros([31, 0]) });
  return block('Physical Layer 32.0 GT/s', 0x20 + lanes, {
    capabilities32: reg32(
      0x04,
      {
        equalizationBypassSupported: hwinit(0, { lspci: 'EqualizationBypass' }),
        noEqualizationNeededSupported: hwinit(1, { lspci: 'NoEqualizationNeeded' }),
        modifiedTsUsageMode0: hwinit(8, { lspci: 'ModTsMode0' }),
        modifiedTsUsageMode1: hwinit(9, { lspci: 'ModTsMode1' }),
        modifiedTsUsageMode2: hwinit(10, { lspci: 'ModTsMode2' }),
      },
      { lspci: 'Phy32Cap' },
    ),
    control32: reg32(
      0x08,
      {
        equalizationBypassDisable: rws(0, { lspci: 'EqualizationBypassDis' }),
        noEqualizationNeededDisable: rws(1, { lspci: 'NoEqualizationNeededDis' }),
        modifiedTsUsageMode: rws([10, 8]),
      },
      { lspci: 'Phy32Ctl' },
    ),
    status32: reg32(
      0x0c,
      {
        ...equalization,
        modifiedTsReceived: ros(5, { lspci: 'ModTsRecv' }),
        receivedEnhancedLinkBehavior: ros([7, 6]),
        transmitterPrecodingOn: ros(8, { lspci: 'TxPrecodeOn' }),
        transmitterPrecodeRequest: ros(9, { lspci: 'TxPrecodeReq' }),
        noEqualizationNeededReceived: ros(10, { lspci: 'NoEqualizationNeededRecv' }),
      },
      { lspci: 'Phy32Sta' },
    ),
    receivedModifiedTsData1: modifiedTs(0x10),
    receivedModifiedTsData2: modifiedTs(0x14),
    transmittedModifiedTsData1: modifiedTs(0x18),
    transmittedModifiedTsData2: modifiedTs(0x1c),
    ...presets(lanes, 0x20),
  });
}

/** Physical Layer 64.0 GT/s (0031h), PCIe 6.0 section 7.7.7. */
export function physicalLayer64GTs(lanes: number) {
  return block('Physical Layer 64.0 GT/s', 0x10 + lanes, {
    status64: reg32(
      0x0c,
      {
        ...equalization,
        transmitterPrecodingOn: ros(5, { lspci: 'TxPrecodeOn' }),
        transmitterPrecodeRequest: ros(6, { lspci: 'TxPrecodeReq' }),
        noEqualizationNeededReceived: ros(7, { lspci: 'NoEqualizationNeededRecv' }),
      },
      { lspci: 'Phy64Sta' },
    ),
    ...presets(lanes, 0x10),
  });
}

/** Lane Margining at the Receiver (0027h), PCIe 6.0 section 7.7.8. The defaults are the command that asks for nothing. */
export function laneMargining(lanes: number) {
  return block('Lane Margining at the Receiver', 0x08 + 4 * lanes, {
    portCapabilities: reg16(0x04, { usesDriverSoftware: hwinit(0, { lspci: 'Uses Driver' }) }, { lspci: 'PortCap' }),
    portStatus: reg16(
      0x06,
      {
        marginingReady: ro(0, { live: true, impl: true, lspci: 'MargReady' }),
        marginingSoftwareReady: ro(1, { live: true, impl: true, lspci: 'MargSoftReady' }),
      },
      { lspci: 'PortSta' },
    ),
    ...ofLanes(lanes, (lane) => ({
      [`laneControl${lane}`]: reg16(0x08 + 4 * lane, {
        receiverNumber: rw([2, 0], { flrKeeps: true }),
        marginType: rw([5, 3], { reset: 7, flrKeeps: true }),
        usageModel: rw(6, { flrKeeps: true }),
        marginPayload: rw([15, 8], { reset: 0x9c, flrKeeps: true }),
      }),
      [`laneStatus${lane}`]: reg16(0x0a + 4 * lane, {
        receiverNumber: ro([2, 0], { live: true, impl: true }),
        marginType: ro([5, 3], { live: true, impl: true }),
        usageModel: ro(6, { live: true, impl: true }),
        marginPayload: ro([15, 8], { live: true, impl: true }),
      }),
    })),
  });
}

/**
 * Flit Logging (0032h), PCIe 6.3 section 7.7.8: the names and places of its registers. Their fields are not declared, so
 * that all of it is read-only here.
 */
export const flitLogging = block('Flit Logging', 0x3c, {
  flitErrorLog1: reg32(0x04, {}),
  flitErrorLog2: reg32(0x08, {}),
  flitErrorCounterControl: reg16(0x0c, {}),
  flitErrorCounterStatus: reg16(0x0e, {}),
  fberMeasurementControl: reg32(0x10, {}),
  ...(Object.assign(
    {},
    ...Array.from({ length: 10 }, (_, n) => ({ [`fberMeasurementStatus${n + 1}`]: reg32(0x14 + 4 * n, {}) })),
  ) as Registers),
});
