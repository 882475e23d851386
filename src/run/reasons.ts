// SPDX-License-Identifier: GPL-2.0-only
/** Why each function was reset or not, from what the kernel found and what the algorithm said of the ports above it. */
import { formatBdf } from '../bus/bdf.ts';
import type { Bdf } from '../bus/index.ts';
import type { FunctionId } from '../devices/arena.ts';
import type { Machine } from '../machine/machine.ts';
import type { Decision, Kernel } from '../reset/kernel.ts';

/** `0000:01` of `0000:01:00.0`. */
const busName = (bdf: Bdf): string => formatBdf(bdf).slice(0, -5);

export class Reasons {
  readonly #machine: Machine;
  readonly #decisions: ReadonlyMap<Bdf, Decision>;
  readonly #found: ReadonlySet<Bdf>;

  /** After the run. */
  constructor(machine: Machine, kernel: Kernel) {
    this.#machine = machine;
    this.#decisions = new Map(kernel.decisions.map((decision) => [decision.bdf, decision]));
    this.#found = new Set(kernel.devices.map(({ bdf }) => bdf));
  }

  /** A clause; `answered` tells whether the function could be reached before the run. */
  of(fn: FunctionId, answered: boolean): string {
    return this.#notFound(fn, answered) ?? this.#ofPortsAbove(fn);
  }

  #notFound(fn: FunctionId, answered: boolean): string | undefined {
    const { functions, layouts } = this.#machine.hardware;
    if (this.#found.has(functions[fn]!.bdf)) return undefined;
    if (layouts[fn]!.blocks.length === 0) return 'the kernel did not find it: it reads as all ff';
    if (answered) return 'the kernel did not find it: it is not where the kernel looks';
    return 'the kernel did not find it: nothing leads to it, or it does not answer';
  }

  #ofPortsAbove(fn: FunctionId): string {
    const { fabric, functions, resets } = this.#machine.hardware;
    const { segments, segmentOf } = fabric.wiring;
    let nearest: string | undefined;
    for (let at = segments[segmentOf[fn]!]!.bridge; at !== undefined; at = segments[segmentOf[at]!]!.bridge) {
      const port = formatBdf(functions[at]!.bdf);
      const decision = this.#decisions.get(functions[at]!.bdf);
      if (!decision) continue;
      if (decision.verdict === 'reset' && resets.count[fn]! > 0) return `below ${port}, which was reset`;
      nearest ??= `${port} was ${decision.verdict === 'reset' ? 'to be reset' : 'skipped'}: ${decision.reason}`;
    }
    if (nearest !== undefined) return nearest;
    if (segments[segmentOf[fn]!]!.bridge === undefined) return `on root bus ${busName(functions[fn]!.bdf)}`;
    return this.#decisions.size === 0 ? 'the algorithm looked at no port' : 'the kernel found no port above it';
  }
}
