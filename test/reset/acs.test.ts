// SPDX-License-Identifier: GPL-2.0-only
import { describe, expect, test } from 'vitest';
import type { KernelOptions } from '../../src/reset/kernel.ts';
import type { KernelVersion } from '../../src/reset/kernel_state.ts';
import { pci_restore_state, pci_save_state } from '../../src/reset/save_state.ts';
import { MadeUp } from './made_up.ts';
import { type Outcome, one, through } from './through.ts';

describe('ACS', () => {
  const of = (version: KernelVersion, options: Partial<KernelOptions>): Outcome => {
    const m = new MadeUp();
    m.bridge('00:01.0', 1, 1, 4);
    const fn = m.add('01:00.0', 0x020000).pcie(0).ext(0x0d, 0x100).u16(0x104, 0x7f).u16(0x106, 0x60);
    return through(m, version, options, () => fn.u16(0x106, 0x24), '01:00.0');
  };
  const acs = (version: KernelVersion, options: Partial<KernelOptions> = {}): string[] =>
    of(version, options).restored.filter((line) => / 10[46]\/2/.test(line));
  const acsOn = { kernelState: { acs: true } };

  test('6.1 touches it only when an IOMMU asked', () => {
    expect(acs('6.1')).toEqual([]);
    expect(acs('6.1', acsOn)).toEqual(['r 104/2', 'r 106/2', 'w 106/2 3d']);
    expect(acs('6.1', { ...acsOn, cmdline: 'pci=noats' }).at(-1)).toBe('w 106/2 3f');
    expect(acs('3.10', acsOn)).toEqual([]);
  });

  test('6.12 always reads and writes it', () => {
    expect(acs('6.12')).toEqual(['r 104/2', 'r 106/2', 'w 106/2 24']);
    expect(acs('6.12', acsOn).at(-1)).toBe('w 106/2 3d');
  });

  test.each([
    ['1:0.0', true],
    ['0000:01:00.0', true],
    ['00:01.0/00.0', true],
    ['0:0:1.0/0.0', true],
    ['00:02.0/00.0', false],
    ['00:01.0/01.0', false],
    ['00:00.0/01.0/00.0', false],
    ['02:00.0;01:00.0', true],
    ['0001:01:00.0', false],
    ['pci:8086:1234', true],
    ['pci:8086:0', true],
    ['pci:8087:1234;pci:0:1234', true],
    ['pci:8086:1234:1:2', false],
    ['pci:8086:1234:0:0', true],
  ])('disable_acs_redir=%s', (list, named) => {
    const cmdline = `pci=disable_acs_redir=${list}`;
    expect(acs('6.1', { cmdline })).toEqual(named ? ['r 106/2', 'w 106/2 0'] : []);
    expect(acs('6.12', { cmdline }).at(-1)).toBe(named ? 'w 106/2 0' : 'w 106/2 24');
    expect(of('6.1', { cmdline }).log).toEqual(named ? ['pci 0000:01:00.0: disabled ACS redirect'] : []);
  });

  test.each(['x', '/00.0', '01:00', 'pci:zz', '00:01.0/zz', '01:00.0.'])(
    'disable_acs_redir=%s cannot be read',
    (list) => {
      const cmdline = `pci=disable_acs_redir=${list}`;
      expect(of('6.1', { cmdline }).log).toEqual([`PCI: Can't parse disable_acs_redir parameter: ${list}`]);
      expect(of('6.12', { cmdline }).log).toEqual(["PCI: Can't parse ACS command line parameter"]);
    },
  );

  test('the complaint comes once', () => {
    const m = new MadeUp();
    m.bridge('00:01.0', 1, 1, 4);
    const { kernel } = through(m, '6.1', { cmdline: 'pci=disable_acs_redir=x' });
    pci_save_state(kernel.devices[0]!);
    pci_restore_state(kernel.devices[0]!);
    expect(kernel.log.filter((entry) => entry.text.includes('parse')).length).toBe(1);
  });

  test('a device without ACS cannot have redirect disabled', () => {
    const [m] = one();
    const { log } = through(m, '6.1', { cmdline: 'pci=disable_acs_redir=00:01.0' });
    const text = 'cannot disable ACS redirect for this hardware as it does not have ACS capabilities';
    expect(log).toEqual([`pci 0000:00:01.0: ${text}`]);
  });

  test('6.12 says what it does, at debug level', () => {
    const { kernel } = of('6.12', { cmdline: 'pci=config_acs=x10@01:00.0' });
    const said = kernel.log.filter((entry) => entry.level === 'dbg' && entry.text.includes('ACS'));
    expect(said.map((entry) => entry.text.slice(18))).toEqual([
      'ACS mask  = 0x0003',
      'ACS flags = 0x0002',
      'ACS control = 0x0024',
      'ACS fw_ctrl = 0x0024',
    ]);
  });

  test.each([
    ['1x0@01:00.0', 'w 106/2 24', 'pci 0000:01:00.0: Configured ACS to 0x0024'],
    ['1X0xxx1@02:00.0;1111111@01:00.0', 'w 106/2 7f', 'pci 0000:01:00.0: Configured ACS to 0x007f'],
    ['0@01:00.0', 'w 106/2 24', 'pci 0000:01:00.0: Configured ACS to 0x0024'],
    ['01:00.0', 'w 106/2 24', 'pci 0000:01:00.0: ACS Flags missing'],
    ['2@01:00.0', 'w 106/2 24', 'pci 0000:01:00.0: Invalid ACS flags... Ignoring'],
    ['11111111@01:00.0', 'w 106/2 24', 'pci 0000:01:00.0: Invalid ACS flags specified'],
    ['1@z', 'w 106/2 24', "PCI: Can't parse ACS command line parameter"],
  ])('config_acs=%s', (list, last, said) => {
    const cmdline = `pci=config_acs=${list}`;
    expect(acs('6.12', { cmdline }).at(-1)).toBe(last);
    expect(of('6.12', { cmdline }).log).toEqual([said]);
  });
});
