// SPDX-License-Identifier: GPL-2.0-only
/** What is different between two states of one function, register by register and field by field. */
import { configBytes } from './catalogue.ts';
import { type FunctionLayout, layoutOfFunction, type PlacedBlock } from './function.ts';
import { inOrder, mask, type Register, type Registers } from './registers.ts';
import { fieldName, registerName } from './show/names.ts';
import { fieldOf, readSized } from './show/view.ts';
import { capabilityHeader, extendedCapabilityHeader } from './tables/capability.ts';

export interface FieldDiff {
  /** lspci's token where there is one, else the specification's name; `reserved` for bits that belong to no field. */
  readonly name: string;
  readonly before: number;
  readonly after: number;
  /** One bit, which is printed as `Xxx+` or `Xxx-`. */
  readonly flag: boolean;
  /** Place of its lowest bit in the register. */
  readonly lsb: number;
  /** Tells of an event or a state (write-one-to-clear, live) and is nothing that software sets. */
  readonly status: boolean;
}

export interface RegisterDiff {
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  /** As lspci names it: `Command`, `DevCtl`, `BAR 0`; `byte 0x4c` or `bytes 0x4c-0x4f` where nothing is declared. */
  readonly register: string;
  /** Title of the capability; empty for the header and for bytes that belong to no block. */
  readonly capability: string;
  readonly before: number;
  readonly after: number;
  /** The changed ones, from bit 0 on. */
  readonly fields: readonly FieldDiff[];
}

export interface DiffOptions {
  /** Where the blocks are; read from `before` when not given. */
  readonly layout?: FunctionLayout;
}

/** What a block begins with: the header of its capability. */
const headerOf = ({ id, extended }: PlacedBlock) =>
  id === undefined ? undefined : extended ? extendedCapabilityHeader : capabilityHeader;

/** Bytes of a block; of a capability that is not declared, its header is all that is known. */
const sizeOf = (placed: PlacedBlock): number => placed.block?.size ?? headerOf(placed)?.size ?? 0;

const registersOf = (placed: PlacedBlock): Registers => ({
  ...headerOf(placed)?.registers,
  ...placed.block?.registers,
});

/** The block that a byte belongs to: where a length is too large and blocks lie over each other, the one that begins last. */
const ownerOf = (blocks: readonly PlacedBlock[], offset: number): PlacedBlock | undefined =>
  blocks
    .filter((b) => b.offset <= offset && offset < b.offset + sizeOf(b))
    .reduce<PlacedBlock | undefined>((a, b) => (a && a.offset >= b.offset ? a : b), undefined);

function changedFields(register: Register, before: number, after: number): FieldDiff[] {
  let reserved = 2 ** (register.size * 8) - 1;
  const fields: FieldDiff[] = [];
  for (const [key, f] of inOrder(register.fields, ({ lsb }) => lsb)) {
    reserved -= mask(f);
    const [was, is] = [fieldOf(before, f), fieldOf(after, f)];
    if (was === is) continue;
    const { flag, lsb, access, live = false } = f;
    const status = live || access === 'RW1C' || access === 'RW1CS';
    fields.push({ name: fieldName(key, f, register), before: was, after: is, flag, lsb, status });
  }
  const [was, is] = [(before & reserved) >>> 0, (after & reserved) >>> 0];
  if (was !== is) fields.push({ name: 'reserved', before: was, after: is, flag: false, lsb: 0, status: false });
  return fields;
}

/**
 * Every register whose bytes differ, in the order of offsets. Where one of the two is longer, the part that only it has
 * is not compared: nothing is known of it in the other.
 */
export function diffFunction(before: Uint8Array, after: Uint8Array, options: DiffOptions = {}): RegisterDiff[] {
  const { blocks } = options.layout ?? layoutOfFunction(before);
  const length = Math.min(before.length, after.length);
  const [was, is] = [configBytes(before), configBytes(after)];
  const diffs: RegisterDiff[] = [];
  // Blocks of a malformed function may lie over each other: a byte belongs to the first register that claims it.
  const claimed = new Uint8Array(length);
  for (const placed of blocks) {
    const { offset: at, title, id } = placed;
    for (const [key, register] of Object.entries(registersOf(placed))) {
      const offset = at + register.offset;
      const end = offset + register.size;
      if (end > length || claimed.subarray(offset, end).includes(1)) continue;
      claimed.fill(1, offset, end);
      const [old, now] = [readSized(was, offset, register.size), readSized(is, offset, register.size)];
      if (old === now) continue;
      const fields = changedFields(register, old, now);
      const capability = id === undefined ? '' : title;
      const name = registerName(key, register);
      diffs.push({ offset, size: register.size, register: name, capability, before: old, after: now, fields });
    }
  }
  for (let offset = 0; offset < length; offset++) {
    const differs = (n: number) => n < length && !claimed[n] && before[n] !== after[n];
    if (!differs(offset)) continue;
    let end = offset + 1;
    while (end % 4 !== 0 && differs(end)) end++;
    const size = (end - offset) as Register['size'];
    const place = (n: number) => `0x${n.toString(16).padStart(2, '0')}`;
    const owner = ownerOf(blocks, offset);
    diffs.push({
      offset,
      size,
      register: size === 1 ? `byte ${place(offset)}` : `bytes ${place(offset)}-${place(end - 1)}`,
      capability: owner?.id === undefined ? '' : owner.title,
      before: readSized(was, offset, size),
      after: readSized(is, offset, size),
      fields: [],
    });
    offset = end - 1;
  }
  return diffs.sort((a, b) => a.offset - b.offset);
}

function formatField({ name, before, after, flag, lsb }: FieldDiff): string {
  if (flag) return `${name}${before ? '+' : '-'} -> ${name}${after ? '+' : '-'}`;
  // lspci writes power states as one word, D3.
  if (name === 'D') return `D${before} -> D${after}`;
  // An address is read at its place in the register.
  const [was, is] = isAddress(name) ? [before * 2 ** lsb, after * 2 ** lsb] : [before, after];
  const wide = name === 'reserved' || Math.max(was, is) > 0xff;
  return wide ? `${name} 0x${was.toString(16)} -> 0x${is.toString(16)}` : `${name} ${was} -> ${is}`;
}

const isAddress = (name: string): boolean => /^(Address|Base|Limit)$/.test(name);

/** Whether a difference is one of status alone: events seen or cleared, states, nothing that was set up and is lost. */
export const isStatus = ({ fields }: RegisterDiff): boolean =>
  fields.length > 0 && fields.every(({ status }) => status);

/** One line: `LnkCtl (PCI Express): 0x0042 -> 0x0000: ASPM 2 -> 0, CommClk+ -> CommClk-`. */
export function formatDiff({ register, capability, size, before, after, fields }: RegisterDiff): string {
  const value = (n: number) => `0x${n.toString(16).padStart(size * 2, '0')}`;
  const where = capability === '' ? register : `${register} (${capability})`;
  // A register of one field says it all.
  const [only, more] = fields;
  const place = only && isAddress(only.name) ? 2 ** only.lsb : 1;
  const whole = only && !more && !only.flag && only.before * place === before && only.after * place === after;
  const what = fields.length === 0 || whole ? '' : `: ${fields.map(formatField).join(', ')}`;
  return `${where}: ${value(before)} -> ${value(after)}${what}`;
}
