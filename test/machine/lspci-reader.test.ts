// SPDX-License-Identifier: GPL-2.0-only
/** The forms in which the output of lspci comes. */
import { describe, expect, it } from 'vitest';
import { parseBdf } from '../../src/bus/bdf.ts';
import { parseLspci } from '../../src/machine/dump.ts';
import { counting, fn, lines, read, rows } from './lspci-samples.ts';

describe('lengths', () => {
  it.each([64, 256, 4096, 320, 80])('reads %i bytes', (length) => {
    const dump = read(lines(fn('00:1f.3', length)));
    expect(dump.functions).toHaveLength(1);
    expect(dump.functions[0]!.bytes).toEqual(counting(length));
    expect(dump.functions[0]!.missing).toEqual([]);
    expect(dump.warnings).toEqual([]);
  });

  it('fills a header that is cut at a row up to 64 bytes and says so', () => {
    const [f] = read(lines(fn('00:00.0', 16))).functions;
    expect(f!.bytes).toEqual(Uint8Array.from({ length: 64 }, (_, at) => (at < 16 ? at : 0)));
    expect(f!.missing).toEqual([[16, 64]]);
  });

  it('keeps functions apart: the second is not filled from the first', () => {
    const dump = read(lines(fn('00:00.0', 4096), '', fn('00:01.0', 32), '', fn('00:02.0', 256)));
    expect(dump.functions.map((f) => f.bytes.length)).toEqual([4096, 64, 256]);
    expect(dump.functions[1]!.bytes.subarray(32).every((b) => b === 0)).toBe(true);
  });
});

describe('addresses', () => {
  it.each([
    ['01:00.0', '0000:01:00.0', false],
    ['0000:01:00.0', '0000:01:00.0', true],
    ['0002:ff:1f.7', '0002:ff:1f.7', true],
    ['10000:e1:00.0', '10000:e1:00.0', true],
    ['ffffffff:00:00.0', 'ffffffff:00:00.0', true],
    ['0000:AF:1F.0', '0000:af:1f.0', true],
  ])('%s', (address, bdf, hasDomains) => {
    const dump = read(lines(fn(address)));
    expect(dump.functions[0]!.bdf).toBe(parseBdf(bdf));
    expect(dump.hasDomains).toBe(hasDomains);
  });

  it('gives line and title', () => {
    const dump = read(lines('$ lspci -xxx', '', '05:00.0  VGA \u00e0 (rev a1) ', rows(0, 64)));
    expect(dump.functions[0]).toMatchObject({ line: 3, title: 'VGA \u00e0 (rev a1)' });
  });

  it('takes a slot line without a title', () => {
    expect(read(lines('05:00.0', rows(0, 64))).functions[0]!.title).toBe('');
  });

  it.each([
    'pci 0000:00:14.0: reset',
    '00:14.0: reset',
    '000:14.0 x',
    '000:00:14.0 x',
    '12:45.9 is a time',
    '-[0000:00]-+-00.0',
    '00:14.0x',
  ])('is not misled by "%s"', (text) => {
    const dump = read(lines(text, '', fn('00:01.0')));
    expect(dump.functions.map((f) => f.line)).toEqual([3]);
    expect(dump.warnings).toEqual([]);
  });
});

describe('spacing', () => {
  const plain = lines(fn('00:02.0', 256), '', fn('01:00.0', 64), '');
  const expected = read(plain).functions.map(({ bdf, bytes, title }) => ({ bdf, bytes, title }));
  const variants: Record<string, string> = {
    'CR LF': plain.replaceAll('\n', '\r\n'),
    'byte order mark': `\ufeff${plain}`,
    'upper case': plain.replace(/^[0-9a-f]{2}: .*$/gm, (row) => row.toUpperCase()),
    tabs: plain.replace(/^[0-9a-f]{2}: .*$/gm, (row) => row.replaceAll(' ', '\t')),
    'double spaces': plain.replace(/^10: .*$/gm, (row) => row.replaceAll(' ', '  ')),
    'no-break spaces': plain.replace(/^10: .*$/gm, (row) => row.replaceAll(' ', '\u00a0')),
    'trailing spaces': plain.replace(/(?<=\w)$/gm, ' '),
    'indented rows': plain.replace(/^(?=[0-9a-f]{2}: )/gm, '    '),
    'all indented': plain.replace(/^/gm, '\t'),
    'quoted mail': plain.replace(/^/gm, '> '),
    'quoted twice': plain.replace(/^/gm, '> > '),
    'three-digit offsets': plain.replace(/^(?=[0-9a-f]{2}: )/gm, '0'),
    'no newline at the end': plain.trimEnd(),
    'no blank lines': plain.replaceAll('\n\n', '\n'),
    'a fence of Markdown': `\`\`\`\n${plain.trimEnd()}\n\`\`\`\nthanks\n`,
    'more before': `lspci: some message\nHello,\n\n${plain}`,
    'more after': `${plain}-- \nbest regards\n12: 00 is the time, 10: is too\n`,
  };
  it.each(Object.entries(variants))('%s', (_, text) => {
    const dump = read(text);
    expect(dump.functions.map(({ bdf, bytes, title }) => ({ bdf, bytes, title }))).toEqual(expected);
    expect(dump.warnings).toEqual([]);
  });

  it('text of -vv between slot line and rows', () => {
    const text = ['\tControl: I/O+ Mem+', '\tLatency: 0, Cache Line Size: 64 bytes', '\tKernel driver in use: e1000e'];
    const [slot, ...hex] = fn('00:02.0', 256);
    const dump = read(lines(slot!, text, hex));
    expect(dump.functions[0]!.bytes).toEqual(counting(256));
    expect(dump.warnings).toEqual([]);
  });

  it('reads from the middle of a larger buffer', () => {
    const whole = Buffer.from(`xxxx${plain}yyyy`);
    const dump = parseLspci(new Uint8Array(whole.buffer, whole.byteOffset + 4, whole.length - 8), 'test.lspci');
    expect(dump.functions).toHaveLength(2);
  });
});

describe('several outputs in one file', () => {
  it('joins lspci, lspci -vv and lspci -xxx of the same machine', () => {
    const plain = ['00:02.0 VGA compatible controller', '01:00.0 Ethernet controller', ''];
    const decoded = [
      '01:00.0 Ethernet controller: Intel',
      '\tRegion 0: Memory at f0000000 (32-bit, non-prefetchable) [size=128K]',
      '',
    ];
    const dump = read(lines(plain, decoded, fn('00:02.0'), '', fn('01:00.0', 256)));
    expect(dump.functions.map((f) => f.bytes.length)).toEqual([64, 256]);
    expect(dump.functions[1]!.regions).toMatchObject([{ index: 0, size: 131072 }]);
    expect(dump.warnings).toEqual([]);
  });

  it('keeps the longer of two dumps of one function, at the place of the first', () => {
    const dump = read(lines(fn('00:01.0', 64), '', fn('00:02.0', 64), '', fn('00:01.0', 4096)));
    expect(dump.functions.map((f) => [f.line, f.bytes.length])).toEqual([
      [13, 4096],
      [7, 64],
    ]);
    expect(dump.warnings).toMatchObject([
      { line: 13, text: expect.stringContaining('00:01.0 appears twice with the same') },
    ]);
  });

  it('warns of functions that have rows nowhere', () => {
    const dump = read(lines('00:1f.0 ISA bridge', '00:1f.3 SMBus', '', fn('00:02.0')));
    expect(dump.functions).toHaveLength(1);
    expect(dump.warnings).toMatchObject([
      { line: 1, text: '00:1f.0 (line 1), 00:1f.3 (line 2) have no hex rows and are left out' },
    ]);
  });
});
