// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports the buffers that saved capabilities go to, drivers/pci/pci.c: pci_find_saved_cap(), pci_find_saved_ext_cap(),
 * _pci_add_cap_save_buffer(), pci_allocate_cap_save_buffers() (3.10, 6.1, 6.12).
 *
 * Differs: 3.10's list has no extended ones; here they are one list, whose extended part 3.10 leaves empty. Memory does
 * not run out, so the messages about that are not here.
 */
import { pci_find_capability, pci_find_ext_capability } from './find_capability.ts';
import { KERNEL_VERSION } from './kernel_state.ts';
import type { pci_cap_saved_state, pci_dev } from './pci_dev.ts';
import { PCI_CAP_ID_EXP, PCI_CAP_ID_PCIX, PCI_EXT_CAP_ID_LTR } from './pci_regs.ts';
import { pci_allocate_vc_save_buffers } from './vc.ts';

/** Words of the PCIe capability that are saved. */
export const PCI_EXP_SAVE_REGS = 7;

function _pci_find_saved_cap(dev: pci_dev, cap: number, extended: boolean): pci_cap_saved_state | undefined {
  for (const tmp of dev.saved_cap_space) {
    if (tmp.cap_extended === extended && tmp.cap_nr === cap) return tmp;
  }
  return undefined;
}

export function pci_find_saved_cap(dev: pci_dev, cap: number): pci_cap_saved_state | undefined {
  return _pci_find_saved_cap(dev, cap, false);
}

export function pci_find_saved_ext_cap(dev: pci_dev, cap: number): pci_cap_saved_state | undefined {
  return _pci_find_saved_cap(dev, cap, true);
}

function _pci_add_cap_save_buffer(dev: pci_dev, cap: number, extended: boolean, size: number, regs: number): void {
  const pos = extended ? pci_find_ext_capability(dev, cap) : pci_find_capability(dev, cap);
  if (!pos) return;
  // hlist_add_head(): a later buffer is found first.
  dev.saved_cap_space.unshift({ cap_nr: cap, cap_extended: extended, size, data: new Uint32Array(regs) });
}

/** `size` in bytes as the C counts, for `regs` registers. */
export function pci_add_cap_save_buffer(dev: pci_dev, cap: number, size: number, regs: number): void {
  _pci_add_cap_save_buffer(dev, cap, false, size, regs);
}

export function pci_add_ext_cap_save_buffer(dev: pci_dev, cap: number, size: number, regs: number): void {
  _pci_add_cap_save_buffer(dev, cap, true, size, regs);
}

export function pci_allocate_cap_save_buffers(dev: pci_dev): void {
  pci_add_cap_save_buffer(dev, PCI_CAP_ID_EXP, PCI_EXP_SAVE_REGS * 2, PCI_EXP_SAVE_REGS);
  pci_add_cap_save_buffer(dev, PCI_CAP_ID_PCIX, 2, 1);
  if (dev.kernel.LINUX_VERSION_CODE < KERNEL_VERSION(6, 1)) return;
  pci_add_ext_cap_save_buffer(dev, PCI_EXT_CAP_ID_LTR, 4, 1);
  pci_allocate_vc_save_buffers(dev);
}
