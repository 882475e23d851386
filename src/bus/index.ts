// SPDX-License-Identifier: GPL-2.0-only
/**
 * The bus: the one narrow place where the kernel (src/reset) and the hardware (src/devices) meet.
 * Types only. Whatever passes between the two sides passes here, and an observer sees all of it.
 */

/**
 * The address of a function as config cycles carry it: domain * 65536 + bus * 256 + device * 8 + function.
 * It is an address, not an identity: after a reset the same function may be reached by another one, or by none.
 */
export type Bdf = number & { readonly __brand: 'Bdf' };

/** Width of a config access in bytes. */
export type Size = 1 | 2 | 4;

/** Config space as the root complex offers it. */
export interface ConfigAccess {
  /** Unsigned value of `size` bytes at `offset`; all-ones when nothing answers. `offset` is a multiple of `size`. */
  read(bdf: Bdf, offset: number, size: Size): number;
  /** Writes `size` bytes; nothing happens when nothing answers. */
  write(bdf: Bdf, offset: number, size: Size, value: number): void;
}

/** A delay as the kernel asks for it: msleep in milliseconds, usleep_range and udelay in microseconds. */
export type Delay =
  | { readonly op: 'msleep'; readonly ms: number }
  | { readonly op: 'usleep_range'; readonly us: readonly [min: number, max: number] }
  | { readonly op: 'udelay'; readonly us: number };

/** Virtual time. A delay moves it, and lets everything the hardware had due by then happen, in order. */
export interface Clock {
  /** Microseconds since the start of the run. */
  readonly now_us: number;
  delay(delay: Delay): void;
}

/** What the kernel side gets to see of a machine. */
export interface Bus extends ConfigAccess {
  readonly clock: Clock;
}

/** One config access, as it stands in a trace. */
export interface AccessEvent {
  readonly t_us: number;
  readonly op: 'r' | 'w';
  readonly bdf: Bdf;
  readonly off: number;
  readonly size: Size;
  readonly val: number;
  /** Kernel functions that made the access, innermost first, when the observer asked for them. */
  readonly by?: readonly string[];
}

export type DelayEvent = Delay & { readonly t_us: number; readonly by?: readonly string[] };

export type TraceEvent = AccessEvent | DelayEvent;

/** Told of every access and every delay, in order, after a read and before a write or a delay takes effect. */
export interface Observer {
  access(t_us: number, op: 'r' | 'w', bdf: Bdf, off: number, size: Size, val: number): void;
  delay(t_us: number, delay: Delay): void;
}
