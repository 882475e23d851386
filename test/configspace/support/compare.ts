// SPDX-License-Identifier: GPL-2.0-only
/** Lines of lspci against ours: capability by capability, and token by token where a line is not the same. */
import { layoutOfFunction } from '../../../src/configspace/function.ts';
import { showFunction } from '../../../src/configspace/show/index.ts';
import { LSPCI_BUGS } from '../show/lspci-bugs.ts';

export interface Comparison {
  lines: number;
  /** Flags (`Xxx+`), values (`name=value`) and numbers in the lines of lspci. */
  tokens: number;
  /** How often each capability was met, by its title and by its ID (`10h`, `0010h`). */
  readonly capabilities: Map<string, number>;
  /** How often the words of each bug were needed, by its place in the list. */
  readonly bugs: number[];
  /** Lines of lspci that are not ours, and that no bug explains. */
  readonly unexplained: string[];
}

export const keyOf = (id: number, extended: boolean): string => `${id.toString(16).padStart(extended ? 4 : 2, '0')}h`;

/** How many different IDs of capabilities were met. */
export const idsMet = ({ capabilities }: Comparison): number =>
  [...capabilities.keys()].filter((key) => /^[0-9a-f]{2,4}h$/.test(key)).length;

export const newComparison = (): Comparison => ({
  lines: 0,
  tokens: 0,
  capabilities: new Map(),
  bugs: LSPCI_BUGS.map(() => 0),
  unexplained: [],
});

const TOKEN =
  /[<>]?[A-Za-z0-9][\w./:-]*[+-](?=$|[\s,;)])|[<>]?[\w.-]+=[^\s,;]+|(?<![\w.-])-?(?:[0-9a-f]{2,}|\d[\d.]*)[A-Za-z/]*(?=$|[\s,;:)-])/g;

const CAPABILITY = /^\tCapabilities: (\[[0-9a-f]+)/;

/** Lines by the capability that they belong to; those of the header come first, under no name. */
function sections(lines: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>([['', []]]);
  let section = '';
  for (const line of lines) {
    section = CAPABILITY.exec(line)?.[1] ?? section;
    const own = found.get(section) ?? [];
    found.set(section, own);
    own.push(line);
  }
  return found;
}

/** lspci forgets the end of the line after McastCap of functions that are no ports. */
const brokenUp = (line: string): string[] => line.split(/(?<=.)(?=\t\tMcastCtl)/);

/**
 * lspci takes the upper half of a 64-bit BAR in a dump for a BAR of its own, and the address of a 64-bit BAR without one
 * for none.
 */
function isWrongRegion(line: string, bytes: Uint8Array): boolean {
  const n = /^\tRegion (\d): /.exec(line)?.[1];
  const register = layoutOfFunction(bytes).blocks[0]?.block?.registers[`bar${n}`];
  const last = ['5', '1', '0'][bytes[0x0e]! & 0x7f];
  return n !== undefined && (register?.lspci?.endsWith('upper') === true || (n === last && line.includes('64-bit')));
}

/** lspci knows the name of a capability only, or not even that, where we print its registers as well. */
function isNameOnly(line: string, [title]: readonly string[]): boolean {
  const unnamed = /^(\tCapabilities: \[[^\]]*\] )(?:Extended )?Capability ID 0x/i.exec(line);
  return title !== undefined && (unnamed ? title.startsWith(unnamed[1]!) : line === `${title} <?>`);
}

/** Our line that says what a line of lspci would say without its bug. */
function explain(line: string, ours: readonly string[], result: Comparison): string | undefined {
  for (const [n, { line: pattern, but }] of LSPCI_BUGS.entries()) {
    if (!pattern.test(line)) continue;
    const rest = line.replace(but, '');
    const own = ours.find((candidate) => candidate.replace(but, '') === rest);
    if (own !== undefined) result.bugs[n]!++;
    return own;
  }
  return undefined;
}

/** Adds one function to the result. */
export function compareFunction(
  bytes: Uint8Array,
  theirs: readonly string[],
  address: string,
  result: Comparison,
  options: Parameters<typeof showFunction>[1] = {},
): void {
  const ours = sections(showFunction(bytes, { first: address.endsWith(':00.0'), ...options }));
  for (const [section, lines] of sections(theirs.flatMap(brokenUp))) {
    const own = ours.get(section) ?? [];
    const left = new Set(own);
    let known = true;
    for (const line of lines) {
      result.lines++;
      result.tokens += line.match(TOKEN)?.length ?? 0;
      if (left.delete(line) || own.includes(line) || isWrongRegion(line, bytes)) continue;
      const right = explain(line, own, result);
      if (right !== undefined) left.delete(right);
      else if (isNameOnly(line, own)) known = false;
      else result.unexplained.push(`${address} ${section} ${line}`);
    }
    // Where lspci knows registers, it has all that we print.
    for (const line of known ? left : [])
      if (!line.includes('<broken-64-bit-slot>')) result.unexplained.push(`${address} ${section} ours: ${line}`);
  }
  for (const { title, id, extended } of layoutOfFunction(bytes).blocks)
    for (const key of id === undefined ? [] : [title, keyOf(id, extended)])
      result.capabilities.set(key, (result.capabilities.get(key) ?? 0) + 1);
}
