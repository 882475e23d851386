// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports struct pci_dev, struct pci_bus and struct pci_sriov (include/linux/pci.h, drivers/pci/pci.h) as far as the port
 * uses them, and the inline functions on them. Lists are arrays; a field that is a bit in C is a boolean here.
 */
import { formatBdf, makeBdfFromDevfn } from '../bus/bdf.ts';
import type { Bdf } from '../bus/index.ts';
import type { Kernel } from './kernel.ts';
import {
  PCI_EXP_FLAGS_TYPE,
  PCI_EXP_TYPE_DOWNSTREAM,
  PCI_EXP_TYPE_PCIE_BRIDGE,
  PCI_EXP_TYPE_ROOT_PORT,
  PCI_HEADER_TYPE_BRIDGE,
  PCI_HEADER_TYPE_CARDBUS,
} from './pci_regs.ts';

/** struct pci_cap_saved_state: one element of `data` for each register saved, whatever its width. */
export interface pci_cap_saved_state {
  readonly cap_nr: number;
  readonly cap_extended: boolean;
  /** Bytes. */
  readonly size: number;
  readonly data: Uint32Array;
}

/** struct resource of a VF BAR; `flags` are the low four bits of the BAR. */
export interface resource {
  readonly start: number;
  readonly flags: number;
}

/** struct pci_sriov. */
export interface pci_sriov {
  pos: number;
  ctrl: number;
  num_VFs: number;
  initial_VFs: number;
  offset: number;
  stride: number;
  vf_device: number;
  pgsz: number;
  /** Of VF0, stands for all VFs. */
  class: number;
  hdr_type: number;
  /** A hole where there is no BAR, or none with an address. */
  readonly resource: readonly resource[];
}

/** struct msi_desc of a function with MSI on; MSI-X descriptors live in memory, not in config space. */
export interface msi_desc {
  readonly multiple: number;
  readonly is_64: boolean;
  readonly can_mask: boolean;
  readonly mask_pos: number;
  readonly msi_mask: number;
  readonly msg: { readonly address_lo: number; readonly address_hi: number; readonly data: number };
}

/** struct pci_bus. */
export class pci_bus {
  readonly kernel: Kernel;
  readonly domain: number;
  readonly number: number;
  readonly parent: pci_bus | undefined;
  /** The bridge above; none for a root bus and for a bus that only VFs are on. */
  readonly self: pci_dev | undefined;
  readonly devices: pci_dev[] = [];
  readonly children: pci_bus[] = [];
  /** PCI_BUS_FLAGS_NO_EXTCFG of bus_flags. */
  no_extcfg = false;
  /** busn_res.end: the last bus number that is routed here. */
  busn_end = 0xff;

  constructor(kernel: Kernel, domain: number, number: number, parent: pci_bus | undefined, self: pci_dev | undefined) {
    this.kernel = kernel;
    this.domain = domain;
    this.number = number;
    this.parent = parent;
    this.self = self;
  }
}

/** struct pci_dev. One shape for all functions: every field is set here. */
export class pci_dev {
  readonly kernel: Kernel;
  readonly bus: pci_bus;
  readonly devfn: number;
  readonly bdf: Bdf;
  readonly name: string;
  driver: string | undefined;
  vendor = 0;
  device = 0;
  class = 0;
  revision = 0;
  hdr_type = 0;
  multifunction = false;
  subsystem_vendor = 0;
  subsystem_device = 0;
  subordinate: pci_bus | undefined = undefined;
  cfg_size = 0;
  current_state = 'unknown';
  pcie_cap = 0;
  pcie_flags_reg = 0;
  ari_enabled = false;
  ltr_path = false;
  l1ss = 0;
  aer_cap = 0;
  acs_cap = 0;
  dpc_cap = 0;
  ptm_cap = 0;
  ats_cap = 0;
  ats_enabled = false;
  ats_stu = 0;
  pri_cap = 0;
  pri_enabled = false;
  pri_reqs_alloc = 0;
  pasid_cap = 0;
  pasid_enabled = false;
  pasid_features = 0;
  msi_cap = 0;
  msi_enabled = false;
  msi_desc: msi_desc | undefined = undefined;
  msix_cap = 0;
  msix_enabled = false;
  /** Sizes of BARs 0 to 5 as Resizable BAR has them; 1 where it has none (resource_size() of an empty struct resource). */
  readonly resource_size = [1, 1, 1, 1, 1, 1, 1, 1];
  is_physfn = false;
  is_virtfn = false;
  physfn: pci_dev | undefined = undefined;
  sriov: pci_sriov | undefined = undefined;
  state_saved = false;
  readonly saved_config_space = new Uint32Array(16);
  readonly saved_cap_space: pci_cap_saved_state[] = [];

  constructor(bus: pci_bus, devfn: number) {
    this.kernel = bus.kernel;
    this.bus = bus;
    this.devfn = devfn;
    this.bdf = makeBdfFromDevfn(bus.domain, bus.number, devfn);
    this.name = formatBdf(this.bdf);
    this.driver = bus.kernel.kernelState.drivers?.[this.name];
  }
}

export const pci_is_pcie = (dev: pci_dev): boolean => dev.pcie_cap !== 0;

export const pci_pcie_type = (dev: pci_dev): number => (dev.pcie_flags_reg & PCI_EXP_FLAGS_TYPE) >> 4;

/** drivers/pci/pci.h. */
export function pcie_downstream_port(dev: pci_dev): boolean {
  const type = pci_pcie_type(dev);
  return type === PCI_EXP_TYPE_ROOT_PORT || type === PCI_EXP_TYPE_DOWNSTREAM || type === PCI_EXP_TYPE_PCIE_BRIDGE;
}

export const pci_is_bridge = (dev: pci_dev): boolean =>
  dev.hdr_type === PCI_HEADER_TYPE_BRIDGE || dev.hdr_type === PCI_HEADER_TYPE_CARDBUS;

export const pci_is_root_bus = (bus: pci_bus): boolean => bus.parent === undefined;

export const pci_physfn = (dev: pci_dev): pci_dev => (dev.is_virtfn ? dev.physfn! : dev);

export function pci_upstream_bridge(dev: pci_dev): pci_dev | undefined {
  const physfn = pci_physfn(dev);
  return pci_is_root_bus(physfn.bus) ? undefined : physfn.bus.self;
}

export const pci_ari_enabled = (bus: pci_bus): boolean => bus.self?.ari_enabled ?? false;
