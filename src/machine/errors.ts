// SPDX-License-Identifier: GPL-2.0-only
/** The one error a dump can cause: its text could not be read with certainty. */

/** Where the trouble is: the file as the user named it, and the line (from 1) where there is one. */
export interface DumpErrorPlace {
  readonly file: string;
  readonly line?: number;
}

/**
 * A dump that cannot be read. The message is a whole sentence that starts with the place, as compilers write it:
 * `machine.lspci: line 12: byte "g7" is not hexadecimal`.
 */
export class DumpError extends Error {
  override readonly name = 'DumpError';
  readonly file: string;
  readonly line: number | undefined;

  constructor(message: string, place: DumpErrorPlace) {
    super(`${place.file}: ${place.line === undefined ? '' : `line ${place.line}: `}${message}`);
    this.file = place.file;
    this.line = place.line;
  }
}
