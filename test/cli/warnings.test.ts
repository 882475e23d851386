// SPDX-License-Identifier: GPL-2.0-only
/** Where warnings go: onto the screen of a run, and to standard error where standard output is for something else. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { RunResult } from '../../src/run/result.ts';
import { machineText } from '../machine/machines.ts';
import { hotreset } from './hotreset.ts';

const folder = mkdtempSync(join(tmpdir(), 'hotreset-warnings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'odd.lspci');
const text = machineText(({ second, device }) => {
  second.set([0, 2], 0x0a);
  device.set([0x7f], 0x0e);
});
writeFileSync(path, text);
const lineOf = (slot: string): number => text.split('\n').findIndex((line) => line.startsWith(`${slot} `)) + 1;
const BRIDGE = `${path}: line ${lineOf('02:01.0')}: 0000:02:01.0: header type 01 but class 0200 (at 0a)`;
const DEVICE = `${path}: line ${lineOf('04:00.0')}: 0000:04:00.0: unknown header type 7f (at 0e)`;
const stderrOf = (...warnings: string[]): string => warnings.map((warning) => `warning: ${warning}\n`).join('');

it('run tells them with function and offset, and goes on', () => {
  const { code, stdout, stderr } = hotreset(['run', path]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const screen = stdout.split('\n\n')[0]!.replaceAll('\n  ', ' ');
  expect(screen.match(/^warning: .*$/gm)).toEqual([BRIDGE, DEVICE].map((warning) => `warning: ${warning}`));
  expect(stdout).toContain('\nPorts\n');
  expect((JSON.parse(hotreset(['run', path, '--json']).stdout) as RunResult).warnings).toEqual([BRIDGE, DEVICE]);
});

it('list tells them on standard error', () => {
  const { code, stdout, stderr } = hotreset(['list', path]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: stderrOf(BRIDGE, DEVICE) });
  expect(stdout).not.toContain('warning');
});

it('show tells those about the functions it shows', () => {
  expect(hotreset(['show', path])).toMatchObject({ code: 0, stderr: stderrOf(BRIDGE, DEVICE) });
  expect(hotreset(['show', path, '04:00.0'])).toMatchObject({ code: 0, stderr: stderrOf(DEVICE) });
  expect(hotreset(['show', path, '00:01.0'])).toMatchObject({ code: 0, stderr: '' });
});

it('diff tells those of both dumps', () => {
  expect(hotreset(['diff', path, 'examples/minimal.lspci'])).toMatchObject({
    code: 1,
    stderr: stderrOf(BRIDGE, DEVICE),
  });
  expect(hotreset(['diff', path, path])).toEqual({
    code: 0,
    stdout: 'no difference\n',
    stderr: stderrOf(BRIDGE, DEVICE, BRIDGE, DEVICE),
  });
});
