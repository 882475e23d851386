// SPDX-License-Identifier: GPL-2.0-only
/** Config spaces made by hand. */

/** A copy of `bytes` with rows put in, as a dump has them: `34: 40`. A row may have any length. */
export function changed(bytes: Uint8Array, rows: readonly string[]): Uint8Array {
  const after = bytes.slice();
  for (const row of rows) {
    const [offset, hex] = row.split(': ');
    after.set(
      hex!.split(' ').map((byte) => Number.parseInt(byte, 16)),
      Number.parseInt(offset!, 16),
    );
  }
  return after;
}

export const build = (size: number, rows: readonly string[]): Uint8Array => changed(new Uint8Array(size), rows);

/** A root port with a hot-plug slot, version 2, with MSI, SSVID, AER and ACS. */
export const rootPort = (): Uint8Array =>
  build(0x1000, [
    '00: 86 80 01 19 07 04 10 00 05 00 04 06 10 00 81 00',
    '18: 00 01 03 00 e0 f0 00 20 00 f7 00 f8 01 00 f1 0f',
    '34: 88 00 00 00 00 00 00 00 0b 01 10 00',
    '88: 0d 80 00 00 86 80 15 20',
    '80: 01 90 03 c8 08 00 00 00',
    '90: 05 a0 01 00 0c f0 e0 fe 21 40 00 00',
    'a0: 10 00 42 01 01 80 00 00 20 00 00 00 83 ac 71 02 42 00 81 30 60 0c 04 00 c0 03 40 01 00 00 01 00',
    'c4: 13 08 00 00 00 04 00 00 0e 00 80 01 03 00 1e 00',
    '100: 01 00 01 14 10 00 00 00 00 00 10 00 11 20 06 00 01 20 00 00 00 20 00 00',
    '12c: 07 00 00 00 01 00 00 00 00 01 00 00',
    '140: 0d 00 01 00 1f 00 1d 00',
  ]);

/** A legacy PCI device: an I/O BAR, grants, and PCI-PM. */
export const legacyDevice = (): Uint8Array =>
  build(0x100, [
    '00: ec 10 39 81 07 01 b0 02 10 00 00 02 10 40 00 00 01 e8 00 00 00 ff df fd',
    '2c: ec 10 39 81 00 00 ae fd 50 00 00 00 00 00 00 00 0b 01 20 40',
    '50: 01 00 02 f7 00 01 00 00',
  ]);

/** A CardBus bridge. */
export const cardBus = (): Uint8Array =>
  build(0x100, [
    '00: 80 11 76 04 07 00 10 02 b4 00 07 06 00 a8 82 00 00 00 00 e4 dc 00 00 02',
    '18: 15 16 19 b0 00 00 00 e0 00 f0 ff e3 00 00 00 c8 00 f0 ff cb 01 30 00 00 fc 30 00 00 00 34 00 00 fc 34 00 00',
    '3c: 10 01 c0 05 aa 17 b8 20 01 00 00 00',
    'dc: 01 00 22 7e 00 40 c0 00',
  ]);
