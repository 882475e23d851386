// SPDX-License-Identifier: GPL-2.0-only
/**
 * Ports pci_dev_str_match() and pci_dev_str_match_path() of drivers/pci/pci.c (6.1, 6.12): how a command line option
 * names devices, `[domain:]bus:slot.func[/slot.func]*` or `pci:vendor:device[:subvendor:subdevice]`.
 *
 * Differs: strings and offsets instead of pointers; `end` is the offset *endptr would point at.
 */
import { EINVAL } from './errno.ts';
import { type pci_dev, pci_upstream_bridge } from './pci_dev.ts';

/** %x of the kernel's sscanf(): blanks before, a prefix 0x allowed. */
const X = '\\s*((?:0x)?[0-9a-f]+)';
const STEP = new RegExp(`^/${X}\\.${X}$`, 'i');
const WITH_DOMAIN = new RegExp(`^${X}:${X}:${X}\\.${X}$`, 'i');
const WITHOUT_DOMAIN = new RegExp(`^${X}:${X}\\.${X}$`, 'i');
const IDS = new RegExp(`^${X}:${X}(?::${X}:${X})?`, 'i');

const PCI_DEVFN = (slot: number, func: number): number => ((slot & 0x1f) << 3) | (func & 7);

const numbers = (m: RegExpExecArray): number[] => m.slice(1).map((s) => (s === undefined ? 0 : Number.parseInt(s, 16)));

export interface Match {
  /** 1: named, 0: not named, -EINVAL: cannot be read. */
  readonly ret: number;
  readonly end: number;
}

export function pci_dev_str_match_path(start: pci_dev, str: string, p: number): Match {
  const semicolon = str.indexOf(';', p);
  const end = semicolon < 0 ? str.length : semicolon;
  let wpath = str.slice(p, end);
  let dev = start;
  for (let slash = wpath.lastIndexOf('/'); slash >= 0; slash = wpath.lastIndexOf('/')) {
    const step = STEP.exec(wpath.slice(slash));
    if (!step) return { ret: -EINVAL, end };
    const [slot, func] = numbers(step);
    if (dev.devfn !== PCI_DEVFN(slot!, func!)) return { ret: 0, end };
    const bridge = pci_upstream_bridge(dev);
    if (!bridge) return { ret: 0, end };
    dev = bridge;
    wpath = wpath.slice(0, slash);
  }
  const m = WITH_DOMAIN.exec(wpath) ?? WITHOUT_DOMAIN.exec(wpath);
  if (!m) return { ret: -EINVAL, end };
  const n = numbers(m);
  if (n.length === 3) n.unshift(0);
  const [seg, bus, slot, func] = n;
  const same = seg === dev.bus.domain && bus === dev.bus.number && dev.devfn === PCI_DEVFN(slot!, func!);
  return { ret: same ? 1 : 0, end };
}

export function pci_dev_str_match(dev: pci_dev, str: string, p: number): Match {
  if (!str.startsWith('pci:', p)) return pci_dev_str_match_path(dev, str, p);
  const m = IDS.exec(str.slice(p + 4));
  if (!m) return { ret: -EINVAL, end: p };
  const [vendor, device, subvendor, subdevice] = numbers(m).map((n) => n & 0xffff);
  const end = p + 4 + m[0].length;
  // Zero stands for any.
  const same =
    (!vendor || vendor === dev.vendor) &&
    (!device || device === dev.device) &&
    (!subvendor || subvendor === dev.subsystem_vendor) &&
    (!subdevice || subdevice === dev.subsystem_device);
  return { ret: same ? 1 : 0, end };
}
