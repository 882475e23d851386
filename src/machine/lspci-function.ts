// SPDX-License-Identifier: GPL-2.0-only
/** The function whose rows are being read: its bytes so far, which of them the dump has, and what was odd. */
import type { Bdf } from '../bus/index.ts';
import type { ByteRange, DumpFunction } from './dump.ts';
import { DumpError } from './errors.ts';
import { type RegionLine, resolveRegions } from './lspci-regions.ts';
import { CONFIG_SIZE, ROW, type Row } from './lspci-row.ts';
import { showBdf, showHex, showRange } from './lspci-text.ts';
import type { Warnings } from './lspci-warnings.ts';

const HEADER_SIZE = 64;
const WHOLE_ROW = 0xffff;
const NOTHING: readonly never[] = [];

/** A row that came where another one was due. */
interface Jump {
  readonly line: number;
  readonly offset: number;
  readonly expected: number;
}

/** One object serves all functions of a file: `start()`, then rows, then `finish()`. */
export class FunctionBuilder {
  bdf = 0 as Bdf;
  line = 0;
  title = '';
  regions: RegionLine[] = [];
  /** One more than the highest offset that was given; the next row is due here. */
  end = 0;
  readonly bytes: Uint8Array = new Uint8Array(CONFIG_SIZE);
  /** A bit for each byte of a row that was given, and the line that gave the first of them; by row number. */
  private readonly given = new Uint16Array(CONFIG_SIZE / ROW);
  private readonly given_line = new Uint32Array(CONFIG_SIZE / ROW);
  /** Of the given bytes, those beyond the 16th of their row: they hold until the row comes that is at home there. */
  private readonly surplus = new Uint16Array(CONFIG_SIZE / ROW);
  private jumps: Jump[] = [];
  /** Some row was not the next 16 bytes: what is missing has to be looked for. */
  private irregular = false;
  /** The functions of a machine often lack the same bytes; they share one list then. */
  private last_missing: readonly ByteRange[] = [];
  private readonly file: string;
  private readonly warnings: Warnings;

  constructor(file: string, warnings: Warnings) {
    this.file = file;
    this.warnings = warnings;
  }

  start(bdf: Bdf, line: number, title: string): void {
    this.bdf = bdf;
    this.line = line;
    this.title = title;
    this.regions = [];
    this.given.fill(0, 0, Math.ceil(this.end / ROW));
    this.surplus.fill(0, 0, Math.ceil(this.end / ROW));
    this.end = 0;
    this.jumps = [];
    this.irregular = false;
  }

  /** The reader has put 16 bytes at `end`, a multiple of 16; they are counted here. */
  nextRow(line: number): void {
    const row = this.end / ROW;
    this.given[row] = WHOLE_ROW;
    this.given_line[row] = line;
    this.end += ROW;
  }

  /** Takes any row in; throws DumpError where it contradicts an earlier one. */
  addRow(row: Row, line: number): void {
    const { offset, count } = row;
    if (offset !== this.end || count !== ROW || offset % ROW !== 0) this.irregular = true;
    // Bytes that a short row lacks at its end are told with that row, not as a jump.
    if (offset > Math.ceil(this.end / ROW) * ROW) this.jumps.push({ line, offset, expected: this.end });
    this.checkLength(row, line);
    let repeated = 0;
    for (let i = 0; i < count; i++) {
      if (this.addByte(row, i, line)) repeated++;
    }
    if (repeated === count) {
      const text = `row ${showHex(offset)} of ${this.name()} is given twice with the same bytes`;
      this.warnings.add(line, `${text} (first at line ${this.given_line[offset >> 4]})`, this.bdf, offset);
    }
    this.end = Math.max(this.end, offset + count);
  }

  /** The function as it is now, its warnings told. */
  finish(): DumpFunction {
    const bytes = this.bytes.slice(0, Math.max(this.end, HEADER_SIZE));
    const missing = this.irregular || this.end < HEADER_SIZE ? this.findMissing(bytes.length) : NOTHING;
    for (const [from, to] of missing) bytes.fill(0, from, to);
    for (const jump of this.jumps) this.tellJump(jump, missing);
    const { bdf, line, title } = this;
    return { bdf, bytes, missing, line, title, regions: resolveRegions(this.regions, bytes) };
  }

  name(): string {
    return showBdf(this.bdf);
  }

  /** Takes byte `i` of the row in; true when it was there already and is the same. */
  private addByte(row: Row, i: number, line: number): boolean {
    const at = row.offset + i;
    const block = at >> 4;
    const bit = 1 << (at & 15);
    const value = row.bytes[i]!;
    const given = (this.given[block]! & bit) !== 0;
    if (given && this.bytes[at] === value) return true;
    if (given && i < ROW && (this.surplus[block]! & bit) === 0) this.contradiction(row, at, line);
    if (given) {
      const text = `byte ${showHex(at)} of ${this.name()} at the end of a long row is not the one in its own row`;
      this.warnings.add(line, `${text}, which is used`, this.bdf, at);
      if (i >= ROW) return false;
    }
    if ((this.given[block]! & ~this.surplus[block]!) === 0) this.given_line[block] = line;
    this.given[block]! |= bit;
    if (i < ROW) this.surplus[block]! &= ~bit;
    else this.surplus[block]! |= bit;
    this.bytes[at] = value;
    return false;
  }

  private checkLength(row: Row, line: number): void {
    const { offset, count } = row;
    const what = `row ${showHex(offset)} of ${this.name()}`;
    if (offset % ROW !== 0) {
      this.warnings.add(line, `${what} does not start at a multiple of 16`, this.bdf, offset);
    } else if (count !== ROW) {
      const text = count > ROW ? `${what} has ${count} bytes instead of 16` : `${what} has ${count} of 16 bytes`;
      this.warnings.add(line, text, this.bdf, offset);
    }
  }

  private contradiction(row: Row, at: number, line: number): never {
    const [there, here] = [this.bytes[at]!, row.bytes[at - row.offset]!].map(showHex);
    const first = this.given_line[at >> 4];
    const what = `row ${showHex(row.offset)} of ${this.name()}`;
    const how =
      this.given[row.offset >> 4] === WHOLE_ROW
        ? `given twice with different bytes (first at line ${first})`
        : `overlaps the row at line ${first} with different bytes`;
    throw new DumpError(`${what} ${how}: byte ${showHex(at)} is ${there} there and ${here} here`, {
      file: this.file,
      line,
    });
  }

  private findMissing(length: number): readonly ByteRange[] {
    const ranges: ByteRange[] = [];
    for (let at = 0; at < length; at++) {
      if (this.has(at)) continue;
      const from = at;
      while (at < length && !this.has(at)) at++;
      ranges.push([from, at]);
    }
    const same =
      ranges.length === this.last_missing.length &&
      ranges.every(([from, to], i) => from === this.last_missing[i]![0] && to === this.last_missing[i]![1]);
    if (!same) this.last_missing = ranges;
    return this.last_missing;
  }

  private has(at: number): boolean {
    return (this.given[at >> 4]! & (1 << (at & 15))) !== 0;
  }

  private tellJump(jump: Jump, missing: readonly ByteRange[]): void {
    const { line, offset, expected } = jump;
    const unknown = missing
      .map(([from, to]): ByteRange => [Math.max(from, expected), Math.min(to, offset)])
      .filter(([from, to]) => from < to)
      .map(([from, to]) => showRange(from, to));
    const consequence =
      unknown.length === 0
        ? `the rows of ${this.name()} are out of order, no byte is missing`
        : `${unknown.join(', ')} of ${this.name()} unknown, read as zero`;
    const text = `row ${showHex(offset)} where ${showHex(expected)} was expected: ${consequence}`;
    this.warnings.add(line, text, this.bdf, unknown.length === 0 ? offset : expected);
  }
}
