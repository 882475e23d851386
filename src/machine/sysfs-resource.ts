// SPDX-License-Identifier: GPL-2.0-only
/** BARs and their sizes from the file `resource` of sysfs: a line each with start, end and flags (linux/ioport.h). */
import { configBytes } from '../configspace/catalogue.ts';
import type { Region } from './dump.ts';

const LINE = /^0x([0-9a-f]{1,16}) 0x([0-9a-f]{1,16}) 0x([0-9a-f]{1,16})$/;
const IORESOURCE_IO = 0x0000_0100n;
const IORESOURCE_PREFETCH = 0x0000_2000n;
const IORESOURCE_MEM_64 = 0x0010_0000n;
const IORESOURCE_UNSET = 0x2000_0000n;
/** Six BARs and the expansion ROM; the BARs of virtual functions and the windows of bridges follow. */
const ROM = 6;
const COMMAND = 0x04;
const IO_SPACE = 0x0001;
const MEMORY_SPACE = 0x0002;
const BARS = 0x10;
/** Where the register of the expansion ROM is, by header type. */
const ROM_REGISTER: Readonly<Record<number, number>> = { 0: 0x30, 1: 0x38 };

/** Reads the text; `bytes` is the config space, which knows what is switched on. Undefined when a line is none. */
export function parseResource(text: string, bytes: Uint8Array): Region[] | undefined {
  const config = configBytes(bytes);
  const command = config.u16(COMMAND);
  const romRegister = ROM_REGISTER[config.u8(0x0e) & 0x7f];
  const regions: Region[] = [];
  for (const [index, line] of text
    .trimEnd()
    .split('\n')
    .slice(0, ROM + 1)
    .entries()) {
    const m = LINE.exec(line);
    if (!m) return undefined;
    const [start, end, flags] = m.slice(1).map((digits) => BigInt(`0x${digits}`)) as [bigint, bigint, bigint];
    if (flags === 0n || end < start || (index === ROM && romRegister === undefined)) continue;
    const io = (flags & IORESOURCE_IO) !== 0n;
    const rom = index === ROM;
    const register = config.u32(rom ? romRegister! : BARS + 4 * index);
    const decoded = (command & (io ? IO_SPACE : MEMORY_SPACE)) !== 0 && (!rom || (register & 1) !== 0);
    const assigned = start !== 0n && (flags & IORESOURCE_UNSET) === 0n;
    // The registers of a virtual function read 0: the kernel knows its addresses from the physical one.
    const virtual = assigned && register === 0;
    regions.push({
      index,
      kind: rom ? 'rom' : io ? 'io' : 'memory',
      size: Number(end - start + 1n),
      address: assigned ? start : undefined,
      is64: (flags & IORESOURCE_MEM_64) !== 0n,
      prefetchable: (flags & IORESOURCE_PREFETCH) !== 0n,
      disabled: !virtual && !decoded,
      virtual,
    });
  }
  return regions;
}
