// SPDX-License-Identifier: GPL-2.0-only
/**
 * The command on every input of ../shared/malformed: the severity that INDEX.tsv expects, and a sentence with the facts it
 * names. The inputs are not ours to copy; those made by hand stand as builders in test/machine/.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hotreset, type Outcome, ROOT } from './hotreset.ts';

const FOLDER = join(ROOT, '../shared/malformed');
const there = existsSync(FOLDER);

interface Entry {
  readonly name: string;
  readonly severity: string;
}

const entries: Entry[] = there
  ? readFileSync(join(FOLDER, 'INDEX.tsv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t'))
      .filter(([name]) => name!.endsWith('.lspci'))
      .map((columns) => ({ name: columns[0]!, severity: columns[3]! }))
  : [];

/** What the sentence must say: lines, addresses, offsets and values that INDEX.tsv names. */
const FACTS: Readonly<Record<string, readonly RegExp[]>> = {
  '00-control-good': [/^\S+: 7 functions, /],
  '01-empty': [/empty file/, /no PCI functions found/],
  '03-decoded-only-no-hex': [/line 1: /, /00:00\.0 has no hex rows/, /-x, -xxx or -xxxx/],
  '05-truncated-last-row': [/line 125: /, /\b9 of 16 bytes/, /without a newline/, /truncated dump of 04:00\.0/],
  '11-binary-junk': [/not an lspci dump/, /binary data .*byte 0/],
  '15-hexdump-C': [/line 1: hex row before any slot line/],
  '16-long-line-300': [/^\S+: 7 functions, /],
  '21-one-digit-byte': [/line 21: byte "0" is not two hexadecimal digits/],
  '22-three-digit-byte': [/line 21: byte "000" is not two hexadecimal digits/],
  '23-row-17-bytes': [/line 21: row 10 .*17 bytes/],
  '24-offset-out-of-order': [/line 21: row 20 where 10 was expected/],
  '25-offset-twice-different': [/line 22: row 10 of 00:02\.0 given twice with different bytes \(first at line 21\)/],
  '27-row-missing': [/line 28: row 90 where 80 was expected: 80-8f of 00:02\.0 unknown/],
  '29-rows-before-slot': [/line 1: hex row before any slot line/],
  '31-tabs': [/^\S+: 7 functions, /],
  '32-double-spaces': [/^\S+: 7 functions, /],
  '33-upper-case': [/^\S+: 7 functions, /],
  '41-function-8': [/line 109: function number 8 is out of range 0-7/],
  '44-duplicate-function-differs': [/02:01\.0 appears twice with different bytes \(lines 73 and 127\)/],
  '50-secondary-less-than-primary': [
    /02:00\.0: secondary bus 01 is not above primary 02: bus cycle 01 -> 02 -> 01/,
    /at 19/,
  ],
  '52-mutual-loop': [/bus cycle 01 -> 02 -> 01 through \S*01:00\.0, \S*02:00\.0/, /at 19/],
  '53-siblings-same-secondary': [/bus 03 is claimed by \S*02:00\.0 and \S*02:01\.0/, /at 19/],
  '54-overlapping-ranges': [/bus ranges overlap: \S*02:00\.0 \[03-04\], \S*02:01\.0 \[04-04\]/],
  '55-child-outside-parent': [/02:01\.0: secondary 04 .*outside \S*01:00\.0 \[02-03\]/],
  '56-subordinate-less-than-secondary': [/02:00\.0: subordinate 02 below secondary 03 \(at 1a\)/],
  '58-unconfigured-bridge': [/^\S+: 6 functions, /],
  '60-header-type-7f': [/04:00\.0: unknown header type 7f \(at 0e\)/],
  '61-header-type-3': [/04:00\.0: unknown header type 03 \(at 0e\)/],
  '62-all-ff': [/04:00\.0: all ff: the device is gone, and is skipped/],
  '64-vendor-ffff-rest-valid': [/note: \S*04:00\.0: vendor and device read ffff, .*virtual function/],
  '65-class-bridge-header0': [/04:00\.0: class 0604 but header type 00 \(at 0a\)/],
  '66-bridge-header-class-nic': [/02:01\.0: header type 01 but class 0200 \(at 0a\)/],
  '67-bar-reserved-type': [
    /04:00\.0: BAR0 has reserved type 3 \(at 10\)/,
    /04:00\.0: BAR5 is 64-bit but is the last BAR \(at 24\)/,
  ],
  '73-cap-next-into-header': [/04:00\.0: capability at 40: next pointer 04 is inside the header/],
  '76-cap-pcie-cut-at-end': [/04:00\.0: PCI Express capability at f8 runs past ff/],
  '77-cap-status-bit-clear': [/^\S+: 7 functions, /],
  '78-cap-ptr-beyond-64B': [/note: 7 functions with 64 bytes in the dump, without capabilities/],
  '79-two-pcie-caps': [/04:00\.0: second PCI Express capability at 60/],
  '80-ecap-loop': [/04:00\.0: extended capability list loops at 100 \(at 140\)/],
  '83-ecap-all-ff': [/^\S+: 7 functions, /],
  '84-ecap-cut-at-end': [/04:00\.0: .*I\/O Virtualization.* at ff8 runs past fff/],
  '86-sriov-numvfs-over-total': [/03:00\.0: NumVFs 255 exceeds TotalVFs 4 \(at 130\)/],
  '87-sriov-vf-missing': [/03:00\.0: 4 VFs enabled, none in the dump \(at 130\)/],
  '90-real-stderr-splits-byte': [/line 102: .*0pcilib:.*row 10 of 00:1f\.2.*lspci itself/],
  '92-real-stderr-splits-offset': [/line 297: "f2pcilib:" is not understood/, /f20-f2f of 01:00\.0 unknown/],
  // INDEX.tsv has the list end at b4; it does not, its link there is in the row before. What is lost are registers.
  '95-real-row-missing': [
    /row 90 where 80 was expected: 80-8f of 04:00\.0 unknown/,
    /04:00\.0: PCI Express capability at 78 \(next b4\): its 80-8f not in the dump/,
  ],
  '96-real-mail-i2cdetect-rows': [/row 30 of 00:14\.0 has 15 of 16 bytes/, /belong to no function: the blank line/],
  '97-real-mail-eeprom-rows': [/02:07\.0 has no hex rows/, /after a blank line/],
};

const EXIT: Readonly<Record<string, number>> = { ok: 0, warning: 0, error: 2 };

/** Lines of the screen before the outcome, each paragraph in one line again. */
const head = ({ stdout }: Outcome): string => stdout.split('\n\n')[0]!.replaceAll('\n  ', ' ');

describe.skipIf(!there)('INDEX.tsv (skipped where ../shared/malformed is absent)', () => {
  it('has a fact for each entry, and each fact has an entry', () => {
    expect(entries.map(({ name }) => name.replace('.lspci', '')).sort()).toEqual(Object.keys(FACTS).sort());
  });

  it.each(entries)('$name: $severity', ({ name, severity }) => {
    const path = join('../shared/malformed', name);
    const outcome = hotreset(['run', path]);
    expect(outcome.code).toBe(EXIT[severity]);
    const said = severity === 'error' ? outcome.stderr : head(outcome);
    for (const fact of FACTS[name.replace('.lspci', '')]!) expect(said).toMatch(fact);
    expect(/^warning: /m.test(said)).toBe(severity === 'warning');
    expect(said.length).toBeLessThan(2000);
    if (severity === 'error') {
      expect(outcome.stdout).toBe('');
      expect(said.trim().split('\n')).toHaveLength(1);
    } else expect(outcome.stderr).toBe('');
  });
});
