// SPDX-License-Identifier: GPL-2.0-only
/** Capabilities of AGP, CompactPCI and other buses and controllers that PCI Express has left behind. */
import { block, hwinit, reg8, reg16, reg32, ro, rw, rw1c, rws } from '../registers.ts';

/** AGP (02h), AGP 3.0 section 6.1; bits that AGP 2.0 did not have read 0 there. */
export const acceleratedGraphicsPort = block('AGP', 0x0c, {
  version: reg8(0x02, { minor: ro([3, 0]), major: ro([7, 4]) }, { lspci: 'AGP version' }),
  status: reg32(
    0x04,
    {
      rates: ro([2, 0], { lspci: 'Rate' }),
      agp3Mode: ro(3, { lspci: 'AGP3' }),
      fastWrites: ro(4, { lspci: 'FW' }),
      addressing64: ro(5, { lspci: '64bit' }),
      hostTranslation: ro(6, { lspci: 'HTrans' }),
      gart64: ro(7, { lspci: 'GART64' }),
      coherent: ro(8, { lspci: 'ITACoh' }),
      sidebandAddressing: ro(9, { lspci: 'SBA' }),
      calibrationCycle: ro([12, 10], { lspci: 'Cal' }),
      asynchronousRequestSize: ro([15, 13], { lspci: 'ArqSz' }),
      isochronous: ro(17, { lspci: 'Iso' }),
      requestQueue: ro([31, 24], { lspci: 'RQ' }),
    },
    { lspci: 'AGP Status' },
  ),
  command: reg32(
    0x08,
    {
      rate: rw([2, 0], { lspci: 'Rate' }),
      fastWriteEnable: rw(4, { lspci: 'FW' }),
      addressing64Enable: rw(5, { lspci: '64bit' }),
      gart64Enable: rw(7, { lspci: 'GART64' }),
      agpEnable: rw(8, { lspci: 'AGP' }),
      sidebandAddressingEnable: rw(9, { lspci: 'SBA' }),
      calibrationCycle: rw([12, 10], { lspci: 'Cal' }),
      asynchronousRequestSize: rw([15, 13], { lspci: 'ArqSz' }),
      requestQueue: rw([31, 24], { lspci: 'RQ' }),
    },
    { lspci: 'AGP Command' },
  ),
});

/** Slot Identification (04h), PCI-to-PCI Bridge Architecture 1.2 section 13. The chassis number outlives a reset. */
export const slotIdentification = block('Slot ID', 0x04, {
  expansionSlot: reg8(0x02, { slots: hwinit([4, 0]), firstInChassis: hwinit(5, { lspci: 'First' }) }),
  chassisNumber: reg8(0x03, { number: rws([7, 0], { impl: true }) }),
});

/** CompactPCI Hot Swap (06h), PICMG 2.1 section 3.1. */
export const compactPciHotSwap = block('CompactPCI hot-swap', 0x04, {
  controlStatus: reg8(0x02, {
    deviceHidingArm: rw(0, { lspci: 'DHA' }),
    enumSignalMask: rw(1, { lspci: 'EIM' }),
    pendingInsertExtract: ro(2, { live: true, lspci: 'PIE' }),
    ledOn: rw(3, { lspci: 'LOO' }),
    programmingInterface: ro([5, 4]),
    extraction: rw1c(6, { lspci: 'EXT' }),
    insertion: rw1c(7, { lspci: 'INS' }),
  }),
});

/** Debug Port of a USB 2 controller (0Ah), EHCI 1.0 appendix C. */
export const debugPort = block('Debug port', 0x04, {
  location: reg16(0x02, { offset: ro([12, 0], { lspci: 'offset' }), bar: ro([15, 13], { lspci: 'BAR' }) }),
});

/**
 * Vendor-specific capability (09h), PCIe 6.0 section 7.9.4: `length` bytes, of which all but the length are the vendor's.
 */
export const vendorSpecific = (length: number) =>
  block('Vendor Specific Information', Math.max(3, length), {
    length: reg8(0x02, { length: ro([7, 0], { lspci: 'Len' }) }),
  });

/** Types of virtio's vendor-specific capabilities that have a register more than the others. */
export const VIRTIO_NOTIFY = 2;
const VIRTIO_CONFIG_ACCESS = 5;

/** A place in a BAR that a virtio device tells of in a vendor-specific capability, virtio 1.2 section 4.1.4. */
export function virtioStructure(length: number, type: number) {
  // A driver moves the window of the access capability about; it is no state of the function.
  const window = type === VIRTIO_CONFIG_ACCESS ? rw : ro;
  const live = { live: true, impl: true };
  return block('Vendor Specific Information', Math.max(0x10, length), {
    length: reg8(0x02, { length: ro([7, 0], { lspci: 'Len' }) }),
    type: reg8(0x03, { type: ro([7, 0]) }),
    bar: reg8(0x04, { bar: window([7, 0], live) }),
    id: reg8(0x05, { id: ro([7, 0]) }),
    offset: reg32(0x08, { offset: window([31, 0], live) }),
    size: reg32(0x0c, { size: window([31, 0], live) }),
    ...(length >= 0x14 && type === VIRTIO_NOTIFY && { multiplier: reg32(0x10, { multiplier: ro([31, 0]) }) }),
    ...(length >= 0x14 && type === VIRTIO_CONFIG_ACCESS && { data: reg32(0x10, { data: rw([31, 0], live) }) }),
  });
}

/** SATA HBA (12h), Serial ATA AHCI 1.3 section 2.4; the index and data pair may follow it. */
export const sataHba = (inConfigSpace: boolean) =>
  block('SATA HBA', inConfigSpace ? 0x10 : 0x08, {
    revision: reg8(0x02, { minor: ro([3, 0]), major: ro([7, 4]) }),
    location: reg32(0x04, { bar: ro([3, 0]), offset: ro([23, 4], { lspci: 'Offset' }) }),
    ...(inConfigSpace && {
      index: reg32(0x08, { index: rw([9, 2]) }),
      data: reg32(0x0c, { data: rw([31, 0], { live: true, impl: true }) }),
    }),
  });
