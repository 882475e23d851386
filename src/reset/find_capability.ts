// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports the capability searches of drivers/pci/pci.c: 3.10, 3.13 (one byte for the id, one for the next pointer), 6.1
 * and 6.12 (one word for both). The extended search is the same in all.
 *
 * Differs: the functions on (bus, devfn) take the pci_dev, since only found functions are searched here.
 */
import { pci_read_config_byte, pci_read_config_dword, pci_read_config_word } from './access.ts';
import { KERNEL_VERSION } from './kernel_state.ts';
import type { pci_dev } from './pci_dev.ts';
import {
  PCI_CAP_LIST_ID,
  PCI_CAP_LIST_NEXT,
  PCI_CAPABILITY_LIST,
  PCI_CB_CAPABILITY_LIST,
  PCI_CFG_SPACE_EXP_SIZE,
  PCI_CFG_SPACE_SIZE,
  PCI_EXT_CAP_ID,
  PCI_EXT_CAP_NEXT,
  PCI_HEADER_TYPE_BRIDGE,
  PCI_HEADER_TYPE_CARDBUS,
  PCI_HEADER_TYPE_NORMAL,
  PCI_STATUS,
  PCI_STATUS_CAP_LIST,
} from './pci_regs.ts';

/** Entries looked at before a list is taken for a loop. */
const PCI_FIND_CAP_TTL = 48;

export function __pci_find_next_cap_ttl(dev: pci_dev, start: number, cap: number, ttl: number): number {
  const by_bytes = dev.kernel.LINUX_VERSION_CODE < KERNEL_VERSION(6, 1);
  let pos = by_bytes ? start : pci_read_config_byte(dev, start);
  while (ttl-- > 0) {
    if (by_bytes) pos = pci_read_config_byte(dev, pos); // 3.10: `pos` is where the pointer is
    if (pos < 0x40) break;
    pos &= ~3;
    const ent = by_bytes ? pci_read_config_byte(dev, pos + PCI_CAP_LIST_ID) : pci_read_config_word(dev, pos);
    const id = ent & 0xff;
    if (id === 0xff) break;
    if (id === cap) return pos;
    pos = by_bytes ? pos + PCI_CAP_LIST_NEXT : ent >> 8;
  }
  return 0;
}

export function __pci_bus_find_cap_start(dev: pci_dev): number {
  const status = pci_read_config_word(dev, PCI_STATUS);
  if (!(status & PCI_STATUS_CAP_LIST)) return 0;
  switch (dev.hdr_type) {
    case PCI_HEADER_TYPE_NORMAL:
    case PCI_HEADER_TYPE_BRIDGE:
      return PCI_CAPABILITY_LIST;
    case PCI_HEADER_TYPE_CARDBUS:
      return PCI_CB_CAPABILITY_LIST;
    default:
      return 0;
  }
}

/** Offset of the first capability `cap`, or 0. */
export function pci_find_capability(dev: pci_dev, cap: number): number {
  const start = __pci_bus_find_cap_start(dev);
  return start ? __pci_find_next_cap_ttl(dev, start, cap, PCI_FIND_CAP_TTL) : 0;
}

/** Offset of the first extended capability `cap` after `start` (0: from the beginning), or 0. */
export function pci_find_next_ext_capability(dev: pci_dev, start: number, cap: number): number {
  // The shortest capability has 8 bytes, so a list cannot be longer than this; an absent function makes it spin so long.
  let ttl = (PCI_CFG_SPACE_EXP_SIZE - PCI_CFG_SPACE_SIZE) / 8;
  if (dev.cfg_size <= PCI_CFG_SPACE_SIZE) return 0;
  let pos = start || PCI_CFG_SPACE_SIZE;
  let header = pci_read_config_dword(dev, pos);
  if (header === 0) return 0; // no list at all
  while (ttl-- > 0) {
    if (PCI_EXT_CAP_ID(header) === cap && pos !== start) return pos;
    pos = PCI_EXT_CAP_NEXT(header);
    if (pos < PCI_CFG_SPACE_SIZE) break;
    header = pci_read_config_dword(dev, pos);
  }
  return 0;
}

export function pci_find_ext_capability(dev: pci_dev, cap: number): number {
  return pci_find_next_ext_capability(dev, 0, cap);
}
