// SPDX-License-Identifier: GPL-2.0-only
/** Small changes of a source text that a test ought to notice, found mechanically: no parser, only what a line shows. */

export interface Mutant {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly before: string;
  readonly after: string;
  /** The whole text of the file with the change in it. */
  readonly text: string;
}

/** What is found, and what takes its place. */
interface Rule {
  readonly pattern: RegExp;
  readonly replace: (found: RegExpExecArray) => readonly string[];
}

const instead = (pattern: RegExp, ...replacements: string[]): Rule => ({ pattern, replace: () => replacements });

/** Comparisons, the edges between two values of a bit, and constants. */
const CODE: readonly Rule[] = [
  instead(/ === /g, ' !== '),
  instead(/ !== /g, ' === '),
  instead(/ < (?=[^>]*$)/g, ' <= '),
  instead(/ <= /g, ' < '),
  instead(/ > /g, ' >= '),
  instead(/ >= /g, ' > '),
  instead(/ && /g, ' || '),
  instead(/ \|\| /g, ' && '),
  instead(/ & ~/g, ' & '),
  instead(/ [*] (?=\w+_us)/g, ' + '),
  instead(/\btrue\b/g, 'false'),
  instead(/\bfalse\b/g, 'true'),
  {
    pattern: /\b0x[0-9a-f_]+\b/g,
    replace: ([hex]) => [`0x${(other(Number(hex!.replaceAll('_', ''))) >>> 0).toString(16)}`],
  },
  { pattern: /(?<=_us: )[0-9_]+\b/g, replace: ([n]) => [String(Number(n!.replaceAll('_', '')) + 1)] },
  { pattern: /(?<=_US = )[0-9_]+\b/g, replace: ([n]) => [String(Number(n!.replaceAll('_', '')) + 1)] },
];

/** A mask with another bit than its lowest, an offset that is another: never the value itself. */
const other = (n: number): number => (n === 0 ? 4 : (n & (n - 1)) === 0 ? n * 2 : n & (n - 1));

/** Each access class, and the ones that it is most easily taken for. */
const CLASSES: Readonly<Record<string, readonly string[]>> = {
  ro: ['rw'],
  ros: ['ro'],
  rw: ['ro', 'rws', 'rw1c'],
  rws: ['rw'],
  rw1c: ['rw', 'rw1cs'],
  rw1cs: ['rw1c'],
  hwinit: ['rw'],
};
const TABLES: readonly Rule[] = [
  { pattern: /(?<=: )(ros|ro|rws|rw1cs|rw1c|rw|hwinit)(?=\()/g, replace: ([, name]) => CLASSES[name!]! },
];

/** Lines that do nothing: types, imports, comments. */
const IDLE = /^\s*(\/\/|\/?\*|import |export type |readonly |\} from |[A-Za-z0-9_]+,$|reason: |description: |name: )/;

function* mutantsOf(file: string, source: string, rules: readonly Rule[]): Generator<Mutant> {
  const lines = source.split('\n');
  let importing = false;
  for (const [n, line] of lines.entries()) {
    if (line.startsWith('import {') && !line.includes('}')) importing = true;
    if (importing && line.startsWith('}')) importing = false;
    if (importing || IDLE.test(line)) continue;
    for (const { pattern, replace } of rules)
      for (const found of line.matchAll(pattern))
        for (const replacement of replace(found)) {
          const after = line.slice(0, found.index) + replacement + line.slice(found.index + found[0].length);
          const text = [...lines.slice(0, n), after, ...lines.slice(n + 1)].join('\n');
          yield { file, line: n + 1, before: line.trim(), after: after.trim(), text };
        }
  }
}

/** Mutants of code: what it compares, and with what. */
export const codeMutants = (file: string, source: string): Mutant[] => [...mutantsOf(file, source, CODE)];

/** Mutants of a table of registers: one access class for another, one field at a time. */
export const tableMutants = (file: string, source: string): Mutant[] => [...mutantsOf(file, source, TABLES)];

/** `count` of them, spread over all by a seed: the same seed gives the same sample. */
export function sample(mutants: readonly Mutant[], count: number, seed: number): Mutant[] {
  let state = seed >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const keyed = mutants.map((mutant): [number, Mutant] => [random(), mutant]);
  return keyed
    .sort(([a], [b]) => a - b)
    .slice(0, count)
    .map(([, mutant]) => mutant);
}
