// SPDX-License-Identifier: GPL-2.0-only
/** Capabilities that come from conventional PCI. */
import { block, hwinit, type Registers, reg8, reg16, reg32, ro, ros, rw, rw1c, rw1cs } from '../registers.ts';

/** PCI-X of a type 0 function (07h), PCI-X 2.0 section 7.2. */
export const pciX = block('PCI-X', 0x08, {
  command: reg16(
    0x02,
    {
      dataParityErrorRecoveryEnable: rw(0, { lspci: 'DPERE' }),
      enableRelaxedOrdering: rw(1, { reset: 1, lspci: 'ERO' }),
      maxMemoryReadByteCount: rw([3, 2], { lspci: 'RBC' }),
      maxOutstandingSplitTransactions: rw([6, 4], { reset: 3, lspci: 'OST' }),
      version: ro([13, 12]),
    },
    { lspci: 'PCI-X Command' },
  ),
  status: reg32(
    0x04,
    {
      functionNumber: ro([2, 0]),
      deviceNumber: ro([7, 3]),
      busNumber: ro([15, 8]),
      device64Bit: ro(16, { lspci: '64bit' }),
      capable133MHz: ro(17, { lspci: '133MHz' }),
      splitCompletionDiscarded: rw1c(18, { lspci: 'SCD' }),
      unexpectedSplitCompletion: rw1c(19, { lspci: 'USC' }),
      deviceComplexity: ro(20, { lspci: 'DC' }),
      designedMaxMemoryReadByteCount: ro([22, 21], { lspci: 'DMMRBC' }),
      designedMaxOutstandingSplitTransactions: ro([25, 23], { lspci: 'DMOST' }),
      designedMaxCumulativeReadSize: ro([28, 26], { lspci: 'DMCRS' }),
      receivedSplitCompletionErrorMessage: rw1c(29, { lspci: 'RSCEM' }),
      capable266MHz: ro(30, { lspci: '266MHz' }),
      capable533MHz: ro(31, { lspci: '533MHz' }),
    },
    { lspci: 'PCI-X Status' },
  ),
});

/** Error correction, which version 1 of the capability added at `at`, PCI-X 2.0 section 7.2.5. */
const errorCorrection = (at: number): Registers => ({
  eccControlStatus: reg32(
    at,
    {
      selectSecondary: rw(0),
      errorInOtherBank: ro(1, { live: true }),
      additionalCorrectableError: rw1cs(2),
      additionalUncorrectableError: rw1cs(3),
      errorPhase: rw1cs([6, 4]),
      errorCorrected: ros(7),
      syndrome: ros([15, 8]),
      firstCommand: ros([19, 16]),
      secondCommand: ros([23, 20]),
      upperAttributes: ros([27, 24]),
      controlUpdateEnable: rw(28, { action: true }),
      singleBitCorrectionDisable: rw(30),
      eccMode: ro(31, { live: true, impl: true }),
    },
    { lspci: 'PCI-X ECC' },
  ),
  eccFirstAddress: reg32(at + 4, { address: ros([31, 0]) }),
  eccSecondAddress: reg32(at + 8, { address: ros([31, 0]) }),
  eccAttribute: reg32(at + 12, { attribute: ros([31, 0]) }),
});

/** PCI-X of a bridge (07h in a type 1 function), PCI-X 2.0 section 8.6.2. */
export const pciXBridge = block('PCI-X', 0x10, {
  secondaryStatus: reg16(
    0x02,
    {
      device64Bit: ro(0, { lspci: '64bit' }),
      capable133MHz: ro(1, { lspci: '133MHz' }),
      splitCompletionDiscarded: rw1c(2, { lspci: 'SCD' }),
      unexpectedSplitCompletion: rw1c(3, { lspci: 'USC' }),
      splitCompletionOverrun: rw1c(4, { lspci: 'SCO' }),
      splitRequestDelayed: rw1c(5, { lspci: 'SRD' }),
      secondaryClockFrequency: ro([9, 6], { live: true, impl: true, lspci: 'Freq' }),
      version: ro([13, 12]),
      capable266MHz: ro(14),
      capable533MHz: ro(15),
    },
    { lspci: 'PCI-X Secondary Status' },
  ),
  status: reg32(
    0x04,
    {
      functionNumber: ro([2, 0]),
      deviceNumber: ro([7, 3]),
      busNumber: ro([15, 8]),
      device64Bit: ro(16, { lspci: '64bit' }),
      capable133MHz: ro(17, { lspci: '133MHz' }),
      splitCompletionDiscarded: rw1c(18, { lspci: 'SCD' }),
      unexpectedSplitCompletion: rw1c(19, { lspci: 'USC' }),
      splitCompletionOverrun: rw1c(20, { lspci: 'SCO' }),
      splitRequestDelayed: rw1c(21, { lspci: 'SRD' }),
    },
    { lspci: 'PCI-X Status' },
  ),
  upstreamSplitTransactionControl: reg32(
    0x08,
    {
      capacity: ro([15, 0], { lspci: 'Capacity' }),
      commitmentLimit: rw([31, 16], { impl: true, lspci: 'CommitmentLimit' }),
    },
    { lspci: 'PCI-X Upstream' },
  ),
  downstreamSplitTransactionControl: reg32(
    0x0c,
    {
      capacity: ro([15, 0], { lspci: 'Capacity' }),
      commitmentLimit: rw([31, 16], { impl: true, lspci: 'CommitmentLimit' }),
    },
    { lspci: 'PCI-X Downstream' },
  ),
});

/** PCI-X with error correction, of a device and of a bridge. */
export const pciXWithEcc = block('PCI-X', 0x18, { ...pciX.registers, ...errorCorrection(0x08) });
export const pciXBridgeWithEcc = block('PCI-X', 0x20, { ...pciXBridge.registers, ...errorCorrection(0x10) });

/** Advanced Features (13h), PCI ECN of 2006. */
export const advancedFeatures = block('Advanced Features', 0x06, {
  length: reg8(0x02, { length: ro([7, 0], { reset: 6 }) }),
  capability: reg8(
    0x03,
    {
      transactionsPendingCapability: ro(0, { reset: 1, lspci: 'TP' }),
      functionLevelResetCapability: ro(1, { reset: 1, lspci: 'FLR' }),
    },
    { lspci: 'AFCap' },
  ),
  control: reg8(
    0x04,
    {
      initiateFunctionLevelReset: rw(0, { action: true, lspci: 'FLR' }),
    },
    { lspci: 'AFCtrl' },
  ),
  status: reg8(
    0x05,
    {
      transactionsPending: ro(0, { live: true, lspci: 'TP' }),
    },
    { lspci: 'AFStatus' },
  ),
});

/** Vital Product Data (03h), PCI 3.0 appendix I: a window on a memory that no reset touches. */
export const vitalProductData = block('Vital Product Data', 0x08, {
  address: reg16(
    0x02,
    {
      address: rw([14, 0], { live: true, impl: true }),
      flag: rw(15, { live: true, impl: true }),
    },
    { lspci: 'VPD Address' },
  ),
  data: reg32(
    0x04,
    {
      data: rw([31, 0], { live: true, impl: true }),
    },
    { lspci: 'VPD Data' },
  ),
});

/** Bridge subsystem ID (0Dh), PCI-to-PCI Bridge Architecture 1.2 section 3.2.5.13. */
export const bridgeSubsystemId = block('Subsystem', 0x08, {
  subsystemVendorId: reg16(0x04, {
    subsystemVendorId: hwinit([15, 0]),
  }),
  subsystemId: reg16(0x06, {
    subsystemId: hwinit([15, 0]),
  }),
});
