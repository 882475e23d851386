// SPDX-License-Identifier: GPL-2.0-only
/** The bytes of config space, read with bounds. */

/** The bytes of config space of one function: 0 past the end. */
export interface ConfigBytes {
  readonly bytes: Uint8Array;
  u8(offset: number): number;
  u16(offset: number): number;
  u32(offset: number): number;
}

export function configBytes(bytes: Uint8Array): ConfigBytes {
  const u8 = (offset: number) => bytes[offset] ?? 0;
  const u16 = (offset: number) => u8(offset) | (u8(offset + 1) << 8);
  return { bytes, u8, u16, u32: (offset) => u16(offset) + u16(offset + 2) * 0x10000 };
}
