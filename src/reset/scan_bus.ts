// SPDX-License-Identifier: GPL-2.0-only
/** Ports the making and finding of buses: pci_find_bus() (search.c), pci_add_new_bus() and what it asks (probe.c, 6.1). */
import type { Kernel } from './kernel.ts';
import { KERNEL_VERSION } from './kernel_state.ts';
import { pci_bus, type pci_dev, pci_is_pcie, pci_pcie_type } from './pci_dev.ts';
import { PCI_EXP_TYPE_DOWNSTREAM, PCI_EXP_TYPE_ROOT_PORT, PCI_EXP_TYPE_UPSTREAM } from './pci_regs.ts';
import { pcix_mode_2 } from './setup_device.ts';

export function pci_find_bus(kernel: Kernel, domain: number, busnr: number): pci_bus | undefined {
  return find_among(kernel.root_buses, domain, busnr);
}

function find_among(buses: readonly pci_bus[], domain: number, busnr: number): pci_bus | undefined {
  for (const bus of buses) {
    if (bus.domain === domain && bus.number === busnr) return bus;
    const below = find_among(bus.children, domain, busnr);
    if (below) return below;
  }
  return undefined;
}

/** Whether config space beyond 256 bytes can be reached below a bridge. */
function pci_bridge_child_ext_cfg_accessible(bridge: pci_dev): boolean {
  if (bridge.bus.no_extcfg) return false;
  const type = pci_pcie_type(bridge);
  if (
    pci_is_pcie(bridge) &&
    (type === PCI_EXP_TYPE_ROOT_PORT || type === PCI_EXP_TYPE_UPSTREAM || type === PCI_EXP_TYPE_DOWNSTREAM)
  ) {
    return true;
  }
  return pcix_mode_2(bridge);
}

/** Without a bridge: a bus that only VFs are on. */
export function pci_add_new_bus(
  parent: pci_bus,
  bridge: pci_dev | undefined,
  busnr: number,
  subordinate: number,
): pci_bus {
  const child = new pci_bus(parent.kernel, parent.domain, busnr, parent, bridge);
  child.no_extcfg = parent.no_extcfg;
  child.busn_end = subordinate; // pci_bus_insert_busn_res() in the C
  if (bridge) {
    // 3.10 and 3.13 ask nobody: they look for extended config space wherever the device may have it.
    const asks = parent.kernel.LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1);
    child.no_extcfg = asks && !pci_bridge_child_ext_cfg_accessible(bridge);
    bridge.subordinate = child;
  }
  parent.children.push(child);
  return child;
}
