// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports the restoring of MSI and MSI-X: drivers/pci/msi.c of 3.10 and 3.13, drivers/pci/msi/msi.c of 6.1 and 6.12:
 * pci_restore_msi_state(), __pci_restore_msi_state(), __pci_restore_msix_state(), pci_intx_for_msi(),
 * pci_msi_set_enable(), pci_msi_update_mask(), pci_msix_clear_and_set_ctrl(), __pci_write_msi_msg(); and pci_intx().
 *
 * Differs: the MSI-X table is in device memory, which is not config space, so its rewriting leaves no trace here. The
 * quirk PCI_DEV_FLAGS_MSI_INTX_DISABLE_BUG (some old chips) is not known.
 */
import { pci_read_config_word, pci_write_config_dword, pci_write_config_word } from './access.ts';
import { KERNEL_VERSION } from './kernel_state.ts';
import type { msi_desc, pci_dev } from './pci_dev.ts';
import {
  PCI_COMMAND,
  PCI_COMMAND_INTX_DISABLE,
  PCI_COMMAND_MEMORY,
  PCI_MSI_ADDRESS_HI,
  PCI_MSI_ADDRESS_LO,
  PCI_MSI_DATA_32,
  PCI_MSI_DATA_64,
  PCI_MSI_FLAGS,
  PCI_MSI_FLAGS_ENABLE,
  PCI_MSI_FLAGS_QSIZE,
  PCI_MSIX_FLAGS,
  PCI_MSIX_FLAGS_ENABLE,
  PCI_MSIX_FLAGS_MASKALL,
} from './pci_regs.ts';

export function pci_intx(dev: pci_dev, enable: boolean): void {
  const pci_command = pci_read_config_word(dev, PCI_COMMAND);
  const next = enable ? pci_command & ~PCI_COMMAND_INTX_DISABLE : pci_command | PCI_COMMAND_INTX_DISABLE;
  if (next !== pci_command) pci_write_config_word(dev, PCI_COMMAND, next);
}

function pci_intx_for_msi(dev: pci_dev, enable: boolean): void {
  pci_intx(dev, enable);
}

function pci_msi_set_enable(dev: pci_dev, enable: boolean): void {
  const control = pci_read_config_word(dev, dev.msi_cap + PCI_MSI_FLAGS) & ~PCI_MSI_FLAGS_ENABLE;
  pci_write_config_word(dev, dev.msi_cap + PCI_MSI_FLAGS, enable ? control | PCI_MSI_FLAGS_ENABLE : control);
}

/** Writes the mask the kernel has in mind; msi_mask_irq() in 3.10 comes to the same. */
function pci_msi_update_mask(dev: pci_dev, entry: msi_desc): void {
  if (entry.can_mask) pci_write_config_dword(dev, entry.mask_pos, entry.msi_mask);
}

/** __write_msi_msg() in 3.10, without the read at the end. */
export function __pci_write_msi_msg(dev: pci_dev, entry: msi_desc): void {
  if (dev.current_state !== 'D0') return; // the hardware is not touched
  const pos = dev.msi_cap;
  let msgctl = pci_read_config_word(dev, pos + PCI_MSI_FLAGS);
  msgctl &= ~PCI_MSI_FLAGS_QSIZE;
  msgctl |= entry.multiple << 4;
  pci_write_config_word(dev, pos + PCI_MSI_FLAGS, msgctl);
  pci_write_config_dword(dev, pos + PCI_MSI_ADDRESS_LO, entry.msg.address_lo);
  if (entry.is_64) {
    pci_write_config_dword(dev, pos + PCI_MSI_ADDRESS_HI, entry.msg.address_hi);
    pci_write_config_word(dev, pos + PCI_MSI_DATA_64, entry.msg.data);
  } else {
    pci_write_config_word(dev, pos + PCI_MSI_DATA_32, entry.msg.data);
  }
  if (dev.kernel.LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1)) pci_read_config_word(dev, pos + PCI_MSI_FLAGS);
}

function __pci_restore_msi_state(dev: pci_dev): void {
  const entry = dev.msi_desc;
  if (!dev.msi_enabled || !entry) return;
  pci_intx_for_msi(dev, false);
  pci_msi_set_enable(dev, false);
  __pci_write_msi_msg(dev, entry); // arch_restore_msi_irqs() of x86 leaves it to the generic code
  let control = pci_read_config_word(dev, dev.msi_cap + PCI_MSI_FLAGS);
  pci_msi_update_mask(dev, entry);
  control &= ~PCI_MSI_FLAGS_QSIZE;
  control |= (entry.multiple << 4) | PCI_MSI_FLAGS_ENABLE;
  pci_write_config_word(dev, dev.msi_cap + PCI_MSI_FLAGS, control);
}

function pci_msix_clear_and_set_ctrl(dev: pci_dev, clear: number, set: number): void {
  const ctrl = pci_read_config_word(dev, dev.msix_cap + PCI_MSIX_FLAGS);
  pci_write_config_word(dev, dev.msix_cap + PCI_MSIX_FLAGS, (ctrl & ~clear) | set);
}

function __pci_restore_msix_state(dev: pci_dev): void {
  if (!dev.msix_enabled) return;
  if (dev.kernel.LINUX_VERSION_CODE < KERNEL_VERSION(6, 1)) {
    // Read once, before INTx, and written twice.
    const control = pci_read_config_word(dev, dev.msix_cap + PCI_MSIX_FLAGS) | PCI_MSIX_FLAGS_ENABLE;
    pci_intx_for_msi(dev, false);
    pci_write_config_word(dev, dev.msix_cap + PCI_MSIX_FLAGS, control | PCI_MSIX_FLAGS_MASKALL);
    pci_write_config_word(dev, dev.msix_cap + PCI_MSIX_FLAGS, control & ~PCI_MSIX_FLAGS_MASKALL);
    return;
  }
  pci_intx_for_msi(dev, false);
  pci_msix_clear_and_set_ctrl(dev, 0, PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
  // The table is in memory space, which the restored Command register may have off. 6.1.192 has this, 6.12.95 has not
  // (both as recorded); later 6.12.y got it too.
  if (dev.kernel.LINUX_VERSION_CODE < KERNEL_VERSION(6, 12)) {
    const cmd = pci_read_config_word(dev, PCI_COMMAND);
    pci_write_config_word(dev, PCI_COMMAND, cmd | PCI_COMMAND_MEMORY);
    pci_write_config_word(dev, PCI_COMMAND, cmd);
  }
  pci_msix_clear_and_set_ctrl(dev, PCI_MSIX_FLAGS_MASKALL, 0);
}

export function pci_restore_msi_state(dev: pci_dev): void {
  __pci_restore_msi_state(dev);
  __pci_restore_msix_state(dev);
}
