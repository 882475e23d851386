// SPDX-License-Identifier: GPL-2.0-only
/** A trace as text: each access and each delay with the kernel functions that made it. */
import { formatDelay } from '../run/steps.ts';
import type { PlainEvent } from '../run/trace.ts';
import { formatTime, hex, WIDTH } from './text.ts';

function eventText(event: PlainEvent): string {
  if (!('bdf' in event)) return formatDelay(event).padEnd(36);
  const { op, off, size, val, bdf } = event;
  const [word, arrow] = op === 'r' ? ['read ', '->'] : ['write', '<-'];
  return `${word} ${bdf} ${hex(off, 3)}.${size} ${arrow} ${hex(val, 2 * size).padEnd(8)}`;
}

/** One line of at most 100 columns for each event; callers innermost first, as many as fit whole. */
export function accessLines(trace: readonly PlainEvent[]): string[] {
  return trace.map((event) => {
    let line = `${formatTime(event.t_us).padStart(10)}  ${eventText(event)}`;
    for (const [i, caller] of (event.by ?? []).entries()) {
      const more = i === 0 ? `  ${caller}` : ` < ${caller}`;
      if (line.length + more.length > WIDTH) break;
      line += more;
    }
    return line.trimEnd();
  });
}
