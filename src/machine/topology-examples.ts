// SPDX-License-Identifier: GPL-2.0-only
/** The machines of examples/: one of each shape that matters to a reset. All are made up; none is anyone's. */
import type { DescribedFunction, FunctionDescription } from './topology.ts';
import { describeMachine } from './topology.ts';
import {
  accelerator,
  conventionalNic,
  eventCollector,
  firewire,
  gpu,
  gpuAudio,
  hostBridge,
  nic,
  nvme,
  rootComplexEndpoint,
} from './topology-devices.ts';
import {
  cardBusBridge,
  downstreamPort,
  io,
  KiB,
  MiB,
  mem,
  mem64,
  type Options,
  pcieToPciBridge,
  pciToPciBridge,
  pciToPcieBridge,
  rootBus,
  rootPort,
  upstreamPort,
} from './topology-parts.ts';

const INTEL = 0x8086;

/** A chipset function without PCI Express. */
const chipset = (deviceId: number, classCode: number, title: string, options: Options = {}): FunctionDescription => ({
  role: 'conventional',
  vendorId: INTEL,
  deviceId,
  classCode,
  title,
  ...options,
});

const rootPortNumber = (device: number, letter: string, options: Options, below: readonly FunctionDescription[]) =>
  rootPort(
    {
      deviceId: 0x2030 + letter.charCodeAt(0) - 0x41,
      title: `PCI bridge: Intel Corporation Sky Lake-E PCI Express Root Port ${letter} (rev 07)`,
      device,
      ...options,
    },
    below,
  );

/** Root ports of the chipset: few lanes, and functions of one device. */
const chipsetPort = (fn: number, options: Options, below: readonly FunctionDescription[]) =>
  rootPort(
    {
      device: 0x1c,
      fn,
      deviceId: 0xa190 + fn,
      revisionId: 9,
      title: `PCI bridge: Intel Corporation C620 Series Chipset Family PCI Express Root Port #${fn + 1} (rev 09)`,
      width: 1,
      ...options,
    },
    below,
  );

const platform: readonly FunctionDescription[] = [
  rootComplexEndpoint({
    device: 0,
    deviceId: 0x2020,
    classCode: 0x060000,
    pin: 0,
    bars: [],
    title: 'Host bridge: Intel Corporation Sky Lake-E DMI3 Registers (rev 07)',
    capabilities: { msix: undefined, aer: {} },
  }),
];

const insideRootComplex: readonly FunctionDescription[] = [
  ...[0, 1].map((fn) => rootComplexEndpoint({ device: 4, fn })),
  rootComplexEndpoint({
    device: 5,
    deviceId: 0x2024,
    pin: 0,
    driver: false,
    bars: [],
    title: 'System peripheral: Intel Corporation Sky Lake-E MM/Vt-d Configuration Registers (rev 07)',
    capabilities: { msix: undefined },
  }),
  eventCollector(1 << 4, { device: 6 }),
];

const southBridge: readonly FunctionDescription[] = [
  chipset(
    0xa1af,
    0x0c0330,
    'USB controller: Intel Corporation C620 Series Chipset Family USB 3.0 xHCI Controller (rev 09)',
    {
      device: 0x14,
      revisionId: 9,
      bars: [mem64(64 * KiB)],
      capabilities: { pm: {}, msi: { control: { multipleMessageCapable: 3 } } },
    },
  ),
  chipset(
    0xa182,
    0x010601,
    'SATA controller: Intel Corporation C620 Series Chipset Family SATA Controller [AHCI mode] (rev 09)',
    {
      device: 0x17,
      revisionId: 9,
      bars: [mem(8 * KiB), mem(256), io(8), io(4), io(32), mem(512 * KiB)],
      capabilities: { msi: {}, pm: {} },
    },
  ),
  chipsetPort(0, { slot: 8 }, [pcieToPciBridge({}, [firewire()])]),
  chipsetPort(4, { speed: 2 }, [
    pcieToPciBridge(
      {
        vendorId: 0x1a03,
        deviceId: 0x1150,
        revisionId: 4,
        title: 'PCI bridge: ASPEED Technology, Inc. AST1150 PCI-to-PCI Bridge (rev 04)',
        header: { bridgeControl: { vgaEnable: true } },
      },
      [
        {
          role: 'conventional',
          vendorId: 0x1a03,
          deviceId: 0x2000,
          subsystem: [0x1a03, 0x2000],
          revisionId: 0x41,
          classCode: 0x030000,
          title: 'VGA compatible controller: ASPEED Technology, Inc. ASPEED Graphics Family (rev 41)',
          bars: [mem(16 * MiB), mem(128 * KiB), io(128)],
          capabilities: { pm: {}, msi: {} },
        },
      ],
    ),
  ]),
  chipset(0xa1c1, 0x060100, 'ISA bridge: Intel Corporation C621 Series Chipset LPC/eSPI Controller (rev 09)', {
    device: 0x1f,
    revisionId: 9,
    pin: 0,
  }),
  chipset(0xa1f0, 0x040300, 'Audio device: Intel Corporation Device a1f0 (rev 09)', {
    device: 0x1f,
    fn: 3,
    revisionId: 9,
    bars: [mem64(16 * KiB), mem64(64 * KiB, { index: 4 })],
    capabilities: { pm: {}, msi: {} },
  }),
  chipset(0xa1a3, 0x0c0500, 'SMBus: Intel Corporation C620 Series Chipset Family SMBus (rev 09)', {
    device: 0x1f,
    fn: 4,
    revisionId: 9,
    bars: [mem64(256), io(32, { index: 4 })],
  }),
];

const server = () =>
  describeMachine([
    rootBus({ bus: 0 }, [
      ...platform,
      rootPortNumber(1, 'A', { slot: 1 }, [gpu(), gpuAudio()]),
      rootPortNumber(2, 'B', { slot: 2 }, [
        upstreamPort({}, [
          downstreamPort({ device: 8, slot: 16, hotPlug: true, width: 4 }, [nvme()]),
          downstreamPort({ device: 9, slot: 17, hotPlug: true, width: 4 }, [nvme()]),
          downstreamPort({ device: 10, slot: 18, hotPlug: true, width: 4 }, [nvme()]),
          downstreamPort({ device: 11, slot: 19, hotPlug: true, width: 4 }, []),
        ]),
      ]),
      rootPortNumber(3, 'C', { slot: 3, width: 8 }, [nic(), nic({ fn: 1 })]),
      ...insideRootComplex,
      rootPortNumber(7, 'D', { slot: 4, hotPlug: true, width: 4 }, []),
      ...southBridge,
      chipsetPort(7, { slot: 9, width: 4 }, [nvme()]),
    ]),
  ]);

const minimal = () => describeMachine([rootPort({}, [nvme()])]);

const aSwitch = () =>
  describeMachine([
    rootPort({ slot: 1 }, [
      upstreamPort({}, [
        downstreamPort({}, [nvme()]),
        downstreamPort({}, [nic({ fn: 0 }), nic({ fn: 1 })]),
        downstreamPort({ slot: 2, hotPlug: true }),
      ]),
    ]),
  ]);

const display = () =>
  describeMachine([rootPort({ slot: 1, header: { bridgeControl: { vgaEnable: true } } }, [gpu(), gpuAudio()])]);

const legacy = () =>
  describeMachine([
    hostBridge(),
    chipset(0x7000, 0x060100, 'ISA bridge: Intel Corporation 82371SB PIIX3 ISA [Natoma/Triton II]', { pin: 0 }),
    chipset(0x7010, 0x010180, 'IDE interface: Intel Corporation 82371SB PIIX3 IDE [Natoma/Triton II]', {
      fn: 1,
      pin: 0,
      bars: [io(16, { index: 4 })],
    }),
    {
      role: 'conventional',
      vendorId: 0x1013,
      deviceId: 0x00b8,
      classCode: 0x030000,
      title: 'VGA compatible controller: Cirrus Logic GD 5446',
      pin: 0,
      bars: [mem(32 * MiB, { prefetchable: true }), mem(4 * KiB)],
      rom: 64 * KiB,
    },
    pciToPciBridge({}, [
      conventionalNic(),
      {
        role: 'conventional',
        vendorId: 0x1000,
        deviceId: 0x000f,
        revisionId: 4,
        classCode: 0x010000,
        title: 'SCSI storage controller: Broadcom / LSI 53c875 (rev 04)',
        bars: [io(256), mem(256), mem(4 * KiB)],
      },
    ]),
    cardBusBridge({}, [conventionalNic()]),
    firewire({ busMaster: false }),
  ]);

const sriov = () => {
  const { virtualFunctions } = nic();
  return describeMachine([
    rootPort({ slot: 1, width: 8 }, [nic({ virtualFunctions: { ...virtualFunctions!, enabled: 2 } }), nic({ fn: 1 })]),
  ]);
};

const twoRoots = () =>
  describeMachine([
    rootBus({ bus: 0 }, [rootPort({ slot: 1 }, [nvme()])]),
    rootBus({ bus: 0x80 }, [rootPort({ slot: 2 }, [nic()]), rootComplexEndpoint({ device: 4 })]),
    rootBus({ domain: 1 }, [rootPort({ slot: 3 }, [accelerator()]), rootPort({ slot: 4, hotPlug: true })]),
  ]);

const bridges = () =>
  describeMachine([
    rootPort({}, [
      pcieToPciBridge({}, [
        conventionalNic(),
        pciToPciBridge({}, [conventionalNic(), pciToPcieBridge({}, [nvme({ speed: 1 })])]),
      ]),
    ]),
  ]);

/** By the name of the file, with what the machine is in a sentence. */
export const EXAMPLES: Readonly<Record<string, { readonly about: string; readonly build: () => DescribedFunction[] }>> =
  {
    minimal: { about: 'One root port, and an NVMe drive below it.', build: minimal },
    switch: {
      about: 'A switch with an NVMe drive, a NIC of two functions, and an empty hot-plug slot below its ports.',
      build: aSwitch,
    },
    display: { about: 'A GPU and its audio function below a root port, and nothing else.', build: display },
    legacy: {
      about: 'Conventional PCI only: a PCI-to-PCI bridge, a CardBus bridge with a card, and no PCI Express anywhere.',
      build: legacy,
    },
    sriov: { about: 'A NIC of two physical functions; the first has two virtual functions enabled.', build: sriov },
    'two-roots': { about: 'Two root buses in domain 0, and a second domain.', build: twoRoots },
    bridges: {
      about: 'Bridges in bridges: PCIe to PCI, PCI to PCI, and back from PCI to PCIe, with a device behind each.',
      build: bridges,
    },
    server: {
      about:
        'A server: a GPU, NVMe drives behind a switch and below the chipset, a NIC of two ports with SR-IOV off, conventional ' +
        'cards behind PCIe-to-PCI bridges, functions inside the root complex with their event collector, the chipset, ' +
        'and empty hot-plug slots.',
      build: server,
    },
  };
