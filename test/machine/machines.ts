// SPDX-License-Identifier: GPL-2.0-only
/** A small machine whose bytes a test makes odd: a root port, a switch with two ports, a network card and an SSD. */
import { makeBdf } from '../../src/bus/bdf.ts';
import { parseLspci, writeLspci } from '../../src/machine/dump.ts';
import { describeMachine, type FunctionDescription } from '../../src/machine/topology.ts';
import { nic, nvme } from '../../src/machine/topology-devices.ts';
import { downstreamPort, rootPort, upstreamPort } from '../../src/machine/topology-parts.ts';

/** Config spaces by address. */
export type Edit = (bytes: {
  /** 00:01.0, bus 01 to 04 below it. */
  readonly rootPort: Uint8Array;
  /** 01:00.0, bus 02 to 04 below it. */
  readonly upstream: Uint8Array;
  /** 02:00.0, bus 03 below it. */
  readonly first: Uint8Array;
  /** 02:01.0, bus 04 below it. */
  readonly second: Uint8Array;
  /** 04:00.0, an SSD or what the test puts there. */
  readonly device: Uint8Array;
}) => void;

/** The text of the machine after `edit`, as `lspci -xxxx`, or as `-xxx` with `length` 256. */
export function machineText(edit: Edit = () => undefined, device: FunctionDescription = nvme(), length = 4096): string {
  const functions = describeMachine([
    rootPort({ device: 1 }, [upstreamPort({}, [downstreamPort({}, [nic()]), downstreamPort({}, [device])])]),
  ]);
  const at = (bus: number, slot: number) => functions.find(({ bdf }) => bdf === makeBdf(0, bus, slot, 0))!.bytes;
  edit({ rootPort: at(0, 1), upstream: at(1, 0), first: at(2, 0), second: at(2, 1), device: at(4, 0) });
  const cut = functions.map((fn) => ({ ...fn, bytes: fn.bytes.subarray(0, length) }));
  return writeLspci(cut, { domains: false });
}

export const parseMachine = (text: string) => parseLspci(Buffer.from(text), 'machine.lspci');

/** Puts words of 32 bits at offsets. */
export function poke(bytes: Uint8Array, words: Readonly<Record<number, number>>): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [offset, value] of Object.entries(words)) view.setUint32(Number(offset), value, true);
}
