// SPDX-License-Identifier: GPL-2.0-only
/** Which words of the PCIe capability each kernel takes to be there: the table of domain/linux-versions.md, and the source. */
import { describe, expect, test } from 'vitest';
import type { KernelVersion } from '../../src/reset/kernel_state.ts';
import {
  pcie_capability_clear_and_set_word,
  pcie_capability_read_dword,
  pcie_capability_read_word,
  pcie_capability_reg_implemented,
  pcie_capability_write_word,
} from '../../src/reset/pcie_capability.ts';
import { pci_restore_state, pci_save_state } from '../../src/reset/save_state.ts';
import { device, MadeUp } from './made_up.ts';

const REGISTERS = { D: 0x08, L: 0x10, S: 0x18, R: 0x1c, d: 0x28, l: 0x30, s: 0x38 };

/** Letters of the registers that are there, for a port of this type and version, with a slot or not. */
function there(kernel: KernelVersion, type: number, version: number, slot: boolean): string {
  const m = new MadeUp();
  m.add('00:01.0', 0x020000).pcie(type, version, slot);
  const dev = device(m.kernel(kernel), '00:01.0');
  return Object.entries(REGISTERS)
    .filter(([, pos]) => pcie_capability_reg_implemented(dev, pos))
    .map(([letter]) => letter)
    .join('');
}

describe.each([
  // type, slot, then for version 1 and 2: 3.10, 3.13, 6.1, 6.12
  ['endpoint', 0, false, ['DL', 'DL', 'DL', 'DL'], ['DLSRdl', 'DLdl', 'DLdl', 'DLdl']],
  ['legacy endpoint', 1, false, ['DL', 'DL', 'DL', 'DL'], ['DLSRdl', 'DLdl', 'DLdl', 'DLdl']],
  ['root port', 4, false, ['DLSR', 'DLR', 'DLR', 'DLR'], ['DLSRdl', 'DLRdl', 'DLRdl', 'DLRdl']],
  ['root port with slot', 4, true, ['DLSR', 'DLSR', 'DLSR', 'DLSR'], ['DLSRdl', 'DLSRdl', 'DLSRdl', 'DLSRdl']],
  ['upstream port', 5, true, ['D', 'DL', 'DL', 'DL'], ['DLSRdl', 'DLdl', 'DLdl', 'DLdl']],
  ['downstream port', 6, false, ['D', 'DL', 'DL', 'DL'], ['DLSRdl', 'DLdl', 'DLdl', 'DLdl']],
  ['downstream port with slot', 6, true, ['DS', 'DLS', 'DLS', 'DLS'], ['DLSRdl', 'DLSdl', 'DLSdl', 'DLSdl']],
  ['PCIe-to-PCI bridge', 7, true, ['D', 'DL', 'DL', 'DL'], ['DLSRdl', 'DLdl', 'DLdl', 'DLdl']],
  ['PCI-to-PCIe bridge with slot', 8, true, ['D', 'DL', 'DLS', 'DLS'], ['DLSRdl', 'DLdl', 'DLSdl', 'DLSdl']],
  ['integrated endpoint', 9, false, ['D', 'D', 'D', 'D'], ['DLSRdl', 'Ddl', 'Ddl', 'Dd']],
  ['event collector', 10, false, ['DR', 'DR', 'DR', 'DR'], ['DLSRdl', 'DRdl', 'DRdl', 'DRd']],
] as const)('%s', (_, type, slot, one, two) => {
  test.each(['3.10', '3.13', '6.1', '6.12'] as const)('%s', (kernel) => {
    const i = ['3.10', '3.13', '6.1', '6.12'].indexOf(kernel);
    expect(there(kernel, type, 1, slot)).toBe(one[i]);
    expect(there(kernel, type, 2, slot)).toBe(two[i]);
  });
});

test('the words saved and restored, in order', () => {
  const m = new MadeUp();
  m.add('00:01.0', 0x060400, 1).pcie(4, 2, true).u16(0x48, 0x11).u16(0x70, 0x22);
  const dev = device(m.kernel('6.1'), '00:01.0');
  pci_save_state(dev);
  expect(m.trace.slice(16, 22).map((line) => line.slice(10))).toEqual(['48/2', '50/2', '58/2', '5c/2', '68/2', '70/2']);
  m.trace.length = 0;
  pci_restore_state(dev);
  const words = m
    .written()
    .slice(0, 6)
    .map((line) => line.slice(10));
  expect(words).toEqual(['48/2 11', '50/2 0', '58/2 0', '5c/2 0', '68/2 0', '70/2 22']);
});

test('registers that are not there', () => {
  const m = new MadeUp();
  m.add('00:01.0', 0x060400, 1).pcie(6);
  m.add('00:02.0', 0x020000);
  for (const [version, dword] of [
    ['3.10', 0x40],
    ['6.1', 0],
  ] as const) {
    const kernel = m.kernel(version);
    const port = device(kernel, '00:01.0');
    const conventional = device(kernel, '00:02.0');
    // Version 1 here, since 3.10 takes version 2 for a full set.
    port.pcie_flags_reg = 0x61;
    expect(pcie_capability_read_word(port, 0x1a)).toBe(0x40); // presence detected, said without asking
    expect(pcie_capability_read_word(port, 0x18)).toBe(0);
    expect(pcie_capability_read_dword(port, 0x18)).toBe(dword);
    expect(pcie_capability_read_word(conventional, 0x1a)).toBe(0);
    pcie_capability_write_word(port, 0x1c, 1);
    pcie_capability_clear_and_set_word(conventional, 0x08, 1, 2);
    expect(m.trace).toEqual([]);
  }
});

test('PCIe flags themselves: 3.10 compares with a mask', () => {
  const m = new MadeUp();
  m.add('00:01.0', 0x020000).pcie(0);
  expect(pcie_capability_reg_implemented(device(m.kernel('3.10'), '00:01.0'), 2)).toBe(false);
  expect(pcie_capability_reg_implemented(device(m.kernel('3.13'), '00:01.0'), 2)).toBe(true);
});
