// SPDX-License-Identifier: GPL-2.0-only
/** QEMU 7.2, measured: what its device models do that the PCIe Base Specification does not say. */
import type { Deviation, HardwareProfile } from './profile.ts';
import { pcie } from './profile.ts';

const deviation = (block: string, register: string, onReset: Deviation['onReset'], reason: string): Deviation => ({
  block,
  register,
  onReset,
  reason,
});

/**
 * pci_device_reset() of QEMU resets Command, the Status error bits, Cache Line Size, Interrupt Line, the BARs, MSI and
 * MSI-X; whatever else a device model does not reset itself is kept.
 */
const deviations: readonly Deviation[] = [
  deviation('Type 0 header', 'latencyTimer', 'keep', 'the core does not reset the Latency Timer'),
  deviation('Type 1 header', 'latencyTimer', 'keep', 'the core does not reset the Latency Timer'),
  deviation(
    'Type 1 header',
    'secondaryLatencyTimer',
    0,
    'writable on PCI Express ports, too, and reset with the bus numbers',
  ),
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
    ...deviation('PCI Express', 'slotControl', 0x01c0, 'indicators are off, power is on; in an empty slot it is off'),
    onResetEmptySlot: 0x07c0,
  },
  {
    ...deviation('PCI Express', 'deviceControl2', 'keep', 'End-End TLP Prefix Blocking survives a reset'),
    fields: ['endEndTlpPrefixBlocking'],
  },
  deviation('Address Translation Services', 'control', 'keep', 'no model resets its ATS Control'),
  ...['control', 'numVfs', 'systemPageSize', 'vfBar0', 'vfBar1', 'vfBar2', 'vfBar3', 'vfBar4', 'vfBar5'].map(
    (register) =>
      deviation('Single Root I/O Virtualization', register, 'keep', 'the SR-IOV capability survives a reset'),
  ),
];

export const qemu72: HardwareProfile = {
  ...pcie,
  name: 'qemu-7.2',
  description: 'as QEMU 7.2 does it',
  deviations,
  scratchOutsideCapabilities: true,
  answersWhileHeld: true,
  links: false,
  secondaryWithoutRange: true,
  slotCommandsCompleteAtOnce: true,
  slotStatusAllOrNothing: true,
  timing: { linkUp_us: 0, ready_us: 0, conventionalReady_us: 0 },
};
