// SPDX-License-Identifier: GPL-2.0-only
/** A machine from a dump, and a dump from a machine. */
import { domainOf, formatBdf } from '../bus/bdf.ts';
import type { Bdf } from '../bus/index.ts';
import { layoutOfFunction } from '../configspace/function.ts';
import type { FunctionId } from '../devices/arena.ts';
import { type FunctionSpec, Hardware } from '../devices/hardware.ts';
import { HELD } from '../devices/holds.ts';
import type { HardwareProfile } from '../devices/profile.ts';
import { wire } from '../devices/wiring.ts';
import { check } from './check.ts';
import { type ByteRange, type Dump, type DumpFunction, type Warning, writeLspci } from './dump.ts';
import { DumpError } from './errors.ts';

/** A function of a machine, with what a dump says of it besides its bytes. */
export interface MachineFunction extends FunctionSpec {
  /** As the slot line of the dump has it after the address; may be empty. */
  readonly title: string;
  readonly missing: readonly ByteRange[];
}

/** Hardware, and what is to be said about how it was made. */
export interface Machine {
  /** The file it came from, or a name. */
  readonly name: string;
  readonly hardware: Hardware;
  readonly functions: readonly MachineFunction[];
  /** Whether a dump of it names domains. */
  readonly hasDomains: boolean;
  /** Something is odd in the text or in the bytes. */
  readonly warnings: readonly Warning[];
  /** What was assumed, or is not modelled. */
  readonly notes: readonly string[];
}

const ascending = (a: { readonly bdf: Bdf }, b: { readonly bdf: Bdf }): number => a.bdf - b.bdf;

function machineFunction({ bdf, bytes, title, missing, regions }: DumpFunction): MachineFunction {
  const barSizes: number[] = [];
  for (const { index, size } of regions) if (size > 0) barSizes[index] = size;
  return { bdf, bytes, title, missing, barSizes };
}

/** The functions of a dump in ascending order of address, with BAR sizes where the dump has the text of `lspci -v`. */
export const functionsOf = (dump: Dump): MachineFunction[] => dump.functions.map(machineFunction).sort(ascending);

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** Offsets are told apart by the reader of a note, functions are not: one line for all that say the same. */
function notesOf(hardware: Hardware): string[] {
  const notes: string[] = [];
  const titles = new Map<string, number>();
  for (const { blocks } of hardware.layouts)
    for (const { title, block } of blocks) if (!block) titles.set(title, (titles.get(title) ?? 0) + 1);
  if (titles.size > 0) {
    const list = [...titles].sort(([, a], [, b]) => b - a).map(([title, n]) => `${title} (${n})`);
    notes.push(`capabilities not modelled, which keep their bytes and are read-only: ${list.join(', ')}`);
  }
  const inferred = hardware.bars.flat().filter(({ from }) => from !== 'dump').length;
  if (inferred > 0) {
    const total = hardware.bars.flat().length;
    notes.push(`sizes of ${inferred} of ${count(total, 'BAR')} are inferred from how their addresses are aligned`);
  }
  const short = hardware.functions.filter(({ bytes }) => bytes.length <= 0x40).length;
  if (short > 0)
    notes.push(
      `${count(short, 'function')} with 64 bytes in the dump, without capabilities: their ports read as not PCI Express, ` +
        'and verdicts are not those of the real machine (use lspci -xxxx as root)',
    );
  // A CardBus bridge holds an empty socket in reset: that is nothing to tell.
  const held = hardware.functions.filter(
    (_, fn) =>
      (hardware.fabric.blocked[fn]! & HELD.secondaryBusReset) !== 0 &&
      hardware.fabric.wiring.below[fn]! >= 0 &&
      hardware.layouts[fn]!.headerType === 1,
  );
  if (held.length > 0)
    notes.push(
      `held in reset by Bridge Control, so that nothing below answers: ${held.map(({ bdf }) => formatBdf(bdf)).join(', ')}`,
    );
  const cut = hardware.layouts.filter(
    ({ express }, fn) => express !== 0 && hardware.functions[fn]!.bytes.length <= 0x100,
  ).length;
  if (cut > 0)
    notes.push(
      `${count(cut, 'PCI Express function')} with 256 bytes in the dump: no extended capabilities (use lspci -xxxx)`,
    );
  return notes;
}

/** A machine with two full domains of functions takes 1.7 GiB, with text and all; none that was ever built has as many. */
const MAX_FUNCTIONS = 2 * 0x10000;

function checkSize(file: string, functions: readonly MachineFunction[]): void {
  if (functions.length > MAX_FUNCTIONS) {
    const text = `${functions.length} functions, and at most ${MAX_FUNCTIONS} can be made a machine of`;
    throw new DumpError(text, { file });
  }
}

/** Everything that is odd in a dump of which no machine is to be made. Throws a DumpError where there is too much of it. */
export function warningsOf(dump: Dump): readonly Warning[] {
  const functions = functionsOf(dump);
  checkSize(dump.file, functions);
  const layouts = functions.map(({ bytes }) => layoutOfFunction(bytes));
  const wiring = wire(functions.map(({ bdf, bytes }, fn) => ({ bdf, bytes, layout: layouts[fn]! })));
  return check(dump, functions, layouts, wiring).warnings;
}

/** What is known of a machine besides its functions. */
type Origin = Pick<Dump, 'file' | 'functions' | 'warnings' | 'hasDomains'>;

function build(origin: Origin, functions: readonly MachineFunction[], profile: HardwareProfile): Machine {
  checkSize(origin.file, functions);
  const hardware = new Hardware(functions, profile);
  const { warnings, notes } = check(origin, functions, hardware.layouts, hardware.fabric.wiring);
  return {
    name: origin.file,
    hardware,
    functions,
    hasDomains: origin.hasDomains,
    warnings,
    notes: [...notesOf(hardware), ...notes],
  };
}

/**
 * Builds a machine of a dump's functions, and of `more` that the dump does not have. Throws a DumpError where they are
 * more than fit into memory.
 */
export const machineOf = (dump: Dump, profile: HardwareProfile, more: readonly MachineFunction[] = []): Machine =>
  build(dump, [...functionsOf(dump), ...more].sort(ascending), profile);

/** Builds a machine of functions that no dump had, for instance those that describeMachine() gives; `name` is for messages. */
export function machineOfFunctions(
  name: string,
  functions: readonly (FunctionSpec & { readonly title?: string })[],
  profile: HardwareProfile,
): Machine {
  const whole = functions.map((fn): MachineFunction => ({ title: '', missing: [], ...fn })).sort(ascending);
  const hasDomains = whole.some(({ bdf }) => domainOf(bdf) > 0);
  return build({ file: name, functions: [], warnings: [], hasDomains }, whole, profile);
}

/** Config space of a function as it is now, as long as its dump was. A view: it changes with the function. */
export const bytesNow = ({ hardware }: Machine, fn: FunctionId): Uint8Array =>
  hardware.arena.view(fn).subarray(0, hardware.functions[fn]!.bytes.length);

/** Functions whose text is made at a time: a whole machine may be longer than a string can be. */
const CHUNK = 256;

/** Text of the whole machine as it is now, from the arena, which `lspci -F` reads: functions that do not answer, too. */
export function* machineText(machine: Machine): Generator<string> {
  const { functions, hasDomains } = machine;
  for (let from = 0; from < functions.length; from += CHUNK) {
    const chunk = functions.slice(from, from + CHUNK).map(({ bdf, title, missing }, i) => ({
      bdf,
      title,
      missing,
      bytes: bytesNow(machine, (from + i) as FunctionId),
    }));
    yield writeLspci(chunk, { domains: hasDomains });
  }
}

/** The same as one string. Throws a RangeError where that is too long, from about 30,000 functions on. */
export const writeMachine = (machine: Machine): string => [...machineText(machine)].join('');
