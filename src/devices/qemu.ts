// SPDX-License-Identifier: GPL-2.0-only
/** QEMU 7.2, measured: what its device models do that the PCIe Base Specification does not say. */
import type { Deviation, DeviceByte, HardwareProfile, ProfileSwitch } from './profile.ts';
import { pcie } from './profile.ts';

const deviation = (block: string, register: string, onReset: 'keep' | number, reason: string): Deviation => ({
  block,
  register,
  onReset,
  reason,
});

const writable = (block: string, register: string, bits: number, reason: string): Deviation => ({
  block,
  register,
  writable: bits,
  reason,
});

/** Device models that call pcie_cap_deverr_init(): virtio, and the ports. */
const WITH_ERROR_REPORTING = ['1af4', '1b36:000c', '1b36:000e', '8086:3420', '8086:7075', '104c', '19e5'];

const CXL_ROOT_PORT = ['8086:7075'];

/** Registers of which QEMU lets less be written than the specification does. */
const writableBits: readonly Deviation[] = [
  writable('Type 0 header', 'command', 0x0507, 'Parity Error Response is not settable'),
  writable('Type 1 header', 'command', 0x0507, 'Parity Error Response is not settable'),
  writable('Type 1 header', 'secondaryLatencyTimer', 0xff, 'the timer is settable on PCI Express ports, too'),
  {
    ...writable('Type 1 header', 'command', 0x0506, 'ports of CXL forward no I/O requests'),
    devices: CXL_ROOT_PORT,
  },
  ...['ioBase', 'ioLimit'].map((register) => ({
    ...writable('Type 1 header', register, 0, 'and their I/O window is closed for good'),
    devices: CXL_ROOT_PORT,
  })),
  writable('Alternative Routing-ID Interpretation', 'control', 0, 'ARI Control is read-only'),
  writable('PCI Express', 'deviceControl', 0, 'Device Control is read-only'),
  {
    ...writable('PCI Express', 'deviceControl', 0x000f, 'but for the error reporting enables of some models'),
    devices: WITH_ERROR_REPORTING,
  },
  writable('PCI Express', 'linkControl', 0, 'Link Control is read-only'),
  {
    ...writable('PCI Express', 'linkControl', 0x00c0, 'but for clock configuration and synch of virtio'),
    devices: ['1af4'],
  },
  writable('PCI Express', 'slotControl', 0x07f9, 'Data Link Layer State Changed Enable is not settable'),
  writable('PCI Express', 'rootControl', 0x0007, 'PME Interrupt Enable is not settable'),
  writable('PCI Express', 'deviceControl2', 0x8000, 'of Device Control 2 only End-End TLP Prefix Blocking is settable'),
  {
    ...writable('PCI Express', 'deviceControl2', 0x8020, 'and ARI Forwarding of ports'),
    devices: ['1b36:000c', '1b36:000e', '8086:3420', '8086:7075', '104c:8233', '19e5:a129'],
  },
  writable('PCI Express', 'linkControl2', 0, 'Link Control 2 is read-only'),
  writable('Power Management', 'powerManagementControlStatus', 0, 'PMCSR is read-only'),
  {
    ...writable('Power Management', 'powerManagementControlStatus', 0x0003, 'but for the power state of some models'),
    devices: ['1af4', '1b36:0010', '8086:5845'],
  },
  {
    ...writable('Power Management', 'powerManagementControlStatus', 0x1f03, 'and for more of e1000e'),
    devices: ['8086:10d3'],
  },
  writable('Advanced Error Reporting', 'uncorrectableErrorMask', 0, 'no model lets the mask be set'),
];

/**
 * pci_device_reset() of QEMU resets Command, the Status error bits, Cache Line Size, Interrupt Line, the BARs, MSI and
 * MSI-X; whatever else a device model does not reset itself is kept.
 */
const deviations: readonly Deviation[] = [
  ...writableBits,
  deviation('Type 0 header', 'latencyTimer', 'keep', 'the core does not reset the Latency Timer'),
  deviation('Type 1 header', 'latencyTimer', 'keep', 'the core does not reset the Latency Timer'),
  deviation('Type 1 header', 'secondaryLatencyTimer', 0, 'reset with the bus numbers, on PCI Express ports, too'),
  deviation('Type 1 header', 'secondaryStatus', 'keep', 'no bridge model resets its Secondary Status'),
  deviation('MSI', 'extendedMessageData', 'keep', 'extended message data is not modelled: the bytes are scratch'),
  deviation('Power Management', 'powerManagementControlStatus', 'keep', 'PMCSR is left to the device models'),
  {
    ...deviation('Power Management', 'powerManagementControlStatus', 0, 'virtio devices go back to D0'),
    fields: ['powerState'],
    devices: ['1af4'],
  },
  deviation('PCI Express', 'deviceControl', 0, 'Device Control begins as 0000, not as 2810'),
  {
    ...deviation('PCI Express', 'deviceControl', 'keep', 'pcie-pci-bridge does not reset its Device Control'),
    devices: ['1b36:000e'],
  },
  deviation('PCI Express', 'deviceStatus', 'keep', 'no model resets Device Status'),
  deviation('PCI Express', 'linkStatus', 'keep', 'links have no state: Link Status is a constant'),
  {
    ...deviation('PCI Express', 'slotControl', 0x01c0, 'attention is off, power is on; in an empty slot it is off'),
    onResetEmptySlot: 0x07c0,
    onResetWithoutPowerController: 0x00c0,
  },
  {
    ...deviation('PCI Express', 'deviceControl2', 'keep', 'End-End TLP Prefix Blocking survives a reset'),
    fields: ['endEndTlpPrefixBlocking'],
  },
];

const UHCI = ['8086:7020', '8086:7112', '8086:2934', '8086:2935', '8086:2936', '8086:2937', '8086:2938', '8086:2939'];

const deviceBytes: readonly DeviceByte[] = [
  { offset: 0x6a, value: 0x01, devices: UHCI },
  { offset: 0x6b, value: 0x00, devices: UHCI },
];

/** Why QEMU differs where a switch of the profile says so. */
export const switchReasons: Readonly<Record<ProfileSwitch, string>> = {
  deviceBytes: 'uhci_reset() sets the clock register of USB',
  resetExtended: 'no device model resets more of extended config space than what its port functions do',
  forgetsNumVfs: 'NumVFs is 0 once the virtual functions have gone',
  hotPlugInterrupts: 'an interrupt is raised when "an enabled event is pending" changes; nothing else is looked at',
  withoutHotPlugIntx: 'pcie_aer_root_write_config() sets the INTx of these ports to what AER asks for, at each write',
  secondMessageForErrors: 'ioh3420 sends errors with its second vector, where it has one',
  scratchOutsideCapabilities: 'config space that belongs to no capability is memory',
  answersWhileHeld: 'functions directly below a port answer, and take writes, while it holds them in reset',
  coldResets: 'there is one kind of reset only: a card that gets its power back keeps what is sticky',
  flrLikeBusReset: 'Function Level Reset does what a bus reset does, and clears Link Control and payload size, too',
  softResets: 'leaving D3hot resets nothing',
  links: 'links have no state: they do not go down, cannot be disabled or contained, and tell of nothing',
  masterAborts: 'a request that nobody takes leaves nothing in Secondary Status',
  secondaryWithoutRange: 'a bridge takes requests for its Secondary Bus Number although its Subordinate is below it',
  slotCommandsWithoutHotPlug:
    'any write to Slot Control completes as a command, on a port that can do no hot-plug, too',
  powerOffEjects: 'power off with the power indicator off takes the card out, as if an operator had waited for that',
  slotStatusAllOrNothing: 'a write to Slot Status that has a one for an event that is not set is dropped whole',
  timing: 'everything is ready at once',
};

export const qemu72: HardwareProfile = {
  ...pcie,
  name: 'qemu-7.2',
  description: 'as QEMU 7.2 does it',
  deviations,
  deviceBytes,
  // Ports reset Access Control Services and their Root Error Command; nothing else in extended config space is reset, of
  // virtual functions that were there only their number.
  resetExtended: ['Access Control Services', 'Advanced Error Reporting'],
  forgetsNumVfs: true,
  scratchOutsideCapabilities: true,
  answersWhileHeld: true,
  coldResets: false,
  flrLikeBusReset: true,
  softResets: false,
  links: false,
  masterAborts: false,
  secondaryWithoutRange: true,
  slotCommandsWithoutHotPlug: true,
  powerOffEjects: true,
  slotStatusAllOrNothing: true,
  hotPlugInterrupts: 'changes',
  withoutHotPlugIntx: [0x000c_1b36, 0x3420_8086],
  secondMessageForErrors: [0x3420_8086],
  timing: {
    linkUp_us: 0,
    ready_us: 0,
    conventionalReady_us: 0,
    flr_us: 0,
    d3hot_us: 0,
    powerOn_us: 0,
    slotCommand_us: 0,
    retrain_us: 0,
  },
};
