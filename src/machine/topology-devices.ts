// SPDX-License-Identifier: GPL-2.0-only
/** Devices to put into machines: real IDs, BARs and capabilities such as these devices have. */
import type { FunctionDescription } from './topology-description.ts';
import { GiB, io, KiB, MiB, mem, mem64, type Options, prefetchable64, varied } from './topology-parts.ts';

const device =
  (part: FunctionDescription) =>
  (options: Options = {}): FunctionDescription =>
    varied(part, options);

const resettable = { express: { deviceCapabilities: { functionLevelResetCapability: true } } };

export const nvme = device({
  role: 'endpoint',
  vendorId: 0x144d,
  deviceId: 0xa808,
  subsystem: [0x144d, 0xa801],
  classCode: 0x010802,
  title: 'Non-Volatile memory controller: Samsung Electronics Co Ltd NVMe SSD Controller SM981/PM981/PM983',
  bars: [mem64(16 * KiB)],
  capabilities: { pm: {}, msi: {}, ...resettable, msix: {}, aer: {}, secondaryExpress: {}, ltr: {}, l1ss: {} },
});

/** One port of a two-port 10 Gb/s NIC, with SR-IOV: 63 VFs that are off. */
export const nic = device({
  role: 'endpoint',
  vendorId: 0x8086,
  deviceId: 0x10fb,
  subsystem: [0x8086, 0x0003],
  revisionId: 1,
  classCode: 0x020000,
  title: 'Ethernet controller: Intel Corporation 82599ES 10-Gigabit SFI/SFP+ Network Connection (rev 01)',
  bars: [prefetchable64(512 * KiB), io(32), prefetchable64(16 * KiB, { index: 4 })],
  rom: 512 * KiB,
  speed: 2,
  width: 8,
  capabilities: { pm: {}, msi: {}, msix: {}, ...resettable, vpd: {}, aer: {}, serialNumber: {}, ari: {} },
  virtualFunctions: {
    total: 63,
    deviceId: 0x10ed,
    bars: [prefetchable64(16 * KiB), prefetchable64(16 * KiB, { index: 3 })],
    capabilities: { msix: {}, aer: {}, ari: {} },
    title: 'Ethernet controller: Intel Corporation 82599 Ethernet Controller Virtual Function (rev 01)',
  },
});

export const gpu = device({
  role: 'legacy endpoint',
  vendorId: 0x10de,
  deviceId: 0x2204,
  subsystem: [0x10de, 0x147d],
  revisionId: 0xa1,
  classCode: 0x030000,
  title: 'VGA compatible controller: NVIDIA Corporation GA102 [GeForce RTX 3090] (rev a1)',
  bars: [mem(16 * MiB), prefetchable64(256 * MiB), prefetchable64(32 * MiB), io(128)],
  rom: 512 * KiB,
  speed: 4,
  width: 16,
  capabilities: {
    pm: {},
    msi: {},
    express: {},
    vendorSpecific: { body: Array.from({ length: 17 }, () => 0) },
    vc: {},
    ltr: {},
    l1ss: {},
    aer: {},
    vendorSpecificExtended: { body: [0x01, 0x00, 0x41, 0x02, ...Array.from({ length: 28 }, () => 0)] },
    secondaryExpress: {},
    resizableBar: {},
    dataLinkFeature: {},
    physicalLayer16: {},
  },
});

export const gpuAudio = device({
  role: 'endpoint',
  fn: 1,
  vendorId: 0x10de,
  deviceId: 0x1aef,
  subsystem: [0x10de, 0x147d],
  revisionId: 0xa1,
  classCode: 0x040300,
  title: 'Audio device: NVIDIA Corporation GA102 High Definition Audio Controller (rev a1)',
  bars: [mem(16 * KiB)],
  speed: 4,
  width: 16,
  capabilities: { pm: {}, msi: {}, express: {}, aer: {} },
});

/** A Tesla: a display controller with no monitor and 16 GiB behind a BAR. */
export const accelerator = device({
  role: 'endpoint',
  vendorId: 0x10de,
  deviceId: 0x1db6,
  subsystem: [0x10de, 0x124a],
  revisionId: 0xa1,
  classCode: 0x030200,
  title: '3D controller: NVIDIA Corporation GV100GL [Tesla V100 PCIe 32GB] (rev a1)',
  bars: [mem(16 * MiB), prefetchable64(16 * GiB), prefetchable64(32 * MiB)],
  width: 16,
  capabilities: { pm: {}, msi: {}, express: {}, vc: {}, aer: {}, secondaryExpress: {}, ats: {}, pri: {}, pasid: {} },
});

export const hostBridge = device({
  role: 'conventional',
  vendorId: 0x8086,
  deviceId: 0x1237,
  revisionId: 2,
  classCode: 0x060000,
  pin: 0,
  title: 'Host bridge: Intel Corporation 440FX - 82441FX PMC [Natoma] (rev 02)',
});

/** A function inside the root complex, here the DMA engine of a Xeon. */
export const rootComplexEndpoint = device({
  role: 'RC integrated endpoint',
  vendorId: 0x8086,
  deviceId: 0x2021,
  revisionId: 7,
  classCode: 0x088000,
  title: 'System peripheral: Intel Corporation Sky Lake-E CBDMA Registers (rev 07)',
  bars: [mem64(16 * KiB)],
  capabilities: { msix: {}, express: {}, pm: {} },
});

/** `associated` has a bit for each device number of its bus that it collects errors of. */
export const eventCollector = (associated: number, options: Options = {}): FunctionDescription =>
  varied(
    {
      role: 'RC event collector',
      vendorId: 0x8086,
      deviceId: 0x0b23,
      classCode: 0x080700,
      title: 'Generic system peripheral [0807]: Intel Corporation Xeon Root Event Collector',
      capabilities: {
        express: {},
        msi: {},
        pm: {},
        aer: {},
        // Association Bitmap, then Association Bus Ranges: first above last, which is none (PCIe 6.0 section 7.9.10).
        eventCollector: { body: [0, 8, 16, 24].map((shift) => (associated >>> shift) & 0xff).concat(0, 0xff, 0, 0) },
      },
    },
    options,
  );

export const conventionalNic = device({
  role: 'conventional',
  vendorId: 0x10ec,
  deviceId: 0x8139,
  subsystem: [0x10ec, 0x8139],
  revisionId: 0x10,
  classCode: 0x020000,
  title: 'Ethernet controller: Realtek Semiconductor Co., Ltd. RTL-8100/8101L/8139 PCI Fast Ethernet Adapter (rev 10)',
  bars: [io(256), mem(256)],
  rom: 64 * KiB,
  capabilities: { pm: {} },
});

export const firewire = device({
  role: 'conventional',
  vendorId: 0x1106,
  deviceId: 0x3044,
  subsystem: [0x1106, 0x3044],
  revisionId: 0xc0,
  classCode: 0x0c0010,
  title: 'FireWire (IEEE 1394): VIA Technologies, Inc. VT6306/7/8 [Fire II(M)] IEEE 1394 OHCI Controller (rev c0)',
  bars: [mem(2 * KiB), io(128)],
  capabilities: { pm: {} },
});
