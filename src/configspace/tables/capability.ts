// SPDX-License-Identifier: GPL-2.0-only
/** What every capability begins with. The other tables leave it out. */
import { block, reg16, reg32, ro } from '../registers.ts';

/** In the first 256 bytes, PCIe 6.0 section 7.5.3.1. */
export const capabilityHeader = block('Capability header', 0x02, {
  header: reg16(0x00, { id: ro([7, 0]), next: ro([15, 8]) }, { lspci: 'Capability Header' }),
});

/** From 100h on, PCIe 6.0 section 7.6.3. */
export const extendedCapabilityHeader = block('Extended capability header', 0x04, {
  header: reg32(0x00, { id: ro([15, 0]), version: ro([19, 16]), next: ro([31, 20]) }, { lspci: 'Capability Header' }),
});
