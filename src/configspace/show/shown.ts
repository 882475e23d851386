// SPDX-License-Identifier: GPL-2.0-only
/** What a function that prints one capability is given, and what it gives back. */
import type { ConfigBytes } from '../catalogue.ts';
import type { Role } from '../registers.ts';

export interface Shown {
  readonly config: ConfigBytes;
  /** Offset of the capability. */
  readonly at: number;
  readonly id: number;
  /** Header Layout of the function. */
  readonly headerType: number;
  /** Undefined where the Device/Port Type is reserved; `conventional` until a PCI Express capability was met. */
  readonly role: Role | undefined;
  /** Device 0 function 0 of its bus: lspci takes any other endpoint for one of a multi-function device. */
  readonly first: boolean;
  /** Whether the dump has `length` bytes from `from` (counted from the capability) on. */
  has(from: number, length: number): boolean;
}

/** First the title, which stands on the `Capabilities:` line, then the lines below it without their first two tabs. */
export type Printer = (shown: Shown) => string[];

/** The lines below a title, or the title alone when the dump ends before the registers they tell of. */
export const titled = (title: string, complete: boolean, lines: () => string[]): string[] =>
  complete ? [title, ...lines()] : [title];
