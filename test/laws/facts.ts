// SPDX-License-Identifier: GPL-2.0-only
/**
 * The registers that the machines of the laws have, written down by hand from domain/registers.md: nothing here is derived
 * from the tables of src/configspace, which these lists are a witness against.
 */

export type Role =
  | 'endpoint'
  | 'integrated'
  | 'virtual'
  | 'conventional'
  | 'root port'
  | 'upstream port'
  | 'downstream port'
  | 'PCIe-to-PCI bridge'
  | 'PCI bridge';

/** What functions of one role may differ in. */
export interface Features {
  readonly flr: boolean;
  readonly noSoftReset: boolean;
  /** Data Link Layer Link Active Reporting Capable, of a port. */
  readonly linkReporting: boolean;
  readonly slot: boolean;
  /** The slot can be switched off. */
  readonly powerController: boolean;
  readonly interruptPin: boolean;
  /** Power states D1 and D2 are there. */
  readonly d1d2: boolean;
  readonly sriov: boolean;
}

export interface Fact {
  readonly at: number;
  readonly size: 1 | 2 | 4;
  /** Bits that take what is written. */
  readonly rw: number;
  /** Bits that a written one clears. */
  readonly w1c: number;
  /** Status that only the hardware changes, and that a reset takes back to 0. */
  readonly live: number;
  readonly sticky: number;
  /** Bits that are not sticky and that Function Level Reset leaves alone. */
  readonly flrKeeps: number;
  /** After a reset. */
  readonly value: number;
}

/** Where the capabilities of all functions stand. */
export const EXPRESS = 0x40;
export const PM = 0x80;
export const MSI = 0x90;
export const AF = 0xa0;
export const AER = 0x100;
export const SRIOV = 0x150;

type Rest = Partial<Pick<Fact, 'w1c' | 'live' | 'sticky' | 'flrKeeps' | 'value'>>;
const rw = (at: number, size: 1 | 2 | 4, bits: number, rest: Rest = {}): Fact => ({
  at,
  size,
  rw: bits,
  w1c: 0,
  live: 0,
  sticky: 0,
  flrKeeps: 0,
  value: 0,
  ...rest,
});
const status = (at: number, size: 2 | 4, w1c: number, rest: Rest = {}): Fact => rw(at, size, 0, { w1c, ...rest });

export const isBridge = (role: Role): boolean => role.endsWith('port') || role.endsWith('bridge');
export const isExpress = (role: Role): boolean => role !== 'conventional' && role !== 'PCI bridge';
/** Ports whose secondary side is a link. */
export const hasLinkBelow = (role: Role): boolean => role === 'root port' || role === 'downstream port';
const hasConventionalBus = (role: Role): boolean => role === 'PCI bridge' || role === 'PCIe-to-PCI bridge';

const commandBits = (role: Role): number => (role === 'virtual' ? 0x0004 : isExpress(role) ? 0x0547 : 0x077f);

function headerOf(role: Role): Fact[] {
  const common = [rw(0x04, 2, commandBits(role)), status(0x06, 2, 0xf900, { live: 0x0008 })];
  if (role === 'virtual') return common;
  common.push(rw(0x0c, 1, 0xff), rw(0x3c, 1, 0xff));
  if (!isExpress(role)) common.push(rw(0x0d, 1, 0xff));
  if (!isBridge(role))
    return [
      ...common,
      // A memory BAR of 16 KiB, one of 64 bits and 1 MiB, and a ROM of 64 KiB.
      rw(0x10, 4, 0xffffc000),
      rw(0x18, 4, 0xfff00000),
      rw(0x1c, 4, 0xffffffff),
      rw(0x30, 4, 0xffff0001),
    ];
  const conventional = hasConventionalBus(role);
  if (conventional) common.push(rw(0x1b, 1, 0xff));
  return [
    ...common,
    rw(0x18, 1, 0xff),
    rw(0x19, 1, 0xff),
    rw(0x1a, 1, 0xff),
    rw(0x1c, 1, 0xf0),
    rw(0x1d, 1, 0xf0),
    status(0x1e, 2, 0xf900),
    ...[0x20, 0x22, 0x24, 0x26].map((at) => rw(at, 2, 0xfff0)),
    rw(0x28, 4, 0xffffffff),
    rw(0x2c, 4, 0xffffffff),
    rw(0x30, 2, 0xffff),
    rw(0x32, 2, 0xffff),
    rw(0x3e, 2, conventional ? 0x0bff : 0x005f, conventional ? { w1c: 0x0400 } : {}),
  ];
}

const DEVICE_CONTROL_2: Readonly<Partial<Record<Role, number>>> = {
  'root port': 0xf7ff,
  'downstream port': 0xf7ff,
  'upstream port': 0xf7df,
  'PCIe-to-PCI bridge': 0x775f,
};

function expressOf(role: Role, { slot }: Features): Fact[] {
  const at = (offset: number) => EXPRESS + offset;
  const deviceStatus = status(at(0x0a), 2, 0x004f, { live: 0x0020 });
  if (role === 'virtual') return [deviceStatus];
  const bridge = role === 'PCIe-to-PCI bridge';
  const facts = [
    rw(at(0x08), 2, bridge ? 0xffff : 0x7fff, { sticky: 0x0400, flrKeeps: 0x00e0, value: 0x2810 }),
    deviceStatus,
    rw(at(0x28), 2, DEVICE_CONTROL_2[role] ?? 0x7f5f),
  ];
  if (role === 'integrated') return facts;
  facts.push(
    rw(at(0x30), 2, 0xffbf, { sticky: 0xffbf }),
    status(at(0x32), 2, 0x8020, { sticky: 0x0020 }),
    hasLinkBelow(role) ? rw(at(0x10), 2, 0xfed3, { flrKeeps: 0x02c3 }) : rw(at(0x10), 2, 0x13cb, { flrKeeps: 0x03cb }),
    // The link active bit is not in this list: it shows the link.
    ...(hasLinkBelow(role) ? [status(at(0x12), 2, 0xc000, { live: 0x0800, flrKeeps: 0x0800 })] : []),
  );
  if (slot) facts.push(rw(at(0x18), 2, 0x77ff), status(at(0x1a), 2, 0x011f));
  if (role === 'root port')
    facts.push(rw(at(0x1c), 2, 0x003f), status(at(0x20), 4, 0x0001_0000, { live: 0x0002_ffff }));
  return facts;
}

const power = [rw(PM + 4, 2, 0x1f03, { w1c: 0x8000, sticky: 0x8100 })];
/** MSI of 64 bits without masks. */
const messages = [
  rw(MSI + 2, 2, 0x0471),
  rw(MSI + 4, 4, 0xfffffffc),
  rw(MSI + 8, 4, 0xffffffff),
  rw(MSI + 12, 2, 0xffff),
  rw(MSI + 14, 2, 0xffff),
];

const ALL_UNCORRECTABLE = 0xfffff030;
const errors = [
  status(AER + 0x04, 4, ALL_UNCORRECTABLE, { sticky: ALL_UNCORRECTABLE }),
  rw(AER + 0x08, 4, ALL_UNCORRECTABLE, { sticky: ALL_UNCORRECTABLE, value: 0x04400000 }),
  rw(AER + 0x0c, 4, ALL_UNCORRECTABLE, { sticky: ALL_UNCORRECTABLE, value: 0x00462030 }),
  status(AER + 0x10, 4, 0xf1c1, { sticky: 0xf1c1 }),
  rw(AER + 0x14, 4, 0xf1c1, { sticky: 0xf1c1, value: 0xe000 }),
  rw(AER + 0x18, 4, 0x0540, { sticky: 0x0540 }),
];

const singleRoot = [
  rw(SRIOV + 0x08, 2, 0x003f),
  status(SRIOV + 0x0a, 2, 0x0001),
  rw(SRIOV + 0x10, 2, 0xffff),
  rw(SRIOV + 0x20, 4, 0xffffffff, { value: 1 }),
  ...[0, 1, 2, 3, 4, 5].map((n) => rw(SRIOV + 0x24 + 4 * n, 4, 0xfffffff0)),
];

/** All registers of a function that anything but its maker can change. */
export function factsOf(role: Role, features: Features): readonly Fact[] {
  return [
    ...headerOf(role),
    ...(isExpress(role) ? expressOf(role, features) : []),
    ...(role === 'virtual' ? [] : power),
    ...messages,
    ...(isExpress(role) && !isBridge(role) && role !== 'virtual' ? errors : []),
    ...(features.sriov ? singleRoot : []),
  ];
}
