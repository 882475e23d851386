// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports the restoring of the 64 bytes of header, drivers/pci/pci.c: pci_restore_config_dword(),
 * pci_restore_config_space_range(), pci_restore_config_space() (3.10, 3.13, 6.1, 6.12).
 */
import { pci_read_config_dword, pci_write_config_dword } from './access.ts';
import { KERNEL_VERSION } from './kernel_state.ts';
import type { pci_dev } from './pci_dev.ts';
import { PCI_HEADER_TYPE_BRIDGE, PCI_HEADER_TYPE_NORMAL } from './pci_regs.ts';
import { hex, hexw, pci_dbg } from './printk.ts';

function pci_restore_config_dword(
  dev: pci_dev,
  offset: number,
  saved_val: number,
  retry: number,
  force: boolean,
): void {
  let val = pci_read_config_dword(dev, offset);
  if (!force && val === saved_val) return;
  for (;;) {
    if (dev.kernel.dynamic_debug) pci_dbg(dev, restoring(dev, offset, val, saved_val));
    pci_write_config_dword(dev, offset, saved_val);
    // The count is looked at after the write: with 10 retries there are 11 writes, and the last is not read back.
    if (retry-- <= 0) return;
    val = pci_read_config_dword(dev, offset);
    if (val === saved_val) return;
    dev.kernel.mdelay(1);
  }
}

const restoring = (dev: pci_dev, offset: number, val: number, saved_val: number): string =>
  dev.kernel.LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12)
    ? `restore config ${hexw(offset, 4)}: ${hexw(val, 10)} -> ${hexw(saved_val, 10)}`
    : `restoring config space at offset ${hex(offset)} (was ${hex(val)}, writing ${hex(saved_val)})`;

function pci_restore_config_space_range(dev: pci_dev, start: number, end: number, retry: number, force: boolean): void {
  for (let index = end; index >= start; index--) {
    pci_restore_config_dword(dev, 4 * index, dev.saved_config_space[index]!, retry, force);
  }
}

export function pci_restore_config_space(dev: pci_dev): void {
  if (dev.hdr_type === PCI_HEADER_TYPE_NORMAL) {
    pci_restore_config_space_range(dev, 10, 15, 0, false);
    // BARs before the Command register turns decoding on.
    pci_restore_config_space_range(dev, 4, 9, 10, false);
    pci_restore_config_space_range(dev, 0, 3, 0, false);
  } else if (dev.hdr_type === PCI_HEADER_TYPE_BRIDGE && dev.kernel.LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1)) {
    pci_restore_config_space_range(dev, 12, 15, 0, false);
    // Some Intel bridges read back prefetch registers they no longer act on, so these are always written.
    pci_restore_config_space_range(dev, 9, 11, 0, true);
    pci_restore_config_space_range(dev, 0, 8, 0, false);
  } else {
    pci_restore_config_space_range(dev, 0, 15, 0, false);
  }
}
