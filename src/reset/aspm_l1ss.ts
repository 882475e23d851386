// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports L1 PM Substates: pci_configure_aspm_l1ss(), pci_save_aspm_l1ss_state(), pci_restore_aspm_l1ss_state() of
 * drivers/pci/pcie/aspm.c, 6.12. The earlier kernels do not save L1SS at all.
 */
import { pci_clear_and_set_config_dword, pci_read_config_dword, pci_write_config_dword } from './access.ts';
import { pci_find_ext_capability } from './find_capability.ts';
import { type pci_dev, pcie_downstream_port } from './pci_dev.ts';
import {
  PCI_EXP_LNKCTL,
  PCI_EXP_LNKCTL_ASPMC,
  PCI_EXT_CAP_ID_L1SS,
  PCI_L1SS_CTL1,
  PCI_L1SS_CTL1_L1_2_MASK,
  PCI_L1SS_CTL2,
} from './pci_regs.ts';
import { pcie_capability_read_word, pcie_capability_write_word } from './pcie_capability.ts';
import { pci_add_ext_cap_save_buffer, pci_find_saved_ext_cap } from './saved_cap.ts';

/** At the scan. */
export function pci_configure_aspm_l1ss(dev: pci_dev): void {
  dev.l1ss = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_L1SS);
  pci_add_ext_cap_save_buffer(dev, PCI_EXT_CAP_ID_L1SS, 8, 2);
}

/** Saves both ends of the link, from its lower end; the upper end on its own saves nothing. */
export function pci_save_aspm_l1ss_state(dev: pci_dev): void {
  const parent = dev.bus.self;
  if (pcie_downstream_port(dev) || !parent) return;
  if (!dev.l1ss || !parent.l1ss) return;
  const own = pci_find_saved_ext_cap(dev, PCI_EXT_CAP_ID_L1SS)?.data;
  if (!own) return;
  own[0] = pci_read_config_dword(dev, dev.l1ss + PCI_L1SS_CTL2);
  own[1] = pci_read_config_dword(dev, dev.l1ss + PCI_L1SS_CTL1);
  const theirs = pci_find_saved_ext_cap(parent, PCI_EXT_CAP_ID_L1SS)?.data;
  if (!theirs) return;
  theirs[0] = pci_read_config_dword(parent, parent.l1ss + PCI_L1SS_CTL2);
  theirs[1] = pci_read_config_dword(parent, parent.l1ss + PCI_L1SS_CTL1);
}

export function pci_restore_aspm_l1ss_state(dev: pci_dev): void {
  const parent = dev.bus.self;
  if (pcie_downstream_port(dev) || !parent) return;
  if (!dev.l1ss || !parent.l1ss) return;
  const cl = pci_find_saved_ext_cap(dev, PCI_EXT_CAP_ID_L1SS)?.data;
  const pl = pci_find_saved_ext_cap(parent, PCI_EXT_CAP_ID_L1SS)?.data;
  if (!cl || !pl) return;
  const [cl_ctl2, cl_saved1] = [cl[0]!, cl[1]!];
  const [pl_ctl2, pl_saved1] = [pl[0]!, pl[1]!];

  // L0s and L1 off on both ends while the substates change.
  const clnkctl = pcie_capability_read_word(dev, PCI_EXP_LNKCTL);
  const plnkctl = pcie_capability_read_word(parent, PCI_EXP_LNKCTL);
  const aspm = ((clnkctl | plnkctl) & PCI_EXP_LNKCTL_ASPMC) !== 0;
  if (aspm) {
    pcie_capability_write_word(dev, PCI_EXP_LNKCTL, clnkctl & ~PCI_EXP_LNKCTL_ASPMC);
    pcie_capability_write_word(parent, PCI_EXP_LNKCTL, plnkctl & ~PCI_EXP_LNKCTL_ASPMC);
  }

  // L1.2 off, the lower end first.
  pci_clear_and_set_config_dword(dev, dev.l1ss + PCI_L1SS_CTL1, PCI_L1SS_CTL1_L1_2_MASK, 0);
  pci_clear_and_set_config_dword(parent, parent.l1ss + PCI_L1SS_CTL1, PCI_L1SS_CTL1_L1_2_MASK, 0);

  // The times and thresholds first, the L1.2 enable bits of the same register after them.
  const pl_l1_2_enable = pl_saved1 & PCI_L1SS_CTL1_L1_2_MASK;
  const pl_ctl1 = pl_saved1 & ~PCI_L1SS_CTL1_L1_2_MASK;
  const cl_l1_2_enable = cl_saved1 & PCI_L1SS_CTL1_L1_2_MASK;
  const cl_ctl1 = cl_saved1 & ~PCI_L1SS_CTL1_L1_2_MASK;
  pci_write_config_dword(parent, parent.l1ss + PCI_L1SS_CTL2, pl_ctl2);
  pci_write_config_dword(dev, dev.l1ss + PCI_L1SS_CTL2, cl_ctl2);
  pci_write_config_dword(parent, parent.l1ss + PCI_L1SS_CTL1, pl_ctl1);
  pci_write_config_dword(dev, dev.l1ss + PCI_L1SS_CTL1, cl_ctl1);
  if (pl_l1_2_enable || cl_l1_2_enable) {
    pci_write_config_dword(parent, parent.l1ss + PCI_L1SS_CTL1, pl_ctl1 | pl_l1_2_enable);
    pci_write_config_dword(dev, dev.l1ss + PCI_L1SS_CTL1, cl_ctl1 | cl_l1_2_enable);
  }

  if (aspm) {
    pcie_capability_write_word(parent, PCI_EXP_LNKCTL, plnkctl);
    pcie_capability_write_word(dev, PCI_EXP_LNKCTL, clnkctl);
  }
}
