// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports the look of dev_info() and its kin (drivers/base/core.c, include/linux/pci.h): "driver address: text".
 * pci_err, pci_warn, pci_info, pci_dbg are the same functions in later kernels.
 */
import type { pci_dev } from './pci_dev.ts';

/** drivers/base/core.c: the bound driver's name, else the name of the bus type. */
export const dev_driver_string = (dev: pci_dev): string => dev.driver ?? 'pci';

export function pci_err(dev: pci_dev, text: string): void {
  dev.kernel.printk('err', `${dev_driver_string(dev)} ${dev.name}: ${text}`);
}

export function pci_warn(dev: pci_dev, text: string): void {
  dev.kernel.printk('warn', `${dev_driver_string(dev)} ${dev.name}: ${text}`);
}

export function pci_info(dev: pci_dev, text: string): void {
  dev.kernel.printk('info', `${dev_driver_string(dev)} ${dev.name}: ${text}`);
}

/** Callers on a hot path ask `dev.kernel.dynamic_debug` first, so as not to build a text nobody keeps. */
export function pci_dbg(dev: pci_dev, text: string): void {
  if (dev.kernel.dynamic_debug) dev.kernel.printk('dbg', `${dev_driver_string(dev)} ${dev.name}: ${text}`);
}

/** %#x of the kernel's vsprintf: zero keeps its prefix, unlike in C. */
export const hex = (n: number): string => `0x${n.toString(16)}`;

/** %#0Nx: padded with zeroes to `width` characters, prefix included. */
export const hexw = (n: number, width: number): string => `0x${n.toString(16).padStart(width - 2, '0')}`;

/** %0Nx. */
export const digits = (n: number, width: number): string => n.toString(16).padStart(width, '0');
