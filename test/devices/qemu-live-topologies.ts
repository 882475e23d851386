// SPDX-License-Identifier: GPL-2.0-only
/** Topologies that no recording has, as QEMU is told of them. */
import { configBytes } from '../../src/configspace/catalogue.ts';
import { layoutOfFunction } from '../../src/configspace/function.ts';
import type { Dump } from './qemu-live-machine.ts';
import type { Write } from './qemu-live-program.ts';

export interface Topology {
  readonly name: string;
  readonly args: readonly string[];
  /** Bus numbers of expander bridges after that of the host bridge. */
  readonly rootBuses?: readonly number[];
  /** Writes before the machine is looked at, after which its buses are numbered again. */
  readonly prepare?: (machine: Dump) => Write[];
}

const devices = (list: string): string[] =>
  list
    .split(/[\n;]/)
    .map((device) => device.trim())
    .filter((device) => device !== '')
    .flatMap((device) => (device.startsWith('-') ? device.split(' ') : ['-device', device]));

const topology = (name: string, list: string, more: Omit<Topology, 'name' | 'args'> = {}): Topology => ({
  name,
  args: devices(list),
  ...more,
});

const disk = (name: string) => `-blockdev null-co,node-name=${name},read-zeroes=on,size=16777216`;

/** Switches on as many virtual functions as there are. */
const enableVirtualFunctions = (machine: Dump): Write[] =>
  [...machine].flatMap(([bdf, bytes]) =>
    layoutOfFunction(bytes)
      .blocks.filter(({ id, extended }) => extended && id === 0x0010)
      .flatMap(({ offset }) => [
        { bdf, offset: offset + 0x10, size: 2 as const, value: configBytes(bytes).u16(offset + 0x0e) },
        { bdf, offset: offset + 0x08, size: 2 as const, value: 0x0009 },
      ]),
  );

export const topologies: readonly Topology[] = [
  topology(
    'two root ports with endpoints',
    `pcie-root-port,id=r0,chassis=1,slot=1,addr=1;pcie-root-port,id=r1,chassis=2,slot=2,addr=2,power_controller_present=off
     vmxnet3,bus=r0,mac=52:54:00:00:01:01;pvscsi,bus=r1`,
  ),
  topology(
    'ioh3420 with a multifunction device',
    `ioh3420,id=r0,chassis=1,slot=1,addr=1
     virtio-net-pci,bus=r0,addr=0.0,multifunction=on,mac=52:54:00:00:01:02;virtio-rng-pci,bus=r0,addr=0.1
     e1000e,bus=r0,addr=0.2,mac=52:54:00:00:01:03;qemu-xhci,bus=r0,addr=0.7`,
  ),
  topology(
    'switch with empty slots of several settings',
    `pcie-root-port,id=r0,chassis=1,slot=1,addr=1,hotplug=off;x3130-upstream,id=u0,bus=r0
     xio3130-downstream,id=d0,bus=u0,chassis=2,slot=2,addr=0;xio3130-downstream,id=d1,bus=u0,chassis=3,slot=3,addr=1
     xio3130-downstream,id=d2,bus=u0,chassis=4,slot=4,addr=2,power_controller_present=off
     xio3130-downstream,id=d3,bus=u0,chassis=5,slot=5,addr=3,power_controller_present=off
     xio3130-downstream,id=d4,bus=u0,chassis=6,slot=6,addr=4,hotplug=off
     xio3130-downstream,id=d5,bus=u0,chassis=7,slot=7,addr=5,hotplug=off
     virtio-balloon-pci,bus=d1;virtio-serial-pci,bus=d3;virtio-rng-pci,bus=d5`,
  ),
  topology(
    'nested switches',
    `pcie-root-port,id=r0,chassis=1,slot=1,addr=1;x3130-upstream,id=u0,bus=r0
     xio3130-downstream,id=d0,bus=u0,chassis=2,slot=2,addr=0;xio3130-downstream,id=d1,bus=u0,chassis=3,slot=3,addr=1
     x3130-upstream,id=u1,bus=d0;xio3130-downstream,id=d2,bus=u1,chassis=4,slot=4,addr=0
     xio3130-downstream,id=d3,bus=u1,chassis=5,slot=5,addr=2
     e1000e,bus=d2,mac=52:54:00:00:01:04;nec-usb-xhci,bus=d1`,
  ),
  topology(
    'conventional devices below pcie-pci-bridge',
    `pcie-root-port,id=r0,chassis=1,slot=1,addr=1;pcie-pci-bridge,id=b0,bus=r0
     e1000,bus=b0,addr=1,mac=52:54:00:00:01:05;rtl8139,bus=b0,addr=2,mac=52:54:00:00:01:06
     ne2k_pci,bus=b0,addr=3,mac=52:54:00:00:01:07;AC97,bus=b0,addr=4;intel-hda,bus=b0,addr=5;ES1370,bus=b0,addr=6
     pci-bridge,id=b1,bus=b0,addr=7,chassis_nr=2;pci-bridge,id=b2,bus=b1,addr=1,chassis_nr=3
     edu,bus=b1,addr=2;sdhci-pci,bus=b2,addr=1;vmware-svga,bus=b2,addr=2;pcnet,bus=b2,addr=3,mac=52:54:00:00:01:08
     tulip,bus=b0,addr=8,mac=52:54:00:00:01:09;i82559er,bus=b0,addr=9,mac=52:54:00:00:01:0a`,
  ),
  topology(
    'usb and disk controllers below pcie-pci-bridge',
    `pcie-root-port,id=r0,chassis=1,slot=1,addr=1;pcie-pci-bridge,id=b0,bus=r0
     piix3-usb-uhci,bus=b0,addr=1;ich9-usb-ehci1,bus=b0,addr=2.7,multifunction=on
     ich9-usb-uhci1,bus=b0,addr=2.0,multifunction=on;pci-ohci,bus=b0,addr=3;usb-ehci,bus=b0,addr=4
     ich9-ahci,bus=b0,addr=5;piix3-ide,bus=b0,addr=6;lsi53c895a,bus=b0,addr=7;lsi53c810,bus=b0,addr=8
     am53c974,bus=b0,addr=9;dc390,bus=b0,addr=a;piix4-ide,bus=b0,addr=c
     ich9-intel-hda,bus=b0,addr=d;pci-serial,bus=b0,addr=e;pci-serial-2x,bus=b0,addr=f;pci-serial-4x,bus=b0,addr=10
     megasas,bus=b0,addr=11;mptsas1068,bus=b0,addr=12;qemu-xhci,bus=b0,addr=13;pci-testdev,bus=b0,addr=14`,
  ),
  topology(
    'i82801b11-bridge with bridges below',
    `i82801b11-bridge,id=b0,addr=1e;pci-bridge,id=b1,bus=b0,addr=1,chassis_nr=1,msi=off
     pci-bridge,id=b2,bus=b1,addr=2,chassis_nr=2,shpc=off;virtio-net-pci,bus=b2,addr=1,mac=52:54:00:00:01:0b
     virtio-rng-pci,bus=b1,addr=1;secondary-vga,bus=b0,addr=2;ich9-intel-hda,bus=b0,addr=3
     nvme,bus=b0,addr=4,serial=A;e1000e,bus=b0,addr=5,mac=52:54:00:00:01:0c`,
  ),
  topology(
    'display devices in slots',
    `pcie-root-port,id=r0,chassis=1,slot=1,addr=1;pcie-root-port,id=r1,chassis=2,slot=2,addr=2
     ioh3420,id=r2,chassis=3,slot=3,addr=3;pcie-root-port,id=r3,chassis=4,slot=4,addr=4
     bochs-display,bus=r0;virtio-vga,bus=r1;VGA,bus=r2;cirrus-vga,bus=r3`,
  ),
  topology(
    'virtio below root ports',
    `${disk('n0')};${disk('n1')}
     pcie-root-port,id=r0,chassis=1,slot=1,addr=1.0,multifunction=on;pcie-root-port,id=r1,chassis=2,slot=2,addr=1.1
     pcie-root-port,id=r2,chassis=3,slot=3,addr=1.2;pcie-root-port,id=r3,chassis=4,slot=4,addr=1.3
     pcie-root-port,id=r4,chassis=5,slot=5,addr=1.4;pcie-pci-bridge,id=b4,bus=r4;pcie-root-port,id=r5,chassis=6,slot=6,addr=1.5
     pcie-root-port,id=r6,chassis=7,slot=7,addr=1.6
     virtio-scsi-pci,bus=r0,ats=on;virtio-blk-pci,bus=r1,drive=n0,aer=on;virtio-net-pci,bus=r2,page-per-vq=on
     virtio-gpu-pci,bus=r3,aer=on,ats=on;virtio-serial-pci-transitional,bus=b4,addr=1;virtio-balloon-pci,bus=r5
     virtio-blk-pci,bus=r6,drive=n1,disable-legacy=off,x-pcie-flr-init=off`,
  ),
  topology(
    'virtio in a switch',
    `ioh3420,id=r0,chassis=1,slot=1,addr=1;x3130-upstream,id=u0,bus=r0
     xio3130-downstream,id=d0,bus=u0,chassis=2,slot=2,addr=0;xio3130-downstream,id=d1,bus=u0,chassis=3,slot=3,addr=1
     xio3130-downstream,id=d2,bus=u0,chassis=4,slot=4,addr=2;xio3130-downstream,id=d3,bus=u0,chassis=5,slot=5,addr=3
     virtio-keyboard-pci,bus=d0;virtio-mouse-pci,bus=d1,x-pcie-lnkctl-init=off,x-pcie-deverr-init=off
     virtio-net-pci,bus=d2,aer=on,ats=on,x-ats-page-aligned=off,mac=52:54:00:00:01:0d;virtio-tablet-pci,bus=d3,modern-pio-notify=on`,
  ),
  topology(
    'nvme of several kinds',
    `${disk('n0')};nvme-subsys,id=s0,nqn=a
     pcie-root-port,id=r0,chassis=1,slot=1,addr=1;pcie-root-port,id=r1,chassis=2,slot=2,addr=2
     ioh3420,id=r2,chassis=3,slot=3,addr=3;pcie-root-port,id=r3,chassis=4,slot=4,addr=4
     nvme,bus=r0,serial=A,drive=n0,cmb_size_mb=16;nvme,bus=r1,serial=B,subsys=s0
     nvme,bus=r2,serial=C,use-intel-id=on,msix_qsize=4;nvme,bus=r3,serial=D,cmb_size_mb=64,legacy-cmb=on`,
  ),
  topology(
    'nvme with virtual functions that are there',
    `nvme-subsys,id=s0,nqn=a;pcie-root-port,id=r0,chassis=1,slot=1,addr=1
     nvme,bus=r0,serial=A,subsys=s0,sriov_max_vfs=4,sriov_vq_flexible=8,sriov_vi_flexible=4,max_ioqpairs=10,msix_qsize=12`,
    { prepare: enableVirtualFunctions },
  ),
  topology(
    'nvme with virtual functions that are not there, in a switch',
    `nvme-subsys,id=s0,nqn=a;pcie-root-port,id=r0,chassis=1,slot=1,addr=1;x3130-upstream,id=u0,bus=r0
     xio3130-downstream,id=d0,bus=u0,chassis=2,slot=2
     nvme,bus=d0,serial=A,subsys=s0,sriov_max_vfs=2,sriov_vq_flexible=4,sriov_vi_flexible=2,max_ioqpairs=6,msix_qsize=8`,
  ),
  topology(
    'nvme with virtual functions that are there, in a switch',
    `nvme-subsys,id=s0,nqn=a;ioh3420,id=r0,chassis=1,slot=1,addr=1;x3130-upstream,id=u0,bus=r0
     xio3130-downstream,id=d0,bus=u0,chassis=2,slot=2
     nvme,bus=d0,serial=A,subsys=s0,sriov_max_vfs=2,sriov_vq_flexible=4,sriov_vi_flexible=2,max_ioqpairs=6,msix_qsize=8`,
    { prepare: enableVirtualFunctions },
  ),
  topology(
    'storage controllers',
    `pcie-root-port,id=r0,chassis=1,slot=1,addr=1;pcie-root-port,id=r1,chassis=2,slot=2,addr=2
     pcie-root-port,id=r2,chassis=3,slot=3,addr=3;pcie-root-port,id=r3,chassis=4,slot=4,addr=4
     ioh3420,id=r4,chassis=5,slot=5,addr=5;ioh3420,id=r5,chassis=6,slot=6,addr=6
     megasas,bus=r0;megasas-gen2,bus=r1;mptsas1068,bus=r2;lsi53c895a,bus=r3;pvscsi,bus=r4;ich9-ahci,bus=r5`,
  ),
  topology(
    'network devices',
    `pcie-root-port,id=r0,chassis=1,slot=1,addr=1;pcie-root-port,id=r1,chassis=2,slot=2,addr=2
     pcie-root-port,id=r2,chassis=3,slot=3,addr=3;pcie-root-port,id=r3,chassis=4,slot=4,addr=4
     e1000e,bus=r0,mac=52:54:00:00:01:0e;vmxnet3,bus=r1,x-disable-pcie=on,mac=52:54:00:00:01:0f
     e1000,bus=r2,mac=52:54:00:00:01:10;rtl8139,bus=r3,mac=52:54:00:00:01:11`,
  ),
  topology(
    'xhci with interrupts of several kinds',
    `pcie-root-port,id=r0,chassis=1,slot=1,addr=1;pcie-root-port,id=r1,chassis=2,slot=2,addr=2
     pcie-root-port,id=r2,chassis=3,slot=3,addr=3;pcie-root-port,id=r3,chassis=4,slot=4,addr=4
     nec-usb-xhci,bus=r0,msi=on,msix=off;nec-usb-xhci,bus=r1,msi=off,msix=on;nec-usb-xhci,bus=r2,msi=off,msix=off
     nec-usb-xhci,bus=r3,msi=on,msix=on,intrs=4`,
  ),
  topology(
    'ports on an expander bridge',
    `pxb-pcie,id=p0,bus_nr=32,addr=5;pcie-root-port,id=r0,bus=p0,chassis=1,slot=1,addr=0
     ioh3420,id=r1,bus=p0,chassis=2,slot=2,addr=1;pcie-root-port,id=r2,bus=p0,chassis=3,slot=3,addr=2
     pcie-root-port,id=r3,chassis=4,slot=4,addr=6;e1000e,bus=r0,mac=52:54:00:00:01:12
     x3130-upstream,id=u0,bus=r1;xio3130-downstream,id=d0,bus=u0,chassis=5,slot=5,addr=0;virtio-rng-pci,bus=d0
     nvme,bus=r3,serial=A`,
    { rootBuses: [0, 32] },
  ),
  topology(
    'conventional expander bridge below pcie-pci-bridge',
    `pxb-pcie,id=p0,bus_nr=64,addr=5;pcie-root-port,id=r0,bus=p0,chassis=1,slot=1,addr=0
     pcie-pci-bridge,id=b0,bus=r0;pci-bridge,id=b1,bus=b0,addr=1,chassis_nr=1;e1000,bus=b1,addr=1,mac=52:54:00:00:01:13
     edu,bus=b0,addr=2`,
    { rootBuses: [0, 64] },
  ),
  topology(
    'cxl on the host bridge',
    `cxl-rp,id=c0,chassis=1,slot=1,addr=3;cxl-upstream,id=cu,bus=c0
     cxl-downstream,id=cd0,bus=cu,chassis=2,slot=2,addr=0;cxl-downstream,id=cd1,bus=cu,chassis=3,slot=3,addr=1
     e1000e,bus=cd1,mac=52:54:00:00:01:15;cxl-rp,id=c1,chassis=4,slot=4,addr=4;virtio-rng-pci,bus=c1`,
  ),
  topology(
    'cxl on an expander bridge',
    `-M q35,cxl=on;-object memory-backend-ram,id=m0,size=256M;-object memory-backend-ram,id=l0,size=256M
     pxb-cxl,id=p0,bus_nr=12,addr=5;cxl-rp,id=c0,bus=p0,chassis=0,slot=1,port=0;cxl-rp,id=c1,bus=p0,chassis=0,slot=2,port=1,addr=1
     cxl-type3,bus=c0,memdev=m0,lsa=l0,id=t0;cxl-upstream,id=u0,bus=c1;cxl-downstream,id=d0,bus=u0,chassis=0,slot=4,port=0`,
    { rootBuses: [0, 12] },
  ),
  topology(
    'switch whose upstream port has functions',
    `pcie-root-port,id=r0,chassis=1,slot=1,addr=1;x3130-upstream,id=u0,bus=r0,multifunction=on,addr=0.0
     virtio-rng-pci,bus=r0,addr=0.1;xio3130-downstream,id=d0,bus=u0,chassis=2,slot=2,addr=0.0,multifunction=on
     xio3130-downstream,id=d1,bus=u0,chassis=3,slot=3,addr=0.1;pcie-pci-bridge,id=b0,bus=d0
     i82801,bus=b0,addr=1,mac=52:54:00:00:01:16;VGA,bus=b0,addr=2;virtio-serial-pci,bus=b0,addr=3
     pcie-pci-bridge,id=b1,bus=d1,msi=off`,
  ),
  topology(
    'root ports with reserved resources and acs off',
    `pcie-root-port,id=r0,chassis=1,slot=1,addr=1,disable-acs=on,x-speed=5,x-width=4;ioh3420,id=r1,chassis=2,slot=2,addr=2
     pcie-root-port,id=r2,chassis=3,slot=3,addr=3,bus-reserve=8,io-reserve=4K;pcie-root-port,id=r3,chassis=4,slot=4,addr=4
     pcie-pci-bridge,id=b0,bus=r0,msi=off;ne2k_pci,bus=b0,addr=1,mac=52:54:00:00:01:17;pcie-pci-bridge,id=b1,bus=r1
     pci-bridge,id=b2,bus=b1,addr=3,chassis_nr=7;intel-hda,bus=b2,addr=1,msi=off`,
  ),
  topology(
    'hot-plug by ACPI',
    `-global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=on;pcie-root-port,id=r0,chassis=1,slot=1,addr=1
     x3130-upstream,id=u0,bus=r0;xio3130-downstream,id=d0,bus=u0,chassis=2,slot=2,addr=0
     xio3130-downstream,id=d1,bus=u0,chassis=3,slot=3,addr=1;virtio-rng-pci,bus=d0;ioh3420,id=r1,chassis=4,slot=4,addr=2
     pcie-pci-bridge,id=b0,bus=r1;e1000,bus=b0,addr=1,mac=52:54:00:00:01:18;cxl-rp,id=r2,chassis=5,slot=5,addr=3
     cxl-upstream,id=u1,bus=r2;cxl-downstream,id=d2,bus=u1,chassis=6,slot=6,addr=0;nvme,bus=d2,serial=A
     cxl-downstream,id=d3,bus=u1,chassis=7,slot=7,addr=1`,
  ),
  topology(
    'more network devices below pcie-pci-bridge',
    `ioh3420,id=r0,chassis=1,slot=1,addr=1;pcie-pci-bridge,id=b0,bus=r0;e1000-82544gc,bus=b0,addr=1;e1000-82545em,bus=b0,addr=2
     i82550,bus=b0,addr=3;i82557a,bus=b0,addr=4;i82558b,bus=b0,addr=5;i82562,bus=b0,addr=6;vmxnet3,bus=b0,addr=7
     rocker,bus=b0,addr=8;virtio-net-pci-transitional,bus=b0,addr=9;ati-vga,bus=b0,addr=a;qemu-xhci,bus=b0,addr=b
     ich9-usb-uhci4,bus=b0,addr=c;pvscsi,bus=b0,addr=d;megasas-gen2,bus=b0,addr=e;nvme,bus=b0,addr=f,serial=A`,
  ),
  topology(
    'boards for industry',
    `pcie-root-port,id=r0,chassis=1,slot=1,addr=1;pcie-pci-bridge,id=b0,bus=r0;-object can-bus,id=can0
     -object memory-backend-ram,id=m0,size=1M;tpci200,bus=b0,addr=1;i6300esb,bus=b0,addr=2;acpi-erst,bus=b0,addr=3,memdev=m0
     kvaser_pci,canbus=can0,bus=b0,addr=4;ctucan_pci,canbus0=can0,canbus1=can0,bus=b0,addr=5;pcm3680_pci,canbus0=can0,canbus1=can0,bus=b0,addr=6
     mioe3680_pci,canbus0=can0,canbus1=can0,bus=b0,addr=7;-device ipmi-bmc-sim,id=bmc0;pci-ipmi-bt,bmc=bmc0,bus=b0,addr=8`,
  ),
  topology(
    'virtio devices of other kinds',
    `ioh3420,id=r0,chassis=1,slot=1,addr=1;x3130-upstream,id=u0,bus=r0
     xio3130-downstream,id=d0,bus=u0,chassis=2,slot=2,addr=0;xio3130-downstream,id=d1,bus=u0,chassis=3,slot=3,addr=1
     xio3130-downstream,id=d2,bus=u0,chassis=4,slot=4,addr=2;xio3130-downstream,id=d3,bus=u0,chassis=5,slot=5,addr=3
     -object cryptodev-backend-builtin,id=cr0;virtio-crypto-pci,cryptodev=cr0,bus=d0;virtio-iommu-pci,addr=9
     virtio-rng-pci-non-transitional,bus=d1;virtio-scsi-pci-non-transitional,bus=d2,ats=on,aer=on;virtio-gpu-pci,bus=d3,disable-legacy=on`,
  ),
  topology(
    'qxl and other odd devices in slots',
    `pcie-root-port,id=r0,chassis=1,slot=1,addr=1;pcie-root-port,id=r1,chassis=2,slot=2,addr=2
     pcie-root-port,id=r2,chassis=3,slot=3,addr=3;pcie-root-port,id=r3,chassis=4,slot=4,addr=4
     -object memory-backend-ram,id=m0,size=1M;ivshmem-plain,bus=r0,memdev=m0;edu,bus=r1;pvpanic-pci,bus=r2;sdhci-pci,bus=r3
     ioh3420,id=r4,chassis=5,slot=5,addr=5;qxl,bus=r4`,
  ),
];
