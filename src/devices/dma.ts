// SPDX-License-Identifier: GPL-2.0-only
/**
 * DMA engines: what makes "is it still doing DMA" a question with an answer. An engine was started by a driver that is
 * gone; it goes on at its pace for as long as its function, and every bridge above it, lets requests through.
 */
import type { FunctionId } from './arena.ts';
import type { Journal } from './journal.ts';

/** Microseconds between two DMA requests of an engine. */
export const DMA_PERIOD_US = 100;

export class DmaEngines {
  /** A driver started the engine, and nothing has reset the function since. */
  readonly armed: Uint8Array;
  readonly #flowing: Uint8Array;
  readonly #since_us: Float64Array;
  readonly #requests: Float64Array;
  readonly #last_us: Float64Array;
  readonly #journal: Journal;
  /** Whether requests of a function get through to the root complex now: asked of the hardware around it. */
  readonly #passes: (fn: FunctionId) => boolean;

  constructor(count: number, journal: Journal, passes: (fn: FunctionId) => boolean) {
    this.#journal = journal;
    this.armed = new Uint8Array(count);
    this.#flowing = new Uint8Array(count);
    this.#since_us = new Float64Array(count);
    this.#requests = new Float64Array(count);
    this.#last_us = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
    this.#passes = passes;
  }

  arm(fn: FunctionId, now_us: number): void {
    this.#journal.set(this.armed, fn, 1);
    this.settle(fn, now_us);
  }

  disarm(fn: FunctionId, now_us: number): void {
    if (this.armed[fn] === 0) return;
    this.settle(fn, now_us);
    this.#journal.set(this.armed, fn, 0);
    this.#journal.set(this.#flowing, fn, 0);
  }

  /** Counts what was sent until now. To be called before and after anything that may stop the engine, or let it go on. */
  settle(fn: FunctionId, now_us: number): void {
    if (this.armed[fn] === 0) return;
    if (this.#flowing[fn] !== 0) {
      const sent = Math.floor((now_us - this.#since_us[fn]!) / DMA_PERIOD_US);
      if (sent > 0) {
        this.#journal.set(this.#requests, fn, this.#requests[fn]! + sent);
        this.#journal.set(this.#since_us, fn, this.#since_us[fn]! + sent * DMA_PERIOD_US);
        this.#journal.set(this.#last_us, fn, this.#since_us[fn]!);
      }
    }
    const flows = this.#passes(fn) ? 1 : 0;
    if (flows === this.#flowing[fn]) return;
    if (flows !== 0) this.#journal.set(this.#since_us, fn, now_us);
    this.#journal.set(this.#flowing, fn, flows);
  }

  /** Whether requests of the function reach the root complex. */
  isRunning(fn: FunctionId): boolean {
    return this.#flowing[fn] !== 0;
  }

  /** Requests sent so far, as of the last time the engine was settled. */
  requests(fn: FunctionId): number {
    return this.#requests[fn]!;
  }

  /** When the last request was sent, in microseconds; undefined when there was none. */
  lastRequest_us(fn: FunctionId): number | undefined {
    const t = this.#last_us[fn]!;
    return t === Number.NEGATIVE_INFINITY ? undefined : t;
  }
}
