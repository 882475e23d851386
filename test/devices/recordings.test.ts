// SPDX-License-Identifier: GPL-2.0-only
/**
 * The hardware driven by recorded kernels in place of a port: every access of every recording, resets of all kinds among
 * them, reads what it read on QEMU, and the machine is afterwards as it was there.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { formatBdf, parseBdf } from '../../src/bus/bdf.ts';
import type { Bdf, Delay, Size } from '../../src/bus/index.ts';
import type { FunctionId } from '../../src/devices/arena.ts';
import { type FunctionSpec, Hardware } from '../../src/devices/hardware.ts';
import { qemu72 } from '../../src/devices/qemu.ts';
import { readDump } from '../../src/machine/dump.ts';

const GOLDEN = join(import.meta.dirname, '../golden');
const recordings = ['linux-6.1', 'linux-6.12'].flatMap((kernel) =>
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

const bytesOf = (path: string): Map<Bdf, Uint8Array> =>
  new Map(readDump(path).functions.map(({ bdf, bytes }) => [bdf, bytes]));

/** The machine before; what was switched off then is taken from the dump of the machine as it had been scanned. */
function functionsOf(dir: string): FunctionSpec[] {
  const functions = bytesOf(join(dir, 'before.lspci.gz'));
  const scanned = join(dir, 'present.lspci.gz');
  if (existsSync(scanned))
    for (const [bdf, bytes] of bytesOf(scanned))
      if (functions.get(bdf)?.every((byte) => byte === 0xff) ?? true) functions.set(bdf, bytes);
  return [...functions]
    .map(([bdf, bytes]) => ({ bdf, bytes, barSizes: existsSync(scanned) ? (BAR_SIZES[formatBdf(bdf)] ?? []) : [] }))
    .sort((a, b) => a.bdf - b.bdf);
}

function replay(dir: string): string[] {
  const functions = functionsOf(dir);
  const hardware = new Hardware(functions, qemu72);
  const { run } = JSON.parse(readFileSync(join(dir, 'capture.json'), 'utf8')) as Capture;
  for (const { bdf, fromUs, toUs } of run.absent ?? []) {
    const fn = functions.findIndex((f) => f.bdf === parseBdf(bdf)) as FunctionId;
    hardware.absent(fn, { from_us: fromUs, to_us: toUs ?? Number.POSITIVE_INFINITY });
  }
  const differences: string[] = [];
  const lines = gunzipSync(readFileSync(join(dir, 'trace.ext.jsonl.gz')))
    .toString()
    .split('\n');
  lines.forEach((line, i) => {
    if (line === '') return;
    const event = JSON.parse(line) as Recorded;
    // The times of a recording are those of an emulator; they matter only where functions come and go.
    if (run.absent) hardware.clock.advance(Math.max(0, event.t_us - hardware.clock.now_us));
    if (!('bdf' in event)) {
      if (!run.absent) hardware.clock.delay(event);
      return;
    }
    const { op, off, size, val } = event;
    const bdf = parseBdf(event.bdf)!;
    if (op === 'w') hardware.write(bdf, off, size, val);
    else if (hardware.read(bdf, off, size) !== val) differences.push(`line ${i + 1}: ${line}`);
  });
  for (const [bdf, bytes] of bytesOf(join(dir, 'after.lspci.gz'))) {
    const ours = Uint8Array.from(bytes, (_, offset) => hardware.read(bdf, offset, 1));
    const at = ours.findIndex((byte, offset) => byte !== bytes[offset]);
    if (at >= 0) differences.push(`afterwards ${bdf.toString(16)} at ${at.toString(16)}: ${ours[at]} for ${bytes[at]}`);
  }
  return differences;
}

describe('recorded accesses on the hardware', () => {
  it('are those of all recordings', () => {
    expect(recordings.length).toBeGreaterThanOrEqual(92);
  });

  it.each(recordings)('%s', (name) => {
    expect(replay(join(GOLDEN, name))).toEqual([]);
  });
});
