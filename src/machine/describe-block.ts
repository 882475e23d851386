// SPDX-License-Identifier: GPL-2.0-only
/** Values into bytes, through the register tables: a block begins as a reset leaves it, and takes what is given. */
import { type BlockLayout, layoutOf } from '../configspace/layout.ts';
import { masksOf } from '../configspace/masks.ts';
import { type Block, mask, type Registers, select, type Variant } from '../configspace/registers.ts';
import { TopologyError } from './topology-description.ts';

/** Values of any block: fields by register. */
export type AnyValues = Readonly<Record<string, Readonly<Record<string, number | boolean>> | undefined>>;

export const fieldsOf = (values: AnyValues, register: string): Readonly<Record<string, number | boolean>> =>
  values[register] ?? {};

/** `given` wins, field by field. */
export function mergeValues(defaults: AnyValues, given: AnyValues): AnyValues {
  const registers = new Set([...Object.keys(defaults), ...Object.keys(given)]);
  return Object.fromEntries([...registers].map((r) => [r, { ...defaults[r], ...given[r] }]));
}

/** What encoding a block takes; made once for each variant, as making it takes far longer than using it. */
interface Encoder {
  readonly registers: Registers;
  readonly reset: Uint8Array;
  readonly layout: BlockLayout<unknown>;
}

const encoders = new WeakMap<Block, Map<string, Encoder>>();

function encoderOf(block: Block, variant: Variant): Encoder {
  const ofBlock = encoders.get(block) ?? new Map<string, Encoder>();
  encoders.set(block, ofBlock);
  const key = `${variant.role} ${variant.version} ${variant.slot}`;
  const known = ofBlock.get(key);
  if (known) return known;
  const selected = select(block, variant);
  const made = { registers: selected.registers, reset: masksOf(selected).reset, layout: layoutOf(selected) };
  ofBlock.set(key, made);
  return made;
}

/** Throws when a register or a field is not one of this function's, or a value does not fit it. */
export function checkNames(block: Block, values: AnyValues, variant: Variant, what: string): void {
  const { registers } = encoderOf(block, variant);
  for (const [register, fields] of Object.entries(values))
    for (const [name, value] of Object.entries(fields ?? {})) {
      const field = registers[register]?.fields[name];
      if (field === undefined)
        throw new TopologyError(`${what} of a function of role ${variant.role} has no field ${register}.${name}`);
      const most = mask({ msb: field.msb - field.lsb, lsb: 0 });
      if (
        field.flag ? typeof value !== 'boolean' : !Number.isInteger(value) || Number(value) < 0 || Number(value) > most
      )
        throw new TopologyError(
          `${what}: ${register}.${name} is ${value}, it takes ${field.flag ? 'true or false' : `0 to ${most}`}`,
        );
    }
}

/** Writes a block at `at`: its reset values, then `values`. Names that the block does not have are skipped. */
export function encodeBlock(bytes: Uint8Array, at: number, block: Block, values: AnyValues, variant: Variant): void {
  const { reset, layout } = encoderOf(block, variant);
  bytes.set(reset, at);
  layout.encode(values, bytes, at);
}
