// SPDX-License-Identifier: GPL-2.0-only
/**
 * The whole command against recorded kernels: for every recording of an algorithm, the same events in the same order,
 * with the same values read and written and the same delays, and the same machine afterwards. Nothing is masked.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readDump } from '../../src/machine/dump.ts';
import { hotreset, ROOT } from './hotreset.ts';

const GOLDEN = join(ROOT, 'test/golden');
const folder = mkdtempSync(join(tmpdir(), 'hotreset-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Capture {
  readonly operation: { readonly algorithm?: string };
}

const recordings = ['linux-6.1', 'linux-6.12'].flatMap((kernel) =>
  readdirSync(join(GOLDEN, kernel))
    .map((name) => join(GOLDEN, kernel, name))
    .filter((dir) => {
      const capture = JSON.parse(readFileSync(join(dir, 'capture.json'), 'utf8')) as Capture;
      return capture.operation.algorithm === 'reset_pcie_endpoints';
    }),
);

/** Lines of a trace without what is not exact (time) or not part of an event (callers, mechanism). */
const events = (jsonl: string): unknown[] =>
  jsonl
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { t_us: _t, via: _via, by: _by, ...event } = JSON.parse(line) as Record<string, unknown>;
      return event;
    });

const image = (path: string): unknown =>
  Object.fromEntries(readDump(path).functions.map(({ bdf, bytes }) => [bdf, Buffer.from(bytes).toString('hex')]));

describe('recordings of reset_pcie_endpoints', () => {
  it('are all there', () => {
    expect(recordings.length).toBeGreaterThanOrEqual(36);
  });

  it.each(recordings)('%s', (dir) => {
    const after = join(folder, 'after.lspci');
    const scenario = join(dir, 'capture.json');
    const args = ['run', join(dir, 'before.lspci.gz'), '--scenario', scenario, '--trace', '-', '--after', after];
    const { code, stdout, stderr } = hotreset(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const recorded = gunzipSync(readFileSync(join(dir, 'trace.ext.jsonl.gz'))).toString();
    expect(events(stdout)).toEqual(events(recorded));
    expect(image(after)).toEqual(image(join(dir, 'after.lspci.gz')));
  });
});
