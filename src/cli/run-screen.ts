// SPDX-License-Identifier: GPL-2.0-only
/** What `hotreset run` prints: the outcome, the ports, the functions by what became of them, the time line, the log. */
import { formatDiff } from '../configspace/diff.ts';
import type { FunctionResult, RunResult } from '../run/result.ts';
import { columns, cut, formatTime, plural, styled, WIDTH, wrap } from './text.ts';
import { accessLines } from './trace-lines.ts';

export interface ScreenOptions {
  /** Each access with its kernel function, and all log lines. */
  readonly verbose: boolean;
}

function machineLine({ machine, functions, rootBuses }: RunResult): string {
  const bridges = functions.filter(({ isBridge }) => isBridge).length;
  const domains = new Set(rootBuses.map((bus) => bus.slice(0, -3))).size;
  const buses = `${plural(rootBuses.length, 'root bus', 'root buses')}${domains > 1 ? ` in ${plural(domains, 'domain')}` : ''}`;
  const masters = plural(functions.filter(({ dma }) => dma.before).length, 'function');
  return `${machine}: ${plural(functions.length, 'function')}, ${plural(bridges, 'bridge')} among them, ${buses}; ${masters} doing DMA`;
}

function settingLine({ algorithm, kernel, state, hardware, cmdline }: RunResult): string {
  const kernelText = state === 'boot' ? `a Linux ${kernel} that has just booted` : `the running Linux ${kernel}`;
  return `${algorithm} on ${kernelText} with "${cmdline}"; hardware ${hardware}`;
}

export function outcome({ functions }: RunResult): string {
  const reset = functions.filter(({ resets }) => resets > 0).length;
  const before = functions.filter(({ dma }) => dma.before);
  const running = before.filter(({ dma }) => dma.after).length;
  const fate = running === 0 ? 'none goes on' : `${running} ${running === 1 ? 'goes' : 'go'} on`;
  const gone = functions.filter(({ answered, answers }) => answered && !answers).length;
  const lost = gone > 0 ? ` ${plural(gone, 'function')} no longer ${gone === 1 ? 'answers' : 'answer'}.` : '';
  return `${plural(reset, 'function')} reset. Of ${before.length} doing DMA, ${fate}.${lost}`;
}

function portLines({ ports }: RunResult): string[] {
  if (ports.length === 0) return ['  none was looked at'];
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
  return dma.before ? 'DMA stopped  ' : 'no DMA before  ';
}

function resetLines({ functions }: RunResult): string[] {
  return functions
    .filter(({ resets }) => resets > 0)
    .flatMap((f) => {
      const times = f.resets > 1 ? `${f.resets} times  ` : '';
      const lost = f.answered && !f.answers ? 'NO LONGER ANSWERS  ' : '';
      return line(f, times + lost + dmaWord(f), 2);
    });
}

/** Functions whose registers differ in the same way are told of together. */
function changedLines(functions: readonly FunctionResult[]): string[] {
  const changed = functions.filter((f) => f.changed.length > 0 && f.answers);
  return groupBy(changed, (f) => f.changed.map(formatDiff).join('\n')).flatMap(([diffs, group]) => [
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

function otherLines({ functions }: RunResult): string[] {
  const others = functions.filter(({ resets, dma }) => resets === 0 && !dma.after);
  return groupBy(others, ({ why }) => why).flatMap(([why, group]) =>
    wrap(`${why}: ${group.map(({ bdf }) => bdf).join(', ')}`, 2, 2),
  );
}

function timeLines({ steps, duration_us }: RunResult): string[] {
  const rows = steps.map(({ t_us, what, bdf, reads, writes }) => {
    const accesses = bdf === undefined ? '' : `${plural(reads, 'read')}, ${plural(writes, 'write')}`;
    return [formatTime(t_us).padStart(10), what, bdf ?? '', accesses];
  });
  return columns([...rows, [formatTime(duration_us).padStart(10), 'end', '', '']]);
}

/** The kernel's lines stay whole, so that they can be searched for; most fit. */
function logLines({ log }: RunResult, verbose: boolean): string[] {
  return log
    .filter(({ level }) => verbose || level !== 'dbg')
    .map(({ t_us, text }) => `[${(t_us / 1_000_000).toFixed(6)}] ${text}`);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', styled('bold', title), ...lines];
}

/** The whole screen; ends without a line break. */
export function runScreen(result: RunResult, { verbose }: ScreenOptions): string {
  const reset = result.functions.filter(({ resets }) => resets > 0);
  const untouched = result.functions.filter(({ resets }) => resets === 0);
  const restored = reset.filter(({ changed, answers }) => changed.length === 0 && answers);
  return [
    ...wrap(machineLine(result), 0, 2),
    ...wrap(settingLine(result), 0, 2),
    ...result.warnings.flatMap((text) => wrap(`warning: ${text}`, 0, 2)),
    ...result.notes.flatMap((text) => wrap(`note: ${text}`, 0, 2)),
    '',
    styled('bold', outcome(result)),
    ...(result.stopped === undefined ? [] : [styled('bold', result.stopped)]),
    ...section('Ports', portLines(result)),
    ...section('Functions that were reset', resetLines(result)),
    ...section('What was not brought back', changedLines(reset)),
    ...section(
      'Brought back in every register',
      restored.length === 0 ? [] : wrap(restored.map(({ bdf }) => bdf).join(', '), 2),
    ),
    ...section('Changed without being reset', changedLines(untouched)),
    ...section('Still doing DMA, and why', runningLines(result)),
    ...section('Not reset either, but doing no DMA', otherLines(result)),
    ...section('Time line', timeLines(result)),
    ...section('Accesses', verbose ? accessLines(result.trace) : []),
    ...section('Kernel log', logLines(result, verbose)),
  ].join('\n');
}
