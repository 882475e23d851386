// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports the restoring of SR-IOV, drivers/pci/iov.c: sriov_restore_state(), pci_restore_iov_state(),
 * pci_iov_set_numvfs(), pci_iov_update_resource() (6.1, 6.12), and of 3.10 pci_update_resource() (setup-res.c) as far as
 * VF BARs go through it.
 */
import {
  pci_read_config_dword,
  pci_read_config_word,
  pci_write_config_dword,
  pci_write_config_word,
} from './access.ts';
import { KERNEL_VERSION } from './kernel_state.ts';
import type { pci_dev, resource } from './pci_dev.ts';
import {
  PCI_BASE_ADDRESS_MEM_FLAGS,
  PCI_BASE_ADDRESS_MEM_TYPE_64,
  PCI_BASE_ADDRESS_MEM_TYPE_MASK,
  PCI_SRIOV_BAR,
  PCI_SRIOV_CTRL,
  PCI_SRIOV_CTRL_ARI,
  PCI_SRIOV_CTRL_MSE,
  PCI_SRIOV_CTRL_VFE,
  PCI_SRIOV_NUM_BARS,
  PCI_SRIOV_NUM_VF,
  PCI_SRIOV_SYS_PGSIZE,
  PCI_SRIOV_VF_OFFSET,
  PCI_SRIOV_VF_STRIDE,
} from './pci_regs.ts';
import { hexw, pci_err, pci_warn } from './printk.ts';

/** Number of the first VF BAR among a device's resources; the log counts from it. */
const PCI_IOV_RESOURCES = 7;

export const is_mem_64 = (bar: number): boolean =>
  (bar & PCI_BASE_ADDRESS_MEM_TYPE_MASK) === PCI_BASE_ADDRESS_MEM_TYPE_64;

const low = (res: resource): number => (res.start % 0x100000000) + res.flags;
const high = (res: resource): number => Math.floor(res.start / 0x100000000);

export function pci_restore_iov_state(dev: pci_dev): void {
  if (dev.is_physfn) sriov_restore_state(dev);
}

export function sriov_restore_state(dev: pci_dev): void {
  const iov = dev.sriov!;
  let ctrl = pci_read_config_word(dev, iov.pos + PCI_SRIOV_CTRL);
  // Virtual functions still on: nothing was reset.
  if (ctrl & PCI_SRIOV_CTRL_VFE) return;
  const modern = dev.kernel.LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1);
  if (modern) {
    // Offset and stride, which are read below, depend on the ARI bit, so that bit goes in first.
    ctrl &= ~PCI_SRIOV_CTRL_ARI;
    ctrl |= iov.ctrl & PCI_SRIOV_CTRL_ARI;
    pci_write_config_word(dev, iov.pos + PCI_SRIOV_CTRL, ctrl);
  }
  for (let i = 0; i < PCI_SRIOV_NUM_BARS; i++) {
    if (modern) pci_iov_update_resource(dev, i);
    else pci_update_resource(dev, i);
  }
  pci_write_config_dword(dev, iov.pos + PCI_SRIOV_SYS_PGSIZE, iov.pgsz);
  if (modern) pci_iov_set_numvfs(dev, iov.num_VFs);
  else pci_write_config_word(dev, iov.pos + PCI_SRIOV_NUM_VF, iov.num_VFs);
  pci_write_config_word(dev, iov.pos + PCI_SRIOV_CTRL, iov.ctrl);
  if (iov.ctrl & PCI_SRIOV_CTRL_VFE) dev.kernel.msleep(100);
}

export function pci_iov_set_numvfs(dev: pci_dev, nr_virtfn: number): void {
  const iov = dev.sriov!;
  pci_write_config_word(dev, iov.pos + PCI_SRIOV_NUM_VF, nr_virtfn);
  iov.offset = pci_read_config_word(dev, iov.pos + PCI_SRIOV_VF_OFFSET);
  iov.stride = pci_read_config_word(dev, iov.pos + PCI_SRIOV_VF_STRIDE);
}

/** Writes VF BAR `vf_bar`. The control register is read even for a BAR that is not there. */
export function pci_iov_update_resource(dev: pci_dev, vf_bar: number): void {
  const iov = dev.sriov!;
  const cmd = pci_read_config_word(dev, iov.pos + PCI_SRIOV_CTRL);
  if (cmd & PCI_SRIOV_CTRL_VFE && cmd & PCI_SRIOV_CTRL_MSE) {
    // The C also prints the range and a stack.
    pci_warn(dev, `can't update enabled VF BAR${vf_bar}`);
    return;
  }
  const res = iov.resource[vf_bar];
  if (!res) return;
  const reg = iov.pos + PCI_SRIOV_BAR + 4 * vf_bar;
  pci_write_config_dword(dev, reg, low(res));
  if (is_mem_64(res.flags)) pci_write_config_dword(dev, reg + 4, high(res));
}

/** As 3.10 and 3.13 write a VF BAR: read back, and complained about when it did not take. */
export function pci_update_resource(dev: pci_dev, vf_bar: number): void {
  const res = dev.sriov!.resource[vf_bar];
  if (!res) return;
  const resno = PCI_IOV_RESOURCES + vf_bar;
  const reg = dev.sriov!.pos + PCI_SRIOV_BAR + 4 * vf_bar;
  const lo = low(res);
  pci_write_config_dword(dev, reg, lo);
  const check = pci_read_config_dword(dev, reg);
  if ((lo ^ check) & ~PCI_BASE_ADDRESS_MEM_FLAGS) {
    pci_err(dev, `BAR ${resno}: error updating (${hexw(lo, 8)} != ${hexw(check, 8)})`);
  }
  if (!is_mem_64(res.flags)) return;
  const hi = high(res);
  pci_write_config_dword(dev, reg + 4, hi);
  const check_hi = pci_read_config_dword(dev, reg + 4);
  if (check_hi !== hi) {
    pci_err(dev, `BAR ${resno}: error updating (high ${hexw(hi, 8)} != ${hexw(check_hi, 8)})`);
  }
}
