// SPDX-License-Identifier: GPL-2.0-only
/** Ports pci_save_state() and pci_restore_state() of drivers/pci/pci.c: 3.10 and 3.13 (alike), 6.1, 6.12. */

import { pci_read_config_dword } from './access.ts';
import { pci_enable_acs } from './acs.ts';
import { pci_aer_clear_status, pci_restore_aer_state, pci_save_aer_state } from './aer.ts';
import { pci_restore_ats_state, pci_restore_pasid_state, pci_restore_pri_state } from './ats.ts';
import { pci_restore_config_space } from './config_space.ts';
import { pci_restore_dpc_state, pci_save_dpc_state } from './dpc.ts';
import { pci_restore_iov_state } from './iov.ts';
import { KERNEL_VERSION } from './kernel_state.ts';
import { pci_restore_ltr_state, pci_save_ltr_state } from './ltr.ts';
import { pci_restore_msi_state } from './msi.ts';
import type { pci_dev } from './pci_dev.ts';
import {
  pci_restore_pcie_state,
  pci_restore_pcix_state,
  pci_save_pcie_state,
  pci_save_pcix_state,
} from './pcie_state.ts';
import { hex, hexw, pci_dbg } from './printk.ts';
import { pci_restore_ptm_state, pci_save_ptm_state } from './ptm.ts';
import { pci_restore_rebar_state } from './rebar.ts';
import { pci_restore_vc_state, pci_save_vc_state } from './vc.ts';

/** Returns 0, or -ENOMEM from the first part that had no buffer; the parts after that are not saved. */
export function pci_save_state(dev: pci_dev): number {
  const version = dev.kernel.LINUX_VERSION_CODE;
  for (let i = 0; i < 16; i++) {
    dev.saved_config_space[i] = pci_read_config_dword(dev, i * 4);
    if (dev.kernel.dynamic_debug && version >= KERNEL_VERSION(6, 1)) pci_dbg(dev, saving(dev, i));
  }
  // Set before the parts that can fail, so a restore after a failure restores what there is.
  dev.state_saved = true;
  const err = pci_save_pcie_state(dev) || pci_save_pcix_state(dev);
  if (err || version < KERNEL_VERSION(6, 1)) return err;
  if (version < KERNEL_VERSION(6, 12)) pci_save_ltr_state(dev); // 6.12: within pci_save_pcie_state()
  pci_save_dpc_state(dev);
  pci_save_aer_state(dev);
  pci_save_ptm_state(dev);
  return pci_save_vc_state(dev);
}

function saving(dev: pci_dev, i: number): string {
  const val = dev.saved_config_space[i]!;
  return dev.kernel.LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12)
    ? `save config ${hexw(i * 4, 4)}: ${hexw(val, 10)}`
    : `saving config space at offset ${hex(i * 4)} (reading ${hex(val)})`;
}

/** Up to 6.1 it does nothing without a save before it; 6.12 restores what it saved last, at the scan if nowhere else. */
export function pci_restore_state(dev: pci_dev): void {
  const version = dev.kernel.LINUX_VERSION_CODE;
  if (!dev.state_saved && version < KERNEL_VERSION(6, 12)) return;
  if (version < KERNEL_VERSION(6, 1)) {
    pci_restore_pcie_state(dev);
    pci_restore_ats_state(dev);
    pci_restore_config_space(dev);
    pci_restore_pcix_state(dev);
    pci_restore_msi_state(dev);
    pci_restore_iov_state(dev);
  } else {
    // The latencies before LTR is enabled; 6.12 does it within pci_restore_pcie_state().
    if (version < KERNEL_VERSION(6, 12)) pci_restore_ltr_state(dev);
    pci_restore_pcie_state(dev);
    pci_restore_pasid_state(dev);
    pci_restore_pri_state(dev);
    pci_restore_ats_state(dev);
    pci_restore_vc_state(dev);
    pci_restore_rebar_state(dev);
    pci_restore_dpc_state(dev);
    pci_restore_ptm_state(dev);
    pci_aer_clear_status(dev);
    pci_restore_aer_state(dev);
    pci_restore_config_space(dev);
    pci_restore_pcix_state(dev);
    pci_restore_msi_state(dev);
    pci_enable_acs(dev);
    pci_restore_iov_state(dev);
  }
  dev.state_saved = false;
}
