// SPDX-License-Identifier: GPL-2.0-only
/** What `hotreset run` prints: the outcome, the ports, the functions by what became of them, the timeline, the log. */
import { formatDiff, isStatus, type RegisterDiff } from '../configspace/diff.ts';
import type { FunctionResult, RunResult, Step } from '../run/result.ts';
import { columns, cut, formatTime, hex, plural, styled, WIDTH, wrap } from './text.ts';
import { accessLines } from './trace-lines.ts';

export interface ScreenOptions {
  /** Each access with its kernel function, each step of the timeline, all log lines. */
  readonly verbose: boolean;
}

function machineLine({ machine, functions, rootBuses }: RunResult): string {
  const bridges = functions.filter(({ isBridge }) => isBridge).length;
  const domains = new Set(rootBuses.map((bus) => bus.slice(0, -3))).size;
  const buses = `${plural(rootBuses.length, 'root bus', 'root buses')}${domains > 1 ? ` in ${plural(domains, 'domain')}` : ''}`;
  const masters = functions.filter(({ dma }) => dma.started).length;
  return (
    `${machine}: ${plural(functions.length, 'function')}, ${plural(bridges, 'bridge')} among them, ${buses}; ` +
    `${plural(masters, 'device')} with Bus Master on, taken to be doing DMA`
  );
}

function settingLine({ algorithm, kernel, state, hardware, cmdline }: RunResult): string {
  const kernelText = state === 'boot' ? `freshly booted Linux ${kernel}` : `the running Linux ${kernel}`;
  return `${algorithm} on ${kernelText} with "${cmdline}", hardware profile ${hardware}`;
}

export function outcome({ functions }: RunResult): string {
  const reset = functions.filter(({ resets }) => resets > 0).length;
  const before = functions.filter(({ dma }) => dma.before);
  const running = before.filter(({ dma }) => dma.after).length;
  const still = running === 1 && before.length === 1 ? 'still does' : 'still do';
  const dma =
    before.length === 0 ? 'Nobody did DMA.' : `${running} of ${plural(before.length, 'device')} ${still} DMA.`;
  const gone = functions.filter(({ answered, answers }) => answered && !answers).length;
  return `${plural(reset, 'function')} reset. ${dma}${gone > 0 ? ` ${plural(gone, 'function')} no longer ${gone === 1 ? 'answers' : 'answer'}.` : ''}`;
}

/** Accesses that nobody took; some algorithms make them on purpose, waiting for a device. */
function lostLines({ lost: { count, first } }: RunResult): string[] {
  if (first === undefined) return [];
  const { op, off, bdf, by, t_us } = first;
  const what = `${op === 'r' ? 'read' : 'write'} of ${bdf} at ${hex(off, 2)}h`;
  const rest = count === 1 ? ': the' : ', the first a';
  return wrap(
    `${plural(count, 'access', 'accesses')} got no answer${rest} ${what} by ${by} at ${formatTime(t_us)}.`,
    0,
    2,
  );
}

function portLines({ ports }: RunResult): string[] {
  if (ports.length === 0) return ['  no port was examined'];
  return columns(ports.map(({ port, verdict, reason }) => [port, verdict === 'reset' ? 'reset' : 'skipped', reason]));
}

/** Groups things by a text, in the order in which the texts first appear. */
function groupBy<T>(things: readonly T[], text: (thing: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const group = groups.get(text(thing));
    if (group) group.push(thing);
    else groups.set(text(thing), [thing]);
  }
  return [...groups];
}

const line = ({ bdf, title }: FunctionResult, word: string, indent: number): string =>
  cut(`${' '.repeat(indent)}${bdf}  ${word}${title}`, WIDTH);

/** What became of the DMA of a function that was reset. */
function dmaWord({ dma }: FunctionResult): string {
  if (dma.after) return 'still doing DMA  ';
  if (!dma.started) return '';
  if (!dma.before) return 'no DMA (Bus Master is off above)  ';
  return dma.last_us === undefined ? 'DMA stopped  ' : `DMA until ${formatTime(dma.last_us)}  `;
}

/** Whether a function that was reset can be reached again. */
function answerWord({ answered, answers, ready_us }: FunctionResult): string {
  if (!answered || answers) return '';
  return ready_us === undefined ? 'NO LONGER ANSWERS  ' : `NOT READY before ${formatTime(ready_us)}  `;
}

const isSetting = (diff: RegisterDiff): boolean => !isStatus(diff);
const wasReset = ({ resets }: FunctionResult): boolean => resets > 0;

function resetLines({ functions }: RunResult): string[] {
  return functions
    .filter(wasReset)
    .map((f) => line(f, (f.resets > 1 ? `${f.resets} times  ` : '') + answerWord(f) + dmaWord(f), 2));
}

/** Functions whose registers differ in the same way are told of together. */
function changedLines(functions: readonly FunctionResult[], which: (diff: RegisterDiff) => boolean): string[] {
  const changed = functions.filter((f) => f.changed.some(which));
  return groupBy(changed, (f) => f.changed.filter(which).map(formatDiff).join('\n')).flatMap(([diffs, group]) => [
    ...wrap(group.map(({ bdf }) => bdf).join(', '), 2),
    ...diffs.split('\n').flatMap((diff) => wrap(diff, 4, 2)),
  ]);
}

function runningLines({ functions }: RunResult): string[] {
  const running = functions.filter(({ dma }) => dma.after);
  return groupBy(running, ({ why }) => why).flatMap(([why, group]) => [
    ...wrap(`${why}:`, 2, 2),
    ...group.map((f) => line(f, '', 4)),
  ]);
}

/** All others; ports are told of already. */
function otherLines({ functions, ports }: RunResult): string[] {
  const told = new Set(ports.map(({ port }) => port));
  const others = functions.filter((f) => !wasReset(f) && !f.dma.after && !told.has(f.bdf));
  return groupBy(others, ({ why }) => why).flatMap(([why, group]) =>
    wrap(`${why}: ${group.map(({ bdf }) => bdf).join(', ')}`, 2, 2),
  );
}

interface Row {
  readonly t_us: number;
  readonly what: string;
  readonly bdfs: string[];
  reads: number;
  writes: number;
  waited_us: number;
}

/** Steps of fewer accesses, such as the two edges of a reset, are rows of their own: their times matter. */
const LONG_STEP = 8;

/** Steps of one kernel function on one function after another are one row. */
function rowsOf(steps: readonly Step[], apart: boolean): Row[] {
  const rows: Row[] = [];
  for (const { t_us, what, bdf, reads, writes, waited_us } of steps) {
    let row = rows.at(-1);
    const short = reads + writes < LONG_STEP;
    if (apart || short || row === undefined || row.what !== what || row.bdfs.length === 0) {
      row = { t_us, what, bdfs: [], reads: 0, writes: 0, waited_us: 0 };
      rows.push(row);
    }
    if (bdf !== undefined) row.bdfs.push(bdf);
    row.reads += reads;
    row.writes += writes;
    row.waited_us += waited_us;
  }
  return rows;
}

function timeLines({ steps, duration_us }: RunResult, verbose: boolean): string[] {
  const rows = rowsOf(steps, verbose).map(({ t_us, what, bdfs, reads, writes, waited_us }) => {
    const unique = new Set(bdfs).size;
    const who = unique > 1 ? plural(unique, 'function') : (bdfs[0] ?? '');
    const waits = waited_us > 0 ? `, waiting ${formatTime(waited_us)}` : '';
    const accesses = bdfs.length === 0 ? '' : `${plural(reads, 'read')}, ${plural(writes, 'write')}${waits}`;
    return [formatTime(t_us).padStart(10), what, who, accesses];
  });
  return columns([...rows, [formatTime(duration_us).padStart(10), 'end', '', '']]);
}

/** The kernel's lines stay whole, so that they can be searched for; most fit. */
function logLines({ log }: RunResult, verbose: boolean): string[] {
  return log
    .filter(({ level }) => verbose || level !== 'dbg')
    .map(({ t_us, text }) => `[${(t_us / 1_000_000).toFixed(6)}] ${text}`);
}

/** On a large machine a section would run to thousands of lines. */
const MOST_LINES = 200;

function section(title: string, lines: readonly string[], verbose: boolean): string[] {
  if (lines.length === 0) return [];
  const left = verbose ? 0 : Math.max(0, lines.length - MOST_LINES);
  const shown = left === 0 ? lines : [...lines.slice(0, MOST_LINES), `  (${plural(left, 'line')} more; -v shows all)`];
  return ['', styled('bold', title), ...shown];
}

/** The whole screen; ends without a line break. */
export function runScreen(result: RunResult, { verbose }: ScreenOptions): string {
  const part = (title: string, lines: readonly string[]) => section(title, lines, verbose);
  const reset = result.functions.filter(wasReset);
  const untouched = result.functions.filter((f) => !wasReset(f));
  const restored = reset.filter(({ changed }) => !changed.some(isSetting));
  return [
    ...wrap(machineLine(result), 0, 2),
    ...wrap(settingLine(result), 0, 2),
    ...result.warnings.flatMap((text) => wrap(`warning: ${text}`, 0, 2)),
    ...result.notes.flatMap((text) => wrap(`note: ${text}`, 0, 2)),
    '',
    styled('bold', outcome(result)),
    ...lostLines(result),
    ...(result.stopped === undefined ? [] : [styled('bold', result.stopped)]),
    ...part('Ports', portLines(result)),
    ...part('Functions that were reset', resetLines(result)),
    ...part('Not restored', changedLines(reset, isSetting)),
    ...part('Status that changed with the reset', changedLines(reset, isStatus)),
    ...part(
      'Restored in every register that the dump has',
      restored.length === 0 ? [] : wrap(restored.map(({ bdf }) => bdf).join(', '), 2),
    ),
    ...part(
      'Changed without being reset',
      changedLines(untouched, () => true),
    ),
    ...part('Still doing DMA, and why', runningLines(result)),
    ...part('Neither reset nor doing DMA', otherLines(result)),
    ...part('Timeline', timeLines(result, verbose)),
    ...part('Accesses', verbose ? accessLines(result.trace) : []),
    ...part('Kernel log', logLines(result, verbose)),
  ].join('\n');
}
