// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports pci_restore_rebar_state() and pci_rebar_bytes_to_size() of drivers/pci/pci.c (drivers/pci/rebar.c), 6.1 and 6.12.
 *
 * Differs: the kernel sizes BARs by writing ones to them at the scan. A scan here writes nothing, so the size of a BAR
 * with a Resizable BAR entry is what that entry says then, which is the same number on working hardware.
 */
import { PCI_POSSIBLE_ERROR, pci_read_config_dword, pci_write_config_dword } from './access.ts';
import { pci_find_ext_capability } from './find_capability.ts';
import type { pci_dev } from './pci_dev.ts';
import {
  PCI_EXT_CAP_ID_REBAR,
  PCI_REBAR_CTRL,
  PCI_REBAR_CTRL_BAR_IDX,
  PCI_REBAR_CTRL_BAR_SHIFT,
  PCI_REBAR_CTRL_BAR_SIZE,
  PCI_REBAR_CTRL_NBAR_MASK,
  PCI_REBAR_CTRL_NBAR_SHIFT,
} from './pci_regs.ts';

/** 0 for 1 MiB or less, one more for each doubling. */
export const pci_rebar_bytes_to_size = (bytes: number): number => Math.max(Math.ceil(Math.log2(bytes)), 20) - 20;

export function pci_restore_rebar_state(dev: pci_dev): void {
  let pos = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_REBAR);
  if (!pos) return;
  let ctrl = pci_read_config_dword(dev, pos + PCI_REBAR_CTRL);
  if (PCI_POSSIBLE_ERROR(ctrl)) return;
  const nbars = (ctrl & PCI_REBAR_CTRL_NBAR_MASK) >> PCI_REBAR_CTRL_NBAR_SHIFT;
  for (let i = 0; i < nbars; i++, pos += 8) {
    ctrl = pci_read_config_dword(dev, pos + PCI_REBAR_CTRL);
    if (PCI_POSSIBLE_ERROR(ctrl)) return;
    const size = pci_rebar_bytes_to_size(dev.resource_size[ctrl & PCI_REBAR_CTRL_BAR_IDX]!);
    ctrl &= ~PCI_REBAR_CTRL_BAR_SIZE;
    ctrl |= size << PCI_REBAR_CTRL_BAR_SHIFT;
    pci_write_config_dword(dev, pos + PCI_REBAR_CTRL, ctrl);
  }
}

/** At the scan; stands for pci_read_bases(), of which nothing else is needed. */
export function read_rebar_sizes(dev: pci_dev): void {
  let pos = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_REBAR);
  if (!pos) return;
  const first = pci_read_config_dword(dev, pos + PCI_REBAR_CTRL);
  const nbars = (first & PCI_REBAR_CTRL_NBAR_MASK) >> PCI_REBAR_CTRL_NBAR_SHIFT;
  for (let i = 0; i < nbars; i++, pos += 8) {
    const ctrl = pci_read_config_dword(dev, pos + PCI_REBAR_CTRL);
    if (PCI_POSSIBLE_ERROR(ctrl)) return;
    const size = (ctrl & PCI_REBAR_CTRL_BAR_SIZE) >> PCI_REBAR_CTRL_BAR_SHIFT;
    dev.resource_size[ctrl & PCI_REBAR_CTRL_BAR_IDX] = 2 ** (20 + size);
  }
}
