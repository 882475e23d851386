// SPDX-License-Identifier: GPL-2.0-only
/** The virtual clock: time is a value that delays move, and what the hardware has due happens in order on the way. */
import type { Clock, Delay } from '../bus/index.ts';

interface Due {
  readonly t_us: number;
  readonly happen: () => void;
}

export interface ClockState {
  readonly now_us: number;
  readonly due: readonly Due[];
}

/** How far a delay moves the clock, in microseconds: exactly what was asked for, and the least of a range. */
export function durationOf(delay: Delay): number {
  switch (delay.op) {
    case 'msleep':
      return delay.ms * 1000;
    case 'usleep_range':
      return delay.us[0];
    case 'udelay':
      return delay.us;
  }
}

export class VirtualClock implements Clock {
  #now_us = 0;
  /** In order of time; what is due at the same time happens in the order in which it was scheduled. */
  readonly #due: Due[] = [];

  get now_us(): number {
    return this.#now_us;
  }

  delay(delay: Delay): void {
    this.advance(durationOf(delay));
  }

  /** Lets `happen` be called when the clock reaches `t_us`; at once when it has passed it. */
  schedule(t_us: number, happen: () => void): void {
    if (t_us <= this.#now_us) {
      happen();
      return;
    }
    let at = this.#due.length;
    while (at > 0 && this.#due[at - 1]!.t_us > t_us) at--;
    this.#due.splice(at, 0, { t_us, happen });
  }

  /** What the clock shows and what is due: a value to go back to. */
  save(): ClockState {
    return { now_us: this.#now_us, due: [...this.#due] };
  }

  restore({ now_us, due }: ClockState): void {
    this.#now_us = now_us;
    this.#due.splice(0, this.#due.length, ...due);
  }

  advance(us: number): void {
    const until = this.#now_us + us;
    while (this.#due.length > 0 && this.#due[0]!.t_us <= until) {
      const next = this.#due.shift()!;
      this.#now_us = next.t_us;
      next.happen();
    }
    this.#now_us = until;
  }
}
