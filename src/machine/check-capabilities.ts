// SPDX-License-Identifier: GPL-2.0-only
/** The links of capability lists: how they are read, and where they are not as the specification has them. */
import { configBytes } from '../configspace/catalogue.ts';
import type { Oddity, PlacedBlock } from '../configspace/function.ts';
import type { CheckedFunction } from './check.ts';
import { showHex } from './lspci-text.ts';

const CAPABILITIES_POINTER = 0x34;
const CARDBUS_CAPABILITIES_POINTER = 0x14;

/** Offset of the next capability as it stands in the bytes, its two reserved bits included; 0 at the end of the list. */
export function rawNextOf(bytes: Uint8Array, { offset, extended }: PlacedBlock): number {
  const config = configBytes(bytes);
  return extended ? config.u16(offset + 2) >> 4 : config.u8(offset + 1);
}

/** Bytes from the start of a block to the end of its last register; of a capability that is not declared, its header. */
export function lengthOf({ block, extended }: PlacedBlock): number {
  if (!block) return extended ? 4 : 2;
  return Math.max(0, ...Object.values(block.registers).map(({ offset, size }) => offset + size));
}

/** Bits 1:0 of a pointer are reserved and ignored: the kernel and lspci go on at the multiple of 4 below. */
function unaligned(offset: number, pointer: number, what: string): Oddity[] {
  if (pointer % 4 === 0) return [];
  const text = `${what} ${showHex(pointer)} is not a multiple of 4: the list goes on at ${showHex(pointer - (pointer % 4))}`;
  return [{ offset, text, severity: 'warning' }];
}

export function checkCapabilities({ bytes, layout }: CheckedFunction): Oddity[] {
  const placed = layout.blocks.filter(({ id }) => id !== undefined);
  const first = layout.headerType === 2 ? CARDBUS_CAPABILITIES_POINTER : CAPABILITIES_POINTER;
  const list = placed.filter(({ extended }) => !extended);
  return [
    ...(list.length > 0 ? unaligned(first, bytes[first]!, 'capabilities pointer') : []),
    ...placed.flatMap((block) => {
      const { offset, extended } = block;
      const what = `${extended ? 'extended ' : ''}capability at ${showHex(offset)}: next pointer`;
      return unaligned(offset + (extended ? 2 : 1), rawNextOf(bytes, block), what);
    }),
  ];
}
