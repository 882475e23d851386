// SPDX-License-Identifier: GPL-2.0-only
/** One booted kernel: its version, command line, device tree, log and clock. */
import type { Bdf, Bus, ConfigAccess } from '../bus/index.ts';
import { parse_early_param } from './cmdline.ts';
import { type KernelState, type KernelVersion, versionCode } from './kernel_state.ts';
import type { pci_bus, pci_dev } from './pci_dev.ts';
import { pci_setup } from './pci_setup.ts';
import { pci_scan_root_buses } from './scan.ts';

export type { KernelState, KernelVersion } from './kernel_state.ts';

export type LogLevel = 'err' | 'warn' | 'info' | 'dbg';

/** One line of the kernel's log; `text` is what stands after the time stamp in dmesg. */
export interface LogEntry {
  readonly t_us: number;
  readonly level: LogLevel;
  readonly text: string;
}

/** What need_reset() said of one bridge, and why. Ours: the C keeps no such record. */
export interface Decision {
  readonly dev: string;
  readonly bdf: Bdf;
  readonly verdict: 'reset' | 'skipped';
  readonly reason: string;
}

export interface RootBus {
  readonly domain: number;
  readonly bus: number;
}

export interface KernelOptions {
  readonly version: KernelVersion;
  readonly cmdline: string;
  /** `running`: this kernel programmed the devices. `boot`: a fresh (kdump) kernel finds them so. */
  readonly state: 'running' | 'boot';
  readonly rootBuses: readonly RootBus[];
  readonly kernelState?: KernelState;
  /** Keep dev_dbg lines (default). They cost a string per header dword saved. */
  readonly debug?: boolean;
}

export class Kernel {
  readonly bus: Bus;
  readonly version: KernelVersion;
  readonly LINUX_VERSION_CODE: number;
  readonly cmdline: string;
  readonly state: 'running' | 'boot';
  readonly kernelState: KernelState;
  readonly rootBuses: readonly RootBus[];
  readonly log: LogEntry[] = [];
  readonly decisions: Decision[] = [];
  /** In scan order, which is the order of for_each_pci_dev(). */
  devices: pci_dev[] = [];
  root_buses: pci_bus[] = [];
  /** Where config accesses go: the bus, but during a scan of another image. */
  config: ConfigAccess;
  /** Whether dev_dbg lines are kept. */
  dynamic_debug: boolean;

  // What the kernel's command line set (file-scope variables in the C).
  pcie_reset_endpoint_devices = 0;
  pcie_ats_disabled = false;
  pcie_ari_disabled = false;
  pcie_aer_disable = false;
  pci_msi_enable = true;
  pci_scan_all_pcie_devs = false;
  pcie_ports_native = false;
  pcie_ports_dpc_native = false;
  pcie_ports_disabled = false;
  disable_acs_redir_param: string | undefined;
  config_acs_param: string | undefined;
  /** Set by pci_request_acs(), which IOMMU drivers call. */
  pci_acs_enable: boolean;
  /** struct pci_host_bridge's native_aer, the same for all host bridges. */
  native_aer: boolean;
  /** pr_info_once() of a bad ACS parameter has been said. */
  acs_param_complained = false;

  constructor(bus: Bus, options: KernelOptions) {
    this.bus = bus;
    this.config = bus;
    this.version = options.version;
    this.LINUX_VERSION_CODE = versionCode(options.version);
    this.cmdline = options.cmdline;
    this.state = options.state;
    this.rootBuses = options.rootBuses;
    this.kernelState = options.kernelState ?? {};
    this.dynamic_debug = options.debug ?? true;
    this.pci_acs_enable = this.kernelState.acs ?? false;
    parse_early_param(this.LINUX_VERSION_CODE, options.cmdline, (param, val) => this.do_early_param(param, val));
    const native = this.kernelState.native;
    this.native_aer = native ? native.includes('aer') : !this.pcie_ports_disabled && !this.pcie_aer_disable;
  }

  /** Builds the device tree from what `access` reads. Writes nothing, sleeps nothing. */
  scan(access: ConfigAccess = this.bus): void {
    const debug = this.dynamic_debug;
    this.config = access;
    this.dynamic_debug = false; // the lines of a boot are long gone when the port runs
    try {
      pci_scan_root_buses(this);
    } finally {
      this.config = this.bus;
      this.dynamic_debug = debug;
    }
  }

  /** early_param() handlers that matter here: pci=, pcie_ports=, intel_iommu=. */
  private do_early_param(param: string, val: string | undefined): void {
    if (param === 'pci' && val !== undefined) pci_setup(this, val);
    // pcie_port_setup(), drivers/pci/pcie/portdrv: a prefix match, as there.
    if (param === 'pcie_ports' && val !== undefined) {
      if (val.startsWith('compat')) this.pcie_ports_disabled = true;
      else if (val.startsWith('native')) this.pcie_ports_native = true;
      else if (val.startsWith('dpc-native')) this.pcie_ports_dpc_native = true;
    }
    if (param === 'intel_iommu' && this.kernelState.acs === undefined) {
      this.pci_acs_enable = val?.split(',').includes('on') ?? false;
    }
  }

  printk(level: LogLevel, text: string): void {
    this.log.push({ t_us: this.bus.clock.now_us, level, text });
  }

  msleep(ms: number): void {
    this.bus.clock.delay({ op: 'msleep', ms });
  }

  usleep_range(min: number, max: number): void {
    this.bus.clock.delay({ op: 'usleep_range', us: [min, max] });
  }

  udelay(us: number): void {
    this.bus.clock.delay({ op: 'udelay', us });
  }

  /** include/linux/delay.h: up to 5 ms is one udelay(), more is that many udelay(1000). */
  mdelay(ms: number): void {
    if (ms <= 5) this.udelay(ms * 1000);
    else for (let i = 0; i < ms; i++) this.udelay(1000);
  }
}
