// SPDX-License-Identifier: GPL-2.0-only
/**
 * Dumps of real machines: what we write of them reads back the same, for us and for lspci.
 * They are data of third parties and stay where they are, beside the checkout; without them these tests are skipped.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { parseLspci, readDump, writeLspci } from '../../src/machine/dump.ts';
import { sharedFolder } from './lspci-samples.ts';

const corpus = sharedFolder('corpus');
const files = corpus === undefined ? [] : readdirSync(corpus).filter((name) => name.endsWith('.lspci.gz'));

const hasLspci = spawnSync('lspci', ['--version']).status === 0;

describe.skipIf(files.length === 0)('corpus (skipped where ../shared/corpus is absent)', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'hotreset-corpus-'));
  afterAll(() => rmSync(temporary, { recursive: true, force: true }));

  it('is there', () => {
    const names = readFileSync(join(corpus!, 'INDEX.tsv'), 'utf8').trim().split('\n').slice(1);
    expect(files).toHaveLength(names.length);
  });

  it.each(files)('%s: parse, write, parse', (name) => {
    const dump = readDump(join(corpus!, name));
    const text = writeLspci(dump.functions, { domains: dump.hasDomains });
    const again = parseLspci(Buffer.from(text), name);
    const essence = (d: typeof dump) =>
      d.functions.map(({ bdf, bytes, missing, title }) => ({ bdf, bytes, missing, title }));
    expect(essence(again)).toEqual(essence(dump));
    expect(again.hasDomains).toBe(dump.hasDomains);
    expect(dump.warnings.filter((w) => !w.text.includes('unknown, read as zero'))).toEqual([]);
  });

  it.skipIf(!hasLspci).each(files)('%s: lspci -F reads ours as the original (skipped without lspci)', (name) => {
    const decode = (text: string | Uint8Array) => {
      const path = join(temporary, 'dump.lspci');
      writeFileSync(path, text);
      const { status, stdout } = spawnSync('lspci', ['-F', path, '-nvvv'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
      return { status, stdout };
    };
    const dump = readDump(join(corpus!, name));
    const original = decode(gunzipSync(readFileSync(join(corpus!, name))));
    // lspci refuses none of them: a file it refuses would compare as equal only when ours is refused too.
    expect(original.status).toBe(0);
    expect(decode(writeLspci(dump.functions, { domains: dump.hasDomains }))).toEqual(original);
    expect(decode(writeLspci(dump.functions, { domains: true }))).toEqual(original);
  });
});
