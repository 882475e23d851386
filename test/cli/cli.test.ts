// SPDX-License-Identifier: GPL-2.0-only
/** The command as a user meets it: what it prints where, its exit codes, and what it says to wrong input. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/run/result.ts';
import { hotreset, ROOT } from './hotreset.ts';

const MINIMAL = 'examples/minimal.lspci';
const SERVER = 'examples/server.lspci';
const folder = mkdtempSync(join(tmpdir(), 'hotreset-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const json = (args: readonly string[]): RunResult => JSON.parse(hotreset([...args, '--json']).stdout) as RunResult;

describe('hotreset run', () => {
  it('prints the outcome, in plain text and in full', () => {
    const { code, stdout, stderr } = hotreset(['run', MINIMAL]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchSnapshot();
  });

  it('does nothing without the option on the command line', () => {
    const { ports, trace, functions } = json(['run', MINIMAL, '--cmdline', 'quiet']);
    expect({ ports, trace }).toEqual({ ports: [], trace: [] });
    expect(functions.every(({ resets, changed }) => resets === 0 && changed.length === 0)).toBe(true);
  });

  it('reads standard input, and a gzipped dump', () => {
    const ports = (stdout: string) => stdout.slice(stdout.indexOf('Ports'));
    const expected = ports(hotreset(['run', MINIMAL]).stdout);
    expect(expected).not.toBe('');
    const text = readFileSync(join(ROOT, MINIMAL), 'utf8');
    expect(ports(hotreset(['run', '-'], { input: text }).stdout)).toBe(expected);
    const gzipped = join(folder, 'minimal.lspci.gz');
    expect(hotreset(['run', MINIMAL, '--cmdline', '', '--after', gzipped]).code).toBe(0);
    expect(gunzipSync(readFileSync(gzipped)).toString()).toBe(text);
    expect(ports(hotreset(['run', gzipped]).stdout)).toBe(expected);
  });

  it('writes the trace as JSON lines, alone on standard output', () => {
    const lines = hotreset(['run', MINIMAL, '--trace', '-']).stdout.trim().split('\n');
    const first = JSON.parse(lines[0]!) as Record<string, unknown>;
    expect(Object.keys(first)).toEqual(['t_us', 'op', 'bdf', 'off', 'size', 'val']);
    expect(lines).toContain('{"t_us":2000,"op":"msleep","ms":1000}');
  });

  it('lets options win over the scenario, and the scenario over the defaults', () => {
    const scenario = file('scenario.json', '{"kernel": "6.1", "state": "running", "hardware": "qemu-7.2"}');
    const { kernel, state, hardware } = json(['run', MINIMAL, '--scenario', scenario, '--state', 'boot']);
    expect({ kernel, state, hardware }).toEqual({ kernel: '6.1', state: 'boot', hardware: 'qemu-7.2' });
  });

  it('names the kernel functions of each access with -v', () => {
    const { stdout } = hotreset(['run', MINIMAL, '-v']);
    expect(stdout).toContain('  do_downstream_device_reset < reset_pcie_endpoints\n');
    expect(stdout).toContain('restoring config space at offset 0x4');
    expect(hotreset(['run', MINIMAL]).stdout).not.toContain('restoring config space');
  });

  it('lets devices misbehave, as options and the scenario say', () => {
    const devices = { '00:00.0': 'link-stays-down' };
    const scenario = file('devices.json', JSON.stringify({ devices }));
    const slow = json(['run', MINIMAL, '--device', '0000:01:00.0=slow:3s,ignores-bus-master']);
    expect(slow.functions.at(-1)).toMatchObject({ answers: false, ready_us: 3_102_000 });
    const never = json(['run', MINIMAL, '--device', '01:00.0=never-ready', '--device', '01:00.0=ignores-bus-master']);
    expect(never.functions.at(-1)!.answers).toBe(false);
    expect(never.functions.at(-1)).not.toHaveProperty('ready_us');
    expect(json(['run', MINIMAL, '--scenario', scenario]).functions.at(-1)!.answers).toBe(false);
  });

  it.each([
    ['0000:01:00.0', 'expected an address and what it does, like 0000:01:00.0=slow:3s'],
    ['nobody=slow:3s', 'expected an address and what it does'],
    ['0000:01:00.0=sleepy', '--device 0000:01:00.0=sleepy: "sleepy" is none of slow:<time>'],
    ['0000:01:00.0=slow', '"slow" needs a time'],
    ['0000:77:00.0=never-ready', 'has no function 0000:77:00.0 that could misbehave'],
    ['0000:01:00.0=link-stays-down', '0000:01:00.0 of examples/minimal.lspci: link-stays-down is for a port'],
  ])('refuses --device %s by a sentence', (device, sentence) => {
    const { code, stdout, stderr } = hotreset(['run', MINIMAL, '--device', device]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('refuses devices of a scenario by a sentence that names the key', () => {
    const scenario = file('devices.json', '{"devices": {"0000:01:00.0": "slow"}}');
    const { code, stderr } = hotreset(['run', MINIMAL, '--scenario', scenario]);
    expect(code).toBe(2);
    expect(stderr).toContain('devices.json: "devices.0000:01:00.0": "slow" needs a time');
  });

  it('takes functions away that a scenario says are absent', () => {
    const absent = [{ bdf: '0000:01:00.0', fromUs: 1000, toUs: null }];
    const result = json(['run', MINIMAL, '--scenario', file('absent.json', JSON.stringify({ absent }))]);
    const reads = result.trace
      .filter((event) => 'bdf' in event)
      .filter(({ op, bdf }) => op === 'r' && bdf === '0000:01:00.0');
    const late = reads.filter(({ t_us }) => t_us >= 1000);
    expect(late.length).toBeGreaterThan(0);
    for (const { size, val } of late) expect(val).toBe(2 ** (8 * size) - 1);
    expect(reads.some(({ val }) => val === 0xa808144d)).toBe(true);
    expect(result.functions.at(-1)).toMatchObject({ answered: true, answers: false });
    const { count, first } = result.lost;
    expect(count).toBeGreaterThan(late.length);
    const { by, op } = first!;
    const line = hotreset(['run', MINIMAL, '--scenario', join(folder, 'absent.json')]).stdout;
    expect(line).toContain(
      `\n${count} accesses got no answer, the first a ${op === 'r' ? 'read' : 'write'} of 0000:01:00.0`,
    );
    expect(line).toContain(by);
    expect(hotreset(['run', MINIMAL]).stdout).not.toContain('no answer');
  });
});

describe('hotreset list, show and diff', () => {
  it('lists the tree in 100 columns', () => {
    const { code, stdout } = hotreset(['list', SERVER]);
    expect(code).toBe(0);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stdout).toMatchSnapshot();
  });

  it('shows functions without looking for any other program', () => {
    const { code, stdout } = hotreset(['show', MINIMAL, '01:00.0'], { env: { PATH: '' } });
    expect(code).toBe(0);
    expect(stdout).toContain('\tControl: I/O');
    expect(stdout).not.toContain('00:01.0 ');
  });

  it('finds a function in whichever domain it is', () => {
    const dump = file('domain', '0001:02:00.0 x\n00: 34 12 02 00\n');
    expect(hotreset(['show', dump, '02:00.0']).stdout).toContain('0001:02:00.0 ');
  });

  it('tells differences by register name, and by exit code', () => {
    expect(hotreset(['diff', MINIMAL, MINIMAL])).toEqual({ code: 0, stdout: 'no difference\n', stderr: '' });
    const after = join(folder, 'after.lspci');
    hotreset(['run', MINIMAL, '--after', after]);
    const { code, stdout } = hotreset(['diff', MINIMAL, after]);
    expect(code).toBe(1);
    expect(stdout).toContain('DevCtl2 (PCI Express)');
  });
});

describe('wrong input', () => {
  const cases: readonly (readonly [what: string, args: () => string[], says: RegExp])[] = [
    ['no such file', () => ['run', 'nowhere.lspci'], /^hotreset: nowhere\.lspci: no such file\n$/],
    ['an empty dump', () => ['run', file('empty', '')], /empty/],
    ['text that is no dump', () => ['list', file('text', 'hello\n')], /^hotreset: \S+: /],
    ['a byte that is not hexadecimal', () => ['show', file('bad', '00:00.0 x\n00: g7 80\n')], /line 2: .*g7/],
    [
      'an unknown algorithm',
      () => ['run', MINIMAL, '--algorithm', 'x'],
      /no algorithm "x", expected one of reset_pcie/,
    ],
    ['an unknown kernel', () => ['run', MINIMAL, '--kernel', '4.0'], /Allowed choices are 3\.10, 3\.13, 6\.1, 6\.12/],
    ['two outputs at once', () => ['run', MINIMAL, '--trace', '-', '--json'], /only one of/],
    [
      'a scenario that is not there',
      () => ['run', MINIMAL, '--scenario', 'none.json'],
      /none\.json: cannot be read \(no such file\)/,
    ],
    ['a scenario that is not JSON', () => ['run', MINIMAL, '--scenario', file('s1', '{')], /is not JSON/],
    [
      'an unknown key',
      () => ['run', MINIMAL, '--scenario', file('s2', '{"kernl": "6.1"}')],
      /unknown key "kernl", expected one of kernel/,
    ],
    [
      'a value of the wrong kind',
      () => ['run', MINIMAL, '--scenario', file('s3', '{"cmdline": 7}')],
      /"cmdline" is 7, expected a string/,
    ],
    ['an address that is none', () => ['show', MINIMAL, '1:2'], /"1:2" is no address/],
    ['a function that is not there', () => ['show', MINIMAL, '05:00.0'], /has no function 0000:05:00\.0/],
    ['two dumps from standard input', () => ['diff', '-', '-'], /only one of the two dumps can be standard input/],
    [
      'an address in more than one domain',
      () => ['show', file('domains', '0001:02:00.0 x\n00: 01\n\n0002:02:00.0 x\n00: 01\n'), '02:00.0'],
      /02:00\.0 may be any of 0001:02:00\.0, 0002:02:00\.0/,
    ],
    ['a folder to write to', () => ['run', MINIMAL, '--after', folder], /cannot be written/],
    ['an unknown command', () => ['jump'], /unknown command 'jump'/],
    ['no command', () => [], /Usage: hotreset/],
    ['no dump', () => ['run'], /missing required argument 'dump'/],
  ];

  it.each(cases)('%s is a sentence and exit code 2', (_, args, says) => {
    const { code, stdout, stderr } = hotreset(args());
    expect(stderr).toMatch(says);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('is told from asking for help', () => {
    for (const args of [['--help'], ['run', '--help'], ['--version']])
      expect(hotreset(args)).toMatchObject({ code: 0, stderr: '' });
    expect(hotreset(['run', '--help']).stdout).toContain('Examples:');
  });
});
