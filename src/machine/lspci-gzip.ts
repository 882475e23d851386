// SPDX-License-Identifier: GPL-2.0-only
/** What a file is before it is text: gzip is unpacked, other packings and UTF-16 are named. Told by the first bytes. */
import { gunzipSync } from 'node:zlib';
import { DumpError } from './errors.ts';

/** Packed text of more than this is an attack, not a machine: 20,000 functions with extended config space. */
const MAX_UNPACKED = 256 * 2 ** 20;

/** First bytes of what people attach to mails and bug reports, and what to say. */
const FOREIGN: readonly (readonly [magic: readonly number[], what: string])[] = [
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xz-compressed data; unpack it first'],
  [[0x42, 0x5a, 0x68], 'bzip2-compressed data; unpack it first'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd-compressed data; unpack it first'],
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive; unpack it first'],
  [[0xff, 0xfe], 'UTF-16 text; convert it to UTF-8 first'],
  [[0xfe, 0xff], 'UTF-16 text; convert it to UTF-8 first'],
];

const startsWith = (data: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, i) => data[i] === byte);

function sentence(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'Z_BUF_ERROR':
      return 'the gzip data ends too early (a truncated file?)';
    case 'ERR_BUFFER_TOO_LARGE':
      return `the gzip data unpacks to more than ${MAX_UNPACKED / 2 ** 20} MiB`;
    default:
      return `the gzip data is damaged (${error instanceof Error ? error.message : String(error)})`;
  }
}

/** The text of `data`: unpacked where it is gzip, the same bytes otherwise. Throws DumpError for what is no text. */
export function unpack(data: Uint8Array, file: string): Buffer {
  if (startsWith(data, [0x1f, 0x8b])) {
    try {
      return gunzipSync(data, { maxOutputLength: MAX_UNPACKED });
    } catch (error) {
      throw new DumpError(sentence(error), { file });
    }
  }
  const foreign = FOREIGN.find(([magic]) => startsWith(data, magic));
  if (foreign) throw new DumpError(foreign[1], { file });
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
