// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports pci_save_pcie_state(), pci_restore_pcie_state(), pci_save_pcix_state(), pci_restore_pcix_state() of
 * drivers/pci/pci.c (3.10, 6.1, 6.12).
 */
import { pci_read_config_word, pci_write_config_word } from './access.ts';
import { pci_restore_aspm_l1ss_state, pci_save_aspm_l1ss_state } from './aspm_l1ss.ts';
import { ENOMEM } from './errno.ts';
import { pci_find_capability } from './find_capability.ts';
import { KERNEL_VERSION } from './kernel_state.ts';
import { pci_bridge_reconfigure_ltr, pci_restore_ltr_state, pci_save_ltr_state } from './ltr.ts';
import { type pci_dev, pci_is_pcie } from './pci_dev.ts';
import {
  PCI_CAP_ID_EXP,
  PCI_CAP_ID_PCIX,
  PCI_EXP_DEVCTL,
  PCI_EXP_DEVCTL2,
  PCI_EXP_LNKCTL,
  PCI_EXP_LNKCTL2,
  PCI_EXP_RTCTL,
  PCI_EXP_SLTCTL,
  PCI_EXP_SLTCTL2,
  PCI_X_CMD,
} from './pci_regs.ts';
import { pcie_capability_read_word, pcie_capability_write_word } from './pcie_capability.ts';
import { pci_err } from './printk.ts';
import { pci_find_saved_cap } from './saved_cap.ts';

/** Returns 0, or -ENOMEM when there is no buffer. */
export function pci_save_pcie_state(dev: pci_dev): number {
  if (!pci_is_pcie(dev)) return 0;
  const cap = pci_find_saved_cap(dev, PCI_CAP_ID_EXP)?.data;
  if (!cap) {
    pci_err(dev, 'buffer not found in pci_save_pcie_state');
    return -ENOMEM;
  }
  cap[0] = pcie_capability_read_word(dev, PCI_EXP_DEVCTL);
  cap[1] = pcie_capability_read_word(dev, PCI_EXP_LNKCTL);
  cap[2] = pcie_capability_read_word(dev, PCI_EXP_SLTCTL);
  cap[3] = pcie_capability_read_word(dev, PCI_EXP_RTCTL);
  cap[4] = pcie_capability_read_word(dev, PCI_EXP_DEVCTL2);
  cap[5] = pcie_capability_read_word(dev, PCI_EXP_LNKCTL2);
  cap[6] = pcie_capability_read_word(dev, PCI_EXP_SLTCTL2);
  if (dev.kernel.LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12)) {
    pci_save_aspm_l1ss_state(dev);
    pci_save_ltr_state(dev);
  }
  return 0;
}

export function pci_restore_pcie_state(dev: pci_dev): void {
  const version = dev.kernel.LINUX_VERSION_CODE;
  if (version >= KERNEL_VERSION(6, 12)) {
    pci_restore_ltr_state(dev);
    pci_restore_aspm_l1ss_state(dev);
  }
  const cap = pci_find_saved_cap(dev, PCI_CAP_ID_EXP)?.data;
  if (!cap) return;
  // A downstream port drops its LTR enable bit when the link goes down; it is set again before the device is told.
  if (version >= KERNEL_VERSION(6, 1)) pci_bridge_reconfigure_ltr(dev);
  pcie_capability_write_word(dev, PCI_EXP_DEVCTL, cap[0]!);
  pcie_capability_write_word(dev, PCI_EXP_LNKCTL, cap[1]!);
  pcie_capability_write_word(dev, PCI_EXP_SLTCTL, cap[2]!);
  pcie_capability_write_word(dev, PCI_EXP_RTCTL, cap[3]!);
  pcie_capability_write_word(dev, PCI_EXP_DEVCTL2, cap[4]!);
  pcie_capability_write_word(dev, PCI_EXP_LNKCTL2, cap[5]!);
  pcie_capability_write_word(dev, PCI_EXP_SLTCTL2, cap[6]!);
}

/** Returns 0, or -ENOMEM when there is no buffer: the capability was not there at the scan. */
export function pci_save_pcix_state(dev: pci_dev): number {
  const pos = pci_find_capability(dev, PCI_CAP_ID_PCIX);
  if (!pos) return 0;
  const cap = pci_find_saved_cap(dev, PCI_CAP_ID_PCIX)?.data;
  if (!cap) {
    pci_err(dev, 'buffer not found in pci_save_pcix_state');
    return -ENOMEM;
  }
  cap[0] = pci_read_config_word(dev, pos + PCI_X_CMD);
  return 0;
}

export function pci_restore_pcix_state(dev: pci_dev): void {
  const cap = pci_find_saved_cap(dev, PCI_CAP_ID_PCIX)?.data;
  // Searched for even when nothing was saved.
  const pos = pci_find_capability(dev, PCI_CAP_ID_PCIX);
  if (!cap || !pos) return;
  pci_write_config_word(dev, pos + PCI_X_CMD, cap[0]!);
}
