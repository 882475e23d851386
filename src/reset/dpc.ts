// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports Downstream Port Containment, drivers/pci/pcie/dpc.c of 6.1 and 6.12 (alike): pci_save_dpc_state(),
 * pci_restore_dpc_state(), pci_dpc_init(); of dpc_probe() the buffer, which is why the state of a port whose DPC no
 * service driver runs is neither saved nor restored; of get_port_device_capability() (portdrv) when one does.
 */
import { pci_read_config_word, pci_write_config_word } from './access.ts';
import { pci_find_ext_capability } from './find_capability.ts';
import { KERNEL_VERSION } from './kernel_state.ts';
import { type pci_dev, pci_is_pcie, pci_pcie_type } from './pci_dev.ts';
import { PCI_EXP_DPC_CTL, PCI_EXP_TYPE_RC_EC, PCI_EXP_TYPE_ROOT_PORT, PCI_EXT_CAP_ID_DPC } from './pci_regs.ts';
import { pci_add_ext_cap_save_buffer, pci_find_saved_ext_cap } from './saved_cap.ts';

export function pci_save_dpc_state(dev: pci_dev): void {
  if (!pci_is_pcie(dev)) return;
  const save_state = pci_find_saved_ext_cap(dev, PCI_EXT_CAP_ID_DPC);
  if (!save_state) return;
  save_state.data[0] = pci_read_config_word(dev, dev.dpc_cap + PCI_EXP_DPC_CTL);
}

export function pci_restore_dpc_state(dev: pci_dev): void {
  if (!pci_is_pcie(dev)) return;
  const save_state = pci_find_saved_ext_cap(dev, PCI_EXT_CAP_ID_DPC);
  if (!save_state) return;
  pci_write_config_word(dev, dev.dpc_cap + PCI_EXP_DPC_CTL, save_state.data[0]!);
}

/** At the scan. */
export function pci_dpc_init(dev: pci_dev): void {
  dev.dpc_cap = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_DPC);
}

/** When the port driver has been bound. */
export function dpc_probe(dev: pci_dev): void {
  if (dev.driver === 'pcieport' && dev.dpc_cap && has_dpc_service(dev)) {
    pci_add_ext_cap_save_buffer(dev, PCI_EXT_CAP_ID_DPC, 2, 1);
  }
}

/** The DPC service goes with AER's, or with `pcie_ports=dpc-native`; in 6.12 only root ports have the AER service. */
function has_dpc_service(dev: pci_dev): boolean {
  const kernel = dev.kernel;
  if (kernel.pcie_aer_disable) return false;
  if (kernel.pcie_ports_dpc_native) return true;
  const type = pci_pcie_type(dev);
  const can_have_aer =
    kernel.LINUX_VERSION_CODE < KERNEL_VERSION(6, 12) || type === PCI_EXP_TYPE_ROOT_PORT || type === PCI_EXP_TYPE_RC_EC;
  return can_have_aer && dev.aer_cap !== 0 && (kernel.pcie_ports_native || kernel.native_aer);
}
