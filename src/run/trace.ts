// SPDX-License-Identifier: GPL-2.0-only
/** Records what passes the bus: every access and every delay, in order. */
import { formatBdf } from '../bus/bdf.ts';
import type { AccessEvent, Bdf, Delay, DelayEvent, Observer, Size, TraceEvent } from '../bus/index.ts';
import { callers } from './callers.ts';

export class Recorder implements Observer {
  readonly events: TraceEvent[] = [];
  readonly #withCallers: boolean;

  /** With `callers`, each event carries the kernel functions that made it, innermost first. That costs microseconds. */
  constructor(options: { readonly callers: boolean }) {
    this.#withCallers = options.callers;
  }

  access(t_us: number, op: 'r' | 'w', bdf: Bdf, off: number, size: Size, val: number): void {
    // The clock of the hardware may stand between two microseconds; a trace has whole ones.
    const event = { t_us: Math.floor(t_us), op, bdf, off, size, val };
    this.events.push(this.#withCallers ? { ...event, by: callers() } : event);
  }

  delay(t_us: number, delay: Delay): void {
    const event = { t_us: Math.floor(t_us), ...delay };
    this.events.push(this.#withCallers ? { ...event, by: callers() } : event);
  }
}

/** A trace event with its address as text, as it stands in a trace file. */
export type PlainEvent = (Omit<AccessEvent, 'bdf'> & { readonly bdf: string }) | DelayEvent;

export function plainEvent(event: TraceEvent): PlainEvent {
  if (!('bdf' in event)) return event;
  // Keys keep the order in which traces have them.
  return { ...event, bdf: formatBdf(event.bdf) };
}

/** JSON lines, one event each, without the callers: what a recording can be compared with. */
export const formatTrace = (events: readonly PlainEvent[]): string =>
  events.map(({ by: _, ...event }) => `${JSON.stringify(event)}\n`).join('');
