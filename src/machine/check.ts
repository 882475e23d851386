// SPDX-License-Identifier: GPL-2.0-only
/**
 * Looks for what is odd in the bytes of a machine, after the text was read: a warning where something is wrong, a note
 * where something was assumed. Nothing here stops a run; a kernel does not stop for such bytes either.
 */
import { formatBdf } from '../bus/bdf.ts';
import type { Bdf } from '../bus/index.ts';
import type { FunctionLayout, Oddity } from '../configspace/function.ts';
import type { Wiring } from '../devices/wiring.ts';
import { checkBars } from './check-bars.ts';
import { checkCapabilities } from './check-capabilities.ts';
import { checkHeader } from './check-header.ts';
import { checkMissing } from './check-missing.ts';
import { checkSriov } from './check-sriov.ts';
import type { ByteRange, Dump, Warning } from './dump.ts';
import { showHex } from './lspci-text.ts';
import { Warnings } from './lspci-warnings.ts';

/** A function as the checks see it. */
export interface CheckedFunction {
  readonly bdf: Bdf;
  readonly bytes: Uint8Array;
  readonly missing: readonly ByteRange[];
  readonly layout: FunctionLayout;
  /** A physical function of SR-IOV in the same machine has enabled it. */
  readonly virtual: boolean;
}

/** What one check has to say about a function. */
export type Check = (fn: CheckedFunction) => readonly Oddity[];

const CHECKS: readonly Check[] = [checkHeader, checkBars, checkCapabilities, checkSriov, checkMissing];

/** What was found, as sentences that name the function. */
export interface Findings {
  readonly warnings: readonly Warning[];
  readonly notes: readonly string[];
}

type Facts = Omit<CheckedFunction, 'layout' | 'virtual'>;

/** `0000:04:00.0: BAR5 is 64-bit but is the last BAR (at 24)`; the offset is not told twice. */
function sentence(bdf: Bdf, { offset, text }: Pick<Oddity, 'offset' | 'text'>): string {
  const at = `at ${showHex(offset)}`;
  return `${formatBdf(bdf)}: ${text}${text.includes(at) ? '' : ` (${at})`}`;
}

/** Checks the functions of a machine, of which some or all are from `dump`; layouts and wiring are by function. */
export function check(
  dump: Pick<Dump, 'file' | 'functions' | 'warnings'>,
  functions: readonly Facts[],
  layouts: readonly FunctionLayout[],
  wiring: Wiring,
): Findings {
  const lines = new Map(dump.functions.map(({ bdf, line }) => [bdf, line]));
  const warnings = new Warnings(dump.file);
  const notes = new Map<string, Bdf[]>();
  const warn = (bdf: Bdf, oddity: Pick<Oddity, 'offset' | 'text'>): void =>
    warnings.add(lines.get(bdf) ?? 0, sentence(bdf, oddity), bdf, oddity.offset);
  functions.forEach((facts, fn) => {
    const layout = layouts[fn]!;
    // The layout's own notes are about every function of a kind; the machine tells them once for all.
    for (const oddity of layout.oddities) if (oddity.severity === 'warning') warn(facts.bdf, oddity);
    // A device that is gone reads as all-ones: nothing in there is worth a second word.
    if (layout.blocks.length === 0) return;
    const virtual = wiring.physical[fn]! >= 0;
    for (const oddity of CHECKS.flatMap((one) => one({ ...facts, layout, virtual })))
      if (oddity.severity === 'warning') warn(facts.bdf, oddity);
      else if (!notes.get(oddity.text)?.push(facts.bdf)) notes.set(oddity.text, [facts.bdf]);
  });
  for (const { bdf, ...oddity } of wiring.warnings) warn(bdf, oddity);
  const noted = [...notes].map(([text, [first, ...others]]) => {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return `${formatBdf(first!)}${more}: ${text}`;
  });
  return { warnings: [...dump.warnings, ...warnings.sorted()], notes: noted };
}
