// SPDX-License-Identifier: GPL-2.0-only
/**
 * A dump: the config spaces of a machine as `lspci -x`, `-xxx` or `-xxxx` printed them, and what was odd about the text.
 * These are the types; reading is in lspci-reader.ts and lspci-file.ts, writing in lspci-writer.ts.
 */
import type { Bdf } from '../bus/index.ts';

export { readDump } from './lspci-file.ts';
export { parseLspci } from './lspci-reader.ts';
export { type WritableFunction, writeLspci } from './lspci-writer.ts';

/** Offsets `from` (included) to `to` (excluded). */
export type ByteRange = readonly [from: number, to: number];

/** A BAR or the expansion ROM, as the text of `lspci -v` or `-vv` tells of it. Sizes are in no register: only here. */
export interface Region {
  /** Number of the BAR, 0 to 5; 6 is the expansion ROM. */
  readonly index: number;
  readonly kind: 'memory' | 'io' | 'rom';
  /** Bytes; may exceed 2^32. 0 when the line names no size. */
  readonly size: number;
  /** Undefined for `<unassigned>` and `<ignored>`. As the kernel saw it: on some machines not what the BAR holds. */
  readonly address: bigint | undefined;
  /** The line says 64-bit: the BAR takes two registers. */
  readonly is64: boolean;
  readonly prefetchable: boolean;
  /** The decoder is off in the Command register (or, for the ROM, in the ROM address). */
  readonly disabled: boolean;
  /** The kernel has a resource here and the BAR holds no address. */
  readonly virtual: boolean;
}

/** One function of the dump. */
export interface DumpFunction {
  readonly bdf: Bdf;
  /** The bytes the dump has, 64 to 4096 of them; a byte the dump does not have is zero and listed in `missing`. */
  readonly bytes: Uint8Array;
  /** What the dump does not have below `bytes.length`, in ascending order. */
  readonly missing: readonly ByteRange[];
  /** Line of the slot line, from 1. */
  readonly line: number;
  /** The slot line after the address, for instance `VGA compatible controller: ... (rev a1)`; may be empty. */
  readonly title: string;
  /** In the order of the text; empty when the dump has hex rows only. */
  readonly regions: readonly Region[];
}

/** Something odd that did not stop the reading. `text` is a sentence with its facts, without file and line. */
export interface Warning {
  readonly file: string;
  /** From 1; 0 where the file has no lines. */
  readonly line: number;
  readonly bdf?: Bdf;
  /** Config space offset the warning is about. */
  readonly offset?: number;
  readonly text: string;
}

/** `my.lspci: line 12: row 10 of 00:02.0 has 17 bytes instead of 16`, as compilers write it. */
export const formatWarning = ({ file, line, text }: Warning): string =>
  `${file}: ${line > 0 ? `line ${line}: ` : ''}${text}`;

/** A dump as it was read. */
export interface Dump {
  readonly file: string;
  /** In file order, each address once. */
  readonly functions: readonly DumpFunction[];
  /** In line order. */
  readonly warnings: readonly Warning[];
  /** Some slot line names a domain (`0000:01:00.0`). */
  readonly hasDomains: boolean;
}
