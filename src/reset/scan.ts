// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports the scan, drivers/pci/probe.c: pci_scan_child_bus_extend(), pci_scan_bridge_extend(), pci_scan_slot(),
 * next_fn(), next_ari_fn(), only_one_child(), pci_scan_single_device(), pci_scan_device(), pci_device_add() (6.1; 3.10
 * where marked). The order in which functions are found is the order of for_each_pci_dev(): a whole bus, then what is
 * below its bridges, depth first.
 *
 * Differs: no writes, so buses are taken as programmed. The kernel gives a misprogrammed bridge new numbers in a second
 * pass; here nothing is found below it. Of a bus that two bridges lead to, the second look, which finds nothing new, is
 * left out: it would never end with hostile bus numbers. A function that answers "retry" (RRS) is not waited for.
 */
import {
  PCI_POSSIBLE_ERROR,
  pci_bus_read_config_dword,
  pci_read_config_dword,
  pci_read_config_word,
} from './access.ts';
import { pci_find_ext_capability } from './find_capability.ts';
import { pci_init_capabilities } from './init_capabilities.ts';
import { sriov_add_vfs } from './iov_scan.ts';
import type { Kernel } from './kernel.ts';
import { KERNEL_VERSION } from './kernel_state.ts';
import {
  pci_ari_enabled,
  pci_bus,
  pci_dev,
  pci_is_bridge,
  pci_is_pcie,
  pci_pcie_type,
  pcie_downstream_port,
} from './pci_dev.ts';
import {
  PCI_ARI_CAP,
  PCI_ARI_CAP_NFN,
  PCI_EXP_TYPE_DOWNSTREAM,
  PCI_EXP_TYPE_ROOT_PORT,
  PCI_EXT_CAP_ID_ARI,
  PCI_PRIMARY_BUS,
  PCI_VENDOR_ID,
} from './pci_regs.ts';
import { digits, pci_info, pci_warn } from './printk.ts';
import { pci_save_state } from './save_state.ts';
import { pci_add_new_bus, pci_find_bus } from './scan_bus.ts';
import { pci_setup_device } from './setup_device.ts';

/** Vendor ID of a completion with Request Retry Status, where the root port makes it visible. */
const PCI_VENDOR_ID_PCI_SIG = 0x0001;

export function pci_scan_root_buses(kernel: Kernel): void {
  kernel.devices = [];
  kernel.root_buses = [];
  for (const { domain, bus: number } of kernel.rootBuses) {
    if (pci_find_bus(kernel, domain, number)) continue;
    const bus = new pci_bus(kernel, domain, number, undefined, undefined);
    kernel.root_buses.push(bus);
    pci_scan_child_bus(bus);
  }
  for (const dev of [...kernel.devices]) if (dev.sriov?.num_VFs) sriov_add_vfs(dev);
  // 6.12's pci_bus_add_device(): a state to restore for whoever never saved one.
  if (kernel.LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12)) for (const dev of kernel.devices) pci_save_state(dev);
}

export function pci_scan_child_bus(bus: pci_bus): void {
  for (let devfn = 0; devfn < 256; devfn += 8) pci_scan_slot(bus, devfn);
  for (const dev of bus.devices) if (pci_is_bridge(dev)) pci_scan_bridge(bus, dev);
}

function pci_scan_bridge(bus: pci_bus, dev: pci_dev): void {
  const buses = pci_read_config_dword(dev, PCI_PRIMARY_BUS);
  let primary = buses & 0xff;
  const secondary = (buses >> 8) & 0xff;
  const subordinate = (buses >> 16) & 0xff;
  if (!primary && primary !== bus.number && secondary && subordinate) {
    pci_warn(dev, 'Primary bus is hard wired to 0');
    primary = bus.number;
  }
  if (primary !== bus.number || secondary <= bus.number || secondary > subordinate) {
    const range = `[bus ${digits(secondary, 2)}-${digits(subordinate, 2)}]`;
    pci_info(dev, `bridge configuration invalid (${range}), reconfiguring`);
    return;
  }
  if (pci_find_bus(bus.kernel, bus.domain, secondary)) return;
  pci_scan_child_bus(pci_add_new_bus(bus, dev, secondary, subordinate));
}

/** A link has one device at its end, so the other 31 addresses are not tried. */
function only_one_child(bus: pci_bus): boolean {
  const bridge = bus.self;
  if (!bridge || !pci_is_pcie(bridge)) return false;
  if (bus.kernel.LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1)) {
    return !bus.kernel.pci_scan_all_pcie_devs && pcie_downstream_port(bridge);
  }
  // 3.10: pci=pcie_scan_all is about switch ports only.
  const type = pci_pcie_type(bridge);
  return type === PCI_EXP_TYPE_ROOT_PORT || (type === PCI_EXP_TYPE_DOWNSTREAM && !bus.kernel.pci_scan_all_pcie_devs);
}

export function pci_scan_slot(bus: pci_bus, devfn: number): void {
  if (only_one_child(bus) && devfn > 0) return;
  for (let fn = 0; fn >= 0; ) {
    const dev = pci_scan_single_device(bus, devfn + fn);
    if (dev && fn > 0) dev.multifunction = true;
    if (!dev && fn === 0) return; // a device must have a function 0
    fn = next_fn(bus, dev, fn);
  }
}

/** -1: no more. */
function next_fn(bus: pci_bus, dev: pci_dev | undefined, fn: number): number {
  if (pci_ari_enabled(bus)) return next_ari_fn(dev, fn);
  if (fn >= 7) return -1;
  // A gap does not end the search, a function 0 that is not multifunction does.
  return dev && !dev.multifunction ? -1 : fn + 1;
}

function next_ari_fn(dev: pci_dev | undefined, fn: number): number {
  if (!dev) return -1;
  const pos = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_ARI);
  if (!pos) return -1;
  const next = PCI_ARI_CAP_NFN(pci_read_config_word(dev, pos + PCI_ARI_CAP));
  return next <= fn ? -1 : next; // a list that goes back would never end
}

function pci_scan_single_device(bus: pci_bus, devfn: number): pci_dev | undefined {
  if (devfn > 0xff) return undefined;
  for (const dev of bus.devices) if (dev.devfn === devfn) return dev;
  const dev = pci_scan_device(bus, devfn);
  if (dev) pci_device_add(dev, bus);
  return dev;
}

function pci_scan_device(bus: pci_bus, devfn: number): pci_dev | undefined {
  const l = pci_bus_read_config_dword(bus, devfn, PCI_VENDOR_ID);
  if (PCI_POSSIBLE_ERROR(l) || l === 0 || l === 0x0000ffff || l === 0xffff0000) return undefined;
  if ((l & 0xffff) === PCI_VENDOR_ID_PCI_SIG) return undefined;
  const dev = new pci_dev(bus, devfn);
  dev.vendor = l & 0xffff;
  dev.device = l >>> 16;
  return pci_setup_device(dev) ? dev : undefined;
}

function pci_device_add(dev: pci_dev, bus: pci_bus): void {
  pci_init_capabilities(dev);
  bus.devices.push(dev);
  bus.kernel.devices.push(dev);
}
