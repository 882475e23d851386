// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports pci_setup() of drivers/pci/pci.c (3.10, 6.1, 6.12), with the patch's option in it, and pcibios_setup() of
 * arch/x86/pci/common.c for x86-64: the options of `pci=`. An option without a field in `Kernel` is known and has no
 * effect on what is ported; which ones are known decides what is complained of.
 */
import type { Kernel } from './kernel.ts';
import { KERNEL_VERSION } from './kernel_state.ts';

/** strcmp() options of pcibios_setup(). The BIOS ones (bios, nobios, biosirq, pirqaddr=) are for 32 bit only. */
const PCIBIOS_OPTIONS = new Set([
  'off',
  'bfsort',
  'nobfsort',
  'conf1',
  'conf2',
  'nommconf',
  'check_enable_amd_mmconf',
  'noacpi',
  'noearly',
  'usepirqmask',
  'rom',
  'norom',
  'nobar',
  'assign-busses',
  'use_crs',
  'nocrs',
  'routeirq',
  'skip_isa_align',
  'noioapicquirk',
  'ioapicreroute',
  'noioapicreroute',
]);

/** x86-64 with 64-bit physical addresses: came between 3.13 and 6.1. */
const PCIBIOS_OPTIONS_LATER = new Set(['use_e820', 'no_e820', 'big_root_window']);

/** Returns true when the architecture took the option (NULL in C). */
function pcibios_setup(kernel: Kernel, str: string): boolean {
  if (PCIBIOS_OPTIONS.has(str)) return true;
  if (str.startsWith('irqmask=') || str.startsWith('lastbus=')) return true;
  if (kernel.LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1)) return PCIBIOS_OPTIONS_LATER.has(str);
  return str === 'earlydump'; // moved to pci_setup() later
}

/** strncmp() options whose effect is on nothing ported here, in all four kernels. */
const PREFIXES = [
  'realloc=',
  'realloc',
  'cbiosize=',
  'cbmemsize=',
  'resource_alignment=',
  'ecrc=',
  'hpiosize=',
  'hpmemsize=',
  'pcie_bus_tune_off',
  'pcie_bus_safe',
  'pcie_bus_perf',
  'pcie_bus_peer2peer',
];

/** The same, of 6.1 and 6.12 only. */
const PREFIXES_LATER = ['hpmmiosize=', 'hpmmioprefsize=', 'hpbussize='];

/** One call for each `pci=`; options are parted by commas, and an empty one is passed over. */
export function pci_setup(kernel: Kernel, options: string): void {
  for (const str of options.split(',')) {
    if (str !== '' && !pcibios_setup(kernel, str)) pci_setup_option(kernel, str);
  }
}

/** The else-if chain of pci_setup(), a function of its own only here; its order decides between prefixes. */
function pci_setup_option(kernel: Kernel, str: string): void {
  const modern = kernel.LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1);
  if (str === 'nomsi') kernel.pci_msi_enable = false;
  else if (modern && str.startsWith('noats')) {
    kernel.printk('info', 'PCIe: ATS is disabled');
    kernel.pcie_ats_disabled = true;
  } else if (str === 'noaer') kernel.pcie_aer_disable = true;
  else if (str === 'nodomains' || (modern && str === 'earlydump')) return;
  else if (str.startsWith('noari')) kernel.pcie_ari_disabled = true;
  else if (PREFIXES.some((p) => str.startsWith(p))) return;
  else if (modern && PREFIXES_LATER.some((p) => str.startsWith(p))) return;
  else if (str.startsWith('pcie_scan_all')) kernel.pci_scan_all_pcie_devs = true;
  // The patch compares 27 characters, so anything that begins with the name turns it on.
  else if (str.startsWith('pcie_reset_endpoint_devices')) kernel.pcie_reset_endpoint_devices = 1;
  else if (modern && str.startsWith('disable_acs_redir=')) kernel.disable_acs_redir_param = str.slice(18);
  else if (kernel.LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12) && str.startsWith('config_acs=')) {
    kernel.config_acs_param = str.slice(11);
  } else kernel.printk('err', `PCI: Unknown option \`${str}'`);
}
