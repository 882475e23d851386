// SPDX-License-Identifier: GPL-2.0-only
/** Writing, and that reading gives back what was written. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBdf, makeBdf, makeBdfFromDevfn } from '../../src/bus/bdf.ts';
import { type ByteRange, type WritableFunction, writeLspci } from '../../src/machine/dump.ts';
import { counting, lines, read, rows } from './lspci-samples.ts';

const bdf = makeBdf(0, 1, 0, 0);
const nic = Uint8Array.of(0x86, 0x80, 0xd3, 0x10, 7, 0, 0x10, 0, 2, 0, 0, 2, 0, 0, 0, 0);

describe('slot line', () => {
  const slotLine = (fn: WritableFunction, domains = false) => writeLspci([fn], { domains }).split('\n')[0];

  it('is made of the bytes where there is no title', () => {
    expect(slotLine({ bdf, bytes: nic })).toBe('01:00.0 0200: 8086:10d3 (rev 02)');
    expect(slotLine({ bdf, bytes: nic, title: ' ' })).toBe('01:00.0 0200: 8086:10d3 (rev 02)');
    expect(slotLine({ bdf, bytes: new Uint8Array(0) })).toBe('01:00.0 0000: 0000:0000');
  });

  it('has a domain when asked for, and where it is not 0', () => {
    expect(slotLine({ bdf, bytes: nic, title: 'x' }, true)).toBe('0000:01:00.0 x');
    expect(slotLine({ bdf: makeBdf(0x10000, 1, 0, 0), bytes: nic, title: 'x' })).toBe('10000:01:00.0 x');
  });

  it('is one line that fits the buffer of lspci -F, cut between characters', () => {
    expect(slotLine({ bdf, bytes: nic, title: 'a\nb\r\tc' })).toBe('01:00.0 a b c');
    const cut = slotLine({ bdf, bytes: nic, title: `${'a'.repeat(243)}\u00e9${'b'.repeat(99)}` });
    expect(cut).toBe(`01:00.0 ${'a'.repeat(243)}`);
    expect(Buffer.byteLength(slotLine({ bdf, bytes: nic, title: '\u20ac'.repeat(200) })!)).toBe(8 + 243);
  });
});

describe('rows', () => {
  it('has lspci-like rows and a blank line after each function', () => {
    const text = writeLspci([{ bdf, bytes: counting(288), title: 'x' }], { domains: false });
    expect(text).toBe(`${lines('01:00.0 x', rows(0, 288))}\n`);
  });

  it('leaves out what is missing', () => {
    const missing: ByteRange[] = [
      [16, 32],
      [47, 70],
    ];
    const text = writeLspci([{ bdf, bytes: counting(82), title: 'x', missing }], { domains: false });
    const [row00, , row20, , row40] = rows(0, 80);
    expect(text).toBe(`${lines('01:00.0 x', row00!, row20!.slice(0, -3), `46: ${row40!.slice(22)}`, '50: 50 51')}\n`);
  });

  it('refuses more than config space has', () => {
    expect(() => writeLspci([{ bdf, bytes: new Uint8Array(4097) }], { domains: false })).toThrow(
      /0000:01:00.0 has 4097/,
    );
  });
});

const address = fc
  .tuple(fc.oneof(fc.constant(0), fc.nat(0xffff), fc.nat(0xffffffff)), fc.nat(255), fc.nat(255))
  .map(([domain, bus, devfn]) => makeBdfFromDevfn(domain, bus, devfn));
const config = fc
  .constantFrom(64, 256, 4096)
  .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
const title = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .map((text) => text.replace(/[\p{Cc}\u00a0]/gu, '').trim())
  .filter((text) => text !== '');
const machine = fc.uniqueArray(fc.record({ bdf: address, bytes: config, title }), {
  selector: (f) => f.bdf,
  minLength: 1,
  maxLength: 6,
});

describe('round trip', () => {
  it('parse(write(machine)) is the machine', () => {
    fc.assert(
      fc.property(machine, fc.boolean(), (functions, domains) => {
        const dump = read(writeLspci(functions, { domains }));
        expect(dump.functions.map(({ bdf, bytes, title }) => ({ bdf, bytes, title }))).toEqual(functions);
        expect(dump.warnings).toEqual([]);
        expect(dump.functions.every((f) => f.missing.length === 0)).toBe(true);
        expect(dump.hasDomains).toBe(domains || functions.some((f) => formatBdf(f.bdf).slice(0, 5) !== '0000:'));
      }),
      { numRuns: 150 },
    );
  });

  it('rows that are missing stay missing', () => {
    const holes = fc.uniqueArray(fc.nat(15), { maxLength: 6 });
    fc.assert(
      fc.property(holes, (numbers) => {
        const missing = numbers.sort((a, b) => a - b).map((row): ByteRange => [row * 16, row * 16 + 16]);
        const bytes = counting(272);
        for (const [from, to] of missing) bytes.fill(0, from, to);
        const [back] = read(writeLspci([{ bdf, bytes, missing }], { domains: false })).functions;
        expect(back!.bytes).toEqual(bytes);
        const absent = back!.missing.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i));
        expect(absent).toEqual(missing.flatMap(([from]) => Array.from({ length: 16 }, (_, i) => from + i)));
      }),
    );
  });
});
