// SPDX-License-Identifier: GPL-2.0-only
/** The few registers whose write changes more than their own bits, and who each of them is. */
import type { FunctionLayout } from '../configspace/function.ts';
import { orBits } from '../configspace/masks.ts';

export const COMMAND = 0x04;
export const COMMAND_BUS_MASTER = 0x0004;
export const BUS_NUMBERS = 0x18;
export const BRIDGE_CONTROL_DWORD = 0x3c;
/** Secondary Bus Reset, bit 6 of Bridge Control, as it stands in the dword at 3Ch. */
export const SECONDARY_BUS_RESET = 0x0040_0000;

/** Offsets within the PCI Express capability, of dwords. */
export const EXPRESS_DEVICE_CONTROL = 0x08;
export const INITIATE_FLR = 0x8000;
/** Link Control and Link Status are the two halves of one dword; bits of the status as they stand in it. */
export const EXPRESS_LINK_CONTROL = 0x10;
export const LINK_DISABLE = 0x0010;
export const RETRAIN_LINK = 0x0020;
export const EXPRESS_SLOT_CAPABILITIES = 0x14;
export const POWER_CONTROLLER_PRESENT = 0x0002;
export const EXPRESS_SLOT_CONTROL = 0x18;
export const POWER_CONTROLLER_CONTROL = 0x0400;
export const EXPRESS_SLOT_STATUS = 0x1a;
export const PRESENCE_DETECT = 0x0040;
export const EXPRESS_DEVICE_CONTROL_2 = 0x28;
export const ARI_FORWARDING = 0x20;
/** Offsets within SR-IOV. */
export const SRIOV_CONTROL = 0x08;
export const SRIOV_TOTAL_VFS = 0x0e;
export const SRIOV_NUM_VFS = 0x10;
export const SRIOV_FIRST_VF_OFFSET = 0x14;
export const SRIOV_VF_STRIDE = 0x16;
export const VF_ENABLE = 0x0001;
/** Offsets within Downstream Port Containment: Capability and Control share a dword, bits of Control as they stand in it. */
export const DPC_CAPABILITY = 0x04;
export const DPC_SOFTWARE_TRIGGER = 0x0040_0000;
export const DPC_STATUS = 0x08;
export const TRIGGER_STATUS = 0x0001;
/** Offset of the dword with Control within Advanced Features. */
export const AF_CONTROL = 0x04;
export const AF_INITIATE_FLR = 0x01;
/** Offset within power management of the dword with PMCSR. */
export const PM_CONTROL_STATUS = 0x04;
export const POWER_STATE = 0x0003;

/** Message Control is the upper half of the first dword of MSI and of MSI-X. */
export const MSI_ENABLE = 0x0001_0000;
const MSI_MULTIPLE_MESSAGE_ENABLE = 0x0070_0000;
export const MSI_X_ENABLE = 0x8000_0000;

const isEndpoint = ({ variant }: FunctionLayout): boolean =>
  ['endpoint', 'legacy endpoint', 'RC integrated endpoint'].includes(variant.role);

/** Whether the secondary side of the function is a PCI Express link. */
export const hasLinkBelow = ({ variant }: FunctionLayout): boolean =>
  variant.role === 'root port' || variant.role === 'downstream port' || variant.role === 'PCI-to-PCIe bridge';

/** Where an extended capability of a function stands; 0 where it has none. */
export const extendedOffset = ({ blocks }: FunctionLayout, wanted: number): number =>
  blocks.find(({ extended, id }) => extended && id === wanted)?.offset ?? 0;

/** One byte for each byte of config space: bits whose write the fabric is told of. */
export function watchedBits(layout: FunctionLayout, size: number): Uint8Array {
  const watched = new Uint8Array(size);
  orBits(watched, COMMAND, COMMAND_BUS_MASTER);
  if (layout.headerType === 1 || layout.headerType === 2) {
    orBits(watched, BUS_NUMBERS, 0x00ffffff);
    orBits(watched, BRIDGE_CONTROL_DWORD, SECONDARY_BUS_RESET);
  }
  const { express } = layout;
  if (express !== 0 && isEndpoint(layout)) orBits(watched, express + EXPRESS_DEVICE_CONTROL, INITIATE_FLR);
  if (express !== 0 && hasLinkBelow(layout)) {
    orBits(watched, express + EXPRESS_LINK_CONTROL, LINK_DISABLE | RETRAIN_LINK);
    if (layout.variant.slot) orBits(watched, express + EXPRESS_SLOT_CONTROL, 0xffffffff);
    if (layout.variant.version >= 2) orBits(watched, express + EXPRESS_DEVICE_CONTROL_2, ARI_FORWARDING);
  }
  for (const { id, extended, offset, block } of layout.blocks) {
    if (extended && id === 0x001d && hasLinkBelow(layout)) {
      orBits(watched, offset + DPC_CAPABILITY, DPC_SOFTWARE_TRIGGER);
      orBits(watched, offset + DPC_STATUS, TRIGGER_STATUS);
    }
    if (extended && id === 0x0010) {
      orBits(watched, offset + SRIOV_CONTROL, VF_ENABLE);
      orBits(watched, offset + SRIOV_NUM_VFS, 0xffff);
    }
    if (!extended && id === 0x01) orBits(watched, offset + PM_CONTROL_STATUS, POWER_STATE);
    if (!extended && id === 0x13) orBits(watched, offset + AF_CONTROL, AF_INITIATE_FLR);
    if (!extended && hasLinkBelow(layout) && layout.variant.slot) {
      if (id === 0x05) {
        orBits(watched, offset, MSI_ENABLE | MSI_MULTIPLE_MESSAGE_ENABLE);
        if (block?.registers['maskBits']) orBits(watched, offset + block.registers['maskBits'].offset, 0xffffffff);
      }
      if (id === 0x11) orBits(watched, offset, MSI_X_ENABLE);
    }
  }
  return watched;
}
