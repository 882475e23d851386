// SPDX-License-Identifier: GPL-2.0-only
/** Message signaled interrupts: MSI and MSI-X. */
import { block, reg16, reg32, ro, rw } from '../registers.ts';

/**
 * Message Signaled Interrupts (05h), PCIe 6.0 section 7.7.1. Where the data, mask and pending registers stand depends on
 * two read-only bits of Message Control: 64-bit Address Capable and Per-Vector Masking Capable.
 */
export function messageSignaledInterrupts(address64: boolean, perVectorMasking: boolean) {
  const data = address64 ? 0x0c : 0x08;
  return block('MSI', perVectorMasking ? data + 0x0c : data + 0x04, {
    control: reg16(
      0x02,
      {
        enable: rw(0, { lspci: 'Enable' }),
        multipleMessageCapable: ro([3, 1]),
        multipleMessageEnable: rw([6, 4]),
        address64Capable: ro(7, { lspci: '64bit' }),
        perVectorMaskingCapable: ro(8, { lspci: 'Maskable' }),
        extendedMessageDataCapable: ro(9, { since: 4 }),
        extendedMessageDataEnable: rw(10, { since: 4 }),
      },
      { lspci: 'MSI Control' },
    ),
    messageAddress: reg32(
      0x04,
      {
        address: rw([31, 2]),
      },
      { lspci: 'MSI Address' },
    ),
    ...(address64 && {
      messageUpperAddress: reg32(
        0x08,
        {
          address: rw([31, 0]),
        },
        { lspci: 'MSI Upper Address' },
      ),
    }),
    messageData: reg16(data, { data: rw([15, 0]) }, { lspci: 'MSI Data' }),
    extendedMessageData: reg16(data + 2, { data: rw([15, 0], { since: 4 }) }, { lspci: 'MSI Extended Data' }),
    ...(perVectorMasking && {
      maskBits: reg32(data + 4, { vectors: rw([31, 0]) }, { lspci: 'MSI Masking' }),
      pendingBits: reg32(data + 8, { vectors: ro([31, 0], { live: true }) }, { lspci: 'MSI Pending' }),
    }),
  });
}

/** MSI-X (11h), PCIe 6.0 section 7.7.2. */
export const msiX = block('MSI-X', 0x0c, {
  control: reg16(
    0x02,
    {
      tableSize: ro([10, 0]),
      functionMask: rw(14, { lspci: 'Masked' }),
      enable: rw(15, { lspci: 'Enable' }),
    },
    { lspci: 'MSI-X Control' },
  ),
  table: reg32(
    0x04,
    {
      bir: ro([2, 0], { lspci: 'BAR' }),
      offset: ro([31, 3], { lspci: 'offset' }),
    },
    { lspci: 'MSI-X Vector table' },
  ),
  pendingBitArray: reg32(
    0x08,
    {
      bir: ro([2, 0], { lspci: 'BAR' }),
      offset: ro([31, 3], { lspci: 'offset' }),
    },
    { lspci: 'MSI-X PBA' },
  ),
});

/**
 * An entry of the MSI-X table, PCIe 6.0 section 7.7.2.5. It stands in a BAR, not in config space. The address and the data
 * are undefined after a reset; every vector is masked.
 */
export const msiXTableEntry = block('MSI-X table entry', 0x10, {
  messageAddress: reg32(0x00, { address: rw([31, 2], { impl: true }) }),
  messageUpperAddress: reg32(0x04, { address: rw([31, 0], { impl: true }) }),
  messageData: reg32(0x08, { data: rw([31, 0], { impl: true }) }),
  vectorControl: reg32(0x0c, { mask: rw(0, { reset: 1 }), steeringTag: rw([31, 16]) }),
});
