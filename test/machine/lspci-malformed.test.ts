// SPDX-License-Identifier: GPL-2.0-only
/**
 * Text that is not as lspci wrote it: refused where it is not certain, told of where it is odd. The inputs that others
 * collected are in test/cli/malformed.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { parseLspci } from '../../src/machine/dump.ts';
import { DumpError } from '../../src/machine/errors.ts';
import { counting, fn, lines, read, rows } from './lspci-samples.ts';

const errorOf = (text: string | Uint8Array): string => {
  try {
    parseLspci(Buffer.from(text), 'f');
  } catch (error) {
    if (error instanceof DumpError) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
};

const warningsOf = (text: string): string[] => read(text).warnings.map((w) => `${w.line}: ${w.text}`);

/** Two functions; the second starts in line 7, its row 10 is line 9. */
const machine = (edit: (row10: string) => string | readonly string[]): string => {
  const [slot, row00, row10, ...rest] = fn('00:02.0', 128);
  return lines(fn('00:00.0'), '', slot!, row00!, edit(row10!), rest, '');
};

describe('refused', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'f: empty file, no PCI functions found'],
    ['only blank lines', '\n \n', 'f: no PCI functions found: no line starts with an address such as 01:00.0'],
    ['prose', 'Hello,\n', 'f: no PCI functions found: no line starts with an address such as 01:00.0'],
    [
      'decoded text only',
      lines('00:00.0 Host bridge', '\tControl: I/O+', '', '00:02.0 PCI bridge'),
      'f: line 1: function 00:00.0 has no hex rows, nor has 1 more (was it made with -x, -xxx or -xxxx?)',
    ],
    [
      'decoded text, and rows of something else after a blank line',
      lines('02:07.0 Multimedia', '\tSubsystem: x', '', 'i2c eeprom:', rows(0, 32)),
      'f: line 1: function 02:07.0 has no hex rows (was it made with -x, -xxx or -xxxx?); ' +
        '2 hex rows from line 5 on come after a blank line and belong to no function',
    ],
    [
      'a cut byte at the end',
      machine((row) => row)
        .trimEnd()
        .slice(0, -22),
      'f: line 15: row 70 has 8 of 16 bytes and a cut byte "7", then the file ends without a newline: ' +
        'truncated dump of 00:02.0',
    ],
    [
      'a cut row at the end',
      machine((row) => row)
        .trimEnd()
        .slice(0, -23),
      'f: line 15: row 70 has 8 of 16 bytes, then the file ends without a newline: truncated dump of 00:02.0',
    ],
    [
      'a cut offset at the end',
      lines(fn('00:02.0', 112), '7').trimEnd(),
      'f: line 9: the file ends within the offset of row 70: truncated dump of 00:02.0',
    ],
    [
      'binary data',
      Uint8Array.from({ length: 4096 }, (_, i) => (i * 73 + 11) % 251),
      'f: line 1: not an lspci dump: binary data in the line that starts at byte 0',
    ],
    [
      'hexdump -C',
      '00000000  36 1b 0c 00 07 05 10 00  00 00 04 06 00 00 01 00  |6...............|\n',
      'f: line 1: hex row before any slot line (the output of hexdump?), its function is not known',
    ],
    [
      'rows before any slot line',
      lines(rows(0, 32)),
      'f: line 1: hex row before any slot line, its function is not known',
    ],
    [
      'no hexadecimal digit',
      machine((row) => row.replace('17', 'g7')),
      'f: line 9: byte "g7" is not hexadecimal (row 10 of 00:02.0)',
    ],
    [
      'no hexadecimal digit in the first byte',
      machine((row) => row.replace(' 10', ' 1O')),
      'f: line 9: byte "1O" is not hexadecimal (row 10 of 00:02.0)',
    ],
    [
      'one digit',
      machine((row) => row.replace('17', '7')),
      'f: line 9: byte "7" is not two hexadecimal digits (row 10 of 00:02.0)',
    ],
    [
      'three digits',
      machine((row) => row.replace('17', '177')),
      'f: line 9: byte "177" is not two hexadecimal digits (row 10 of 00:02.0)',
    ],
    [
      'a message of lspci in a byte',
      machine((row) => [row.replace('7 18', '7pcilib: sysfs_read_vpd: read failed'), '18']),
      'f: line 9: byte "17pcilib:" is not hexadecimal (row 10 of 00:02.0; a message of lspci itself was mixed into the row)',
    ],
    [
      'escapes and a long token',
      machine((row) => row.replace('17', `\u001b[31m${'z'.repeat(50)}`)),
      'f: line 9: byte "?[31mzzzzzzzzzzzzzzzzzzz..." is not hexadecimal (row 10 of 00:02.0)',
    ],
    [
      'other separators',
      machine((row) => row.replaceAll(' ', '-').replace('-', ' ')),
      'f: line 9: byte "10-11-12-13-14-15-16-17-..." is not hexadecimal (row 10 of 00:02.0)',
    ],
    [
      'a bad byte in a row that is not the next one',
      lines('00:02.0 x', rows(0, 16), rows(32, 48)[0]!.replace('27', 'g7')),
      'f: line 3: byte "g7" is not hexadecimal (row 20 of 00:02.0)',
    ],
    [
      'a row twice with other bytes',
      machine((row) => [row, row.replace('17', 'aa')]),
      'f: line 10: row 10 of 00:02.0 given twice with different bytes (first at line 9): byte 17 is 17 there and aa here',
    ],
    [
      'a row at an odd offset that contradicts',
      machine((row) => [row, '18: 18 1a']),
      'f: line 10: row 18 of 00:02.0 given twice with different bytes (first at line 9): byte 19 is 19 there and 1a here',
    ],
    [
      'rows that overlap and contradict',
      machine((row) => [row.slice(0, -24), '14: 14 15 16 17 18', '17: 17 19']),
      'f: line 11: row 17 of 00:02.0 overlaps the row at line 9 with different bytes: byte 18 is 18 there and 19 here',
    ],
    ['function 8', lines(fn('00:00.0'), '', fn('02:00.8')), 'f: line 7: function number 8 is out of range 0-7'],
    ['device 20', lines(fn('02:20.0')), 'f: line 1: device number 20 is out of range 00-1f'],
    [
      'a function twice with other bytes',
      lines(fn('02:01.0'), '', fn('02:01.0')).replace('17', 'aa'),
      'f: line 7: 02:01.0 appears twice with different bytes (lines 1 and 7): byte 17 is aa first and 17 then',
    ],
    [
      'more than config space has',
      lines(fn('0001:00:02.0', 4096), '1000: 00'),
      'f: line 258: row 1000 of 0001:00:02.0 is beyond fff',
    ],
    [
      'a row without end',
      `00:02.0 x\n00:${' 00'.repeat(5000)}\n`,
      'f: line 2: row 00 of 00:02.0 has more than 16 bytes and runs past fff',
    ],
    ['a line without end', `00:02.0 ${'x'.repeat(70000)}\n`, 'f: line 1: longer than 65536 bytes, no line of lspci is'],
  ])('%s', (_, text, message) => {
    expect(errorOf(text)).toBe(message);
  });

  it('tells file and line apart from the sentence too', () => {
    const error = new DumpError('a sentence', { file: 'f', line: 3 });
    expect(error).toMatchObject({ name: 'DumpError', file: 'f', line: 3, message: 'f: line 3: a sentence' });
    expect(new DumpError('a sentence', { file: 'f' })).toMatchObject({ line: undefined, message: 'f: a sentence' });
  });
});

describe('odd, with a warning', () => {
  const bytes = (text: string, at = 1) => read(text).functions[at]!.bytes;
  const [row10, row20] = rows(16, 48) as [string, string];
  const shifted = ['08', '18', '28', '38'].map((at) => {
    const first = Number.parseInt(at, 16);
    return `${at}: ${Array.from({ length: 16 }, (_, i) => (first + i).toString(16).padStart(2, '0')).join(' ')}`;
  });
  const outOfOrder = (second: string) =>
    lines(fn('00:00.0'), '', '00:02.0 x', rows(0, 16), row20, second, rows(48, 128));

  it.each<[string, string, string[], Uint8Array]>([
    [
      '17 bytes that agree with the next row',
      machine((row) => `${row} 20`),
      ['9: row 10 of 00:02.0 has 17 bytes instead of 16'],
      counting(128),
    ],
    [
      '17 bytes that do not: the next row is at home there',
      machine((row) => `${row} 00`),
      [
        '9: row 10 of 00:02.0 has 17 bytes instead of 16',
        '10: byte 20 of 00:02.0 at the end of a long row is not the one in its own row, which is used',
      ],
      counting(128),
    ],
    [
      'the same after the row it runs into',
      outOfOrder(`${row10} 00`),
      [
        '9: row 20 where 10 was expected: the rows of 00:02.0 are out of order, no byte is missing',
        '10: row 10 of 00:02.0 has 17 bytes instead of 16',
        '10: byte 20 of 00:02.0 at the end of a long row is not the one in its own row, which is used',
      ],
      counting(128),
    ],
    [
      'rows of 32 bytes',
      lines(fn('00:00.0'), '', '00:02.0 x', `${rows(0, 16)} ${rows(16, 32)[0]!.slice(4)}`, rows(32, 128)),
      ['8: row 00 of 00:02.0 has 32 bytes instead of 16'],
      counting(128),
    ],
    [
      'rows out of order',
      outOfOrder(row10),
      ['9: row 20 where 10 was expected: the rows of 00:02.0 are out of order, no byte is missing'],
      counting(128),
    ],
    [
      'a row twice',
      machine((row) => [row, row]),
      ['10: row 10 of 00:02.0 is given twice with the same bytes (first at line 9)'],
      counting(128),
    ],
    [
      'a row missing',
      machine(() => []),
      ['9: row 20 where 10 was expected: 10-1f of 00:02.0 unknown, read as zero'],
      counting(128).fill(0, 16, 32),
    ],
    [
      'a short row in the middle',
      machine((row) => row.slice(0, -3)),
      ['9: row 10 of 00:02.0 has 15 of 16 bytes'],
      counting(128).fill(0, 31, 32),
    ],
    [
      'a row at an odd offset',
      machine((row) => [row.slice(0, 27), `18: ${row.slice(28)}`]),
      ['9: row 10 of 00:02.0 has 8 of 16 bytes', '10: row 18 of 00:02.0 does not start at a multiple of 16'],
      counting(128),
    ],
    [
      'rows of 16 bytes that start after a short one',
      lines(fn('00:00.0'), '', '00:02.0 x', '00: 00 01 02 03 04 05 06 07', shifted),
      [
        '8: row 00 of 00:02.0 has 8 of 16 bytes',
        ...shifted.map((row, i) => `${9 + i}: row ${row.slice(0, 2)} of 00:02.0 does not start at a multiple of 16`),
      ],
      counting(72),
    ],
    [
      'messages in two places',
      machine((row) => ['one', row, 'two', '20:30 a time']),
      [
        '9: "one" is not understood, it starts no hex row of 00:02.0',
        '11: "two" is not understood, it starts no hex row of 00:02.0 (nor is the next line)',
      ],
      counting(128),
    ],
    [
      'messages at the end of two functions',
      lines(fn('00:00.0'), 'one', fn('00:02.0'), 'two', ''),
      [
        '6: "one" is not understood, it starts no hex row of 00:00.0',
        '12: "two" is not understood, it starts no hex row of 00:02.0',
      ],
      counting(64),
    ],
    [
      'rows after a blank line and then another function',
      lines(fn('00:00.0'), '', rows(64, 80), '', fn('00:02.0')),
      ['7: the hex row in line 7 belongs to no function: the blank line before ended 00:00.0'],
      counting(64),
    ],
    [
      'a message that splits an offset',
      machine((row) => ['1pcilib: sysfs_read_vpd: read failed: No such device', row.slice(1)]),
      [
        '9: "1pcilib:" is not understood, it starts no hex row of 00:02.0 (nor is the next line)',
        '11: row 20 where 10 was expected: 10-1f of 00:02.0 unknown, read as zero',
      ],
      counting(128).fill(0, 16, 32),
    ],
    [
      'a message between two rows',
      machine((row) => [row, 'a message', 'of several', 'lines']),
      ['10: "a" is not understood, it starts no hex row of 00:02.0 (nor are the next 2 lines)'],
      counting(128),
    ],
    [
      'rows after a blank line',
      machine((row) => [row, '']),
      ['11: 6 hex rows from line 11 to line 16 belong to no function: the blank line before ended 00:02.0'],
      Uint8Array.from({ length: 64 }, (_, at) => (at < 32 ? at : 0)),
    ],
  ])('%s', (_, text, warnings, expected) => {
    expect(warningsOf(text)).toEqual(warnings);
    expect(bytes(text)).toEqual(expected);
  });

  it('names function and offset, and lists what is missing', () => {
    const dump = read(machine(() => []));
    expect(dump.warnings[0]).toMatchObject({ file: 'test.lspci', line: 9, bdf: 0x10, offset: 16 });
    expect(dump.functions[1]!.missing).toEqual([[16, 32]]);
    expect(read(machine((row) => row.slice(0, -3))).functions[1]!.missing).toEqual([[31, 32]]);
    const several = read(lines(fn('00:00.0', 16), '', fn('00:01.0', 32), '', fn('00:02.0', 32)));
    expect(several.functions.map((f) => f.missing)).toEqual([[[16, 64]], [[32, 64]], [[32, 64]]]);
  });

  it('a long slot line is not odd', () => {
    const dump = read(lines(`00:02.0 ${'x'.repeat(300)}`, rows(0, 64)));
    expect(dump.functions[0]!.title).toHaveLength(300);
    expect(dump.warnings).toEqual([]);
  });

  it('does not collect warnings without bound', () => {
    const dump = read(lines(fn('00:00.0'), ...Array.from({ length: 3000 }, () => [...rows(0, 16), 'x'])));
    expect(dump.warnings).toHaveLength(1001);
    expect(dump.warnings.at(-1)!.text).toMatch(/^\d+ more warnings are left out$/);
  });
});
