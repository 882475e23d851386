// SPDX-License-Identifier: GPL-2.0-only
/** Data Object Exchange, and the encryption of a link that is set up through it. */
import { block, hwinit, type Registers, reg32, ro, rw, rw1c } from '../registers.ts';

/** Data Object Exchange (002Eh), PCIe 6.0 section 7.9.24. The mailboxes are windows, and hold no state. */
export const dataObjectExchange = block('Data Object Exchange', 0x18, {
  capabilities: reg32(
    0x04,
    { interruptSupport: hwinit(0, { lspci: 'IntSup' }), interruptMessageNumber: ro([11, 1]) },
    { lspci: 'DOECap' },
  ),
  control: reg32(
    0x08,
    { abort: rw(0, { action: true }), interruptEnable: rw(1, { lspci: 'IntEn' }), go: rw(31, { action: true }) },
    { lspci: 'DOECtl' },
  ),
  status: reg32(
    0x0c,
    {
      busy: ro(0, { live: true, lspci: 'Busy' }),
      interruptStatus: rw1c(1, { lspci: 'IntSta' }),
      error: ro(2, { live: true, lspci: 'Error' }),
      dataObjectReady: ro(31, { live: true, lspci: 'ObjectReady' }),
    },
    { lspci: 'DOESta' },
  ),
  writeMailbox: reg32(0x10, { data: rw([31, 0], { action: true }) }),
  readMailbox: reg32(0x14, { data: ro([31, 0], { live: true, impl: true }) }),
});

const stream = (n: number, at: number): Registers => ({
  [`linkStream${n}Control`]: reg32(at, {
    enable: rw(0),
    aggregationOfNonPosted: rw([3, 2]),
    aggregationOfPosted: rw([5, 4]),
    aggregationOfCompletions: rw([7, 6]),
    pcrcEnable: rw(8),
    partialHeaderEncryption: rw([13, 10]),
    selectedAlgorithm: rw([18, 14]),
    trafficClass: rw([21, 19]),
    streamId: rw([31, 24]),
  }),
  [`linkStream${n}Status`]: reg32(at + 4, {
    state: ro([3, 0], { live: true }),
    integrityCheckFailReceived: rw1c(31),
  }),
});

/**
 * Integrity and Data Encryption (0030h), PCIe 6.0 section 7.9.26, with its link streams. The selective streams behind them
 * are of many sizes, and are not declared.
 */
export function integrityAndDataEncryption(linkStreams: number) {
  const streams = Array.from({ length: linkStreams }, (_, n) => stream(n, 0x0c + 8 * n));
  return block('Integrity and Data Encryption', 0x0c + 8 * linkStreams, {
    capability: reg32(
      0x04,
      {
        linkStreamSupported: hwinit(0, { lspci: 'LinkStream' }),
        selectiveStreamsSupported: hwinit(1, { lspci: 'SelectiveStream' }),
        flowThroughSupported: hwinit(2, { lspci: 'FlowThrough' }),
        partialHeaderEncryptionSupported: hwinit(3, { lspci: 'PartHdrEnc' }),
        aggregationSupported: hwinit(4, { lspci: 'Aggr' }),
        pcrcSupported: hwinit(5, { lspci: 'PCRC' }),
        keyManagementProtocolSupported: hwinit(6, { lspci: 'IDE_KM' }),
        selectiveForConfigurationRequests: hwinit(7, { lspci: 'SelectiveForConfigReqs' }),
        supportedAlgorithms: hwinit([12, 8]),
        trafficClassesForLinkStreams: hwinit([15, 13]),
        selectiveStreams: hwinit([23, 16]),
      },
      { lspci: 'IDECap' },
    ),
    control: reg32(0x08, { flowThroughEnable: rw(2, { lspci: 'FlowThrough' }) }, { lspci: 'IDECtl' }),
    ...(Object.assign({}, ...streams) as Registers),
  });
}

/** Vendor-Specific Extended Capability (000Bh), PCIe 6.0 section 7.9.5: `length` bytes, of which the header is known. */
export const extendedVendorSpecific = (length: number) =>
  block('Vendor Specific Information', Math.max(0x08, length), {
    header: reg32(0x04, {
      id: ro([15, 0], { lspci: 'ID' }),
      revision: ro([19, 16], { lspci: 'Rev' }),
      length: ro([31, 20], { lspci: 'Len' }),
    }),
  });
