// SPDX-License-Identifier: GPL-2.0-only
/** A witness from outside: what lspci prints for the same bytes. */
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { showFunction } from '../../../src/configspace/show/index.ts';
import { bytesByAddress, corpus, hasLspci, lspciLines, textOf } from '../support/corpus.ts';
import { dumpOf, generator, randomFunction } from '../support/random.ts';
import { flagsOf } from '../support/tokens.ts';

const files = corpus();
const lspci = hasLspci();

/** Machines of every kind: laptops, servers, switches, slots, CardBus, an emulated one. */
const TEN = [
  'desktop-amd-x570',
  'desktop-intel-nuc-broadwell',
  'gpu-8x-quadro-with-switches',
  'laptop-amd-raven-nvidia',
  'laptop-thinkpad-t60-systemd-udev',
  'pciutils-tree-fujitsu-p8010',
  'server-amd-genoa-switch-hotplug-partial',
  'vm-q35-gpu-passthrough-tmc',
  'workstation-amd-milan-4roots-b',
  'workstation-intel-x299-multi-gpu',
];

/** Capabilities that are not declared: only their names are known here. */
const UNDECLARED =
  /^(HyperTransport|AGP|Root Complex Link|Designated Vendor-Specific|Data Object Exchange|Enhanced Allocation|Vendor Specific)/;

/** The five kinds of lines of which every flag must be there with the same value. */
const CORE = /^(Power Management|MSI|MSI-X|Express)\b/;

interface Result {
  compared: number;
  readonly missing: string[];
}

/** Flags of `theirs` that `ours` does not have in the same place. */
function compare(
  ours: readonly string[],
  theirs: readonly string[],
  result: Result,
  only: (title: string) => boolean,
): void {
  const mine = new Set(flagsOf(ours).tokens);
  // lspci forgets the end of the line after McastCap of functions that are no ports.
  const { tokens, titles } = flagsOf(theirs.flatMap((line) => line.split(/(?<=.)(?=\t\tMcastCtl)/)));
  for (const [n, token] of tokens.entries()) {
    if (!only(titles[n]!)) continue;
    result.compared++;
    if (!mine.has(token)) result.missing.push(token);
  }
}

function compareMachine(path: string, result: Result, only: (title: string) => boolean): void {
  const text = textOf(path);
  const functions = bytesByAddress(text);
  for (const [address, theirs] of lspciLines(text)) {
    const bytes = functions.get(address);
    const missing = result.missing.length;
    if (!bytes) result.missing.push(`${basename(path)} ${address}: not read`);
    else compare(showFunction(bytes, { first: address.endsWith(':00.0') }), theirs, result, only);
    for (let n = missing; n < result.missing.length; n++)
      result.missing[n] = `${basename(path)} ${address} ${result.missing[n]}`;
  }
}

const runnable = lspci && files.length > 0;

test.skipIf(!runnable)(
  'every flag of header, PM, MSI, MSI-X and PCI Express on ten machines of the corpus',
  ({ annotate }) => {
    const result: Result = { compared: 0, missing: [] };
    const ten = files.filter((path) => TEN.some((name) => basename(path).startsWith(`${name}.`)));
    for (const path of ten) compareMachine(path, result, (title) => title === '' || CORE.test(title));
    annotate(`${ten.length} machines, ${result.compared} flags of lspci compared, ${result.missing.length} missing`);
    expect(result.missing).toEqual([]);
    expect(ten).toHaveLength(10);
    expect(result.compared).toBeGreaterThan(10_000);
  },
);

test.skipIf(!runnable)('every flag of every declared capability on the whole corpus', ({ annotate }) => {
  const result: Result = { compared: 0, missing: [] };
  for (const path of files) compareMachine(path, result, (title) => !UNDECLARED.test(title));
  annotate(`${files.length} machines, ${result.compared} flags of lspci compared, ${result.missing.length} missing`);
  expect(result.missing).toEqual([]);
});

test.skipIf(!lspci)('every flag of every declared capability on random registers', ({ annotate }) => {
  const random = generator(0x10ca1);
  const functions = Array.from({ length: 400 }, () => randomFunction(random));
  const { text, addresses } = dumpOf(functions);
  const theirs = lspciLines(text);
  const result: Result = { compared: 0, missing: [] };
  for (const [n, address] of addresses.entries())
    compare(
      showFunction(functions[n]!, { first: address.endsWith(':00.0') }),
      theirs.get(address) ?? [],
      result,
      () => true,
    );
  annotate(
    `${functions.length} functions, ${result.compared} flags of lspci compared, ${result.missing.length} missing`,
  );
  expect(result.missing).toEqual([]);
  expect(result.compared).toBeGreaterThan(50_000);
});

/**
 * Lines that lspci and we have different reasons for. lspci 3.9 takes the upper half of a 64-bit BAR for a region of its
 * own when it reads a dump; scales above 5 of an LTR value are reserved, and shift out of its int.
 */
const OWN_REASONS = /^\t(Region|\tMax (no )?snoop latency|\tMcast)/;

test.skipIf(!lspci)('every line of lspci on random registers', () => {
  const random = generator(0xbead);
  const functions = Array.from({ length: 200 }, () => randomFunction(random));
  const { text, addresses } = dumpOf(functions);
  const theirs = lspciLines(text);
  const missing = addresses.flatMap((address, n) => {
    const ours = showFunction(functions[n]!, { first: address.endsWith(':00.0') });
    const lines = theirs.get(address) ?? [];
    // Of the regions, ours are all among those of lspci; the others are upper halves.
    const regions = ours.filter((line) => /^\tRegion/.test(line) && !line.includes('<broken') && !lines.includes(line));
    return [...regions, ...lines.filter((line) => !ours.includes(line) && !OWN_REASONS.test(line))];
  });
  expect(missing).toEqual([]);
});
