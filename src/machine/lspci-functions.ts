// SPDX-License-Identifier: GPL-2.0-only
/** The functions of a file: each address once, however many times lspci was run into it. */
import type { Bdf } from '../bus/index.ts';
import type { Dump, DumpFunction } from './dump.ts';
import { DumpError } from './errors.ts';
import type { FunctionBuilder } from './lspci-function.ts';
import { type RegionLine, resolveRegions } from './lspci-regions.ts';
import { showBdf, showHex } from './lspci-text.ts';
import type { Warnings } from './lspci-warnings.ts';

/** How many functions without hex rows a message names. */
const MAX_NAMED = 3;

interface WithoutRows {
  readonly line: number;
  readonly regions: readonly RegionLine[];
}

const hasByte = (fn: DumpFunction, at: number): boolean => !fn.missing.some(([from, to]) => at >= from && at < to);

/** The first offset at which both have a byte and it is not the same, or -1. */
function firstDifference(a: DumpFunction, b: DumpFunction): number {
  const length = Math.min(a.bytes.length, b.bytes.length);
  for (let at = 0; at < length; at++) {
    if (a.bytes[at] !== b.bytes[at] && hasByte(a, at) && hasByte(b, at)) return at;
  }
  return -1;
}

const knownBytes = (fn: DumpFunction): number =>
  fn.missing.reduce((known, [from, to]) => known - (to - from), fn.bytes.length);

export class FunctionList {
  private readonly file: string;
  private readonly warnings: Warnings;
  private readonly functions: DumpFunction[] = [];
  private readonly index = new Map<Bdf, number>();
  private readonly without_rows = new Map<Bdf, WithoutRows>();
  private has_domains = false;
  private orphans = '';

  constructor(file: string, warnings: Warnings) {
    this.file = file;
    this.warnings = warnings;
  }

  noteDomain(hasDomain: boolean): void {
    this.has_domains ||= hasDomain;
  }

  /** Rows that belong to no function, for the message when there is no function with rows at all. */
  noteOrphans(count: number, line: number): void {
    this.orphans ||= `; ${count} hex rows from line ${line} on come after a blank line and belong to no function`;
  }

  /** Adds a function. A second dump of it must agree with the first; the one with more bytes stays. */
  add(fn: DumpFunction): void {
    const at = this.index.get(fn.bdf);
    if (at === undefined) {
      this.index.set(fn.bdf, this.functions.length);
      this.functions.push(fn);
      return;
    }
    const first = this.functions[at]!;
    const different = firstDifference(first, fn);
    const lines = `lines ${first.line} and ${fn.line}`;
    if (different >= 0) {
      const [a, b] = [first, fn].map((f) => showHex(f.bytes[different]!));
      const text = `${showBdf(fn.bdf)} appears twice with different bytes (${lines})`;
      const where = `byte ${showHex(different)} is ${a} first and ${b} then`;
      throw new DumpError(`${text}: ${where}`, { file: this.file, line: fn.line });
    }
    const [kept, other] = knownBytes(fn) > knownBytes(first) ? [fn, first] : [first, fn];
    this.functions[at] = kept.regions.length > 0 ? kept : { ...kept, regions: other.regions };
    const text = `${showBdf(fn.bdf)} appears twice with the same bytes (${lines}), the longer one is used`;
    this.warnings.add(fn.line, text, fn.bdf);
  }

  /** A slot line without hex rows: `lspci` or `lspci -vv` was run too, or its rows are lost. */
  addWithoutRows(builder: FunctionBuilder): void {
    const { bdf, line, regions } = builder;
    if (!this.without_rows.has(bdf) || regions.length > 0) this.without_rows.set(bdf, { line, regions });
  }

  /** The dump, when all of the file was read. Throws DumpError when no function has rows. */
  conclude(): Dump {
    if (this.functions.length === 0) this.failForNothing();
    this.joinWithoutRows();
    const { file, functions } = this;
    return { file, functions, warnings: this.warnings.sorted(), hasDomains: this.has_domains };
  }

  private failForNothing(): never {
    const first = this.without_rows.entries().next().value;
    if (first === undefined) {
      throw new DumpError('no PCI functions found: no line starts with an address such as 01:00.0', {
        file: this.file,
      });
    }
    const [bdf, { line }] = first;
    const others = this.without_rows.size - 1;
    const text = `function ${showBdf(bdf)} has no hex rows${others > 0 ? `, nor ha${others === 1 ? 's' : 've'} ${others} more` : ''}`;
    throw new DumpError(`${text} (was it made with -x, -xxx or -xxxx?)${this.orphans}`, { file: this.file, line });
  }

  /** `lspci -vv` before `lspci -xxxx`: the sizes of the one belong to the bytes of the other. */
  private joinWithoutRows(): void {
    const lost: string[] = [];
    let line = 0;
    let count = 0;
    for (const [bdf, empty] of this.without_rows) {
      const at = this.index.get(bdf);
      if (at === undefined) {
        if (count++ === 0) line = empty.line;
        if (count <= MAX_NAMED) lost.push(`${showBdf(bdf)} (line ${empty.line})`);
      } else if (this.functions[at]!.regions.length === 0) {
        const fn = this.functions[at]!;
        this.functions[at] = { ...fn, regions: resolveRegions(empty.regions, fn.bytes) };
      }
    }
    if (count === 0) return;
    const names = lost.join(', ') + (count > MAX_NAMED ? ` and ${count - MAX_NAMED} more` : '');
    const text = `${names} ha${count === 1 ? 's' : 've'} no hex rows and ${count === 1 ? 'is' : 'are'} left out`;
    this.warnings.add(line, text);
  }
}
