// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports the saving of Virtual Channels, drivers/pci/vc.c of 6.1 and 6.12 (alike): pci_vc_save_restore_dwords(),
 * pci_vc_do_save_buffer(), pci_save_vc_state(), pci_restore_vc_state(), pci_allocate_vc_save_buffers().
 */
import {
  pci_read_config_dword,
  pci_read_config_word,
  pci_write_config_dword,
  pci_write_config_word,
} from './access.ts';
import { ENOMEM } from './errno.ts';
import { pci_find_ext_capability } from './find_capability.ts';
import type { pci_cap_saved_state, pci_dev } from './pci_dev.ts';
import {
  PCI_CAP_VC_PER_VC_SIZEOF,
  PCI_EXT_CAP_ID_MFVC,
  PCI_EXT_CAP_ID_VC,
  PCI_EXT_CAP_ID_VC9,
  PCI_VC_CAP1_ARB_SIZE,
  PCI_VC_CAP1_EVCC,
  PCI_VC_CAP1_LPEVCC,
  PCI_VC_CAP2_32_PHASE,
  PCI_VC_CAP2_64_PHASE,
  PCI_VC_CAP2_128_PHASE,
  PCI_VC_PORT_CAP1,
  PCI_VC_PORT_CAP2,
  PCI_VC_PORT_CTRL,
  PCI_VC_RES_CAP,
  PCI_VC_RES_CAP_32_PHASE,
  PCI_VC_RES_CAP_64_PHASE,
  PCI_VC_RES_CAP_128_PHASE,
  PCI_VC_RES_CAP_128_PHASE_TB,
  PCI_VC_RES_CAP_256_PHASE,
  PCI_VC_RES_CTRL,
  PCI_VC_RES_CTRL_ARB_SELECT,
  PCI_VC_RES_CTRL_ENABLE,
} from './pci_regs.ts';
import { hex, pci_err } from './printk.ts';
import { pci_add_ext_cap_save_buffer, pci_find_saved_ext_cap } from './saved_cap.ts';
import { pci_vc_enable, pci_vc_load_arb_table, pci_vc_load_port_arb_table } from './vc_link.ts';

const vc_caps = [
  { id: PCI_EXT_CAP_ID_MFVC, name: 'MFVC' },
  { id: PCI_EXT_CAP_ID_VC, name: 'VC' },
  { id: PCI_EXT_CAP_ID_VC9, name: 'VC9' },
] as const;

function pci_vc_save_restore_dwords(
  dev: pci_dev,
  pos: number,
  buf: Uint32Array,
  at: number,
  dwords: number,
  save: boolean,
): void {
  for (let i = 0; i < dwords; i++) {
    if (save) buf[at + i] = pci_read_config_dword(dev, pos + i * 4);
    else pci_write_config_dword(dev, pos + i * 4, buf[at + i]!);
  }
}

/**
 * Walks one VC capability. Without `save_state` it only counts, and returns the bytes a buffer needs; with one it saves
 * or restores, and returns 0, or -ENOMEM when the capability has another size now.
 *
 * Differs: the C counts in bytes through a byte pointer; `at` counts dwords.
 */
export function pci_vc_do_save_buffer(
  dev: pci_dev,
  pos: number,
  save_state: pci_cap_saved_state | undefined,
  save: boolean,
): number {
  const buf = save_state?.data;
  if (save_state && save_state.size !== pci_vc_do_save_buffer(dev, pos, undefined, save)) {
    pci_err(dev, `VC save buffer size does not match @${hex(pos)}`);
    return -ENOMEM;
  }
  let at = 0;
  const cap1 = pci_read_config_dword(dev, pos + PCI_VC_PORT_CAP1);
  const evcc = cap1 & PCI_VC_CAP1_EVCC;
  const lpevcc = (cap1 & PCI_VC_CAP1_LPEVCC) >> 4;
  const parb_size = 1 << ((cap1 & PCI_VC_CAP1_ARB_SIZE) >> 10);

  // The arbitration select cannot change once several low priority channels run, so Port VC Control comes first.
  if (buf) {
    if (save) buf[at] = pci_read_config_word(dev, pos + PCI_VC_PORT_CTRL);
    else pci_write_config_word(dev, pos + PCI_VC_PORT_CTRL, buf[at]!);
  }
  at++;

  if (lpevcc) {
    const cap2 = pci_read_config_dword(dev, pos + PCI_VC_PORT_CAP2);
    const vcarb_offset = (cap2 >>> 24) * 16;
    if (vcarb_offset) {
      // Four bits for each phase and each low priority channel, VC0 among them.
      const dwords = ((lpevcc + 1) * vc_arb_phases(cap2) * 4) / 8 / 4;
      if (dwords && buf) {
        pci_vc_save_restore_dwords(dev, pos + vcarb_offset, buf, at, dwords, save);
        if (!save) pci_vc_load_arb_table(dev, pos);
      }
      at += dwords;
    }
  }

  for (let i = 0; i < evcc + 1; i++) {
    const cap = pci_read_config_dword(dev, pos + PCI_VC_RES_CAP + i * PCI_CAP_VC_PER_VC_SIZEOF);
    const parb_offset = (cap >>> 24) * 16;
    if (parb_offset) {
      const dwords = (parb_size * port_arb_phases(cap)) / 8 / 4;
      if (dwords && buf) pci_vc_save_restore_dwords(dev, pos + parb_offset, buf, at, dwords, save);
      at += dwords;
    }
    if (buf) {
      const ctrl_pos = pos + PCI_VC_RES_CTRL + i * PCI_CAP_VC_PER_VC_SIZEOF;
      if (save) buf[at] = pci_read_config_dword(dev, ctrl_pos);
      else {
        // An FLR may leave the channel on, hence the enable bit that is there is kept, and the channel enabled apart.
        const ctrl = buf[at]!;
        const enabled = pci_read_config_dword(dev, ctrl_pos) & PCI_VC_RES_CTRL_ENABLE;
        const tmp = enabled | (ctrl & ~PCI_VC_RES_CTRL_ENABLE);
        pci_write_config_dword(dev, ctrl_pos, tmp);
        if (ctrl & PCI_VC_RES_CTRL_ARB_SELECT) pci_vc_load_port_arb_table(dev, pos, i);
        if ((ctrl ^ tmp) & PCI_VC_RES_CTRL_ENABLE) pci_vc_enable(dev, pos, i);
      }
    }
    at++;
  }
  return buf ? 0 : at * 4;
}

function vc_arb_phases(cap2: number): number {
  if (cap2 & PCI_VC_CAP2_128_PHASE) return 128;
  if (cap2 & PCI_VC_CAP2_64_PHASE) return 64;
  return cap2 & PCI_VC_CAP2_32_PHASE ? 32 : 0;
}

function port_arb_phases(cap: number): number {
  if (cap & PCI_VC_RES_CAP_256_PHASE) return 256;
  if (cap & (PCI_VC_RES_CAP_128_PHASE | PCI_VC_RES_CAP_128_PHASE_TB)) return 128;
  if (cap & PCI_VC_RES_CAP_64_PHASE) return 64;
  return cap & PCI_VC_RES_CAP_32_PHASE ? 32 : 0;
}

/** Returns 0 or -ENOMEM. */
export function pci_save_vc_state(dev: pci_dev): number {
  for (const { id, name } of vc_caps) {
    const pos = pci_find_ext_capability(dev, id);
    if (!pos) continue;
    const save_state = pci_find_saved_ext_cap(dev, id);
    if (!save_state) {
      pci_err(dev, `${name} buffer not found in pci_save_vc_state`);
      return -ENOMEM;
    }
    const ret = pci_vc_do_save_buffer(dev, pos, save_state, true);
    if (ret) {
      pci_err(dev, `${name} save unsuccessful pci_save_vc_state`);
      return ret;
    }
  }
  return 0;
}

export function pci_restore_vc_state(dev: pci_dev): void {
  for (const { id } of vc_caps) {
    const pos = pci_find_ext_capability(dev, id);
    const save_state = pci_find_saved_ext_cap(dev, id);
    if (save_state && pos) pci_vc_do_save_buffer(dev, pos, save_state, false);
  }
}

/** At the scan. */
export function pci_allocate_vc_save_buffers(dev: pci_dev): void {
  for (const { id } of vc_caps) {
    const pos = pci_find_ext_capability(dev, id);
    if (!pos) continue;
    const len = pci_vc_do_save_buffer(dev, pos, undefined, false);
    pci_add_ext_cap_save_buffer(dev, id, len, len / 4);
  }
}
