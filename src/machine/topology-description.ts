// SPDX-License-Identifier: GPL-2.0-only
/** The words a machine is described in. All of it is plain data: it can be generated, shrunk and stored. */
import type { Bdf } from '../bus/index.ts';
import type { Decoded, Role } from '../configspace/registers.ts';
import type { type0, type1, type2 } from '../configspace/tables/header.ts';
import type { Capabilities } from './describe-capabilities.ts';

/** Some registers of a block, and some of their fields; what is not given is left to defaults. */
export type Values<B> = { readonly [R in keyof Decoded<B>]?: Partial<Decoded<B>[R]> };

export interface BarDescription {
  /** Bytes; a power of two. */
  readonly size: number;
  /** Memory when not given. */
  readonly kind?: 'memory' | 'io';
  readonly is64?: boolean;
  readonly prefetchable?: boolean;
  /** Number of the BAR; the one after the BAR before it when not given. */
  readonly index?: number;
}

/** The virtual functions of a physical function of SR-IOV. */
export interface VirtualFunctions {
  /** Total VFs and Initial VFs. */
  readonly total: number;
  /** Number of VFs that are switched on; only those appear as functions. */
  readonly enabled?: number;
  readonly deviceId: number;
  /** From the Routing ID of the physical function to that of its first VF; 128 when not given. */
  readonly offset?: number;
  /** Between the Routing IDs of two VFs; 2 when not given. */
  readonly stride?: number;
  /** BARs of one VF. */
  readonly bars?: readonly BarDescription[];
  /** What each VF has besides PCI Express. */
  readonly capabilities?: Capabilities;
  readonly title?: string;
}

/** One function, and for a bridge what is below it. */
export interface FunctionDescription {
  readonly role: Role;
  /** Header Layout: 0 device, 1 bridge, 2 CardBus bridge. By the role when not given. */
  readonly headerLayout?: 0 | 1 | 2;
  /**
   * Device number. When not given: below a port 0; elsewhere that of the function before it when `fn` is not 0, and
   * otherwise the one after it.
   */
  readonly device?: number;
  /** Function number; 0 when not given. */
  readonly fn?: number;
  readonly vendorId: number;
  readonly deviceId: number;
  readonly subsystem?: readonly [vendorId: number, deviceId: number];
  readonly revisionId?: number;
  readonly classCode: number;
  /** Text of the slot line of a dump. */
  readonly title?: string;
  readonly bars?: readonly BarDescription[];
  /** Size of the expansion ROM in bytes; none when not given. */
  readonly rom?: number;
  /** INTx pin, 1 for INTA to 4 for INTD; 0 for a function that has no interrupt. */
  readonly pin?: number;
  /** A driver has switched on its decoders, Bus Master and its interrupt; true when not given. */
  readonly driver?: boolean;
  /** Bus Master Enable; what `driver` is when not given. */
  readonly busMaster?: boolean;
  /** Physical Slot Number: the port has a slot. */
  readonly slot?: number;
  /** The slot is a hot-plug slot. */
  readonly hotPlug?: boolean;
  /** Fastest link: 1 for 2.5 GT/s to 6 for 64 GT/s; 3 when not given. */
  readonly speed?: number;
  /** Lanes of its link; 4 when not given. */
  readonly width?: number;
  /** Capabilities in the order of their lists. PCI Express is there by the role, SR-IOV by `virtualFunctions`. */
  readonly capabilities?: Capabilities;
  /** Fields of the header that are to be otherwise than a running system leaves them. */
  readonly header?: Values<typeof type0> & Values<typeof type1> & Values<typeof type2>;
  readonly virtualFunctions?: VirtualFunctions;
  /** Functions on the secondary bus of a bridge. */
  readonly below?: readonly FunctionDescription[];
}

/** A root bus: what a host bridge leads to. */
export interface RootBusDescription {
  readonly domain?: number;
  /** Bus number; the next that is free in its domain when not given. */
  readonly bus?: number;
  readonly functions: readonly FunctionDescription[];
}

/** A description that cannot be built, as a sentence with the values in it. */
export class TopologyError extends Error {
  override readonly name = 'TopologyError';
}

/** A function of a described machine: what the hardware is built from, and what a dump is written from. */
export interface DescribedFunction {
  readonly bdf: Bdf;
  /** 256 bytes on conventional PCI, 4096 on PCI Express. */
  readonly bytes: Uint8Array;
  /** Sizes of its BARs in bytes, by index; 6 is the expansion ROM. */
  readonly barSizes: readonly (number | undefined)[];
  readonly title?: string;
}
