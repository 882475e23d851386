// SPDX-License-Identifier: GPL-2.0-only
/**
 * What writes and resets do to every declared register, as its access class says: domain/registers.md, "Property set". The
 * law is put bit by bit, in words of its own; src/configspace/masks.ts is not asked.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { declaredBlocks } from '../../src/configspace/markdown.ts';
import { type Block, type Field, ROLES, type Role, select, type Variant } from '../../src/configspace/registers.ts';
import { Arena, type FunctionId, type ResetKind } from '../../src/devices/arena.ts';
import type { Bar } from '../../src/devices/bars.ts';
import { kindOf } from '../../src/devices/kind.ts';
import { pcie } from '../../src/devices/profile.ts';

const FN = 0 as FunctionId;
const HEADERS: Readonly<Record<string, number>> = { 'Type 0 header': 0, 'Type 1 header': 1, 'Type 2 header': 2 };
/** The type of a header that no BAR and no other rule of a header is applied to. */
const NO_HEADER = 0x7f;
const ROLE_NAMES: readonly Role[] = [...Object.values(ROLES), 'conventional'];

/** BARs of which every address bit is there. */
const barsOf = (headerType: number): Bar[] => {
  const bar = { kind: 'memory', is64: false, size: 16, from: 'dump' } as const;
  const bars: Bar[] = [0, 1, 2, 3, 4, 5].map((index) => ({ ...bar, index, offset: 0x10 + 4 * index }));
  const rom: Bar = { ...bar, kind: 'rom', index: 6, size: 0x800, offset: headerType === 0 ? 0x30 : 0x38 };
  return headerType === 0 ? [...bars, rom] : headerType === 1 ? [...bars.slice(0, 2), rom] : [];
};

/** A function that has the block, where such a block stands, and nothing else. */
function functionWith(block: Block, id: string, variant: Variant): { arena: Arena; at: number; block: Block } {
  const headerType = HEADERS[block.title] ?? NO_HEADER;
  const at = headerType !== NO_HEADER ? 0 : id.length > 3 ? 0x100 : 0x40;
  const selected = select(block, variant);
  const placed = { title: block.title, offset: at, extended: id.length > 3, version: variant.version, block: selected };
  const layout = { headerType, variant, express: 0, blocks: [placed], oddities: [] };
  const bytes = new Uint8Array(4096);
  // BIST Capable: without it, Start BIST is not there.
  bytes[0x0f] = 0x80;
  const facts = {
    layout,
    bars: barsOf(headerType),
    deviceId: '1234:0001',
    virtual: false,
    populated: true,
    size: 4096,
  };
  return { arena: new Arena([kindOf(facts, bytes, pcie)], [0], [4096], () => {}), at, block: selected };
}

type Change = (f: Field, old: boolean, bit: number) => boolean;

/** What a change makes of the bytes of a block: it is asked about each bit that belongs to a field. */
function changed(block: Block, at: number, before: Uint8Array, change: Change): Uint8Array {
  const after = before.slice();
  for (const r of Object.values(block.registers))
    for (const f of Object.values(r.fields))
      for (let n = f.lsb; n <= f.msb; n++) {
        const bit = 8 * (at + r.offset) + n;
        const old = (before[bit >> 3]! & (1 << (bit & 7))) !== 0;
        after[bit >> 3]! &= ~(1 << (bit & 7));
        if (change(f, old, bit)) after[bit >> 3]! |= 1 << (bit & 7);
      }
  return after;
}

const writeLaw =
  (written: Uint8Array): Change =>
  (f, old, bit) => {
    const one = (written[bit >> 3]! & (1 << (bit & 7))) !== 0;
    // A bit that starts something is not stored.
    if (f.action) return old;
    if (f.access === 'RW' || f.access === 'RWS') return one;
    if (f.access === 'RW1C' || f.access === 'RW1CS') return old && !one;
    return old;
  };

function keeps(kind: ResetKind, f: Field): boolean {
  // Status that follows the hardware: a reset says nothing of it where its value is not architected.
  if (f.live && f.impl) return true;
  if (!f.live && (f.access === 'RO' || f.access === 'HwInit')) return true;
  if (kind !== 'cold' && (f.access === 'RWS' || f.access === 'ROS' || f.access === 'RW1CS')) return true;
  return kind === 'flr' && f.flrKeeps === true;
}

const resetLaw =
  (kind: ResetKind, at: number, block: Block): Change =>
  (f, old, bit) => {
    if (keeps(kind, f)) return old;
    const r = Object.values(block.registers).find(({ fields }) => Object.values(fields).includes(f))!;
    return Math.floor((f.reset ?? 0) / 2 ** (bit - 8 * (at + r.offset) - f.lsb)) % 2 === 1;
  };

const VARIANTS = fc.record({
  role: fc.constantFrom(...ROLE_NAMES),
  version: fc.constantFrom(1, 2),
  slot: fc.boolean(),
});
const RESETS = ['cold', 'hot', 'flr'] as const;

const titled = declaredBlocks().map(({ id, block }, n): [string, string, Block] => [
  `${n} ${block.title} ${id}`,
  id,
  block,
]);

describe.each(titled)('%s', (_, id, declared) => {
  const end = (declared.size + 3) & ~3;
  const bytes = fc.uint8Array({ minLength: end, maxLength: end });

  it('writes as its classes say, in bytes, words and dwords alike', () => {
    const property = fc.property(VARIANTS, bytes, bytes, (variant, before, written) => {
      const { arena, at, block } = functionWith(declared, id, variant);
      const put = Buffer.from(written);
      const memory = new Uint8Array(4096);
      memory.set(before, at);
      const input = new Uint8Array(4096);
      input.set(written, at);
      const expected = changed(block, at, memory, writeLaw(input));
      for (const size of [1, 2, 4] as const) {
        arena.view(FN).set(memory);
        for (let n = 0; n < end; n += size) arena.write(FN, at + n, size, put.readUIntLE(n, size));
        expect(Buffer.compare(arena.view(FN), expected), `by ${size} bytes`).toBe(0);
        expect(arena.read(FN, at, size)).toBe(Buffer.from(expected).readUIntLE(at, size));
      }
    });
    fc.assert(property, { numRuns: 40 });
  });

  it('is reset as its classes say, and twice is once', () => {
    const property = fc.property(VARIANTS, bytes, fc.constantFrom(...RESETS), (variant, before, kind) => {
      const { arena, at, block } = functionWith(declared, id, variant);
      const memory = new Uint8Array(4096);
      memory.set(before, at);
      arena.view(FN).set(memory);
      const expected = changed(block, at, memory, resetLaw(kind, at, block));
      for (const times of ['once', 'twice']) {
        arena.reset(FN, kind);
        expect(Buffer.compare(arena.view(FN), expected), `${kind}, ${times}`).toBe(0);
      }
    });
    fc.assert(property, { numRuns: 40 });
  });
});
