// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports Precision Time Measurement, drivers/pci/pcie/ptm.c of 6.1 and 6.12 (alike): pci_ptm_init(),
 * pci_save_ptm_state(), pci_restore_ptm_state().
 *
 * Differs: pci_ptm_init() also turns PTM on in root ports and upstream ports; a scan here writes nothing.
 */
import { pci_read_config_dword, pci_write_config_dword } from './access.ts';
import { pci_find_ext_capability } from './find_capability.ts';
import { type pci_dev, pci_is_pcie } from './pci_dev.ts';
import { PCI_EXT_CAP_ID_PTM, PCI_PTM_CTRL } from './pci_regs.ts';
import { pci_add_ext_cap_save_buffer, pci_find_saved_ext_cap } from './saved_cap.ts';

/** At the scan. */
export function pci_ptm_init(dev: pci_dev): void {
  if (!pci_is_pcie(dev)) return;
  const ptm = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_PTM);
  if (!ptm) return;
  dev.ptm_cap = ptm;
  pci_add_ext_cap_save_buffer(dev, PCI_EXT_CAP_ID_PTM, 4, 1);
}

export function pci_save_ptm_state(dev: pci_dev): void {
  if (!dev.ptm_cap) return;
  const save_state = pci_find_saved_ext_cap(dev, PCI_EXT_CAP_ID_PTM);
  if (!save_state) return;
  save_state.data[0] = pci_read_config_dword(dev, dev.ptm_cap + PCI_PTM_CTRL);
}

export function pci_restore_ptm_state(dev: pci_dev): void {
  if (!dev.ptm_cap) return;
  const save_state = pci_find_saved_ext_cap(dev, PCI_EXT_CAP_ID_PTM);
  if (!save_state) return;
  pci_write_config_dword(dev, dev.ptm_cap + PCI_PTM_CTRL, save_state.data[0]!);
}
