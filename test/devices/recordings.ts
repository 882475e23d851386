// SPDX-License-Identifier: GPL-2.0-only
/** Recorded kernels that drive the hardware in place of a port, and how a profile differs from what they met on QEMU. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { formatBdf, parseBdf } from '../../src/bus/bdf.ts';
import type { Bdf, Delay, Size } from '../../src/bus/index.ts';
import type { FunctionId } from '../../src/devices/arena.ts';
import { type FunctionSpec, Hardware } from '../../src/devices/hardware.ts';
import type { HardwareProfile } from '../../src/devices/profile.ts';
import { readDump } from '../../src/machine/dump.ts';

const GOLDEN = 'test/golden';
/** Folders of all recordings, below test/golden. */
export const RECORDINGS: readonly string[] = ['linux-6.1', 'linux-6.12'].flatMap((kernel) =>
  readdirSync(join(GOLDEN, kernel)).map((name) => join(kernel, name)),
);

interface Capture {
  readonly run: { readonly absent?: readonly { bdf: string; fromUs: number; toUs: number | null }[] };
}

interface RecordedAccess {
  readonly t_us: number;
  readonly op: 'r' | 'w';
  readonly bdf: string;
  readonly off: number;
  readonly size: Size;
  readonly val: number;
}
type Recorded = RecordedAccess | (Delay & { readonly t_us: number });

/** One kernel writes all-ones to a BAR, and so reads how large it is, which no dump says: QEMU's NVMe has 16 KiB. */
const BAR_SIZES: Readonly<Record<string, readonly number[]>> = { '0000:02:00.0': [0x4000] };

const dumps = new Map<string, ReadonlyMap<Bdf, Uint8Array>>();

/** The functions of a dump; read once. */
function bytesOf(path: string): ReadonlyMap<Bdf, Uint8Array> {
  const known = dumps.get(path);
  if (known) return known;
  const read = new Map(readDump(path).functions.map(({ bdf, bytes }) => [bdf, bytes]));
  dumps.set(path, read);
  return read;
}

const traces = new Map<string, readonly Recorded[]>();

function traceOf(path: string): readonly Recorded[] {
  const known = traces.get(path);
  if (known) return known;
  const lines = gunzipSync(readFileSync(path)).toString().split('\n').filter(Boolean);
  const read = lines.map((line) => JSON.parse(line) as Recorded);
  traces.set(path, read);
  return read;
}

/** The machine before; what was switched off then is taken from the dump of the machine as it had been scanned. */
function functionsOf(dir: string): FunctionSpec[] {
  const functions = new Map(bytesOf(join(dir, 'before.lspci.gz')));
  const scanned = join(dir, 'present.lspci.gz');
  if (existsSync(scanned))
    for (const [bdf, bytes] of bytesOf(scanned))
      if (functions.get(bdf)?.every((byte) => byte === 0xff) ?? true) functions.set(bdf, bytes);
  return [...functions]
    .map(([bdf, bytes]) => ({ bdf, bytes, barSizes: existsSync(scanned) ? (BAR_SIZES[formatBdf(bdf)] ?? []) : [] }))
    .sort((a, b) => a.bdf - b.bdf);
}

/** What the hardware of a profile reads otherwise than a recording did, and what is otherwise afterwards. */
export function differencesOfRecording(name: string, profile: HardwareProfile): string[] {
  const dir = join(GOLDEN, name);
  const functions = functionsOf(dir);
  const hardware = new Hardware(functions, profile);
  const { run } = JSON.parse(readFileSync(join(dir, 'capture.json'), 'utf8')) as Capture;
  for (const { bdf, fromUs, toUs } of run.absent ?? []) {
    const fn = functions.findIndex((f) => f.bdf === parseBdf(bdf)) as FunctionId;
    hardware.absent(fn, { from_us: fromUs, to_us: toUs ?? Number.POSITIVE_INFINITY });
  }
  const differences: string[] = [];
  traceOf(join(dir, 'trace.ext.jsonl.gz')).forEach((event, i) => {
    // The times of a recording are those of an emulator; they matter only where functions come and go.
    if (run.absent) hardware.clock.advance(Math.max(0, event.t_us - hardware.clock.now_us));
    if (!('bdf' in event)) {
      if (!run.absent) hardware.clock.delay(event);
      return;
    }
    const { op, off, size, val } = event;
    const bdf = parseBdf(event.bdf)!;
    if (op === 'w') hardware.write(bdf, off, size, val);
    else if (hardware.read(bdf, off, size) !== val) differences.push(`line ${i + 1}: ${JSON.stringify(event)}`);
  });
  for (const [bdf, bytes] of bytesOf(join(dir, 'after.lspci.gz'))) {
    const ours = Uint8Array.from(bytes, (_, offset) => hardware.read(bdf, offset, 1));
    const at = ours.findIndex((byte, offset) => byte !== bytes[offset]);
    if (at >= 0) differences.push(`afterwards ${bdf.toString(16)} at ${at.toString(16)}: ${ours[at]} for ${bytes[at]}`);
  }
  return differences;
}
