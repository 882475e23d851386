// SPDX-License-Identifier: GPL-2.0-only
import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../src/reset/kernel.ts';
import type { KernelVersion } from '../../src/reset/kernel_state.ts';
import { MadeUp } from './made_up.ts';

const boot = (cmdline: string, version: KernelVersion = '3.10'): Kernel => new MadeUp().kernel(version, { cmdline });
const log = (kernel: Kernel): string[] => kernel.log.map((entry) => `${entry.level}: ${entry.text}`);

describe('pci=pcie_reset_endpoint_devices', () => {
  test.each([
    ['pci=pcie_reset_endpoint_devices', 1],
    ['pci=pcie_reset_endpoint_devicesXYZ', 1],
    ['pci=pcie_reset_endpoint_devices=off', 1],
    ['pci=pcie_reset_endpoint_device', 0],
    ['pci=Pcie_reset_endpoint_devices', 0],
    ['pci=nomsi,pcie_reset_endpoint_devices', 1],
    ['pci=pcie_reset_endpoint_devices,nomsi', 1],
    ['pci=nomsi pci=pcie_reset_endpoint_devices', 1],
    ['pci="pcie_reset_endpoint_devices"', 1],
    ['"pci=pcie_reset_endpoint_devices"', 1],
    ['foo=pcie_reset_endpoint_devices', 0],
    ['quiet pci pcie_reset_endpoint_devices', 0],
    ['pci=', 0],
    ['', 0],
  ])('%s', (cmdline, value) => {
    for (const version of ['3.10', '3.13', '6.1', '6.12'] as const) {
      expect(boot(cmdline, version).pcie_reset_endpoint_devices).toBe(value);
    }
  });

  test('the kernel stops at --, the old ones do not', () => {
    const cmdline = 'quiet -- pci=pcie_reset_endpoint_devices';
    expect(boot(cmdline, '6.1').pcie_reset_endpoint_devices).toBe(0);
    expect(boot(cmdline, '3.10').pcie_reset_endpoint_devices).toBe(1);
  });

  test('an option may have blanks in quotes', () => {
    expect(log(boot('pci="a b",noari quiet'))).toEqual(['err: PCI: Unknown option `a b"\'']);
    expect(log(boot('pci="a b" quiet'))).toEqual(["err: PCI: Unknown option `a b'"]);
  });
});

describe('unknown options', () => {
  test('each is complained of, as the kernel words it', () => {
    const kernel = boot('pci=frobnicate,,noari,nomsix pci=b');
    expect(log(kernel)).toEqual([
      "err: PCI: Unknown option `frobnicate'",
      "err: PCI: Unknown option `nomsix'",
      "err: PCI: Unknown option `b'",
    ]);
    expect(kernel.pcie_ari_disabled).toBe(true);
    expect(kernel.pci_msi_enable).toBe(true);
  });

  test('which ones are known depends on the kernel', () => {
    const option = (name: string, version: KernelVersion): number => boot(`pci=${name}`, version).log.length;
    expect([option('config_acs=1@0:0.0', '6.1'), option('config_acs=1@0:0.0', '6.12')]).toEqual([1, 0]);
    expect([option('disable_acs_redir=0:0.0', '3.13'), option('disable_acs_redir=0:0.0', '6.1')]).toEqual([1, 0]);
    expect([option('hpbussize=4', '3.10'), option('hpbussize=4', '6.1')]).toEqual([1, 0]);
    expect([option('use_e820', '3.10'), option('use_e820', '6.1')]).toEqual([1, 0]);
    for (const name of ['off', 'earlydump', 'lastbus=9', 'realloc', 'realloc=off', 'nodomains', 'pcie_bus_safe']) {
      expect([option(name, '3.10'), option(name, '6.12')]).toEqual([0, 0]);
    }
    expect(log(boot('pci=noats', '6.1'))).toEqual(['info: PCIe: ATS is disabled']);
    expect(log(boot('pci=noats'))).toEqual(["err: PCI: Unknown option `noats'"]);
  });

  test('options that act', () => {
    const kernel = boot('pci=nomsi,noaer,pcie_scan_all,noari,noats,disable_acs_redir=1:0.0', '6.1');
    expect(kernel).toMatchObject({
      pci_msi_enable: false,
      pcie_aer_disable: true,
      pci_scan_all_pcie_devs: true,
      pcie_ari_disabled: true,
      pcie_ats_disabled: true,
      disable_acs_redir_param: '1:0.0',
      native_aer: false,
    });
  });
});

describe('other parameters', () => {
  test('pcie_ports=', () => {
    expect(boot('', '6.1').native_aer).toBe(true);
    expect(boot('pcie_ports=compat', '6.1').native_aer).toBe(false);
    expect(boot('ports=native', '6.1').pcie_ports_native).toBe(false);
    expect(boot('pcie-ports=native', '6.1').pcie_ports_native).toBe(true);
    expect(boot('pcie_ports=dpc-native', '6.1').pcie_ports_dpc_native).toBe(true);
  });

  test('intel_iommu=on asks for ACS, unless the state says what is so', () => {
    expect(boot('intel_iommu=on', '6.1').pci_acs_enable).toBe(true);
    expect(boot('intel_iommu=off', '6.1').pci_acs_enable).toBe(false);
    const told = new MadeUp().kernel('6.1', { cmdline: 'intel_iommu=on', kernelState: { acs: false } });
    expect(told.pci_acs_enable).toBe(false);
  });
});

test('blanks between parameters, as many as there are', () => {
  expect(boot('  quiet   pci=pcie_reset_endpoint_devices ').pcie_reset_endpoint_devices).toBe(1);
});
