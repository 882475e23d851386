// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports what makes a restored Virtual Channel take effect, drivers/pci/vc.c of 6.1 and 6.12 (alike):
 * pci_vc_load_arb_table(), pci_vc_load_port_arb_table(), pci_vc_enable(); and pci_wait_for_pending() of pci.c.
 */
import {
  pci_read_config_dword,
  pci_read_config_word,
  pci_write_config_dword,
  pci_write_config_word,
} from './access.ts';
import { pci_find_ext_capability } from './find_capability.ts';
import { type pci_dev, pci_is_pcie, pci_is_root_bus, pcie_downstream_port } from './pci_dev.ts';
import {
  PCI_CAP_VC_PER_VC_SIZEOF,
  PCI_EXT_CAP_ID,
  PCI_EXT_CAP_ID_VC,
  PCI_EXT_CAP_ID_VC9,
  PCI_VC_CAP1_EVCC,
  PCI_VC_PORT_CAP1,
  PCI_VC_PORT_CTRL,
  PCI_VC_PORT_CTRL_LOAD_TABLE,
  PCI_VC_PORT_STATUS,
  PCI_VC_PORT_STATUS_TABLE,
  PCI_VC_RES_CTRL,
  PCI_VC_RES_CTRL_ENABLE,
  PCI_VC_RES_CTRL_ID,
  PCI_VC_RES_CTRL_LOAD_TABLE,
  PCI_VC_RES_STATUS,
  PCI_VC_RES_STATUS_NEGO,
  PCI_VC_RES_STATUS_TABLE,
} from './pci_regs.ts';
import { pci_err } from './printk.ts';

/** Reads up to four times, 100, 200 and 400 ms apart, until no bit of `mask` is set; false when they stay. */
export function pci_wait_for_pending(dev: pci_dev, pos: number, mask: number): boolean {
  for (let i = 0; i < 4; i++) {
    if (i) dev.kernel.msleep((1 << (i - 1)) * 100);
    if (!(pci_read_config_word(dev, pos) & mask)) return true;
  }
  return false;
}

/** Has the hardware take over the VC arbitration table written before. */
export function pci_vc_load_arb_table(dev: pci_dev, pos: number): void {
  const ctrl = pci_read_config_word(dev, pos + PCI_VC_PORT_CTRL);
  pci_write_config_word(dev, pos + PCI_VC_PORT_CTRL, ctrl | PCI_VC_PORT_CTRL_LOAD_TABLE);
  if (pci_wait_for_pending(dev, pos + PCI_VC_PORT_STATUS, PCI_VC_PORT_STATUS_TABLE)) return;
  pci_err(dev, 'VC arbitration table failed to load');
}

/** The same for the port arbitration table of resource `res`. */
export function pci_vc_load_port_arb_table(dev: pci_dev, pos: number, res: number): void {
  const ctrl_pos = pos + PCI_VC_RES_CTRL + res * PCI_CAP_VC_PER_VC_SIZEOF;
  const status_pos = pos + PCI_VC_RES_STATUS + res * PCI_CAP_VC_PER_VC_SIZEOF;
  const ctrl = pci_read_config_dword(dev, ctrl_pos);
  pci_write_config_dword(dev, ctrl_pos, ctrl | PCI_VC_RES_CTRL_LOAD_TABLE);
  if (pci_wait_for_pending(dev, status_pos, PCI_VC_RES_STATUS_TABLE)) return;
  pci_err(dev, `VC${res} port arbitration table failed to load`);
}

/**
 * Enables a channel at both ends of the link. The comment in the C says "from the downstream device", the code goes on
 * only for a downstream *port*, so what it takes for the other end is the bridge above that port. Ported as it is.
 */
export function pci_vc_enable(dev: pci_dev, pos: number, res: number): void {
  if (!pci_is_pcie(dev) || !pcie_downstream_port(dev)) return;
  const ctrl_pos = pos + PCI_VC_RES_CTRL + res * PCI_CAP_VC_PER_VC_SIZEOF;
  const status_pos = pos + PCI_VC_RES_STATUS + res * PCI_CAP_VC_PER_VC_SIZEOF;
  const ctrl = pci_read_config_dword(dev, ctrl_pos);
  const id = ctrl & PCI_VC_RES_CTRL_ID;
  const header = pci_read_config_dword(dev, pos);

  let link: pci_dev | undefined;
  let status_pos2 = 0;
  const above = PCI_EXT_CAP_ID(header) === PCI_EXT_CAP_ID_VC9 || pci_is_root_bus(dev.bus) ? undefined : dev.bus.self;
  const pos2 = above ? pci_find_ext_capability(above, PCI_EXT_CAP_ID_VC) : 0;
  const evcc = above && pos2 ? pci_read_config_dword(above, pos2 + PCI_VC_PORT_CAP1) & PCI_VC_CAP1_EVCC : 0;
  // VC0 is always on, so the search for the channel of that id begins at 1.
  for (let i = 1; i < evcc + 1; i++) {
    const ctrl_pos2 = pos2 + PCI_VC_RES_CTRL + i * PCI_CAP_VC_PER_VC_SIZEOF;
    let ctrl2 = pci_read_config_dword(above!, ctrl_pos2);
    if ((ctrl2 & PCI_VC_RES_CTRL_ID) !== id) continue;
    link = above!;
    status_pos2 = pos2 + PCI_VC_RES_STATUS + i * PCI_CAP_VC_PER_VC_SIZEOF;
    if (ctrl2 & PCI_VC_RES_CTRL_ENABLE) {
      ctrl2 &= ~PCI_VC_RES_CTRL_ENABLE;
      pci_write_config_dword(link, ctrl_pos2, ctrl2);
    }
    pci_write_config_dword(link, ctrl_pos2, ctrl2 | PCI_VC_RES_CTRL_ENABLE);
    break;
  }

  pci_write_config_dword(dev, ctrl_pos, ctrl | PCI_VC_RES_CTRL_ENABLE);
  // %d of the unshifted field: VC1 is called VC16777216.
  if (!pci_wait_for_pending(dev, status_pos, PCI_VC_RES_STATUS_NEGO)) {
    pci_err(dev, `VC${id} negotiation stuck pending`);
  }
  if (link && !pci_wait_for_pending(link, status_pos2, PCI_VC_RES_STATUS_NEGO)) {
    pci_err(link, `VC${id} negotiation stuck pending`);
  }
}
