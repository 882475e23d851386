// SPDX-License-Identifier: GPL-2.0-only
/**
 * The form in which registers are declared: once, as data. Layout, masks, decode, diff and the reference in docs/ are
 * derived from it; nothing else in this project says where a bit is.
 */

/**
 * Access classes as the PCIe Base Specification names them. `S` is sticky: kept over hot reset and FLR. An RO bit is a
 * constant or live status; neither a write nor a reset sets it.
 */
export type Access = 'RO' | 'ROS' | 'RW' | 'RWS' | 'RW1C' | 'RW1CS' | 'HwInit' | 'RsvdP' | 'RsvdZ';

/**
 * What a function is, by which it has a register or not: the Device/Port Type of its PCIe capability, or `conventional`
 * where it has none.
 */
export type Role =
  | 'endpoint'
  | 'legacy endpoint'
  | 'root port'
  | 'upstream port'
  | 'downstream port'
  | 'PCIe-to-PCI bridge'
  | 'PCI-to-PCIe bridge'
  | 'RC integrated endpoint'
  | 'RC event collector'
  | 'conventional';

/** The Role of each Device/Port Type code (PCIe 6.0 table 7-19); codes not named here are reserved. */
export const ROLES: Readonly<Record<number, Role>> = {
  0: 'endpoint',
  1: 'legacy endpoint',
  4: 'root port',
  5: 'upstream port',
  6: 'downstream port',
  7: 'PCIe-to-PCI bridge',
  8: 'PCI-to-PCIe bridge',
  9: 'RC integrated endpoint',
  10: 'RC event collector',
};

export interface FieldOptions {
  /** Value after a reset; 0 when not given. */
  readonly reset?: number;
  /** Roles that have the field; all when not given. Two fields may share bits when no role has both. */
  readonly on?: readonly Role[];
  /** Function level reset leaves the field alone although it is not sticky (PCIe 6.0 section 6.6.2). */
  readonly flrKeeps?: boolean;
  /** A write starts something and the bit reads back 0. */
  readonly action?: boolean;
  /** The hardware of a port changes the field by itself when its link goes down. */
  readonly dlDown?: boolean;
  /** The hardware changes the field by itself at any time: status, not state. */
  readonly live?: boolean;
  /** The specification leaves the value after a reset to the implementation. */
  readonly impl?: boolean;
  /** Base specification revision that brought the field; older devices have it reserved. */
  readonly since?: 4 | 5 | 6;
  /** How lspci names the field: `BusMaster` is printed as `BusMaster+` or `BusMaster-`. */
  readonly lspci?: string;
}

export interface Field<V = number | boolean> extends FieldOptions {
  readonly access: Access;
  readonly msb: number;
  readonly lsb: number;
  /** One bit, read as a boolean. */
  readonly flag: boolean;
  /** Never set: it carries the type of the decoded value. */
  readonly value?: V;
}

export type Fields = Readonly<Record<string, Field>>;

export interface RegisterOptions {
  /** How lspci names the register: `DevCtl`. */
  readonly lspci?: string;
  /** Roles that have the register; all when not given. */
  readonly on?: readonly Role[];
  /** Lowest version of the capability that has the register. */
  readonly minVersion?: number;
  /** Only ports with Slot Implemented have the register. */
  readonly slot?: boolean;
}

export interface Register<F extends Fields = Fields> extends RegisterOptions {
  /** Bytes from the start of the block. */
  readonly offset: number;
  /** Bytes. Class Code is the only register of three. */
  readonly size: 1 | 2 | 3 | 4;
  readonly fields: F;
}

export type Registers = Readonly<Record<string, Register>>;

export interface Block<R extends Registers = Registers> {
  readonly title: string;
  /** Bytes, its header included. */
  readonly size: number;
  readonly registers: R;
}

type ValueOf<F> = F extends Field<infer V> ? V : never;

/** What a block reads as: `Decoded<typeof pciExpress>['deviceControl']['maxPayloadSize']` is `number`. */
export type Decoded<B> =
  B extends Block<infer R>
    ? { readonly [N in keyof R]: { readonly [K in keyof R[N]['fields']]: ValueOf<R[N]['fields'][K]> } }
    : never;

interface FieldMaker {
  (bit: number, options?: FieldOptions): Field<boolean>;
  (bits: readonly [msb: number, lsb: number], options?: FieldOptions): Field<number>;
}

const maker = (access: Access): FieldMaker =>
  ((bits: number | readonly [number, number], options: FieldOptions = {}) =>
    typeof bits === 'number'
      ? { access, msb: bits, lsb: bits, flag: true, ...options }
      : { access, msb: bits[0], lsb: bits[1], flag: false, ...options }) as FieldMaker;

export const ro = maker('RO');
export const ros = maker('ROS');
export const rw = maker('RW');
export const rws = maker('RWS');
export const rw1c = maker('RW1C');
export const rw1cs = maker('RW1CS');
export const hwinit = maker('HwInit');

const reg =
  <S extends 1 | 2 | 3 | 4>(size: S) =>
  <const F extends Fields>(offset: number, fields: F, options: RegisterOptions = {}): Register<F> => ({
    offset,
    size,
    fields,
    ...options,
  });
export const reg8 = reg(1);
export const reg16 = reg(2);
export const reg24 = reg(3);
export const reg32 = reg(4);

/** Bits `msb..lsb` set, as an unsigned number. */
export const mask = ({ msb, lsb }: Pick<Field, 'msb' | 'lsb'>): number => (2 ** (msb - lsb + 1) - 1) * 2 ** lsb;

/** Entries of a table of registers or fields in ascending order of `key`. */
export const inOrder = <T>(table: Readonly<Record<string, T>>, key: (value: T) => number): [string, T][] =>
  Object.entries(table).sort(([, a], [, b]) => key(a) - key(b));

const shareRole = (a: readonly Role[] | undefined, b: readonly Role[] | undefined): boolean =>
  a === undefined || b === undefined || a.some((role) => b.includes(role));

/** Checks the table when it is declared: a bad table stops the program before it starts. */
export function block<const R extends Registers>(title: string, size: number, registers: R): Block<R> {
  const placed: [string, Register][] = [];
  for (const [name, r] of Object.entries(registers)) {
    for (const [other, o] of placed)
      if (r.offset < o.offset + o.size && o.offset < r.offset + r.size && shareRole(r.on, o.on))
        throw new Error(`${title}.${name} at 0x${r.offset.toString(16)} overlaps ${other}`);
    placed.push([name, r]);
    if (r.offset + r.size > size) throw new Error(`${title}.${name} ends past the size of its block`);
    const taken: [string, Field][] = [];
    for (const [field, f] of Object.entries(r.fields)) {
      if (f.msb < f.lsb || f.msb >= r.size * 8) throw new Error(`${title}.${name}.${field} is not in its register`);
      if ((f.reset ?? 0) >= 2 ** (f.msb - f.lsb + 1))
        throw new Error(`${title}.${name}.${field} resets past its width`);
      for (const [other, o] of taken)
        if (f.lsb <= o.msb && o.lsb <= f.msb && shareRole(f.on, o.on))
          throw new Error(`${title}.${name}.${field} overlaps ${other}`);
      taken.push([field, f]);
    }
  }
  return { title, size, registers };
}

/** What decides which of a block's registers and fields a function has. */
export interface Variant {
  readonly role: Role;
  /** Version of the capability. */
  readonly version: number;
  /** Slot Implemented in the PCI Express Capabilities register. */
  readonly slot: boolean;
}

const selected = new WeakMap<Block, Map<string, Block>>();

/** The registers and fields of a block that a function of this variant has: for equal arguments the same object. */
export function select<R extends Registers>(b: Block<R>, variant: Variant): Block<R> {
  const { role, version, slot } = variant;
  let variants = selected.get(b);
  if (!variants) {
    variants = new Map();
    selected.set(b, variants);
  }
  const key = `${role} ${version} ${slot}`;
  let block = variants.get(key);
  if (!block) {
    block = selectAnew(b, variant);
    variants.set(key, block);
  }
  return block as Block<R>;
}

function selectAnew(b: Block, { role, version, slot }: Variant): Block {
  const has = (on: readonly Role[] | undefined) => on === undefined || on.includes(role);
  const registers = Object.entries(b.registers)
    .filter(([, r]) => has(r.on) && (r.minVersion ?? 0) <= version && (slot || !r.slot))
    .map(([name, r]): [string, Register] => [
      name,
      { ...r, fields: Object.fromEntries(Object.entries(r.fields).filter(([, f]) => has(f.on))) },
    ]);
  return { title: b.title, size: b.size, registers: Object.fromEntries(registers) };
}
