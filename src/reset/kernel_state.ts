// SPDX-License-Identifier: GPL-2.0-only
/** What a booted kernel knows that no config read can tell: a value, as it stands in a recording's capture.json (`run`). */

/** The kernels whose code is ported. Names as in capture.json. */
export type KernelVersion = '3.10' | '3.13' | '6.1' | '6.12';

/** LINUX_VERSION_CODE without the patch level, so that code can ask "this kernel or a later one". */
export const KERNEL_VERSION = (major: number, minor: number): number => (major << 16) | (minor << 8);

export const versionCode = (version: KernelVersion): number => {
  const [major, minor] = version.split('.').map(Number);
  return KERNEL_VERSION(major!, minor!);
};

/** pci_power_t, by the names sysfs and the log use. */
export type PowerState = 'D0' | 'D1' | 'D2' | 'D3hot' | 'D3cold' | 'unknown';

/** PCIe services that the firmware left to the operating system (_OSC). */
export type NativeService = 'aer' | 'pme' | 'pciehp' | 'dpc' | 'ltr' | 'shpc';

/** Keys of the records are addresses as the kernel writes them: `0000:01:00.0`. Everything has a default. */
export interface KernelState {
  /** Power state the kernel believes in. Default: D0 with a driver bound or MSI on, else unknown. */
  readonly currentState?: Readonly<Record<string, string>>;
  /** Bound drivers. Default: none. A bound driver's name stands before the address in log lines. */
  readonly drivers?: Readonly<Record<string, string>>;
  /** NativeService names. Default: all, or none with `pcie_ports=compat`. The code ported so far asks for aer only. */
  readonly native?: readonly string[];
  /** Whether the kernel has MSI on for a function. Default: the enable bit, in a running system; off in a fresh boot. */
  readonly msi_enabled?: Readonly<Record<string, boolean>>;
  /** The same for MSI-X. */
  readonly msix_enabled?: Readonly<Record<string, boolean>>;
  /** The same for Address Translation Services. */
  readonly ats_enabled?: Readonly<Record<string, boolean>>;
  /** Whether an IOMMU driver asked for ACS before the scan (pci_request_acs). Default: `intel_iommu=on` was given. */
  readonly acs?: boolean;
}
