// SPDX-License-Identifier: GPL-2.0-only
/** Walking a function's lists: what is found, and what is said of lists that are not in order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layoutOfFunction } from '../../src/configspace/function.ts';
import { showFunction } from '../../src/configspace/show/index.ts';
import { build, cardBus, legacyDevice, rootPort } from './support/build.ts';
import { generator } from './support/random.ts';

const found = (bytes: Uint8Array): string[] =>
  layoutOfFunction(bytes).blocks.map(({ title, offset }) => `${offset.toString(16)} ${title}`);

const warnings = (bytes: Uint8Array): string[] =>
  layoutOfFunction(bytes)
    .oddities.filter(({ severity }) => severity === 'warning')
    .map(({ text }) => text);

describe('what is found', () => {
  test('in the order of the lists', () => {
    expect(found(rootPort())).toEqual([
      '0 Type 1 header',
      '88 Subsystem',
      '80 Power Management',
      '90 MSI',
      'a0 PCI Express',
      '100 Advanced Error Reporting',
      '140 Access Control Services',
    ]);
    expect(layoutOfFunction(rootPort()).variant).toEqual({ role: 'root port', version: 2, slot: true });
    expect(found(legacyDevice())).toEqual(['0 Type 0 header', '50 Power Management']);
    expect(found(cardBus())).toEqual(['0 Type 2 header', 'dc Power Management']);
    expect([rootPort(), legacyDevice(), cardBus()].flatMap(warnings)).toEqual([]);
  });
  test('registers by role, version and slot', () => {
    const express = (flags: string) => {
      const bytes = build(0x100, ['06: 10', '34: 40', `40: 10 00 ${flags}`]);
      return Object.keys(layoutOfFunction(bytes).blocks[1]!.block!.registers);
    };
    expect(express('01 00')).toEqual([
      'capabilities',
      'deviceCapabilities',
      'deviceControl',
      'deviceStatus',
      'linkCapabilities',
      'linkControl',
      'linkStatus',
    ]);
    expect(express('91 00')).toEqual(['capabilities', 'deviceCapabilities', 'deviceControl', 'deviceStatus']);
    expect(express('02 00')).toContain('linkControl2');
    expect(express('42 00')).not.toContain('slotControl');
    expect(express('42 01')).toContain('slotControl');
    expect(express('a2 00')).toContain('rootControl');
    expect(express('a2 00')).not.toContain('linkControl');
  });
  test('forms of MSI, and of PCI-X in a bridge', () => {
    const registers = (pieces: readonly string[]) =>
      Object.entries(layoutOfFunction(build(0x100, ['06: 10', '34: 40', ...pieces])).blocks[1]!.block!.registers);
    const data = (flags: string) =>
      registers([`40: 05 00 ${flags}`]).find(([name]) => name === 'messageData')![1].offset;
    expect([data('00 00'), data('80 00'), data('00 01')]).toEqual([8, 12, 8]);
    expect(registers(['40: 07 00']).map(([name]) => name)).toEqual(['command', 'status']);
    expect(registers(['0e: 01', '40: 07 00']).map(([name]) => name)).toContain('secondaryStatus');
  });
  test('a dump of 64 bytes has a header', () => {
    expect(found(rootPort().subarray(0, 64))).toEqual(['0 Type 1 header']);
    expect(layoutOfFunction(rootPort().subarray(0, 64)).oddities.map(({ text }) => text)).toEqual([
      'capabilities from 88 on are not in the dump (64 of 256 bytes)',
    ]);
  });
  test('all-ones has nothing', () => {
    expect(found(new Uint8Array(0x1000).fill(0xff))).toEqual([]);
    expect(layoutOfFunction(new Uint8Array(64).fill(0xff)).headerType).toBe(0x7f);
    expect(warnings(new Uint8Array(0x1000).fill(0xff))).toHaveLength(1);
  });
});

describe('lists that are not in order', () => {
  const list = (pieces: readonly string[]) => build(0x1000, ['06: 10', ...pieces]);
  test.each([
    ['loop', ['34: 40', '40: 05 50', '50: 11 40'], 'capability list loops at 40'],
    ['into the header', ['34: 40', '40: 05 10'], 'capability at 40: next pointer 10 is inside the header'],
    ['all-ones', ['34: 40', '40: ff'], 'capability at 40 reads ff: end of list'],
    ['past the end', ['34: fc', 'fc: 11 00'], 'MSI-X capability at fc runs past ff'],
    ['second', ['34: 40', '40: 10 80 02', '80: 10 00 02'], 'second PCI Express capability at 80'],
    ['type', ['34: 40', '40: 10 00 32'], 'Device/Port Type 3 is reserved'],
    ['extended loop', ['100: 03 00 01 10'], 'extended capability list loops at 100'],
    ['extended below', ['100: 03 00 01 04'], 'extended capability at 100: next pointer 40 is below 100'],
  ])('%s', (_, pieces, text) => {
    expect(warnings(list(pieces))).toContain(text);
  });
});

describe('on random bytes', () => {
  const size = fc.constantFrom(0, 1, 16, 63, 64, 128, 256, 512, 4096);
  /** Out of a seed, so that a counterexample is short. */
  const bytes = fc.tuple(size, fc.integer()).map(([length, seed]) => {
    const random = generator(seed);
    return Uint8Array.from({ length }, () => random(256));
  });
  /** Functions whose lists are followed: the pointers and IDs are sensible more often than chance has them. */
  const listed = fc.tuple(fc.integer(), fc.nat(24)).map(([seed, capabilities]) => {
    const random = generator(seed);
    const config = Uint8Array.from({ length: 4096 }, () => random(256));
    config[0x0e]! &= 3;
    config[0x06]! |= 0x10;
    config[0x34]! |= 0x40;
    for (let n = 0; n < capabilities; n++) config.set([random(21), 4 * random(64)], 4 * random(64));
    return config;
  });
  test.each([
    ['random', bytes],
    ['with lists', listed],
  ])('%s: never throws, and finds nothing twice', (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (config) => {
        const { blocks } = layoutOfFunction(config);
        const offsets = blocks.map(({ offset }) => offset);
        expect(new Set(offsets).size).toBe(offsets.length);
        for (const line of showFunction(config)) expect(line).not.toMatch(/undefined|NaN|\n/);
      }),
    );
  });
});
