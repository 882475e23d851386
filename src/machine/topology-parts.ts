// SPDX-License-Identifier: GPL-2.0-only
/** What machines are put together from: root buses, ports, bridges, and BARs. Each gives plain data to describeMachine(). */
import type { Capabilities } from './describe-capabilities.ts';
import type { BarDescription, FunctionDescription, RootBusDescription } from './topology-description.ts';

export const KiB = 2 ** 10;
export const MiB = 2 ** 20;
export const GiB = 2 ** 30;

export const mem = (size: number, options: Partial<BarDescription> = {}): BarDescription => ({ size, ...options });
export const mem64 = (size: number, options: Partial<BarDescription> = {}): BarDescription => ({
  size,
  is64: true,
  ...options,
});
export const prefetchable64 = (size: number, options: Partial<BarDescription> = {}): BarDescription => ({
  size,
  is64: true,
  prefetchable: true,
  ...options,
});
export const io = (size: number, options: Partial<BarDescription> = {}): BarDescription => ({
  size,
  kind: 'io',
  ...options,
});

/** What may be said otherwise of a part. */
export type Options = Partial<Omit<FunctionDescription, 'below'>>;
type Below = readonly FunctionDescription[];

/** A part with some of it otherwise; capabilities are added to its own, one that is `undefined` is taken away. */
export const varied = (part: FunctionDescription, options: Options): FunctionDescription => ({
  ...part,
  ...options,
  ...((part.capabilities || options.capabilities) && {
    capabilities: { ...part.capabilities, ...options.capabilities },
  }),
});

export const rootBus = (at: { domain?: number; bus?: number }, functions: Below): RootBusDescription => ({
  ...at,
  functions,
});

const PCI_BRIDGE = 0x060400;
const portCapabilities: Capabilities = { subsystemId: {}, express: {}, msi: {}, pm: {}, aer: {}, acs: {} };

export const rootPort = (options: Options = {}, below: Below = []): FunctionDescription => ({
  ...varied(
    {
      role: 'root port',
      vendorId: 0x8086,
      deviceId: 0x2030,
      revisionId: 7,
      classCode: PCI_BRIDGE,
      subsystem: [0x8086, 0x7270],
      title: 'PCI bridge: Intel Corporation Sky Lake-E PCI Express Root Port A (rev 07)',
      width: 16,
      capabilities: portCapabilities,
    },
    options,
  ),
  below,
});

const pex8747 = {
  vendorId: 0x10b5,
  deviceId: 0x8747,
  revisionId: 0xca,
  classCode: PCI_BRIDGE,
  title: 'PCI bridge: PLX Technology, Inc. PEX 8747 48-Lane, 5-Port PCI Express Gen 3 (8.0 GT/s) Switch (rev ca)',
  subsystem: [0x10b5, 0x8747],
} as const;

export const upstreamPort = (options: Options = {}, below: Below = []): FunctionDescription => ({
  ...varied(
    {
      role: 'upstream port',
      ...pex8747,
      bars: [mem(256 * KiB)],
      width: 16,
      capabilities: { pm: {}, msi: {}, express: {}, subsystemId: {}, serialNumber: {}, aer: {}, vc: {} },
    },
    options,
  ),
  below,
});

export const downstreamPort = (options: Options = {}, below: Below = []): FunctionDescription => ({
  ...varied(
    {
      role: 'downstream port',
      ...pex8747,
      width: 8,
      capabilities: { pm: {}, msi: {}, express: {}, subsystemId: {}, serialNumber: {}, aer: {}, vc: {}, acs: {} },
    },
    options,
  ),
  below,
});

export const pcieToPciBridge = (options: Options = {}, below: Below = []): FunctionDescription => ({
  ...varied(
    {
      role: 'PCIe-to-PCI bridge',
      vendorId: 0x104c,
      deviceId: 0x8240,
      classCode: PCI_BRIDGE,
      title: 'PCI bridge: Texas Instruments XIO2001 PCI Express-to-PCI Bridge',
      speed: 1,
      width: 1,
      capabilities: { subsystemId: {}, pm: {}, msi: {}, express: {}, aer: {} },
    },
    options,
  ),
  below,
});

export const pciToPcieBridge = (options: Options = {}, below: Below = []): FunctionDescription => ({
  ...varied(
    {
      role: 'PCI-to-PCIe bridge',
      vendorId: 0x12d8,
      deviceId: 0xe111,
      revisionId: 2,
      classCode: PCI_BRIDGE,
      title: 'PCI bridge: Pericom Semiconductor PI7C9X111SL PCIe-to-PCI Reversible Bridge (rev 02)',
      speed: 1,
      width: 1,
      capabilities: { pm: {}, subsystemId: {}, express: {} },
    },
    options,
  ),
  below,
});

export const pciToPciBridge = (options: Options = {}, below: Below = []): FunctionDescription => ({
  ...varied(
    {
      role: 'conventional',
      headerLayout: 1,
      vendorId: 0x1011,
      deviceId: 0x0024,
      revisionId: 3,
      classCode: PCI_BRIDGE,
      title: 'PCI bridge: Digital Equipment Corporation DECchip 21152 (rev 03)',
      capabilities: { pm: {} },
    },
    options,
  ),
  below,
});

export const cardBusBridge = (options: Options = {}, below: Below = []): FunctionDescription => ({
  ...varied(
    {
      role: 'conventional',
      headerLayout: 2,
      vendorId: 0x104c,
      deviceId: 0xac56,
      classCode: 0x060700,
      title: 'CardBus bridge: Texas Instruments PCI1510 PC card Cardbus Controller',
      bars: [mem(4 * KiB)],
      capabilities: { pm: {} },
    },
    options,
  ),
  below,
});
