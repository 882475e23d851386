// SPDX-License-Identifier: GPL-2.0-only
/** Power management: PCI-PM, LTR, L1 PM Substates. */
import { block, hwinit, reg8, reg16, reg32, ro, rw, rw1c, rw1cs, rws } from '../registers.ts';

/** PCI Power Management (01h), PCIe 6.0 section 7.5.2. */
export const powerManagement = block('Power Management', 0x08, {
  powerManagementCapabilities: reg16(
    0x02,
    {
      version: ro([2, 0], { reset: 3 }),
      pmeClock: ro(3, { lspci: 'PMEClk' }),
      immediateReadinessOnReturnToD0: ro(4, { since: 4 }),
      deviceSpecificInitialization: ro(5, { lspci: 'DSI' }),
      auxCurrent: ro([8, 6], { lspci: 'AuxCurrent' }),
      d1Support: ro(9, { lspci: 'D1' }),
      d2Support: ro(10, { lspci: 'D2' }),
      pmeSupport: ro([15, 11], { lspci: 'PME' }),
    },
    { lspci: 'PMC' },
  ),
  powerManagementControlStatus: reg16(
    0x04,
    {
      powerState: rw([1, 0], { lspci: 'D' }),
      noSoftReset: ro(3, { lspci: 'NoSoftRst' }),
      pmeEnable: rws(8, { lspci: 'PME-Enable' }),
      dataSelect: rw([12, 9], { lspci: 'DSel' }),
      dataScale: ro([14, 13], { lspci: 'DScale' }),
      pmeStatus: rw1cs(15, { lspci: 'PME' }),
    },
    { lspci: 'PMCSR' },
  ),
  bridgeSupportExtensions: reg8(
    0x06,
    {
      b2b3Support: ro(6, { lspci: 'B3' }),
      busPowerClockControlEnable: ro(7, { lspci: 'PM' }),
    },
    { lspci: 'PM Bridge' },
  ),
  data: reg8(
    0x07,
    {
      data: ro([7, 0]),
    },
    { lspci: 'PM Data' },
  ),
});

/** Latency Tolerance Reporting (0018h), PCIe 6.0 section 7.8.2. */
export const latencyToleranceReporting = block('Latency Tolerance Reporting', 0x08, {
  maxSnoopLatency: reg16(
    0x04,
    {
      value: rw([9, 0]),
      scale: rw([12, 10]),
    },
    { lspci: 'Max snoop latency' },
  ),
  maxNoSnoopLatency: reg16(
    0x06,
    {
      value: rw([9, 0]),
      scale: rw([12, 10]),
    },
    { lspci: 'Max no snoop latency' },
  ),
});

/** L1 PM Substates (001Eh), PCIe 6.0 section 7.8.3. The status register came with revision 5.0 of the specification. */
export const l1PmSubstates = block('L1 PM Substates', 0x14, {
  capability: reg32(
    0x04,
    {
      pciPmL12: hwinit(0, { lspci: 'PCI-PM_L1.2' }),
      pciPmL11: hwinit(1, { lspci: 'PCI-PM_L1.1' }),
      aspmL12: hwinit(2, { lspci: 'ASPM_L1.2' }),
      aspmL11: hwinit(3, { lspci: 'ASPM_L1.1' }),
      l1PmSubstates: hwinit(4, { lspci: 'L1_PM_Substates' }),
      linkActivation: hwinit(5, { since: 5 }),
      commonModeRestoreTime: hwinit([15, 8], { lspci: 'PortCommonModeRestoreTime' }),
      tPowerOnScale: hwinit([17, 16]),
      tPowerOnValue: hwinit([23, 19]),
    },
    { lspci: 'L1SubCap' },
  ),
  control1: reg32(
    0x08,
    {
      pciPmL12: rw(0, { lspci: 'PCI-PM_L1.2' }),
      pciPmL11: rw(1, { lspci: 'PCI-PM_L1.1' }),
      aspmL12: rw(2, { lspci: 'ASPM_L1.2' }),
      aspmL11: rw(3, { lspci: 'ASPM_L1.1' }),
      linkActivationInterruptEnable: rw(4, { since: 5 }),
      linkActivationControl: rw(5, { since: 5 }),
      commonModeRestoreTime: rw([15, 8], { lspci: 'T_CommonMode' }),
      ltrL12ThresholdValue: rw([25, 16]),
      ltrL12ThresholdScale: rw([31, 29]),
    },
    { lspci: 'L1SubCtl1' },
  ),
  control2: reg32(
    0x0c,
    {
      tPowerOnScale: rw([1, 0]),
      tPowerOnValue: rw([7, 3], { reset: 5 }),
    },
    { lspci: 'L1SubCtl2' },
  ),
  status: reg32(
    0x10,
    {
      linkActivationStatus: rw1c(0, { since: 5 }),
    },
    { lspci: 'L1SubSta', on: ['root port', 'downstream port'] },
  ),
});
