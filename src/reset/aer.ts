// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports Advanced Error Reporting, drivers/pci/pcie/aer.c of 6.1 and 6.12 (alike): pcie_aer_is_native(),
 * pci_aer_raw_clear_status(), pci_aer_clear_status(), pci_save_aer_state(), pci_restore_aer_state(), pci_aer_init().
 *
 * Differs: pci_aer_init() also clears the status, sets reporting and ECRC; a scan here writes nothing.
 */
import { pci_read_config_dword, pci_write_config_dword } from './access.ts';
import { pci_find_ext_capability } from './find_capability.ts';
import { type pci_dev, pci_pcie_type } from './pci_dev.ts';
import {
  PCI_ERR_CAP,
  PCI_ERR_COR_MASK,
  PCI_ERR_COR_STATUS,
  PCI_ERR_ROOT_COMMAND,
  PCI_ERR_ROOT_STATUS,
  PCI_ERR_UNCOR_MASK,
  PCI_ERR_UNCOR_SEVER,
  PCI_ERR_UNCOR_STATUS,
  PCI_EXP_TYPE_RC_EC,
  PCI_EXP_TYPE_ROOT_PORT,
  PCI_EXT_CAP_ID_ERR,
} from './pci_regs.ts';
import { pcie_cap_has_rtctl } from './pcie_capability.ts';
import { pci_add_ext_cap_save_buffer, pci_find_saved_ext_cap } from './saved_cap.ts';

export function pcie_aer_is_native(dev: pci_dev): boolean {
  if (!dev.aer_cap) return false;
  return dev.kernel.pcie_ports_native || dev.kernel.native_aer;
}

export function pci_aer_raw_clear_status(dev: pci_dev): void {
  const aer = dev.aer_cap;
  if (!aer) return;
  const port_type = pci_pcie_type(dev);
  // What is read is written back: the registers clear where a one is written.
  if (port_type === PCI_EXP_TYPE_ROOT_PORT || port_type === PCI_EXP_TYPE_RC_EC) {
    pci_write_config_dword(dev, aer + PCI_ERR_ROOT_STATUS, pci_read_config_dword(dev, aer + PCI_ERR_ROOT_STATUS));
  }
  pci_write_config_dword(dev, aer + PCI_ERR_COR_STATUS, pci_read_config_dword(dev, aer + PCI_ERR_COR_STATUS));
  pci_write_config_dword(dev, aer + PCI_ERR_UNCOR_STATUS, pci_read_config_dword(dev, aer + PCI_ERR_UNCOR_STATUS));
}

/** Leaves the status alone when the firmware has kept AER for itself. */
export function pci_aer_clear_status(dev: pci_dev): void {
  if (pcie_aer_is_native(dev)) pci_aer_raw_clear_status(dev);
}

/** Saved and restored whoever owns AER. */
export function pci_save_aer_state(dev: pci_dev): void {
  const aer = dev.aer_cap;
  if (!aer) return;
  const cap = pci_find_saved_ext_cap(dev, PCI_EXT_CAP_ID_ERR)?.data;
  if (!cap) return;
  cap[0] = pci_read_config_dword(dev, aer + PCI_ERR_UNCOR_MASK);
  cap[1] = pci_read_config_dword(dev, aer + PCI_ERR_UNCOR_SEVER);
  cap[2] = pci_read_config_dword(dev, aer + PCI_ERR_COR_MASK);
  cap[3] = pci_read_config_dword(dev, aer + PCI_ERR_CAP);
  if (pcie_cap_has_rtctl(dev)) cap[4] = pci_read_config_dword(dev, aer + PCI_ERR_ROOT_COMMAND);
}

export function pci_restore_aer_state(dev: pci_dev): void {
  const aer = dev.aer_cap;
  if (!aer) return;
  const cap = pci_find_saved_ext_cap(dev, PCI_EXT_CAP_ID_ERR)?.data;
  if (!cap) return;
  pci_write_config_dword(dev, aer + PCI_ERR_UNCOR_MASK, cap[0]!);
  pci_write_config_dword(dev, aer + PCI_ERR_UNCOR_SEVER, cap[1]!);
  pci_write_config_dword(dev, aer + PCI_ERR_COR_MASK, cap[2]!);
  pci_write_config_dword(dev, aer + PCI_ERR_CAP, cap[3]!);
  if (pcie_cap_has_rtctl(dev)) pci_write_config_dword(dev, aer + PCI_ERR_ROOT_COMMAND, cap[4]!);
}

/** At the scan. */
export function pci_aer_init(dev: pci_dev): void {
  dev.aer_cap = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_ERR);
  if (!dev.aer_cap) return;
  const n = pcie_cap_has_rtctl(dev) ? 5 : 4;
  pci_add_ext_cap_save_buffer(dev, PCI_EXT_CAP_ID_ERR, 4 * n, n);
}
