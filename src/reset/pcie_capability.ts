// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports pcie_capability_* and the register-presence rule under them, drivers/pci/access.c of 3.10, 3.13, 6.1 and 6.12.
 * The rule decides which words of the PCIe capability are saved and restored:
 *
 * - 3.10 goes by the capability's version: from version 2 on, every register is taken to be there.
 * - 3.13 (and late 3.10.y) goes by the port type.
 * - 6.1 counts a PCI-to-PCIe bridge as a downstream port, so it may have slot registers.
 * - 6.12 wants a link for Link Control 2 and Link Capabilities 2, so not in a root complex integrated endpoint.
 */
import { pci_read_config_dword, pci_read_config_word, pci_write_config_word } from './access.ts';
import { KERNEL_VERSION } from './kernel_state.ts';
import { type pci_dev, pci_is_pcie, pci_pcie_type, pcie_downstream_port } from './pci_dev.ts';
import {
  PCI_EXP_DEVCAP,
  PCI_EXP_DEVCAP2,
  PCI_EXP_DEVCTL,
  PCI_EXP_DEVCTL2,
  PCI_EXP_DEVSTA,
  PCI_EXP_FLAGS,
  PCI_EXP_FLAGS_SLOT,
  PCI_EXP_FLAGS_VERS,
  PCI_EXP_LNKCAP,
  PCI_EXP_LNKCAP2,
  PCI_EXP_LNKCTL,
  PCI_EXP_LNKCTL2,
  PCI_EXP_LNKSTA,
  PCI_EXP_LNKSTA2,
  PCI_EXP_RTCAP,
  PCI_EXP_RTCTL,
  PCI_EXP_RTSTA,
  PCI_EXP_SLTCAP,
  PCI_EXP_SLTCTL,
  PCI_EXP_SLTSTA,
  PCI_EXP_SLTSTA_PDS,
  PCI_EXP_TYPE_DOWNSTREAM,
  PCI_EXP_TYPE_ENDPOINT,
  PCI_EXP_TYPE_LEG_END,
  PCI_EXP_TYPE_PCI_BRIDGE,
  PCI_EXP_TYPE_PCIE_BRIDGE,
  PCI_EXP_TYPE_RC_EC,
  PCI_EXP_TYPE_ROOT_PORT,
  PCI_EXP_TYPE_UPSTREAM,
} from './pci_regs.ts';

const by_version = (dev: pci_dev): boolean => dev.kernel.LINUX_VERSION_CODE < KERNEL_VERSION(3, 13);

export const pcie_cap_version = (dev: pci_dev): number => dev.pcie_flags_reg & PCI_EXP_FLAGS_VERS;

const has_slot = (dev: pci_dev): boolean => (dev.pcie_flags_reg & PCI_EXP_FLAGS_SLOT) !== 0;

export function pcie_cap_has_lnkctl(dev: pci_dev): boolean {
  const type = pci_pcie_type(dev);
  if (by_version(dev)) {
    return (
      pcie_cap_version(dev) > 1 ||
      type === PCI_EXP_TYPE_ROOT_PORT ||
      type === PCI_EXP_TYPE_ENDPOINT ||
      type === PCI_EXP_TYPE_LEG_END
    );
  }
  return (
    type === PCI_EXP_TYPE_ENDPOINT ||
    type === PCI_EXP_TYPE_LEG_END ||
    type === PCI_EXP_TYPE_ROOT_PORT ||
    type === PCI_EXP_TYPE_UPSTREAM ||
    type === PCI_EXP_TYPE_DOWNSTREAM ||
    type === PCI_EXP_TYPE_PCI_BRIDGE ||
    type === PCI_EXP_TYPE_PCIE_BRIDGE
  );
}

/** 6.12. */
export const pcie_cap_has_lnkctl2 = (dev: pci_dev): boolean => pcie_cap_has_lnkctl(dev) && pcie_cap_version(dev) > 1;

export function pcie_cap_has_sltctl(dev: pci_dev): boolean {
  const type = pci_pcie_type(dev);
  if (by_version(dev)) {
    return (
      pcie_cap_version(dev) > 1 ||
      type === PCI_EXP_TYPE_ROOT_PORT ||
      (type === PCI_EXP_TYPE_DOWNSTREAM && has_slot(dev))
    );
  }
  if (dev.kernel.LINUX_VERSION_CODE < KERNEL_VERSION(6, 1)) {
    return (type === PCI_EXP_TYPE_ROOT_PORT || type === PCI_EXP_TYPE_DOWNSTREAM) && has_slot(dev);
  }
  return pcie_downstream_port(dev) && has_slot(dev);
}

export function pcie_cap_has_rtctl(dev: pci_dev): boolean {
  const type = pci_pcie_type(dev);
  return (
    (by_version(dev) && pcie_cap_version(dev) > 1) || type === PCI_EXP_TYPE_ROOT_PORT || type === PCI_EXP_TYPE_RC_EC
  );
}

export function pcie_capability_reg_implemented(dev: pci_dev, pos: number): boolean {
  if (!pci_is_pcie(dev)) return false;
  switch (pos) {
    case PCI_EXP_FLAGS: // 3.10 has PCI_EXP_FLAGS_TYPE here, a mask in the place of an offset
      return !by_version(dev);
    case PCI_EXP_DEVCAP:
    case PCI_EXP_DEVCTL:
    case PCI_EXP_DEVSTA:
      return true;
    case PCI_EXP_LNKCAP:
    case PCI_EXP_LNKCTL:
    case PCI_EXP_LNKSTA:
      return pcie_cap_has_lnkctl(dev);
    case PCI_EXP_SLTCAP:
    case PCI_EXP_SLTCTL:
    case PCI_EXP_SLTSTA:
      return pcie_cap_has_sltctl(dev);
    case PCI_EXP_RTCTL:
    case PCI_EXP_RTCAP:
    case PCI_EXP_RTSTA:
      return pcie_cap_has_rtctl(dev);
    case PCI_EXP_DEVCAP2:
    case PCI_EXP_DEVCTL2:
      return pcie_cap_version(dev) > 1;
    case PCI_EXP_LNKCAP2:
    case PCI_EXP_LNKCTL2:
    case PCI_EXP_LNKSTA2:
      return dev.kernel.LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12)
        ? pcie_cap_has_lnkctl2(dev)
        : pcie_cap_version(dev) > 1;
    default: // Slot Control 2 among them: nobody implements it
      return false;
  }
}

/** A register that is not there reads 0, but Slot Status of a downstream port without slot: presence detected. */
export function pcie_capability_read_word(dev: pci_dev, pos: number): number {
  if (pcie_capability_reg_implemented(dev, pos)) return pci_read_config_word(dev, dev.pcie_cap + pos);
  return pos === PCI_EXP_SLTSTA && always_present(dev) ? PCI_EXP_SLTSTA_PDS : 0;
}

/** The C looks for Slot Status (6.1) or Slot Control (3.10); both are the same dword, and only the latter is aligned. */
export function pcie_capability_read_dword(dev: pci_dev, pos: number): number {
  if (pcie_capability_reg_implemented(dev, pos)) return pci_read_config_dword(dev, dev.pcie_cap + pos);
  const old = dev.kernel.LINUX_VERSION_CODE < KERNEL_VERSION(6, 1);
  return old && pos === PCI_EXP_SLTCTL && always_present(dev) ? PCI_EXP_SLTSTA_PDS : 0;
}

function always_present(dev: pci_dev): boolean {
  if (!pci_is_pcie(dev)) return false;
  return dev.kernel.LINUX_VERSION_CODE < KERNEL_VERSION(6, 1)
    ? pci_pcie_type(dev) === PCI_EXP_TYPE_DOWNSTREAM
    : pcie_downstream_port(dev);
}

export function pcie_capability_write_word(dev: pci_dev, pos: number, val: number): void {
  if (pcie_capability_reg_implemented(dev, pos)) pci_write_config_word(dev, dev.pcie_cap + pos, val);
}

export function pcie_capability_clear_and_set_word(dev: pci_dev, pos: number, clear: number, set: number): void {
  const val = pcie_capability_read_word(dev, pos);
  pcie_capability_write_word(dev, pos, (val & ~clear) | set);
}
