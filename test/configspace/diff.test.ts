// SPDX-License-Identifier: GPL-2.0-only
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffFunction, formatDiff, isStatus } from '../../src/configspace/diff.ts';
import { layoutOfFunction } from '../../src/configspace/function.ts';
import { build, changed, legacyDevice, rootPort } from './support/build.ts';

const lines = (before: Uint8Array, after: Uint8Array): string[] => diffFunction(before, after).map(formatDiff);

describe('register diffs', () => {
  const port = rootPort();
  test('nothing differs', () => {
    expect(diffFunction(port, port.slice())).toEqual([]);
  });
  test('flags and numbers by lspci name', () => {
    expect(lines(port, changed(port, ['04: 00 00', '84: 0b 81', 'b0: 40 00', 'b8: e0 13']))).toEqual([
      'Command: 0x0407 -> 0x0000: I/O+ -> I/O-, Mem+ -> Mem-, BusMaster+ -> BusMaster-, DisINTx+ -> DisINTx-',
      'PMCSR (Power Management): 0x0008 -> 0x810b: D0 -> D3, PME-Enable- -> PME-Enable+, PME- -> PME+',
      'LnkCtl (PCI Express): 0x0042 -> 0x0040: ASPM 2 -> 0',
      'SltCtl (PCI Express): 0x03c0 -> 0x13e0: HPIrq- -> HPIrq+, LinkChg- -> LinkChg+',
    ]);
  });
  test('the value as data', () => {
    expect(diffFunction(port, changed(port, ['b0: 00 00']))).toEqual([
      {
        offset: 0xb0,
        size: 2,
        register: 'LnkCtl',
        capability: 'PCI Express',
        before: 0x42,
        after: 0,
        fields: [
          { name: 'ASPM', before: 2, after: 0, flag: false, lsb: 0, status: false },
          { name: 'CommClk', before: 1, after: 0, flag: true, lsb: 6, status: false },
        ],
      },
    ]);
  });
  test('what tells of events or states is status, what software sets is not', () => {
    const status = (rows: readonly string[]) => diffFunction(port, changed(port, rows)).map(isStatus);
    expect(status(['ba: 08 00'])).toEqual([true]);
    expect(status(['b0: 00 00'])).toEqual([false]);
    // Bus numbers and an event at once: not status alone.
    expect(status(['19: 00 00', 'ba: 08 00'])).toContain(false);
  });
  test('a token that a register has twice gives way to the name of the specification', () => {
    expect(lines(port, changed(port, ['ba: 08 00']))).toEqual([
      'SltSta (PCI Express): 0x0140 -> 0x0008: Presence Detect Changed- -> Presence Detect Changed+, ' +
        'Presence Detect State+ -> Presence Detect State-, LinkState+ -> LinkState-',
    ]);
  });
  test('registers of one field, and reserved bits', () => {
    expect(lines(port, changed(port, ['19: 00 00', '05: 84']))).toEqual([
      'Command: 0x0407 -> 0x8407: reserved 0x0 -> 0x8000',
      'Secondary Bus Number: 0x01 -> 0x00',
      'Subordinate Bus Number: 0x03 -> 0x00',
    ]);
  });
  test('bytes that belong to no register', () => {
    const after = changed(port, ['4c: 01', '61: 01 02 03 04', '81: 00', '200: ff ff ff ff']);
    expect(lines(port, after)).toEqual([
      'byte 0x4c: 0x00 -> 0x01',
      'bytes 0x61-0x63: 0x000000 -> 0x030201',
      'byte 0x64: 0x00 -> 0x04',
      'Capability Header (Power Management): 0x9001 -> 0x0001: Next 144 -> 0',
      'bytes 0x200-0x203: 0x00000000 -> 0xffffffff',
    ]);
  });
  test('BARs and other roles', () => {
    const device = legacyDevice();
    expect(lines(device, changed(device, ['10: 01 00', '30: 00 00 00 00']))).toEqual([
      'BAR 0: 0x0000e801 -> 0x00000001: Base 0xe800 -> 0x0',
      'Expansion ROM: 0xfdae0000 -> 0x00000000',
    ]);
  });
  test('the upper half of a 64-bit BAR is no BAR of its own', () => {
    const device = build(0x40, ['04: 02', '10: 0c 00 00 d0 05 00 00 00 04 10 00 e0']);
    expect(lines(device, changed(device, ['10: 0c 00 00 00 00 00 00 00', '1b: 00']))).toEqual([
      'BAR 0: 0xd000000c -> 0x0000000c: Base 0xd0000000 -> 0x0',
      'BAR 0 upper: 0x00000005 -> 0x00000000',
      'BAR 2: 0xe0001004 -> 0x00001004: Base 0xe0001000 -> 0x1000',
    ]);
  });
  test('the upper half of a VF BAR', () => {
    const sriov = build(0x1000, ['06: 10', '34: 40', '40: 10 00 02 00', '100: 10 00 01 00', '124: 0c 00 00 d0 05']);
    expect(lines(sriov, changed(sriov, ['127: 00 00']))).toEqual([
      'VF BAR 0 (Single Root I/O Virtualization): 0xd000000c -> 0x0000000c: Base 0xd0000000 -> 0x0',
      'VF BAR 0 upper (Single Root I/O Virtualization): 0x00000005 -> 0x00000000',
    ]);
  });
  test('capabilities of many forms', () => {
    const port = build(0x1000, [
      '06: 10',
      '34: 40',
      '40: 10 80 62 00',
      '80: 08 00 03 a8 00 00 e0 fe',
      '100: 23 00 01 00 98 1e 00 02 03 00 00 00 01 00',
      '104: 98 1e 80 02',
    ]);
    expect(lines(port, changed(port, ['82: 00', '10c: 00']))).toEqual([
      'Command (HyperTransport MSI Mapping): 0xa803 -> 0xa800: Enable+ -> Enable-, Fixed+ -> Fixed-',
      'CXLPortCtl (CXL Port): 0x0001 -> 0x0000: UnmaskSBR+ -> UnmaskSBR-',
    ]);
  });
  test('what only one of the two has is not compared', () => {
    expect(lines(port.subarray(0, 0x100), changed(port, ['3c: 00', '104: 00']))).toEqual([
      'Interrupt Line: 0x0b -> 0x00',
    ]);
    expect(diffFunction(port, new Uint8Array(0))).toEqual([]);
  });
  test('the layout may come from elsewhere', () => {
    const gone = new Uint8Array(0x1000).fill(0xff);
    const named = diffFunction(gone, port, { layout: layoutOfFunction(port) }).map(({ register }) => register);
    expect(named).toContain('DevCtl');
    expect(diffFunction(gone, port).map(({ register }) => register)).not.toContain('DevCtl');
  });
});

const bytes = fc.oneof(fc.constantFrom(rootPort(), legacyDevice()), fc.uint8Array({ minLength: 64, maxLength: 512 }));

test('the rows tell of every differing byte, once', () => {
  fc.assert(
    fc.property(bytes, fc.array(fc.tuple(fc.nat(511), fc.nat(255))), (before, writes) => {
      const after = before.slice();
      for (const [offset, value] of writes) if (offset < after.length) after[offset] = value;
      const told = new Uint8Array(before.length);
      for (const d of diffFunction(before, after)) {
        for (let n = d.offset; n < d.offset + d.size; n++) told[n]!++;
        const mask = d.fields.map((f) => f.before !== f.after);
        expect(mask.every(Boolean)).toBe(true);
        expect(formatDiff(d)).not.toContain('\n');
      }
      for (const [n, value] of before.entries()) {
        expect(told[n]).toBeLessThanOrEqual(1);
        if (value !== after[n]) expect(told[n]).toBe(1);
      }
    }),
  );
});
