// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports Address Translation Services, Page Request Interface and Process Address Space ID, drivers/pci/ats.c (3.10 for
 * ATS; 6.1 and 6.12, alike): pci_ats_init(), pci_restore_ats_state(), pci_pri_init(), pci_restore_pri_state(),
 * pci_pasid_init(), pci_restore_pasid_state().
 *
 * Differs: the IOMMU drivers that turn these on are not here. What a running kernel has turned on is read off the
 * enable bits at the scan; a fresh kernel has turned on nothing yet.
 */
import {
  pci_read_config_dword,
  pci_read_config_word,
  pci_write_config_dword,
  pci_write_config_word,
} from './access.ts';
import { BUG } from './bug.ts';
import { pci_find_ext_capability } from './find_capability.ts';
import { KERNEL_VERSION } from './kernel_state.ts';
import type { pci_dev } from './pci_dev.ts';
import {
  PCI_ATS_CTRL,
  PCI_ATS_CTRL_ENABLE,
  PCI_ATS_CTRL_STU,
  PCI_ATS_MIN_STU,
  PCI_EXT_CAP_ID_ATS,
  PCI_EXT_CAP_ID_PASID,
  PCI_EXT_CAP_ID_PRI,
  PCI_PASID_CTRL,
  PCI_PASID_CTRL_ENABLE,
  PCI_PASID_CTRL_EXEC,
  PCI_PASID_CTRL_PRIV,
  PCI_PRI_ALLOC_REQ,
  PCI_PRI_CTRL,
  PCI_PRI_CTRL_ENABLE,
} from './pci_regs.ts';

/** At the scan. */
export function pci_ats_init(dev: pci_dev): void {
  if (dev.kernel.pcie_ats_disabled) return;
  dev.ats_cap = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_ATS);
  if (!dev.ats_cap) return;
  const ctrl = pci_read_config_word(dev, dev.ats_cap + PCI_ATS_CTRL);
  dev.ats_stu = PCI_ATS_CTRL_STU(ctrl) + PCI_ATS_MIN_STU;
  dev.ats_enabled =
    dev.kernel.kernelState.ats_enabled?.[dev.name] ??
    (dev.kernel.state === 'running' && (ctrl & PCI_ATS_CTRL_ENABLE) !== 0);
}

export function pci_restore_ats_state(dev: pci_dev): void {
  if (!dev.ats_enabled) return;
  // 3.10 looks for the capability again; a device that does not answer stops the machine here.
  if (dev.kernel.LINUX_VERSION_CODE < KERNEL_VERSION(6, 1) && !pci_find_ext_capability(dev, PCI_EXT_CAP_ID_ATS)) {
    BUG(dev.kernel, 'pci_restore_ats_state');
  }
  let ctrl = PCI_ATS_CTRL_ENABLE;
  if (!dev.is_virtfn) ctrl |= PCI_ATS_CTRL_STU(dev.ats_stu - PCI_ATS_MIN_STU);
  pci_write_config_word(dev, dev.ats_cap + PCI_ATS_CTRL, ctrl);
}

/** At the scan. */
export function pci_pri_init(dev: pci_dev): void {
  dev.pri_cap = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_PRI);
  if (!dev.pri_cap || dev.kernel.state !== 'running') return;
  dev.pri_enabled = (pci_read_config_word(dev, dev.pri_cap + PCI_PRI_CTRL) & PCI_PRI_CTRL_ENABLE) !== 0;
  if (dev.pri_enabled) dev.pri_reqs_alloc = pci_read_config_dword(dev, dev.pri_cap + PCI_PRI_ALLOC_REQ);
}

export function pci_restore_pri_state(dev: pci_dev): void {
  if (dev.is_virtfn || !dev.pri_enabled || !dev.pri_cap) return;
  pci_write_config_dword(dev, dev.pri_cap + PCI_PRI_ALLOC_REQ, dev.pri_reqs_alloc);
  pci_write_config_word(dev, dev.pri_cap + PCI_PRI_CTRL, PCI_PRI_CTRL_ENABLE);
}

/** At the scan. */
export function pci_pasid_init(dev: pci_dev): void {
  dev.pasid_cap = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_PASID);
  if (!dev.pasid_cap || dev.kernel.state !== 'running') return;
  const control = pci_read_config_word(dev, dev.pasid_cap + PCI_PASID_CTRL);
  dev.pasid_enabled = (control & PCI_PASID_CTRL_ENABLE) !== 0;
  if (dev.pasid_enabled) dev.pasid_features = control & (PCI_PASID_CTRL_EXEC | PCI_PASID_CTRL_PRIV);
}

export function pci_restore_pasid_state(dev: pci_dev): void {
  if (dev.is_virtfn || !dev.pasid_enabled || !dev.pasid_cap) return;
  pci_write_config_word(dev, dev.pasid_cap + PCI_PASID_CTRL, PCI_PASID_CTRL_ENABLE | dev.pasid_features);
}
