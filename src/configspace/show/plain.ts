// SPDX-License-Identifier: GPL-2.0-only
/** Capabilities that lspci 3.9 has no words for beyond a name: their registers as the tables have them. */
import type { ConfigBytes } from '../catalogue.ts';
import { EXTENDED_CAPABILITIES } from '../catalogue.ts';
import { type Block, type Field, inOrder, type Register } from '../registers.ts';
import { fieldName, registerName } from './names.ts';
import type { Printer } from './shown.ts';
import { hex } from './text.ts';
import { fieldOf, readSized, sign } from './view.ts';

/** Tokens have no blanks in them: `Reset Time` is printed as `ResetTime`. */
const joined = (name: string): string => name.replaceAll(' ', '');

function token(key: string, f: Field, register: Register, value: number): string {
  const name = joined(fieldName(key, f, register));
  const bits = f.msb - f.lsb + 1;
  if (f.flag) return `${name}${sign(value !== 0)}`;
  return `${name}=${bits > 8 ? hex(value, Math.ceil(bits / 4)) : value}`;
}

function line(config: ConfigBytes, at: number, key: string, register: Register): string {
  const value = readSized(config, at + register.offset, register.size);
  const fields = inOrder(register.fields, ({ lsb }) => lsb);
  if (fields.length === 0) return `${registerName(key, register)}: ${hex(value, 2 * register.size)}`;
  const [first] = fields;
  const whole = fields.length === 1 && first![1].lsb === 0 && !first![1].flag;
  const tokens = whole
    ? [hex(fieldOf(value, first![1]), Math.ceil((first![1].msb + 1) / 4))]
    : fields.map(([name, f]) => token(name, f, register, fieldOf(value, f)));
  return `${registerName(key, register)}: ${tokens.join(' ')}`;
}

/** Registers that a function has once for each of its lanes are left out: a link of 16 would fill a screen. */
const isOfLane = (name: string): boolean => /^lane[A-Z]\w*\d$/.test(name);

/** A line for each register. */
export const plainLines = (config: ConfigBytes, at: number, b: Block): string[] =>
  inOrder(b.registers, ({ offset }) => offset)
    .filter(([name]) => !isOfLane(name))
    .map(([name, register]) => line(config, at, name, register));

/** An extended capability with the title of the catalogue, and as many of its registers as the dump has. */
export const showPlain: Printer = ({ config, at, id, has }) => {
  const { title, block } = EXTENDED_CAPABILITIES[id]!;
  const b = block!(config, at);
  const version = config.u16(at + 2) & 0xf || 1;
  const registers = Object.entries(b.registers).filter(
    ([, r]) => has(r.offset, r.size) && (r.minVersion ?? 0) <= version,
  );
  return [title, ...plainLines(config, at, { ...b, registers: Object.fromEntries(registers) })];
};
