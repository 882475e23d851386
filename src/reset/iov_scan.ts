// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports how the kernel comes to know of SR-IOV, drivers/pci/iov.c: pci_iov_init(), sriov_init(), pci_iov_virtfn_bus(),
 * pci_iov_virtfn_devfn(), virtfn_add_bus(), pci_read_vf_config_common(), pci_iov_add_virtfn(), sriov_add_vfs() (6.1,
 * 6.12; 3.10 reads a VF's class from the VF itself, which is the same byte).
 *
 * Differs: sriov_init() turns VFs off and a driver turns them on later. A scan here writes nothing, and takes VFs found
 * on in a running system for what a driver did; a fresh kernel knows of none.
 */
import { PCI_POSSIBLE_ERROR, pci_read_config_byte, pci_read_config_dword, pci_read_config_word } from './access.ts';
import { pci_find_ext_capability } from './find_capability.ts';
import { pci_init_capabilities } from './init_capabilities.ts';
import { is_mem_64 } from './iov.ts';
import { pci_ari_enabled, type pci_bus, pci_dev, pci_is_pcie, type resource } from './pci_dev.ts';
import {
  PCI_BASE_ADDRESS_MEM_FLAGS,
  PCI_CLASS_REVISION,
  PCI_EXT_CAP_ID_SRIOV,
  PCI_HEADER_TYPE,
  PCI_SRIOV_BAR,
  PCI_SRIOV_CTRL,
  PCI_SRIOV_CTRL_ARI,
  PCI_SRIOV_CTRL_MSE,
  PCI_SRIOV_CTRL_VFE,
  PCI_SRIOV_INITIAL_VF,
  PCI_SRIOV_NUM_BARS,
  PCI_SRIOV_NUM_VF,
  PCI_SRIOV_SUP_PGSIZE,
  PCI_SRIOV_TOTAL_VF,
  PCI_SRIOV_VF_DID,
  PCI_SRIOV_VF_OFFSET,
  PCI_SRIOV_VF_STRIDE,
} from './pci_regs.ts';
import { pci_add_new_bus, pci_find_bus } from './scan_bus.ts';
import { pci_setup_device } from './setup_device.ts';

export function pci_iov_init(dev: pci_dev): void {
  if (dev.is_virtfn || !pci_is_pcie(dev)) return;
  const pos = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_SRIOV);
  if (pos) sriov_init(dev, pos);
}

/** A capability that makes no sense leaves an ordinary function. */
function sriov_init(dev: pci_dev, pos: number): void {
  const total = pci_read_config_word(dev, pos + PCI_SRIOV_TOTAL_VF);
  const sizes = pci_read_config_dword(dev, pos + PCI_SRIOV_SUP_PGSIZE);
  if (!total || !sizes) return;
  const found = pci_read_config_word(dev, pos + PCI_SRIOV_CTRL);
  const on = dev.kernel.state === 'running' && (found & PCI_SRIOV_CTRL_VFE) !== 0;
  const num_VFs = on ? pci_read_config_word(dev, pos + PCI_SRIOV_NUM_VF) : 0;
  const offset = pci_read_config_word(dev, pos + PCI_SRIOV_VF_OFFSET);
  const stride = pci_read_config_word(dev, pos + PCI_SRIOV_VF_STRIDE);
  if (num_VFs && (!offset || (num_VFs > 1 && !stride))) return;
  dev.is_physfn = true;
  dev.sriov = {
    pos,
    ctrl: on ? found & (PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE | PCI_SRIOV_CTRL_ARI) : ari_bit(dev, found),
    num_VFs,
    initial_VFs: Math.min(pci_read_config_word(dev, pos + PCI_SRIOV_INITIAL_VF), num_VFs, total),
    offset,
    stride,
    vf_device: pci_read_config_word(dev, pos + PCI_SRIOV_VF_DID),
    pgsz: (sizes & -sizes) >>> 0,
    class: 0,
    hdr_type: 0,
    resource: read_vf_bars(dev, pos),
  };
}

/** A running kernel set the bit at its own scan; a fresh one sets it in the first PF of a bus with ARI. */
function ari_bit(dev: pci_dev, found: number): number {
  if (dev.kernel.state === 'running') return found & PCI_SRIOV_CTRL_ARI;
  const first = !dev.bus.devices.some((other) => other.is_physfn);
  return first && pci_ari_enabled(dev.bus) ? PCI_SRIOV_CTRL_ARI : 0;
}

/** A BAR that is not there, or has no address, is left out: the restore passes over it (no flags, or IORESOURCE_UNSET). */
function read_vf_bars(dev: pci_dev, pos: number): resource[] {
  const bars: resource[] = [];
  for (let i = 0; i < PCI_SRIOV_NUM_BARS; i++) {
    const bar = pci_read_config_dword(dev, pos + PCI_SRIOV_BAR + 4 * i);
    const flags = bar & PCI_BASE_ADDRESS_MEM_FLAGS;
    let start = bar - flags;
    const wide = is_mem_64(flags) && i + 1 < PCI_SRIOV_NUM_BARS;
    if (wide) start += pci_read_config_dword(dev, pos + PCI_SRIOV_BAR + 4 * (i + 1)) * 0x100000000;
    if (start) bars[i] = { start, flags };
    if (wide) i++;
  }
  return bars;
}

const pci_iov_virtfn = (dev: pci_dev, vf_id: number): number =>
  dev.devfn + dev.sriov!.offset + dev.sriov!.stride * vf_id;

export const pci_iov_virtfn_bus = (dev: pci_dev, vf_id: number): number =>
  dev.bus.number + (pci_iov_virtfn(dev, vf_id) >> 8);

export const pci_iov_virtfn_devfn = (dev: pci_dev, vf_id: number): number => pci_iov_virtfn(dev, vf_id) & 0xff;

function virtfn_add_bus(bus: pci_bus, busnr: number): pci_bus {
  if (bus.number === busnr) return bus;
  return pci_find_bus(bus.kernel, bus.domain, busnr) ?? pci_add_new_bus(bus, undefined, busnr, busnr);
}

/** A VF that does not answer now was there when the driver turned it on; then it is taken to be like its PF. */
function pci_read_vf_config_common(virtfn: pci_dev): void {
  const physfn = virtfn.physfn!;
  const class_revision = pci_read_config_dword(virtfn, PCI_CLASS_REVISION);
  const absent = PCI_POSSIBLE_ERROR(class_revision);
  physfn.sriov!.class = absent ? ((physfn.class << 8) | physfn.revision) >>> 0 : class_revision;
  physfn.sriov!.hdr_type = absent ? physfn.hdr_type : pci_read_config_byte(virtfn, PCI_HEADER_TYPE);
}

/** A VF that shows an identity is found by a scan now; the kernel's own scan came before VFs were on, so it is undone. */
function forget(bus: pci_bus, devfn: number): boolean {
  const found = bus.devices.findIndex((dev) => dev.devfn === devfn);
  if (found < 0) return true;
  const dev = bus.devices[found]!;
  if (dev.is_virtfn || dev.is_physfn || dev.subordinate) return false;
  bus.devices.splice(found, 1);
  dev.kernel.devices.splice(dev.kernel.devices.indexOf(dev), 1);
  return true;
}

function pci_iov_add_virtfn(dev: pci_dev, id: number): boolean {
  const bus = virtfn_add_bus(dev.bus, pci_iov_virtfn_bus(dev, id));
  const devfn = pci_iov_virtfn_devfn(dev, id);
  if (!forget(bus, devfn)) return false;
  const virtfn = new pci_dev(bus, devfn);
  virtfn.vendor = dev.vendor;
  virtfn.device = dev.sriov!.vf_device;
  virtfn.is_virtfn = true;
  virtfn.physfn = dev;
  if (id === 0) pci_read_vf_config_common(virtfn);
  if (!pci_setup_device(virtfn)) return false;
  virtfn.multifunction = false;
  pci_init_capabilities(virtfn);
  bus.devices.push(virtfn);
  dev.kernel.devices.push(virtfn);
  return true;
}

/** VFs come when a driver asks, after every other function: last on their bus, and last in for_each_pci_dev(). */
export function sriov_add_vfs(dev: pci_dev): void {
  // sriov_enable() refuses when the last VF would be on a bus that is not routed here.
  if (pci_iov_virtfn_bus(dev, dev.sriov!.num_VFs - 1) > dev.bus.busn_end) return;
  for (let i = 0; i < dev.sriov!.initial_VFs; i++) {
    if (!pci_iov_add_virtfn(dev, i)) return;
  }
}
