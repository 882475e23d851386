// SPDX-License-Identifier: GPL-2.0-only
/**
 * Registers read through their table. Everything that is printed as `Xxx+` or `Xxx-` comes from here: a field that has an
 * `lspci` name is a token, and the table says which bit it is.
 */
import type { ConfigBytes } from '../catalogue.ts';
import type { Block, Field, Fields, Register, Registers } from '../registers.ts';

/** One register as it reads now. */
export interface RegisterView<F extends Fields = Fields> {
  /** The whole register, unsigned. */
  readonly value: number;
  get(field: keyof F & string): number;
  is(field: keyof F & string): boolean;
  /** Tokens of the bits `from` to `to` (included) in ascending order; bits that lspci has no token for are left out. */
  flags(from?: number, to?: number): string;
  /** Tokens of these fields, in this order. */
  pick(...fields: (keyof F & string)[]): string;
}

export type BlockView<R extends Registers> = <N extends keyof R & string>(name: N) => RegisterView<R[N]['fields']>;

export const sign = (set: boolean): '+' | '-' => (set ? '+' : '-');

/** The value of a field in the value of its register, both unsigned. */
export const fieldOf = (value: number, f: Pick<Field, 'msb' | 'lsb'>): number =>
  Math.floor(value / 2 ** f.lsb) % 2 ** (f.msb - f.lsb + 1);

/** Reads `size` bytes, little-endian, unsigned. */
export function readSized(config: ConfigBytes, offset: number, size: Register['size']): number {
  if (size === 1) return config.u8(offset);
  if (size === 2) return config.u16(offset);
  return size === 3 ? config.u16(offset) + config.u8(offset + 2) * 0x10000 : config.u32(offset);
}

/**
 * A view of a block that stands at `at`. The block is the declared one, with the fields of all roles: lspci prints bits
 * whether the function has them or not.
 */
export function view<R extends Registers>(config: ConfigBytes, b: Block<R>, at: number): BlockView<R> {
  return (name) => {
    const register: Register = b.registers[name]!;
    const value = readSized(config, at + register.offset, register.size);
    const get = (field: string): number => fieldOf(value, register.fields[field]!);
    const token = (f: Field): string => `${f.lspci}${sign(fieldOf(value, f) !== 0)}`;
    return {
      value,
      get,
      is: (field) => get(field) !== 0,
      flags(from = 0, to = 31) {
        const byBit = new Map<number, Field>();
        for (const f of Object.values(register.fields))
          if (f.flag && f.lspci !== undefined && f.lsb >= from && f.lsb <= to) byBit.set(f.lsb, f);
        return [...byBit.values()]
          .sort((a, b) => a.lsb - b.lsb)
          .map(token)
          .join(' ');
      },
      pick: (...fields) => fields.map((field) => token(register.fields[field]!)).join(' '),
    };
  };
}
