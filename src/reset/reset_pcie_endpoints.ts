// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports the patch "[PATCH v2] PCI: Reset PCIe devices to stop ongoing DMA" (Takao Indoh, 2013-05-13), which adds to
 * drivers/pci/pci.c of 3.10: need_reset(), save_downstream_configs(), restore_downstream_configs(),
 * do_downstream_device_reset(), reset_pcie_endpoints(). The option pci=pcie_reset_endpoint_devices is in pci_setup.ts.
 * On 6.1 and 6.12 it is the same code with that kernel's pci_save_state() and pci_restore_state().
 */
import { pci_read_config_word, pci_write_config_word } from './access.ts';
import type { Kernel } from './kernel.ts';
import { type pci_dev, pci_is_pcie, pci_pcie_type } from './pci_dev.ts';
import {
  PCI_BASE_CLASS_DISPLAY,
  PCI_BRIDGE_CONTROL,
  PCI_BRIDGE_CTL_BUS_RESET,
  PCI_EXP_TYPE_DOWNSTREAM,
  PCI_EXP_TYPE_PCI_BRIDGE,
  PCI_EXP_TYPE_ROOT_PORT,
  PCI_EXP_TYPE_UPSTREAM,
  PCI_HEADER_TYPE_BRIDGE,
  PCI_HEADER_TYPE_CARDBUS,
} from './pci_regs.ts';
import { digits, pci_info } from './printk.ts';
import { pci_restore_state, pci_save_state } from './save_state.ts';

/** 1 for a root port or switch downstream port all of whose children are endpoints and none a display. */
export function need_reset(dev: pci_dev): number {
  if (!pci_is_pcie(dev)) return skip(dev, 'not PCI Express');
  const subordinate = dev.subordinate;
  if (!subordinate) return skip(dev, 'no bus below');
  if (subordinate.devices.length === 0) return skip(dev, 'no device below');
  const type = pci_pcie_type(dev);
  if (type !== PCI_EXP_TYPE_ROOT_PORT && type !== PCI_EXP_TYPE_DOWNSTREAM) {
    return skip(dev, `not a root or downstream port (${port_name(type)})`);
  }
  for (const child of subordinate.devices) {
    // The type of a child without PCIe capability reads as 0, endpoint.
    if (pci_pcie_type(child) === PCI_EXP_TYPE_UPSTREAM) return skip(dev, `${child.name} is a switch upstream port`);
    if (pci_pcie_type(child) === PCI_EXP_TYPE_PCI_BRIDGE) return skip(dev, `${child.name} is a PCIe-to-PCI bridge`);
    if (child.class >> 16 === PCI_BASE_CLASS_DISPLAY) {
      return skip(dev, `${child.name} is a display controller (class ${digits(child.class, 6)})`);
    }
  }
  decide(
    dev,
    'reset',
    `no switch, PCIe-to-PCI bridge or display controller below: ${subordinate.devices.map(child_name).join(', ')}`,
  );
  return 1;
}

/** A child that is no PCIe device passes for an endpoint: worth telling. */
const child_name = (child: pci_dev): string =>
  pci_is_pcie(child) ? child.name : `${child.name} (without PCIe capability, taken for an endpoint)`;

const PORT_NAMES = new Map([
  [PCI_EXP_TYPE_UPSTREAM, 'switch upstream port'],
  [PCI_EXP_TYPE_PCI_BRIDGE, 'PCIe-to-PCI bridge'],
  [8, 'PCI-to-PCIe bridge'],
]);

const port_name = (type: number): string => PORT_NAMES.get(type) ?? `PCIe type ${type}`;

/** The record of decisions is ours, the C keeps none; it makes no config access. */
function decide(dev: pci_dev, verdict: 'reset' | 'skipped', reason: string): void {
  if (dev.hdr_type !== PCI_HEADER_TYPE_BRIDGE && dev.hdr_type !== PCI_HEADER_TYPE_CARDBUS) return;
  dev.kernel.decisions.push({ dev: dev.name, bdf: dev.bdf, verdict, reason });
}

function skip(dev: pci_dev, reason: string): number {
  decide(dev, 'skipped', reason);
  return 0;
}

export function save_downstream_configs(dev: pci_dev): void {
  for (const child of dev.subordinate!.devices) {
    pci_info(child, 'save state');
    pci_save_state(child); // what it returns is not looked at
  }
}

export function restore_downstream_configs(dev: pci_dev): void {
  for (const child of dev.subordinate!.devices) {
    pci_info(child, 'restore state');
    pci_restore_state(child);
  }
}

export function do_downstream_device_reset(dev: pci_dev): void {
  pci_info(dev, 'Reset Secondary bus');
  let ctrl = pci_read_config_word(dev, PCI_BRIDGE_CONTROL);
  ctrl |= PCI_BRIDGE_CTL_BUS_RESET;
  pci_write_config_word(dev, PCI_BRIDGE_CONTROL, ctrl);
  // The read that flushes the write goes to the same variable, so its value is what is written back below.
  ctrl = pci_read_config_word(dev, PCI_BRIDGE_CONTROL);
  dev.kernel.msleep(2);
  ctrl &= ~PCI_BRIDGE_CTL_BUS_RESET;
  pci_write_config_word(dev, PCI_BRIDGE_CONTROL, ctrl);
}

export function reset_pcie_endpoints(kernel: Kernel): void {
  if (!kernel.pcie_reset_endpoint_devices) return;
  const pdev_list: pci_dev[] = [];
  // list_add() puts each port before the ones found earlier: last found, first reset.
  for (const dev of kernel.devices) if (need_reset(dev)) pdev_list.unshift(dev);
  for (const dev of pdev_list) save_downstream_configs(dev);
  for (const dev of pdev_list) do_downstream_device_reset(dev);
  kernel.msleep(1000); // with nothing to reset as well
  for (const dev of pdev_list) restore_downstream_configs(dev);
}
