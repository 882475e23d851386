// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports pci_read_config_*, pci_write_config_* and pci_bus_read_config_* of drivers/pci/access.c (the same in 3.10, 6.1
 * and 6.12), and the bounds check of arch/x86/pci/{direct,mmconfig_64}.c below them.
 *
 * Differs: a read returns its value, where the C fills a variable and returns a code nobody here looks at. An offset
 * beyond the 4 KiB, which only a broken capability can lead to, reads all-ones and is never an access, as on x86.
 * pci_dev_is_disconnected() is not asked: the hot-plug driver that sets it is not ported.
 */

import { makeBdfFromDevfn } from '../bus/bdf.ts';
import type { pci_bus, pci_dev } from './pci_dev.ts';
import { PCI_CFG_SPACE_EXP_SIZE } from './pci_regs.ts';

export function pci_read_config_byte(dev: pci_dev, where: number): number {
  return where < PCI_CFG_SPACE_EXP_SIZE ? dev.kernel.config.read(dev.bdf, where, 1) : 0xff;
}

export function pci_read_config_word(dev: pci_dev, where: number): number {
  return where < PCI_CFG_SPACE_EXP_SIZE ? dev.kernel.config.read(dev.bdf, where, 2) : 0xffff;
}

export function pci_read_config_dword(dev: pci_dev, where: number): number {
  return where < PCI_CFG_SPACE_EXP_SIZE ? dev.kernel.config.read(dev.bdf, where, 4) : 0xffffffff;
}

export function pci_write_config_word(dev: pci_dev, where: number, val: number): void {
  if (where < PCI_CFG_SPACE_EXP_SIZE) dev.kernel.config.write(dev.bdf, where, 2, val & 0xffff);
}

export function pci_write_config_dword(dev: pci_dev, where: number, val: number): void {
  if (where < PCI_CFG_SPACE_EXP_SIZE) dev.kernel.config.write(dev.bdf, where, 4, val >>> 0);
}

/** For a function that has no pci_dev yet. */
export function pci_bus_read_config_dword(bus: pci_bus, devfn: number, where: number): number {
  return bus.kernel.config.read(makeBdfFromDevfn(bus.domain, bus.number, devfn), where, 4);
}

/** Ports pci_clear_and_set_config_dword() of 6.12's access.c. */
export function pci_clear_and_set_config_dword(dev: pci_dev, pos: number, clear: number, set: number): void {
  const val = pci_read_config_dword(dev, pos);
  pci_write_config_dword(dev, pos, (val & ~clear) | set);
}

/** PCI_POSSIBLE_ERROR() of a dword: what a read gives when nothing answers. */
export const PCI_POSSIBLE_ERROR = (val: number): boolean => val === 0xffffffff;
