// SPDX-License-Identifier: GPL-2.0-only
/** A trace in short: which kernel function worked on which function when, and the delays between. */
import { formatBdf } from '../bus/bdf.ts';
import type { DelayEvent, TraceEvent } from '../bus/index.ts';
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

/** Groups the events of a trace that was recorded with callers. */
export function stepsOf(events: readonly TraceEvent[]): Step[] {
  const steps: (Step & { reads: number; writes: number })[] = [];
  for (const event of events) {
    if (!('bdf' in event)) {
      steps.push({ t_us: event.t_us, what: formatDelay(event), reads: 0, writes: 0 });
      continue;
    }
    const what = phaseOf(event.by);
    const bdf = formatBdf(event.bdf);
    let step = steps.at(-1);
    if (step === undefined || step.what !== what || step.bdf !== bdf) {
      step = { t_us: event.t_us, what, bdf, reads: 0, writes: 0 };
      steps.push(step);
    }
    if (event.op === 'r') step.reads++;
    else step.writes++;
  }
  return steps;
}
