// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports pci_init_capabilities() of drivers/pci/probe.c (6.1, 6.12; 3.10 has only the older parts) and the MSI part of it,
 * pci_msi_init() and pci_msix_init() (drivers/pci/msi/pcidev_msi.c).
 *
 * Differs: the C turns MSI off here, and a driver turns it on later. A scan here writes nothing, and takes an enable bit
 * found in a running system for what a driver did.
 */
import { pci_read_config_dword, pci_read_config_word } from './access.ts';
import { pci_acs_init } from './acs.ts';
import { pci_aer_init } from './aer.ts';
import { pci_configure_aspm_l1ss } from './aspm_l1ss.ts';
import { pci_ats_init, pci_pasid_init, pci_pri_init } from './ats.ts';
import { dpc_probe, pci_dpc_init } from './dpc.ts';
import { pci_find_capability, pci_find_ext_capability } from './find_capability.ts';
import { pci_iov_init } from './iov_scan.ts';
import { KERNEL_VERSION } from './kernel_state.ts';
import { pci_configure_ltr } from './ltr.ts';
import { type msi_desc, type pci_dev, pci_is_pcie } from './pci_dev.ts';
import {
  PCI_CAP_ID_MSI,
  PCI_CAP_ID_MSIX,
  PCI_CAP_ID_PM,
  PCI_EXP_DEVCAP2,
  PCI_EXP_DEVCAP2_ARI,
  PCI_EXP_DEVCTL2,
  PCI_EXP_DEVCTL2_ARI,
  PCI_EXT_CAP_ID_ARI,
  PCI_MSI_ADDRESS_HI,
  PCI_MSI_ADDRESS_LO,
  PCI_MSI_DATA_32,
  PCI_MSI_DATA_64,
  PCI_MSI_FLAGS,
  PCI_MSI_FLAGS_64BIT,
  PCI_MSI_FLAGS_ENABLE,
  PCI_MSI_FLAGS_MASKBIT,
  PCI_MSI_FLAGS_QSIZE,
  PCI_MSI_MASK_32,
  PCI_MSI_MASK_64,
  PCI_MSIX_FLAGS,
  PCI_MSIX_FLAGS_ENABLE,
  PCI_PM_CTRL,
  PCI_PM_CTRL_STATE_MASK,
} from './pci_regs.ts';
import { pcie_capability_read_dword } from './pcie_capability.ts';
import { pci_ptm_init } from './ptm.ts';
import { read_rebar_sizes } from './rebar.ts';
import { pci_allocate_cap_save_buffers } from './saved_cap.ts';

export function pci_init_capabilities(dev: pci_dev): void {
  const version = dev.kernel.LINUX_VERSION_CODE;
  pci_msi_init(dev);
  pci_msix_init(dev);
  set_current_state(dev);
  pci_allocate_cap_save_buffers(dev);
  pci_configure_ari(dev);
  pci_iov_init(dev);
  pci_ats_init(dev);
  if (version < KERNEL_VERSION(6, 1)) return;
  pci_configure_ltr(dev);
  if (version >= KERNEL_VERSION(6, 12)) pci_configure_aspm_l1ss(dev);
  read_rebar_sizes(dev);
  pci_pri_init(dev);
  pci_pasid_init(dev);
  pci_acs_init(dev);
  pci_ptm_init(dev);
  pci_aer_init(dev);
  pci_dpc_init(dev);
  dpc_probe(dev);
}

/**
 * Ours: what the kernel thinks the power state is. A function with a driver or MSI was enabled, which puts it in D0; if it
 * is suspended now, its registers say so.
 */
function set_current_state(dev: pci_dev): void {
  const enabled = dev.msi_enabled || dev.msix_enabled || dev.driver !== undefined;
  dev.current_state = dev.kernel.kernelState.currentState?.[dev.name] ?? (enabled ? power_state(dev) : 'unknown');
}

function power_state(dev: pci_dev): string {
  const pm_cap = pci_find_capability(dev, PCI_CAP_ID_PM);
  if (!pm_cap) return 'D0';
  return ['D0', 'D1', 'D2', 'D3hot'][pci_read_config_word(dev, pm_cap + PCI_PM_CTRL) & PCI_PM_CTRL_STATE_MASK]!;
}

export function pci_msi_init(dev: pci_dev): void {
  dev.msi_cap = pci_find_capability(dev, PCI_CAP_ID_MSI);
  if (!dev.msi_cap) return;
  const ctrl = pci_read_config_word(dev, dev.msi_cap + PCI_MSI_FLAGS);
  const found = dev.kernel.state === 'running' && (ctrl & PCI_MSI_FLAGS_ENABLE) !== 0;
  dev.msi_enabled = dev.kernel.pci_msi_enable && (dev.kernel.kernelState.msi_enabled?.[dev.name] ?? found);
  if (dev.msi_enabled) dev.msi_desc = read_msi_desc(dev, ctrl);
}

/** What msi_capability_init() left behind, read back from the registers it wrote. */
function read_msi_desc(dev: pci_dev, ctrl: number): msi_desc {
  const pos = dev.msi_cap;
  const is_64 = (ctrl & PCI_MSI_FLAGS_64BIT) !== 0;
  const can_mask = (ctrl & PCI_MSI_FLAGS_MASKBIT) !== 0;
  const mask_pos = pos + (is_64 ? PCI_MSI_MASK_64 : PCI_MSI_MASK_32);
  return {
    multiple: (ctrl & PCI_MSI_FLAGS_QSIZE) >> 4,
    is_64,
    can_mask,
    mask_pos,
    msi_mask: can_mask ? pci_read_config_dword(dev, mask_pos) : 0,
    msg: {
      address_lo: pci_read_config_dword(dev, pos + PCI_MSI_ADDRESS_LO),
      address_hi: is_64 ? pci_read_config_dword(dev, pos + PCI_MSI_ADDRESS_HI) : 0,
      data: pci_read_config_word(dev, pos + (is_64 ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32)),
    },
  };
}

export function pci_msix_init(dev: pci_dev): void {
  dev.msix_cap = pci_find_capability(dev, PCI_CAP_ID_MSIX);
  if (!dev.msix_cap) return;
  const ctrl = pci_read_config_word(dev, dev.msix_cap + PCI_MSIX_FLAGS);
  const found = dev.kernel.state === 'running' && (ctrl & PCI_MSIX_FLAGS_ENABLE) !== 0;
  dev.msix_enabled = dev.kernel.pci_msi_enable && (dev.kernel.kernelState.msix_enabled?.[dev.name] ?? found);
}

/**
 * Ports pci_configure_ari() of drivers/pci/pci.c. Differs: the C sets the bridge's ARI Forwarding bit; here it has to be
 * found set, since without it the hardware would not route to the functions that ARI adds.
 */
export function pci_configure_ari(dev: pci_dev): void {
  if (dev.kernel.pcie_ari_disabled || !pci_is_pcie(dev) || dev.devfn) return;
  const bridge = dev.bus.self;
  if (!bridge) return;
  if (!(pcie_capability_read_dword(bridge, PCI_EXP_DEVCAP2) & PCI_EXP_DEVCAP2_ARI)) return;
  const forwarding = (pcie_capability_read_dword(bridge, PCI_EXP_DEVCTL2) & PCI_EXP_DEVCTL2_ARI) !== 0;
  bridge.ari_enabled = forwarding && pci_find_ext_capability(dev, PCI_EXT_CAP_ID_ARI) !== 0;
}
