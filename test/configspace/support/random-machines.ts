// SPDX-License-Identifier: GPL-2.0-only
/** Random machines through lspci, and what it said of them. */
import { type Comparison, compareFunction, newComparison } from './compare.ts';
import { lspciLines } from './corpus.ts';
import { addressOf, dumpOfFunction, generator } from './random.ts';
import { randomFunction } from './random-function.ts';

/** Machines that one run of lspci reads: starting it takes longer than a machine. */
const BATCH = 100;
const MOST_FUNCTIONS = 4;

/** Compares `count` machines of one to four functions each. */
export function compareRandomMachines(count: number, seed: number): Comparison & { functions: number } {
  const random = generator(seed);
  const result = { ...newComparison(), functions: 0 };
  for (let begin = 0; begin < count; begin += BATCH) {
    const functions = new Map<string, Uint8Array>();
    for (let machine = begin; machine < Math.min(count, begin + BATCH); machine++)
      for (let fn = 0, last = random(MOST_FUNCTIONS); fn <= last; fn++)
        functions.set(addressOf(machine, fn), randomFunction(random));
    const text = [...functions].map(([address, bytes]) => dumpOfFunction(address, bytes)).join('');
    const theirs = lspciLines(text);
    for (const [address, bytes] of functions) {
      result.functions++;
      const lines = theirs.get(address);
      if (lines) compareFunction(bytes, lines, address, result);
      else result.unexplained.push(`${address}: lspci does not have it`);
    }
  }
  return result;
}
