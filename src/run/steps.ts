// SPDX-License-Identifier: GPL-2.0-only
/** A trace in short: which kernel function worked on which function when, and the delays between. */
import { formatBdf } from '../bus/bdf.ts';
import type { DelayEvent, TraceEvent } from '../bus/index.ts';
import { durationOf } from '../devices/clock.ts';
import type { Step } from './result.ts';

/** `msleep(2)`, as the kernel's source has it. */
export function formatDelay(event: DelayEvent): string {
  switch (event.op) {
    case 'msleep':
      return `msleep(${event.ms})`;
    case 'usleep_range':
      return `usleep_range(${event.us.join(', ')})`;
    case 'udelay':
      return `udelay(${event.us})`;
  }
}

/** The kernel function that a step is named by: the one the algorithm itself called, or the algorithm. */
const phaseOf = (by: readonly string[] | undefined): string => by?.at(-2) ?? by?.at(-1) ?? '';

/** Groups the events of a trace that was recorded with callers. Short waits belong to the step they are in. */
export function stepsOf(events: readonly TraceEvent[]): Step[] {
  const steps: { -readonly [K in keyof Step]: Step[K] }[] = [];
  for (const event of events) {
    const what = phaseOf(event.by);
    let step = steps.at(-1);
    if (!('bdf' in event)) {
      if (event.op !== 'msleep' && step?.what === what) step.waited_us += durationOf(event);
      else steps.push({ t_us: event.t_us, what: formatDelay(event), reads: 0, writes: 0, waited_us: 0 });
      continue;
    }
    const bdf = formatBdf(event.bdf);
    if (step === undefined || step.what !== what || step.bdf !== bdf) {
      step = { t_us: event.t_us, what, bdf, reads: 0, writes: 0, waited_us: 0 };
      steps.push(step);
    }
    if (event.op === 'r') step.reads++;
    else step.writes++;
  }
  return steps;
}
