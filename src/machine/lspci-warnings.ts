// SPDX-License-Identifier: GPL-2.0-only
/** The warnings of one file. */
import type { Bdf } from '../bus/index.ts';
import type { Warning } from './dump.ts';

/** A file that is odd in more places is odd throughout: the rest is counted, so that no input can fill the memory. */
const MAX_WARNINGS = 1000;

export class Warnings {
  private readonly file: string;
  private readonly list: Warning[] = [];
  private left_out = 0;
  private first_left_out = 0;

  constructor(file: string) {
    this.file = file;
  }

  add(line: number, text: string, bdf?: Bdf, offset?: number): void {
    if (this.list.length === MAX_WARNINGS) {
      if (this.left_out++ === 0) this.first_left_out = line;
      return;
    }
    this.list.push({
      file: this.file,
      line,
      ...(bdf === undefined ? {} : { bdf }),
      ...(offset === undefined ? {} : { offset }),
      text,
    });
  }

  /** All of them by line; the last one says how many were left out. */
  sorted(): readonly Warning[] {
    const sorted = this.list.sort((a, b) => a.line - b.line);
    if (this.left_out > 0) {
      sorted.push({ file: this.file, line: this.first_left_out, text: `${this.left_out} more warnings are left out` });
    }
    return sorted;
  }
}
