// SPDX-License-Identifier: GPL-2.0-only
/** A recording of test/golden/linux-*, its dumps as bytes, and a bus that plays its trace back. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { formatBdf, parseBdf } from '../../src/bus/bdf.ts';
import type { Bdf, Bus, ConfigAccess, Delay, Size } from '../../src/bus/index.ts';
import type { KernelState, KernelVersion } from '../../src/reset/kernel_state.ts';

export const GOLDEN = new URL('../golden/', import.meta.url);

export interface Event {
  readonly op: 'r' | 'w' | 'msleep' | 'usleep_range' | 'udelay';
  readonly bdf?: string;
  readonly off?: number;
  readonly size?: number;
  readonly val?: number;
  readonly ms?: number;
  readonly us?: number | [number, number];
  readonly external?: boolean;
}

export interface Capture {
  readonly operation: { readonly algorithm?: string; readonly coreFunction?: string; readonly device?: string };
  readonly run: {
    readonly kernel: KernelVersion;
    readonly cmdline: string;
    readonly state: 'running' | 'boot';
    readonly kernelState: KernelState;
  };
}

export interface Recording {
  readonly id: string;
  readonly capture: Capture;
  readonly image: ConfigAccess;
  readonly events: readonly Event[];
  readonly dmesg: readonly string[];
}

const text = (url: URL): string => gunzipSync(readFileSync(url)).toString();

/** Config space as `lspci -xxxx` shows it; all-ones where nothing is. */
export function imageOf(lspci: string): ConfigAccess {
  const functions = new Map<Bdf, Buffer>();
  let bytes = Buffer.alloc(0);
  for (const line of lspci.split('\n')) {
    const bdf = parseBdf(line.split(' ')[0]!);
    const row = /^([0-9a-f]{2,3}): ((?:[0-9a-f]{2} ?){16})$/.exec(line.trim());
    if (row) {
      const at = Number.parseInt(row[1]!, 16);
      Buffer.from(row[2]!.replaceAll(' ', ''), 'hex').copy(bytes, at);
    } else if (bdf !== undefined) {
      bytes = Buffer.alloc(4096, 0xff);
      functions.set(bdf, bytes);
    }
  }
  return {
    read: (bdf, offset, size) => functions.get(bdf)?.readUIntLE(offset, size) ?? 2 ** (8 * size) - 1,
    write: () => {
      throw new Error('a scan must not write');
    },
  };
}

export function recordings(): Recording[] {
  const all: Recording[] = [];
  for (const version of ['linux-6.1', 'linux-6.12']) {
    const folder = new URL(`${version}/`, GOLDEN);
    for (const name of readdirSync(folder)) {
      const at = new URL(`${name}/`, folder);
      const present = new URL('present.lspci.gz', at);
      all.push({
        id: `${version}/${name}`,
        capture: JSON.parse(readFileSync(new URL('capture.json', at), 'utf8')) as Capture,
        image: imageOf(text(existsSync(present) ? present : new URL('before.lspci.gz', at))),
        events: text(new URL('trace.ext.jsonl.gz', at))
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Event),
        dmesg: readFileSync(new URL('dmesg.txt', at), 'utf8')
          .split('\n')
          .map((line) => line.replace(/^\[ *\d+\.\d+\] /, '')),
      });
    }
  }
  return all;
}

const show = (event: Event | undefined): string => {
  if (!event) return 'the end of the recording';
  const { op, bdf, off, size, val } = event;
  if (bdf === undefined) return `${op} ${JSON.stringify(event.ms ?? event.us)}`;
  return `${op} ${bdf} ${off!.toString(16)}/${size} ${val === undefined ? '' : val.toString(16)}`;
};

/** Answers each read as recorded; anything but the next recorded event is an error that names both. */
export class ReplayBus implements Bus {
  readonly events: readonly Event[];
  next = 0;
  readonly clock: Bus['clock'];

  constructor(events: readonly Event[]) {
    this.events = events.filter((event) => !event.external);
    this.clock = { now_us: 0, delay: (delay) => this.delay(delay) };
  }

  private expect(made: Event): Event {
    const recorded = this.events[this.next];
    const same =
      recorded !== undefined &&
      recorded.op === made.op &&
      recorded.bdf === made.bdf &&
      recorded.off === made.off &&
      recorded.size === made.size &&
      recorded.ms === made.ms &&
      JSON.stringify(recorded.us) === JSON.stringify(made.us) &&
      (made.op !== 'w' || recorded.val === made.val);
    if (!same) throw new Error(`event ${this.next}: the port does ${show(made)}, the recording has ${show(recorded)}`);
    this.next++;
    return recorded;
  }

  read(bdf: Bdf, off: number, size: Size): number {
    return this.expect({ op: 'r', bdf: formatBdf(bdf), off, size }).val!;
  }

  write(bdf: Bdf, off: number, size: Size, val: number): void {
    this.expect({ op: 'w', bdf: formatBdf(bdf), off, size, val });
  }

  private delay(delay: Delay): void {
    this.expect(delay as Event);
  }
}
