// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports Latency Tolerance Reporting: pci_save_ltr_state(), pci_restore_ltr_state(), pci_bridge_reconfigure_ltr() and the
 * part of pci_configure_ltr() that finds out whether a path has it (drivers/pci/pci.c and probe.c of 6.1,
 * drivers/pci/pcie/aspm.c of 6.12).
 *
 * Differs: pci_configure_ltr() turns LTR on where the firmware left it to the kernel. A scan here writes nothing, so a
 * function has LTR when its enable bit is found set.
 */
import { pci_read_config_dword, pci_write_config_dword } from './access.ts';
import { pci_find_ext_capability } from './find_capability.ts';
import { type pci_dev, pci_is_pcie, pci_pcie_type, pci_upstream_bridge } from './pci_dev.ts';
import {
  PCI_EXP_DEVCAP2,
  PCI_EXP_DEVCAP2_LTR,
  PCI_EXP_DEVCTL2,
  PCI_EXP_DEVCTL2_LTR_EN,
  PCI_EXP_TYPE_ROOT_PORT,
  PCI_EXT_CAP_ID_LTR,
  PCI_LTR_MAX_SNOOP_LAT,
} from './pci_regs.ts';
import { pcie_capability_clear_and_set_word, pcie_capability_read_dword } from './pcie_capability.ts';
import { pci_dbg, pci_err } from './printk.ts';
import { pci_find_saved_ext_cap } from './saved_cap.ts';

export function pci_save_ltr_state(dev: pci_dev): void {
  if (!pci_is_pcie(dev)) return;
  const ltr = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_LTR);
  if (!ltr) return;
  const save_state = pci_find_saved_ext_cap(dev, PCI_EXT_CAP_ID_LTR);
  if (!save_state) {
    pci_err(dev, 'no suspend buffer for LTR; ASPM issues possible after resume');
    return;
  }
  // Both latencies in one dword: some devices take nothing less.
  save_state.data[0] = pci_read_config_dword(dev, ltr + PCI_LTR_MAX_SNOOP_LAT);
}

export function pci_restore_ltr_state(dev: pci_dev): void {
  const save_state = pci_find_saved_ext_cap(dev, PCI_EXT_CAP_ID_LTR);
  const ltr = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_LTR);
  if (!save_state || !ltr) return;
  pci_write_config_dword(dev, ltr + PCI_LTR_MAX_SNOOP_LAT, save_state.data[0]!);
}

export function pci_bridge_reconfigure_ltr(dev: pci_dev): void {
  const bridge = pci_upstream_bridge(dev);
  if (!bridge?.ltr_path) return;
  const ctl = pcie_capability_read_dword(bridge, PCI_EXP_DEVCTL2);
  if (ctl & PCI_EXP_DEVCTL2_LTR_EN) return;
  pci_dbg(bridge, 're-enabling LTR');
  pcie_capability_clear_and_set_word(bridge, PCI_EXP_DEVCTL2, 0, PCI_EXP_DEVCTL2_LTR_EN);
}

/** At the scan. */
export function pci_configure_ltr(dev: pci_dev): void {
  if (!pci_is_pcie(dev)) return;
  if (!(pcie_capability_read_dword(dev, PCI_EXP_DEVCAP2) & PCI_EXP_DEVCAP2_LTR)) return;
  if (!(pcie_capability_read_dword(dev, PCI_EXP_DEVCTL2) & PCI_EXP_DEVCTL2_LTR_EN)) return;
  dev.ltr_path = pci_pcie_type(dev) === PCI_EXP_TYPE_ROOT_PORT || (pci_upstream_bridge(dev)?.ltr_path ?? false);
}
