// SPDX-License-Identifier: GPL-2.0-only
/** When a function is ready, how much power it takes, and the lamps of the enclosure it is in. */
import { block, hwinit, type Registers, reg8, reg16, reg32, ro, rw, rw1c } from '../registers.ts';

/** Readiness Time Reporting (0022h), PCIe 6.0 section 7.9.16: how long software has to wait after each kind of reset. */
export const readinessTimeReporting = block('Readiness Time Reporting', 0x0c, {
  times1: reg32(0x04, {
    resetTime: hwinit([11, 0]),
    dlUpTime: hwinit([23, 12]),
    valid: hwinit(31, { lspci: 'Valid' }),
  }),
  times2: reg32(0x08, { flrTime: hwinit([11, 0]), d3hotToD0Time: hwinit([23, 12]) }),
});

/** FRS Queueing (0021h), PCIe 6.3 section 7.8.10: the messages in which functions say that they are ready. */
export const frsQueueing = block('FRS Queueing', 0x10, {
  capability: reg32(
    0x04,
    { queueMaxDepth: hwinit([11, 0]), interruptMessageNumber: ro([20, 16]) },
    { lspci: 'FRSCap' },
  ),
  status: reg16(
    0x08,
    { received: rw1c(0, { lspci: 'Received' }), overflow: rw1c(1, { lspci: 'Overflow' }) },
    { lspci: 'FRSSta' },
  ),
  control: reg16(0x0a, { interruptEnable: rw(0, { lspci: 'IntEn' }) }, { lspci: 'FRSCtl' }),
  messageQueue: reg32(
    0x0c,
    {
      functionId: ro([15, 0], { live: true, impl: true }),
      reason: ro([19, 16], { live: true, impl: true }),
      depth: ro([31, 20], { live: true }),
    },
    { lspci: 'FRSQueue' },
  ),
});

/** Power Budgeting (0004h), PCIe 6.0 section 7.8.1: one row of a table at a time, as selected. */
export const powerBudgeting = block('Power Budgeting', 0x10, {
  dataSelect: reg8(0x04, { index: rw([7, 0]) }),
  data: reg32(0x08, {
    basePower: ro([7, 0]),
    dataScale: ro([9, 8]),
    pmSubState: ro([12, 10]),
    pmState: ro([14, 13]),
    type: ro([17, 15]),
    powerRail: ro([20, 18]),
  }),
  capability: reg8(0x0c, { systemAllocated: hwinit(0) }),
});

/** Dynamic Power Allocation (0016h), PCIe 6.0 section 7.9.12, with `substates` of them. */
export function dynamicPowerAllocation(substates: number) {
  const allocations = Array.from(
    { length: substates },
    (_, n): Registers => ({
      [`powerAllocation${n}`]: reg8(0x10 + n, { value: ro([7, 0]) }),
    }),
  );
  return block('Dynamic Power Allocation', 0x10 + substates, {
    capability: reg32(
      0x04,
      {
        substateMax: ro([4, 0]),
        transitionLatencyUnit: ro([9, 8]),
        powerAllocationScale: ro([13, 12]),
        transitionLatencyValue0: ro([23, 16]),
        transitionLatencyValue1: ro([31, 24]),
      },
      { lspci: 'DPACap' },
    ),
    latencyIndicator: reg32(0x08, { substates: ro([31, 0]) }, { lspci: 'DPALatency' }),
    status: reg16(
      0x0c,
      { substate: ro([4, 0], { live: true }), controlEnabled: rw1c(8, { reset: 1, lspci: 'Enabled' }) },
      { lspci: 'DPASta' },
    ),
    control: reg16(0x0e, { substate: rw([4, 0]) }, { lspci: 'DPACtl' }),
    ...(Object.assign({}, ...allocations) as Registers),
  });
}

/** The lamps of a drive, in the order that the three registers of NPEM share. */
const INDICATIONS = [
  'OK',
  'Locate',
  'Fail',
  'Rebuild',
  'PFA',
  'HotSpare',
  'InACriticalArray',
  'InAFailedArray',
  'InvalidDeviceType',
  'Disabled',
] as const;

const indications = (access: typeof hwinit | typeof rw) =>
  Object.fromEntries(INDICATIONS.map((name, n) => [`indicate${name}`, access(n + 2, { lspci: name })]));

/** Native PCIe Enclosure Management (0029h), PCIe 6.0 section 7.9.19. */
export const enclosureManagement = block('Native PCIe Enclosure Management', 0x10, {
  capability: reg32(
    0x04,
    {
      capable: hwinit(0, { lspci: 'NPEM' }),
      resetCapable: hwinit(1, { lspci: 'Reset' }),
      ...indications(hwinit),
      enclosureSpecific: hwinit([31, 24]),
    },
    { lspci: 'NPEMCap' },
  ),
  control: reg32(
    0x08,
    {
      enable: rw(0, { lspci: 'Enable' }),
      initiateReset: rw(1, { action: true, lspci: 'Reset' }),
      ...indications(rw),
      enclosureSpecific: rw([31, 24]),
    },
    { lspci: 'NPEMCtl' },
  ),
  status: reg32(
    0x0c,
    { commandCompleted: rw1c(0, { lspci: 'CmdCplt' }), enclosureSpecific: ro([31, 24], { live: true, impl: true }) },
    { lspci: 'NPEMSta' },
  ),
});
