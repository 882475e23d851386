// SPDX-License-Identifier: GPL-2.0-only
/** Capabilities that come from conventional PCI. */
import { block, hwinit, reg8, reg16, reg32, ro, rw, rw1c } from '../registers.ts';

/** PCI-X of a type 0 function (07h), PCI-X 2.0 section 7.2. */
export const pciX = block('PCI-X', 0x08, {
  command: reg16(
    0x02,
    {
      dataParityErrorRecoveryEnable: rw(0, { lspci: 'DPERE' }),
      enableRelaxedOrdering: rw(1, { reset: 1, lspci: 'ERO' }),
      maxMemoryReadByteCount: rw([3, 2], { lspci: 'RBC' }),
      maxOutstandingSplitTransactions: rw([6, 4], { reset: 3, lspci: 'OST' }),
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
      secondaryClockFrequency: ro([8, 6], { lspci: 'Freq' }),
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

/** Advanced Features (13h), PCI ECN of 2006. */
export const advancedFeatures = block('Advanced Features', 0x06, {
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
