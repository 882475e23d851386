// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports pci_setup_device() and what it calls, drivers/pci/probe.c (6.1; 3.10 where marked): set_pcie_port_type(),
 * pci_cfg_space_size(), pci_cfg_space_size_ext(), pci_ext_cfg_is_aliased(), pci_class(), pci_hdr_type().
 *
 * Differs: no writes. BARs are not sized, bridge windows not tried out, fixups (quirks) not run. 3.10 has no check for
 * aliased or inaccessible extended space; 6.1's is used for it too.
 */
import { PCI_POSSIBLE_ERROR, pci_read_config_byte, pci_read_config_dword, pci_read_config_word } from './access.ts';
import { pci_find_capability } from './find_capability.ts';
import { KERNEL_VERSION } from './kernel_state.ts';
import { type pci_dev, pci_is_pcie, pci_pcie_type, pci_upstream_bridge, pcie_downstream_port } from './pci_dev.ts';
import {
  PCI_CAP_ID_EXP,
  PCI_CAP_ID_PCIX,
  PCI_CAP_ID_SSVID,
  PCI_CB_SUBSYSTEM_ID,
  PCI_CB_SUBSYSTEM_VENDOR_ID,
  PCI_CFG_SPACE_EXP_SIZE,
  PCI_CFG_SPACE_SIZE,
  PCI_CLASS_BRIDGE_CARDBUS,
  PCI_CLASS_BRIDGE_HOST,
  PCI_CLASS_BRIDGE_PCI,
  PCI_CLASS_NOT_DEFINED,
  PCI_CLASS_REVISION,
  PCI_EXP_FLAGS,
  PCI_EXP_FLAGS_TYPE,
  PCI_EXP_TYPE_DOWNSTREAM,
  PCI_EXP_TYPE_UPSTREAM,
  PCI_HEADER_TYPE,
  PCI_HEADER_TYPE_BRIDGE,
  PCI_HEADER_TYPE_CARDBUS,
  PCI_HEADER_TYPE_MASK,
  PCI_HEADER_TYPE_MFD,
  PCI_HEADER_TYPE_NORMAL,
  PCI_SSVID_DEVICE_ID,
  PCI_SSVID_VENDOR_ID,
  PCI_SUBSYSTEM_ID,
  PCI_SUBSYSTEM_VENDOR_ID,
  PCI_VENDOR_ID,
  PCI_X_STATUS,
  PCI_X_STATUS_266MHZ,
  PCI_X_STATUS_533MHZ,
} from './pci_regs.ts';
import { digits, hexw, pci_err, pci_info } from './printk.ts';

function pci_class(dev: pci_dev): number {
  return dev.is_virtfn ? dev.physfn!.sriov!.class : pci_read_config_dword(dev, PCI_CLASS_REVISION);
}

function pci_hdr_type(dev: pci_dev): number {
  return dev.is_virtfn ? dev.physfn!.sriov!.hdr_type : pci_read_config_byte(dev, PCI_HEADER_TYPE);
}

/** Fills in a new pci_dev; false when the function is to be ignored. */
export function pci_setup_device(dev: pci_dev): boolean {
  const hdr_type = pci_hdr_type(dev);
  dev.hdr_type = hdr_type & PCI_HEADER_TYPE_MASK;
  dev.multifunction = (hdr_type & PCI_HEADER_TYPE_MFD) !== 0;
  set_pcie_port_type(dev);
  const class_revision = pci_class(dev);
  dev.revision = class_revision & 0xff;
  dev.class = class_revision >>> 8;
  dev.cfg_size = pci_cfg_space_size(dev);

  const class_ = dev.class >> 8;
  switch (dev.hdr_type) {
    case PCI_HEADER_TYPE_NORMAL:
      if (class_ === PCI_CLASS_BRIDGE_PCI) return bad(dev);
      dev.subsystem_vendor = pci_read_config_word(dev, PCI_SUBSYSTEM_VENDOR_ID);
      dev.subsystem_device = pci_read_config_word(dev, PCI_SUBSYSTEM_ID);
      return true;
    case PCI_HEADER_TYPE_BRIDGE:
      // Later kernels take any class for a bridge.
      if (dev.kernel.LINUX_VERSION_CODE < KERNEL_VERSION(6, 1) && class_ !== PCI_CLASS_BRIDGE_PCI) return bad(dev);
      read_bridge_subsystem(dev);
      return true;
    case PCI_HEADER_TYPE_CARDBUS:
      if (class_ !== PCI_CLASS_BRIDGE_CARDBUS) return bad(dev);
      dev.subsystem_vendor = pci_read_config_word(dev, PCI_CB_SUBSYSTEM_VENDOR_ID);
      dev.subsystem_device = pci_read_config_word(dev, PCI_CB_SUBSYSTEM_ID);
      return true;
    default:
      pci_err(dev, `unknown header type ${digits(dev.hdr_type, 2)}, ignoring device`);
      return false;
  }
}

/** The label "bad" of pci_setup_device(): the function stays, its class does not. */
function bad(dev: pci_dev): boolean {
  const header = digits(dev.hdr_type, 2);
  pci_err(dev, `ignoring class ${hexw(dev.class, 8)} (doesn't match header type ${header})`);
  dev.class = PCI_CLASS_NOT_DEFINED;
  return true;
}

function read_bridge_subsystem(dev: pci_dev): void {
  const pos = pci_find_capability(dev, PCI_CAP_ID_SSVID);
  if (!pos) return;
  dev.subsystem_vendor = pci_read_config_word(dev, pos + PCI_SSVID_VENDOR_ID);
  dev.subsystem_device = pci_read_config_word(dev, pos + PCI_SSVID_DEVICE_ID);
}

export function set_pcie_port_type(dev: pci_dev): void {
  const pos = pci_find_capability(dev, PCI_CAP_ID_EXP);
  if (!pos) return;
  dev.pcie_cap = pos;
  dev.pcie_flags_reg = pci_read_config_word(dev, pos + PCI_EXP_FLAGS);
  if (dev.kernel.LINUX_VERSION_CODE < KERNEL_VERSION(6, 1)) return; // 3.10 believes what the port says
  const parent = pci_upstream_bridge(dev);
  if (!parent) return;
  const type = pci_pcie_type(dev);
  if (type === PCI_EXP_TYPE_DOWNSTREAM && pcie_downstream_port(parent)) {
    pci_info(dev, 'claims to be downstream port but is acting as upstream port, correcting type');
    correct_type(dev, PCI_EXP_TYPE_UPSTREAM);
  } else if (type === PCI_EXP_TYPE_UPSTREAM && pci_pcie_type(parent) === PCI_EXP_TYPE_UPSTREAM) {
    pci_info(dev, 'claims to be upstream port but is acting as downstream port, correcting type');
    correct_type(dev, PCI_EXP_TYPE_DOWNSTREAM);
  }
}

/** The C ors the type in without shifting it to its field (bits 7:4), so the port ends up as an endpoint. */
function correct_type(dev: pci_dev, type: number): void {
  dev.pcie_flags_reg = (dev.pcie_flags_reg & ~PCI_EXP_FLAGS_TYPE) | type;
}

function pci_ext_cfg_is_aliased(dev: pci_dev): boolean {
  const header = pci_read_config_dword(dev, PCI_VENDOR_ID);
  for (let pos = PCI_CFG_SPACE_SIZE; pos < PCI_CFG_SPACE_EXP_SIZE; pos += PCI_CFG_SPACE_SIZE) {
    if (pci_read_config_dword(dev, pos) !== header) return false;
  }
  return true;
}

function pci_cfg_space_size_ext(dev: pci_dev): number {
  const status = pci_read_config_dword(dev, PCI_CFG_SPACE_SIZE);
  // 3.10 and 3.13 do not look for aliases.
  const looks = dev.kernel.LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1);
  return PCI_POSSIBLE_ERROR(status) || (looks && pci_ext_cfg_is_aliased(dev))
    ? PCI_CFG_SPACE_SIZE
    : PCI_CFG_SPACE_EXP_SIZE;
}

export function pci_cfg_space_size(dev: pci_dev): number {
  if (dev.is_virtfn) return PCI_CFG_SPACE_EXP_SIZE;
  if (dev.bus.no_extcfg) return PCI_CFG_SPACE_SIZE;
  if (dev.class >> 8 === PCI_CLASS_BRIDGE_HOST || pci_is_pcie(dev)) return pci_cfg_space_size_ext(dev);
  return pcix_mode_2(dev) ? pci_cfg_space_size_ext(dev) : PCI_CFG_SPACE_SIZE;
}

/** Whether PCI-X at 266 or 533 MHz, and with it extended config space, is there. */
export function pcix_mode_2(dev: pci_dev): boolean {
  const pos = pci_find_capability(dev, PCI_CAP_ID_PCIX);
  if (!pos) return false;
  return (pci_read_config_dword(dev, pos + PCI_X_STATUS) & (PCI_X_STATUS_266MHZ | PCI_X_STATUS_533MHZ)) !== 0;
}
