// SPDX-License-Identifier: GPL-2.0-only
/** Bytes that are odd: told with function and offset, and the run goes on. */
import { describe, expect, it } from 'vitest';
import { layoutOfFunction } from '../../src/configspace/function.ts';
import { pcie } from '../../src/devices/profile.ts';
import { formatWarning } from '../../src/machine/dump.ts';
import { DumpError } from '../../src/machine/errors.ts';
import { machineOf, warningsOf } from '../../src/machine/machine.ts';
import { nic, nvme } from '../../src/machine/topology-devices.ts';
import { type Edit, machineText, parseMachine, poke } from './machines.ts';

const withVirtual = nic({ virtualFunctions: { total: 4, enabled: 4, deviceId: 0x10ed } });
const withoutSome = (text: string, ...slots: string[]): string =>
  text
    .split('\n\n')
    .filter((part) => !slots.some((slot) => part.startsWith(slot)))
    .join('\n\n');

const NUMBER_OF_VFS = 0x10;
const sriovOf = (bytes: Uint8Array): number =>
  layoutOfFunction(bytes).blocks.find(({ id, extended }) => extended && id === 0x0010)!.offset;

/** Sentences without file, line and the domain. */
const said = (text: string): string[] =>
  machineOf(parseMachine(text), pcie).warnings.map((w) =>
    formatWarning(w)
      .replace(/^machine\.lspci: line \d+: /, '')
      .replaceAll(/0000:(?=[0-9a-f]{2}:)/g, ''),
  );

describe('bus numbers', () => {
  it.each<[string, Edit, string[]]>([
    ['as they should be', () => undefined, []],
    [
      'a bridge that leads back',
      ({ first }) => first.set([1, 1], 0x19),
      ['02:00.0: secondary bus 01 is not above primary 02: bus cycle 01 -> 02 -> 01 through 01:00.0, 02:00.0 (at 19)'],
    ],
    [
      'a bridge that leads to its own bus',
      ({ first }) => first.set([2], 0x19),
      ['02:00.0: secondary bus 02 is not above primary 02: bus cycle 02 -> 02 through 02:00.0 (at 19)'],
    ],
    [
      'two bridges to one bus',
      ({ second }) => second.set([3, 3], 0x19),
      ['02:01.0: bus 03 is claimed by 02:00.0 and 02:01.0 (at 19)'],
    ],
    [
      'ranges that overlap',
      ({ first }) => first.set([4], 0x1a),
      ['02:01.0: bus ranges overlap: 02:00.0 [03-04], 02:01.0 [04-04] (at 19)'],
    ],
    [
      'a range that is outside of the one above',
      ({ upstream }) => upstream.set([3], 0x1a),
      ['02:01.0: secondary 04 [04-04] is outside 01:00.0 [02-03] (at 19)'],
    ],
    [
      'a range that ends before it begins',
      ({ first }) => first.set([2], 0x1a),
      ['02:00.0: subordinate 02 below secondary 03 (at 1a)'],
    ],
    [
      'a primary bus that is another',
      ({ second }) => second.set([9], 0x18),
      ['02:01.0: primary bus 09, but it sits on bus 02 (at 18)'],
    ],
    ['a bridge that was given no bus', ({ first }) => first.fill(0, 0x18, 0x1b), []],
  ])('%s', (_, edit, expected) => {
    expect(said(machineText(edit))).toEqual(expected);
  });
});

describe('headers', () => {
  it.each<[string, Edit, string[]]>([
    [
      'an unknown header type',
      ({ device }) => device.fill(0x7f, 0x0e, 0x0f),
      ['04:00.0: unknown header type 7f (at 0e)'],
    ],
    ['another', ({ device }) => device.fill(0x83, 0x0e, 0x0f), ['04:00.0: unknown header type 03 (at 0e)']],
    ['all ff', ({ device }) => device.fill(0xff), ['04:00.0: all ff: the device is gone, and is skipped (at 00)']],
    [
      'no vendor',
      ({ device }) => device.fill(0, 0, 2),
      ['04:00.0: vendor reads 0000: a kernel sees no function here (at 00)'],
    ],
    [
      'the class of a bridge',
      ({ device }) => device.set([4, 6], 0x0a),
      ['04:00.0: class 0604 but header type 00 (at 0a)'],
    ],
    [
      'a bridge with the class of a network card',
      ({ second }) => second.set([0, 2], 0x0a),
      ['02:01.0: header type 01 but class 0200 (at 0a)'],
    ],
    [
      'BARs of types that there are none of',
      ({ device }) => poke(device, { 0x10: 0xfe400006, 0x14: 0, 0x24: 0xfe000004 }),
      ['04:00.0: BAR0 has reserved type 3 (at 10)', '04:00.0: BAR5 is 64-bit but is the last BAR (at 24)'],
    ],
    [
      'a bridge with a 64-bit BAR at the end',
      ({ second }) => poke(second, { 0x14: 0xfe000004 }),
      ['02:01.0: BAR1 is 64-bit but is the last BAR (at 14)'],
    ],
    ['I/O, and the upper half of an address', ({ device }) => poke(device, { 0x14: 6, 0x18: 0xe007 }), []],
  ])('%s', (_, edit, expected) => {
    expect(said(machineText(edit, nvme(), 256))).toEqual(expected);
  });

  it('takes ffff with a header for a virtual function whose physical one is missing, and notes it', () => {
    const dump = parseMachine(machineText(({ device }) => device.fill(0xff, 0, 4)));
    const { warnings, notes } = machineOf(dump, pcie);
    expect(warnings).toEqual([]);
    expect(notes).toContain(
      '0000:04:00.0: vendor and device read ffff, the rest does not: like a virtual function, whose physical one is missing',
    );
    const covered = machineOf(parseMachine(machineText(() => undefined, withVirtual)), pcie);
    expect(covered.warnings).toEqual([]);
    expect(covered.notes.filter((note) => note.includes('ffff'))).toEqual([]);
  });
});

/** PCI Express at 40, MSI-X at 80, and the rest empty. */
const twoCapabilities = (device: Uint8Array): void => {
  device.fill(0, 0x40, 0x100);
  device.set([0x40], 0x34);
  poke(device, { 0x40: 0x00028010, 0x80: 0x00000011 });
};

describe('capability lists', () => {
  it.each<[string, Edit, string[]]>([
    ['as they should be', ({ device }) => twoCapabilities(device), []],
    [
      'a link into the header',
      ({ device }) => device.set([0x04], 0x81),
      ['04:00.0: capability at 80: next pointer 04 is inside the header (at 81)'],
    ],
    [
      'a pointer into the header',
      ({ device }) => device.set([0x20], 0x34),
      ['04:00.0: capabilities pointer 20 is inside the header (at 34)'],
    ],
    ['a loop', ({ device }) => device.set([0x40], 0x81), ['04:00.0: capability list loops at 40 (at 81)']],
    [
      'a capability that links to itself',
      ({ device }) => device.set([0x80], 0x81),
      ['04:00.0: capability list loops at 80 (at 81)'],
    ],
    [
      'one that is cut at the end',
      ({ device }) => poke(device, { 0x40: 0x0002f805, 0xf8: 0x00020010 }),
      ['04:00.0: PCI Express capability at f8 runs past ff'],
    ],
    ['PCI Express twice', ({ device }) => device.set([0x10], 0x80), ['04:00.0: second PCI Express capability at 80']],
    [
      'a pointer between dwords',
      ({ device }) => device.set([0x42], 0x34),
      ['04:00.0: capabilities pointer 42 is not a multiple of 4: the list goes on at 40 (at 34)'],
    ],
    [
      'a link between dwords',
      ({ device }) => device.set([0x81], 0x41),
      ['04:00.0: capability at 40: next pointer 81 is not a multiple of 4: the list goes on at 80 (at 41)'],
    ],
    ['a pointer without the bit in Status', ({ device }) => device.fill(0, 0x06, 0x07), []],
  ])('%s', (_, edit, expected) => {
    const both: Edit = (bytes) => {
      twoCapabilities(bytes.device);
      edit(bytes);
    };
    expect(said(machineText(both, nvme(), 256))).toEqual(expected);
  });

  it.each<[string, Readonly<Record<number, number>>, string[]]>([
    ['all-ones', Object.fromEntries(Array.from({ length: 960 }, (_, i) => [0x100 + 4 * i, 0xffffffff])), []],
    ['a loop', { 0x100: 0x14010003, 0x140: 0x10010018 }, ['04:00.0: extended capability list loops at 100 (at 140)']],
    ['a link below 100', { 0x100: 0x04010003 }, ['04:00.0: extended capability at 100: next pointer 40 is below 100']],
    [
      'a link between dwords',
      { 0x100: 0x14110003, 0x140: 0x00010018 },
      [
        '04:00.0: extended capability at 100: next pointer 141 is not a multiple of 4: the list goes on at 140 (at 102)',
      ],
    ],
    [
      'one that is cut at the end',
      { 0x100: 0xff810003, 0xff8: 0x00010010 },
      ['04:00.0: Single Root I/O Virtualization capability at ff8 runs past fff'],
    ],
  ])('extended: %s', (_, words, expected) => {
    const edit: Edit = ({ device }) => {
      device.fill(0, 0x100);
      poke(device, words);
    };
    expect(said(machineText(edit))).toEqual(expected);
  });
});

describe('virtual functions', () => {
  /** Words at offsets from the capability; each warning ends in the offset of one of its registers. */
  it.each<[string, Readonly<Record<number, number>>, (at: (register: number) => string) => string[]]>([
    ['all there', {}, () => []],
    [
      'more switched on than there are',
      { [NUMBER_OF_VFS]: 255 },
      (at) => [`NumVFs 255 exceeds TotalVFs 4 ${at(NUMBER_OF_VFS)}`],
    ],
    ['more at first than in total', { 0x0c: 0x0004_0005 }, (at) => [`InitialVFs 5 exceeds TotalVFs 4 ${at(0x0c)}`]],
    [
      'the first one is the function itself',
      { 0x14: 0x0002_0000 },
      (at) => [
        `VFs enabled, but First VF Offset is 0: the first VF is the function itself ${at(0x14)}`,
        `4 VFs enabled, none in the dump ${at(NUMBER_OF_VFS)}`,
      ],
    ],
    ['one address', { 0x14: 0x80 }, (at) => [`4 VFs enabled, but VF Stride is 0: all have one address ${at(0x16)}`]],
    [
      'no address',
      { 0x14: 0x0002_fff0 },
      (at) => [`VFs enabled beyond bus ff: the last of them have no address ${at(0x14)}`],
    ],
  ])('%s', (_, words, expected) => {
    let at = 0;
    const edit: Edit = ({ device }) => {
      at = sriovOf(device);
      poke(
        device,
        Object.fromEntries(Object.entries(words).map(([register, value]) => [at + Number(register), value])),
      );
    };
    const text = machineText(edit, withVirtual);
    const sentences = expected((register) => `(at ${(at + register).toString(16)})`);
    expect(said(text)).toEqual(sentences.map((sentence) => `04:00.0: ${sentence}`));
  });

  it.each([
    [['04:10.0', '04:10.2', '04:10.4', '04:10.6'], 'none'],
    [['04:10.4'], '3'],
  ])('not in the dump: %s', (slots, count) => {
    const whole = machineText(() => undefined, withVirtual);
    expect(said(withoutSome(whole, ...slots))).toEqual([
      expect.stringMatching(new RegExp(`^04:00\\.0: 4 VFs enabled, ${count} in the dump \\(at 1[0-9a-f]{2}\\)$`)),
    ]);
  });
});

describe('rows that the dump lacks', () => {
  const edit: Edit = ({ device }) => {
    twoCapabilities(device);
    device.fill(0, 0x100);
    poke(device, { 0x100: 0x14010003, 0x140: 0x20010018, 0x200: 0x0001000b });
  };
  const without = (...offsets: string[]): string => {
    const [before, after] = machineText(edit).split('\n04:00.0 ');
    const kept = after!.split('\n').filter((line) => !offsets.some((offset) => line.startsWith(`${offset}: `)));
    return `${before}\n04:00.0 ${kept.join('\n')}`;
  };
  /** Without what the text itself gave a warning for. */
  const about = (text: string) => said(text).filter((sentence) => sentence.startsWith('04:00.0: '));

  it.each<[string[], string[]]>([
    [['d0'], []],
    [['50', '60'], ['04:00.0: PCI Express capability at 40 (next 80): its 50-6f not in the dump']],
    [['80'], ['04:00.0: capability list cannot be followed at 80: 80-81 not in the dump']],
    [['30'], ['04:00.0: capability list cannot be followed at 34: 34 not in the dump']],
    [['00'], ['04:00.0: capability list cannot be followed at 06: 06 not in the dump']],
    [['100'], ['04:00.0: extended capability list cannot be followed at 100: 100-103 not in the dump']],
    [['140'], ['04:00.0: extended capability list cannot be followed at 140: 140-143 not in the dump']],
  ])('%s', (offsets, expected) => {
    expect(about(without(...offsets))).toEqual(expected);
  });

  it('are no holes where the dump only ends early', () => {
    expect(said(machineText(({ device }) => twoCapabilities(device), nvme(), 64))).toEqual([]);
  });
});

describe('too much', () => {
  const many = (count: number): string =>
    Array.from({ length: count }, (_, i) => {
      const [domain, bus, slot] = [i >> 16, (i >> 8) & 0xff, i & 0xff].map((n) => n.toString(16).padStart(2, '0'));
      const device = (Number.parseInt(slot!, 16) >> 3).toString(16).padStart(2, '0');
      return `00${domain}:${bus}:${device}.${i & 7} x\n00: 86 80 0e 10\n`;
    }).join('\n');

  it('is refused by a sentence, not by running out of memory', () => {
    const dump = parseMachine(many(131_073));
    const text = 'machine.lspci: 131073 functions, and at most 131072 can be made a machine of';
    expect(() => machineOf(dump, pcie)).toThrow(
      new DumpError(text.slice('machine.lspci: '.length), { file: 'machine.lspci' }),
    );
    expect(() => warningsOf(dump)).toThrow(text);
  });

  it('is told of a thousand times at most', () => {
    const odd = many(3000).replaceAll('00: 86 80', '00: 00 00');
    const { warnings } = machineOf(parseMachine(odd), pcie);
    const sentences = warnings.filter(({ text }) => text.includes('vendor reads 0000'));
    expect(sentences).toHaveLength(1000);
    expect(warnings.at(-1)!.text).toBe('2000 more warnings are left out');
  });
});
