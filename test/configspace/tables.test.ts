// SPDX-License-Identifier: GPL-2.0-only
/** What must hold of every declared block, whatever is declared. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { configBytes } from '../../src/configspace/catalogue.ts';
import { layoutOf } from '../../src/configspace/layout.ts';
import { declaredBlocks } from '../../src/configspace/markdown.ts';
import { emptyMasks, masksOf, orBits } from '../../src/configspace/masks.ts';
import {
  type Block,
  block,
  type Field,
  mask,
  ROLES,
  type Role,
  reg8,
  reg16,
  ro,
  rw,
  select,
  type Variant,
} from '../../src/configspace/registers.ts';
import { fieldOf, readSized } from '../../src/configspace/show/view.ts';
import { generator } from './support/random.ts';

const roles: readonly Role[] = [...Object.values(ROLES), 'conventional'];
const variants: readonly Variant[] = roles.flatMap((role) =>
  [1, 2].flatMap((version) => [false, true].map((slot) => ({ role, version, slot }))),
);
const blocks = declaredBlocks().map((declared): [string, Block] => [
  `${declared.block.title} ${declared.id}`,
  declared.block,
]);

const anyOf = (f: Field): fc.Arbitrary<number | boolean> =>
  f.flag ? fc.boolean() : fc.integer({ min: 0, max: 2 ** (f.msb - f.lsb + 1) - 1 });

type Values = Record<string, Record<string, number | boolean>>;

/** All values that a block can have. */
const valuesOf = (b: Block): fc.Arbitrary<Values> => {
  const registers = Object.entries(b.registers).map(([name, { fields }]) => {
    const of = Object.fromEntries(Object.entries(fields).map(([field, f]) => [field, anyOf(f)]));
    return [name, fc.record(of, { noNullPrototype: true })] as const;
  });
  return fc.record(Object.fromEntries(registers), { noNullPrototype: true });
};

describe('a table is checked when it is declared', () => {
  test.each([
    ['registers that overlap', () => block('B', 4, { a: reg16(0, {}), b: reg8(1, {}) }), 'B.b at 0x1 overlaps a'],
    ['fields that overlap', () => block('B', 4, { a: reg8(0, { x: ro([3, 0]), y: ro(3) }) }), 'B.a.y overlaps x'],
    ['a field past its register', () => block('B', 4, { a: reg8(0, { x: ro(8) }) }), 'B.a.x is not in its register'],
    ['a register past its block', () => block('B', 4, { a: reg16(3, {}) }), 'B.a ends past the size of its block'],
    [
      'a reset value past its field',
      () => block('B', 4, { a: reg8(0, { x: rw(0, { reset: 2 }) }) }),
      'B.a.x resets past',
    ],
  ])('%s', (_, declare, message) => {
    expect(declare).toThrow(message);
  });
  test('fields of different roles may share bits', () => {
    expect(() =>
      block('B', 1, { a: reg8(0, { x: ro(0, { on: ['endpoint'] }), y: rw(0, { on: ['root port'] }) }) }),
    ).not.toThrow();
  });
});

describe.each(blocks)('%s', (_, declared) => {
  test('spans its size in every variant', () => {
    for (const variant of variants) expect(layoutOf(select(declared, variant)).span).toBe(declared.size);
  });

  test('encodes and decodes every value in every variant', () => {
    const one = fc.constantFrom(...variants).chain((variant) => {
      const selected = select(declared, variant);
      return fc.tuple(fc.constant(selected), valuesOf(selected));
    });
    fc.assert(
      fc.property(one, fc.nat(8), ([selected, value], offset) => {
        const layout = layoutOf(selected);
        const bytes = new Uint8Array(offset + layout.span);
        layout.encode(value as never, bytes, offset);
        expect(layout.decode(bytes, offset)).toEqual(value);
        expect(bytes.subarray(0, offset).every((byte: number) => byte === 0)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('decodes the bits that the table names', () => {
    fc.assert(
      fc.property(fc.constantFrom(...variants), fc.integer(), (variant, seed) => {
        const selected = select(declared, variant);
        const random = generator(seed);
        const bytes = Uint8Array.from({ length: declared.size }, () => random(256));
        const value = layoutOf(selected).decode(bytes) as Values;
        for (const [name, register] of Object.entries(selected.registers)) {
          const raw = readSized(configBytes(bytes), register.offset, register.size);
          for (const [field, f] of Object.entries(register.fields))
            expect(Number(value[name]![field]), `${name}.${field}`).toBe(fieldOf(raw, f));
        }
      }),
      { numRuns: 20 },
    );
  });

  test('has masks that agree with each other in every variant', () => {
    for (const variant of variants) {
      const selected = select(declared, variant);
      const masks = masksOf(selected);
      // What the hardware sets at any time, to a value that is its own, no reset sets.
      const unset = new Uint8Array(declared.size);
      for (const r of Object.values(selected.registers))
        for (const f of Object.values(r.fields)) if (f.live && f.impl) orBits(unset, r.offset, mask(f));
      for (let n = 0; n < declared.size; n++) {
        const at = (name: keyof typeof masks) => masks[name][n]!;
        expect(at('writable') & at('clearing'), `byte ${n} writable and clearing`).toBe(0);
        expect(
          (at('writable') | at('clearing')) & ~(at('cold') | unset[n]!),
          `byte ${n} state that survives a cold reset`,
        ).toBe(0);
        expect(at('hot') & ~at('cold'), `byte ${n} hot without cold`).toBe(0);
        expect(at('flr') & ~at('hot'), `byte ${n} FLR without hot`).toBe(0);
      }
    }
  });

  test('names each flag of a register once, apart from those of other roles', () => {
    for (const [name, { fields }] of Object.entries(declared.registers)) {
      const tokens = Object.values(fields).flatMap((f) => (f.flag && f.lspci ? [`${f.lspci} of bit ${f.lsb}`] : []));
      const names = new Set(tokens.map((token) => token.replace(/ of bit .*/, '')));
      // SltSta tells of two things as MRL and PresDet: the state and its change.
      const expected = name === 'slotStatus' ? names.size + 2 : names.size;
      expect(new Set(tokens).size, name).toBe(expected);
    }
  });
});

test('masks of nothing are empty', () => {
  expect(Object.values(emptyMasks(4)).every((mask) => mask.every((byte: number) => byte === 0))).toBe(true);
});
