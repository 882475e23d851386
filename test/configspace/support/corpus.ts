// SPDX-License-Identifier: GPL-2.0-only
/** Real machines to compare with lspci: outside of the project, so that a checkout may be without them. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

const CORPUS = resolve(import.meta.dirname, '../../../../shared/corpus');

/** Paths of the dumps in the corpus; empty where there is none. */
export const corpus = (): string[] =>
  existsSync(CORPUS)
    ? readdirSync(CORPUS)
        .filter((name) => name.endsWith('.lspci.gz'))
        .sort()
        .map((name) => join(CORPUS, name))
    : [];

export const hasLspci = (): boolean => {
  try {
    execFileSync('lspci', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

export const textOf = (path: string): string => gunzipSync(readFileSync(path)).toString('latin1');

const HEX_ROW = /^([0-9a-f]{2,3}):((?: [0-9a-f]{2}){1,16})\s*$/;
const SLOT = /^((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])(?: |$)/;

const fullAddress = (address: string): string => (address.length > 7 ? address : `0000:${address}`);

/**
 * The bytes of each function by its full address, read without the reader of the project: a witness of its own. A byte that
 * the dump leaves out is ff, as lspci has it.
 */
export function bytesByAddress(text: string): Map<string, Uint8Array> {
  const functions = new Map<string, Uint8Array>();
  let bytes: number[] | undefined;
  let address = '';
  const store = () =>
    bytes &&
    bytes.length > 0 &&
    functions.set(
      address,
      Uint8Array.from(bytes, (b) => b ?? 0xff),
    );
  for (const line of text.split('\n')) {
    const slot = SLOT.exec(line);
    if (slot) {
      store();
      address = fullAddress(slot[1]!);
      bytes = [];
    }
    const row = HEX_ROW.exec(line);
    if (!row || !bytes) continue;
    const offset = Number.parseInt(row[1]!, 16);
    for (const [i, byte] of row[2]!.trim().split(' ').entries()) bytes[offset + i] = Number.parseInt(byte, 16);
  }
  store();
  return functions;
}

/** What `lspci -n -vvv` prints for each function of a dump, by full address, without the title line. */
export function lspciLines(text: string): Map<string, string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'hotreset-lspci-'));
  try {
    const file = join(directory, 'dump');
    writeFileSync(file, text, 'latin1');
    const output = execFileSync('lspci', ['-D', '-n', '-F', file, '-vvv'], {
      encoding: 'latin1',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 2 ** 28,
    });
    const functions = new Map<string, string[]>();
    let lines: string[] = [];
    for (const line of output.split('\n')) {
      const slot = SLOT.exec(line);
      if (slot) {
        lines = [];
        functions.set(slot[1]!, lines);
      } else if (line !== '') lines.push(line);
    }
    return functions;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
