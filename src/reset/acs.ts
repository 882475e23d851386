// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports Access Control Services, drivers/pci/pci.c: pci_acs_init(), pci_enable_acs(), pci_std_enable_acs(),
 * pci_disable_acs_redir() of 6.1 and __pci_config_acs() of 6.12. 3.10's pci_restore_state() leaves ACS alone.
 *
 * Differs: no device-specific quirks (pci_dev_specific_enable_acs() and its sister are for certain Intel chipset root
 * ports), and no external_facing or untrusted devices, which the firmware's tables name. At the scan only the capability
 * is looked for; the kernel also enables it.
 */
import { pci_read_config_word, pci_write_config_word } from './access.ts';
import { pci_find_ext_capability } from './find_capability.ts';
import { KERNEL_VERSION } from './kernel_state.ts';
import type { pci_dev } from './pci_dev.ts';
import { type Match, pci_dev_str_match } from './pci_dev_str_match.ts';
import {
  PCI_ACS_CAP,
  PCI_ACS_CR,
  PCI_ACS_CTRL,
  PCI_ACS_DT,
  PCI_ACS_EC,
  PCI_ACS_RR,
  PCI_ACS_SV,
  PCI_ACS_TB,
  PCI_ACS_UF,
  PCI_EXT_CAP_ID_ACS,
} from './pci_regs.ts';
import { hexw, pci_dbg, pci_err, pci_info, pci_warn } from './printk.ts';

const PCI_ACS_REDIR = PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_EC;
const PCI_ACS_ALL = PCI_ACS_SV | PCI_ACS_TB | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF | PCI_ACS_EC | PCI_ACS_DT;

/** struct pci_acs. */
interface pci_acs {
  ctrl: number;
  readonly fw_ctrl: number;
}

/** At the scan. */
export function pci_acs_init(dev: pci_dev): void {
  dev.acs_cap = pci_find_ext_capability(dev, PCI_EXT_CAP_ID_ACS);
}

/** What the kernel wants on, of what the device can do. */
const wanted = (dev: pci_dev, cap: number): number =>
  cap & (PCI_ACS_SV | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF | (dev.kernel.pcie_ats_disabled ? PCI_ACS_TB : 0));

/** 6.12 reads, and writes back, whether or not an IOMMU asked for anything. */
export function pci_enable_acs(dev: pci_dev): void {
  if (dev.kernel.LINUX_VERSION_CODE < KERNEL_VERSION(6, 12)) {
    if (dev.kernel.pci_acs_enable) pci_std_enable_acs(dev);
    pci_disable_acs_redir(dev);
    return;
  }
  const pos = dev.acs_cap;
  if (!pos) return;
  const cap = pci_read_config_word(dev, pos + PCI_ACS_CAP);
  const fw_ctrl = pci_read_config_word(dev, pos + PCI_ACS_CTRL);
  const caps: pci_acs = { ctrl: fw_ctrl, fw_ctrl };
  if (dev.kernel.pci_acs_enable) caps.ctrl |= wanted(dev, cap); // pci_std_enable_acs() of 6.12
  __pci_config_acs(dev, caps, dev.kernel.disable_acs_redir_param, PCI_ACS_REDIR, 0xffff & ~PCI_ACS_REDIR);
  __pci_config_acs(dev, caps, dev.kernel.config_acs_param, 0, 0);
  pci_write_config_word(dev, pos + PCI_ACS_CTRL, caps.ctrl);
}

/** 6.1. */
export function pci_std_enable_acs(dev: pci_dev): void {
  const pos = dev.acs_cap;
  if (!pos) return;
  const cap = pci_read_config_word(dev, pos + PCI_ACS_CAP);
  const ctrl = pci_read_config_word(dev, pos + PCI_ACS_CTRL);
  pci_write_config_word(dev, pos + PCI_ACS_CTRL, ctrl | wanted(dev, cap));
}

/** A device list of the command line, element by element up to the first that names `dev` or cannot be read. */
function match_list(dev: pci_dev, param: string, complaint: string): boolean {
  let p = 0;
  while (p < param.length) {
    const match = pci_dev_str_match(dev, param, p);
    if (match.ret < 0) pr_info_once(dev, complaint);
    if (match.ret) return match.ret === 1;
    if (!more(param, match)) return false;
    p = match.end + 1;
  }
  return false;
}

const more = (param: string, { end }: Match): boolean => param[end] === ';' || param[end] === ',';

function pr_info_once(dev: pci_dev, text: string): void {
  if (dev.kernel.acs_param_complained) return;
  dev.kernel.acs_param_complained = true;
  dev.kernel.printk('info', text);
}

export function pci_disable_acs_redir(dev: pci_dev): void {
  const param = dev.kernel.disable_acs_redir_param;
  if (param === undefined) return;
  if (!match_list(dev, param, `PCI: Can't parse disable_acs_redir parameter: ${param}`)) return;
  const pos = dev.acs_cap;
  if (!pos) {
    pci_warn(dev, 'cannot disable ACS redirect for this hardware as it does not have ACS capabilities');
    return;
  }
  const ctrl = pci_read_config_word(dev, pos + PCI_ACS_CTRL);
  pci_write_config_word(dev, pos + PCI_ACS_CTRL, ctrl & ~PCI_ACS_REDIR);
  pci_info(dev, 'disabled ACS redirect');
}

/** With a mask of 0, each element of the list brings its own flags: a string of 0, 1 and x before an @. */
function __pci_config_acs(
  dev: pci_dev,
  caps: pci_acs,
  param: string | undefined,
  acs_mask: number,
  acs_flags: number,
): void {
  if (param === undefined) return;
  let mask = acs_mask;
  let flags = acs_flags;
  let p = 0;
  for (;;) {
    if (p >= param.length) return;
    if (!acs_mask) {
      const at = param.indexOf('@', p);
      const given = at < 0 ? undefined : acs_flag_string(param.slice(p, at));
      if (!given) {
        pci_err(dev, at < 0 ? 'ACS Flags missing' : 'Invalid ACS flags... Ignoring');
        return;
      }
      ({ mask, flags } = given);
      p = at + 1;
    }
    if (mask & ~PCI_ACS_ALL) {
      pci_err(dev, 'Invalid ACS flags specified');
      return;
    }
    const match = pci_dev_str_match(dev, param, p);
    if (match.ret < 0) pr_info_once(dev, "PCI: Can't parse ACS command line parameter");
    if (match.ret === 1) break;
    if (match.ret < 0 || !more(param, match)) return;
    p = match.end + 1;
  }
  pci_dbg(dev, `ACS mask  = ${hexw(mask, 6)}`);
  pci_dbg(dev, `ACS flags = ${hexw(flags, 6)}`);
  pci_dbg(dev, `ACS control = ${hexw(caps.ctrl, 6)}`);
  pci_dbg(dev, `ACS fw_ctrl = ${hexw(caps.fw_ctrl, 6)}`);
  caps.ctrl = (caps.fw_ctrl & ~mask) | (flags & mask);
  pci_info(dev, `Configured ACS to ${hexw(caps.ctrl, 6)}`);
}

/** Bit 0 is the last character; x leaves a bit to the firmware. */
function acs_flag_string(text: string): { mask: number; flags: number } | undefined {
  let mask = 0;
  let flags = 0;
  for (let shift = 0; shift < text.length; shift++) {
    const c = text[text.length - 1 - shift]!;
    if (c === '0' || c === '1') mask |= 1 << shift;
    else if (c !== 'x' && c !== 'X') return undefined;
    if (c === '1') flags |= 1 << shift;
  }
  return { mask: mask & 0xffff, flags: flags & 0xffff };
}
