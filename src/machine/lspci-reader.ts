// SPDX-License-Identifier: GPL-2.0-only
/**
 * Reads the text of `lspci -x`, `-xxx`, `-xxxx`, alone or inside a mail or a bug report.
 *
 * A slot line opens a function, a blank line ends it, and hex rows belong to the open one. Everything else is text.
 * It scans bytes: only slot lines and the lines that tell of BARs become strings.
 */
import type { Dump } from './dump.ts';
import { DumpError } from './errors.ts';
import { FunctionBuilder } from './lspci-function.ts';
import { FunctionList } from './lspci-functions.ts';
import { unpack } from './lspci-gzip.ts';
import { readRegionLine } from './lspci-regions.ts';
import { CONFIG_SIZE, isHexdumpRow, newRow, ROW, scanRow } from './lspci-row.ts';
import { readSlot, type Slot } from './lspci-slot.ts';
import { BINARY, COLON, CR, LEAD, LF, MAX_LINE, NIBBLE, quote, SPACE, showHex, tokenEnd } from './lspci-text.ts';
import { Warnings } from './lspci-warnings.ts';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const FENCE = 0x60;

/** Lines of one kind that follow each other: one warning tells of all. */
interface Stretch {
  readonly line: number;
  readonly shown: string;
  last: number;
  count: number;
}

class Reader {
  private readonly data: Buffer;
  private readonly file: string;
  private readonly warnings: Warnings;
  private readonly builder: FunctionBuilder;
  private readonly list: FunctionList;
  private readonly row = newRow();
  private line = 0;
  /** Rows now belong to the builder's function. */
  private open = false;
  private rows = 0;
  private seen_slot = false;
  /** Regions after `Capabilities:` are those of virtual functions. */
  private in_capabilities = false;
  private impossible: string | undefined;
  /** Lines among the rows of a function that are no rows, and rows that no function is open for. */
  private foreign: Stretch | undefined;
  private orphans: Stretch | undefined;

  constructor(data: Buffer, file: string) {
    this.data = data;
    this.file = file;
    this.warnings = new Warnings(file);
    this.builder = new FunctionBuilder(file, this.warnings);
    this.list = new FunctionList(file, this.warnings);
  }

  read(): Dump {
    const { data } = this;
    if (data.length === 0) throw new DumpError('empty file, no PCI functions found', { file: this.file });
    let p = data.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
    while (p < data.length) {
      this.line++;
      const next = this.open ? this.fastRow(p) : 0;
      if (next > 0) {
        p = next;
        continue;
      }
      const lf = data.indexOf(LF, p);
      const end = lf < 0 ? data.length : lf;
      this.readLine(p, end);
      p = end + 1;
    }
    this.close();
    this.tellOrphans();
    return this.list.conclude();
  }

  /**
   * The next row of the open function in lspci's own spacing, 16 bytes from `p` on: where the next line starts.
   * 0 for everything else; then nothing has changed that the slow path would not put right.
   */
  private fastRow(p: number): number {
    const { data, builder } = this;
    const colon = data[p + 2] === COLON ? p + 2 : p + 3;
    const offset = builder.end;
    if (data[colon] !== COLON || offset >= CONFIG_SIZE || offset % ROW !== 0 || colon + 50 > data.length) return 0;
    let given = (NIBBLE[data[p]!]! << 4) | NIBBLE[data[p + 1]!]!;
    if (colon === p + 3) given = (given << 4) | NIBBLE[data[p + 2]!]!;
    if (given !== offset || this.foreign !== undefined || this.impossible !== undefined) return 0;
    const { bytes } = builder;
    let bad = 0;
    let at = colon + 1;
    for (let i = 0; i < ROW; i++) {
      const byte = (NIBBLE[data[at + 1]!]! << 4) | NIBBLE[data[at + 2]!]!;
      // A digit that is none makes the byte negative, a separator other than one space is not zero here.
      bad |= (byte & ~0xff) | (data[at]! ^ SPACE);
      bytes[offset + i] = byte;
      at += 3;
    }
    if (data[at] === CR) at++;
    if (bad !== 0 || data[at] !== LF) return 0;
    builder.nextRow(this.line);
    this.rows++;
    return at + 1;
  }

  private readLine(start: number, lineEnd: number): void {
    const { data } = this;
    let end = lineEnd;
    let from = start;
    while (end > from && data[end - 1]! <= SPACE && !BINARY[data[end - 1]!]) end--;
    while (from < end && LEAD[data[from]!]) from++;
    if (from === end || (data[from] === FENCE && data[from + 1] === FENCE && data[from + 2] === FENCE)) {
      this.close();
      return;
    }
    if (NIBBLE[data[from]!]! >= 0) {
      const slot = readSlot(data, from, end);
      if (slot) {
        this.checkText(start, from, end);
        this.openFunction(slot, end);
        return;
      }
      if (scanRow(data, from, end, this.row)) {
        if (this.takeRow(end, lineEnd)) return;
      } else if (!this.seen_slot && isHexdumpRow(data, from, end)) {
        this.fail('hex row before any slot line (the output of hexdump?), its function is not known');
      }
    }
    this.checkText(start, from, end);
    if (this.open) this.takeText(from, end, lineEnd);
  }

  private fail(text: string): never {
    throw new DumpError(text, { file: this.file, line: this.line });
  }

  /** Refuses what cannot be text of lspci or of the mail around it. */
  private checkText(start: number, from: number, end: number): void {
    if (end - from > MAX_LINE) this.fail(`longer than ${MAX_LINE} bytes, no line of lspci is`);
    for (let p = from; p < end; p++) {
      if (BINARY[this.data[p]!]) this.fail(`not an lspci dump: binary data in the line that starts at byte ${start}`);
    }
  }

  private openFunction(slot: Slot, end: number): void {
    this.close();
    this.tellOrphans();
    const title = this.data.toString('utf8', slot.titleAt, end).trim();
    this.builder.start(slot.bdf, this.line, title);
    this.list.noteDomain(slot.hasDomain);
    this.open = true;
    this.seen_slot = true;
    this.rows = 0;
    this.in_capabilities = false;
    this.impossible = slot.impossible;
  }

  /** Ends the open function, if there is one. */
  private close(): void {
    if (!this.open) return;
    this.tellForeign();
    this.open = false;
    if (this.rows > 0) this.list.add(this.builder.finish());
    else if (this.impossible === undefined) this.list.addWithoutRows(this.builder);
  }

  /** Takes the scanned row, or throws why it cannot be read; false when the line is rather text. */
  private takeRow(end: number, lineEnd: number): boolean {
    const { offset, count, badAt, tooLong } = this.row;
    if (badAt >= 0 && !(this.open && this.meantAsRow())) return false;
    if (badAt >= 0) this.failAtByte(badAt, end, lineEnd);
    if (!this.open) return this.takeOrphan();
    const what = `row ${showHex(offset)} of ${this.builder.name()}`;
    if (tooLong) {
      this.fail(count > ROW ? `${what} has more than 16 bytes and runs past fff` : `${what} is beyond fff`);
    }
    if (count === 0) return false;
    if (count < ROW && lineEnd === this.data.length) this.failAtEnd('');
    if (this.impossible !== undefined) {
      throw new DumpError(this.impossible, { file: this.file, line: this.builder.line });
    }
    this.tellForeign();
    this.builder.addRow(this.row, this.line);
    this.rows++;
    return true;
  }

  /** A row with a bad byte is a broken row and no text when its offset is the due one, or can be one of a row. */
  private meantAsRow(): boolean {
    const { offset, count } = this.row;
    return offset === this.builder.end || (this.rows > 0 && count > 0 && offset % ROW === 0);
  }

  private failAtByte(badAt: number, end: number, lineEnd: number): never {
    const { data } = this;
    const { offset } = this.row;
    const token = tokenEnd(data, badAt, end);
    const shown = quote(data, badAt, token);
    const where = `row ${showHex(offset)} of ${this.builder.name()}`;
    const isHex = data.subarray(badAt, token).every((byte) => NIBBLE[byte]! >= 0);
    if (lineEnd === data.length && token === end && isHex && token - badAt === 1) {
      this.failAtEnd(` and a cut byte ${shown}`);
    }
    const mixed = /pcilib:|lspci:/.test(data.toString('latin1', badAt, Math.min(token, badAt + 64)));
    const hint = mixed ? '; a message of lspci itself was mixed into the row' : '';
    this.fail(`byte ${shown} is not ${isHex ? 'two hexadecimal digits' : 'hexadecimal'} (${where}${hint})`);
  }

  /** The last line has no newline and is not whole: the file was cut there, and the next bytes are not known to be none. */
  private failAtEnd(cut: string): never {
    const { offset, count } = this.row;
    const name = this.builder.name();
    const text = `row ${showHex(offset)} has ${count} of 16 bytes${cut}, then the file ends without a newline`;
    this.fail(`${text}: truncated dump of ${name}`);
  }

  private takeOrphan(): boolean {
    const { count } = this.row;
    if (!this.seen_slot && count >= ROW) this.fail('hex row before any slot line, its function is not known');
    if (!this.seen_slot || count === 0) return false;
    this.orphans ??= { line: this.line, shown: '', last: 0, count: 0 };
    this.orphans.last = this.line;
    this.orphans.count++;
    return true;
  }

  private tellOrphans(): void {
    if (this.orphans === undefined) return;
    const { line, last, count } = this.orphans;
    const what = count === 1 ? `the hex row in line ${line}` : `${count} hex rows from line ${line} to line ${last}`;
    const text = `${what} belong${count === 1 ? 's' : ''} to no function`;
    this.warnings.add(line, `${text}: the blank line before ended ${this.builder.name()}`);
    this.list.noteOrphans(count, line);
    this.orphans = undefined;
  }

  /** A line of the open function that is neither row nor slot line. */
  private takeText(from: number, end: number, lineEnd: number): void {
    const { data, builder } = this;
    if (this.rows === 0) {
      if (this.in_capabilities) return;
      const text = data.toString('latin1', from, Math.min(end, from + 200));
      if (text.startsWith('Capabilities:')) this.in_capabilities = true;
      const region = readRegionLine(text);
      if (region) builder.regions.push(region);
      return;
    }
    const stub = data.toString('latin1', from, Math.min(end, from + 6));
    if (lineEnd === data.length && `${showHex(builder.end)}:`.startsWith(stub.toLowerCase())) {
      this.fail(`the file ends within the offset of row ${showHex(builder.end)}: truncated dump of ${builder.name()}`);
    }
    this.foreign ??= { line: this.line, shown: quote(data, from, tokenEnd(data, from, end)), last: 0, count: 0 };
    this.foreign.count++;
  }

  private tellForeign(): void {
    if (this.foreign === undefined) return;
    const { line, shown, count } = this.foreign;
    const more = count === 1 ? '' : ` (nor ${count === 2 ? 'is the next line' : `are the next ${count - 1} lines`})`;
    const text = `${shown} is not understood, it starts no hex row of ${this.builder.name()}${more}`;
    this.warnings.add(line, text, this.builder.bdf, this.builder.end);
    this.foreign = undefined;
  }
}

/**
 * Reads a dump; gzip is unpacked. `file` is the name to use in messages.
 * Throws DumpError where the text cannot be read with certainty; text that is odd but certain gives a warning.
 */
export function parseLspci(data: Uint8Array, file: string): Dump {
  return new Reader(unpack(data, file), file).read();
}
