// SPDX-License-Identifier: GPL-2.0-only
/** `hotreset list`: the tree of a machine. */
import type { Command } from 'commander';
import { deviceOf, functionOf } from '../bus/bdf.ts';
import type { FunctionId } from '../devices/arena.ts';
import { pcie } from '../devices/profile.ts';
import { readDump } from '../machine/dump.ts';
import { type Machine, machineOf } from '../machine/machine.ts';
import { nameOf } from './names.ts';
import { cut, hex, WIDTH } from './text.ts';
import { printWarnings } from './warnings.ts';

const COMMAND_BUS_MASTER = 0x0004;
/** Deeper functions are not indented further, or they would leave the screen; the bus numbers tell where they are. */
const MAX_DEPTH = 16;

/** `01` or `01-05` behind a bridge; `no bus` where its bus numbers are not set. */
function busesBelow({ hardware }: Machine, fn: FunctionId): string {
  const [secondary, subordinate] = [hardware.arena.read(fn, 0x19, 1), hardware.arena.read(fn, 0x1a, 1)];
  if (secondary === 0) return 'no bus';
  return secondary === subordinate ? hex(secondary, 2) : `${hex(secondary, 2)}-${hex(subordinate, 2)}`;
}

function lineOf(machine: Machine, fn: FunctionId, depth: number): string {
  const { hardware, functions } = machine;
  const { bdf, bytes, title } = functions[fn]!;
  const { variant, headerType } = hardware.layouts[fn]!;
  const address = `${hex(deviceOf(bdf), 2)}.${functionOf(bdf)}`;
  const where = headerType === 1 || headerType === 2 ? ` -> ${busesBelow(machine, fn)}` : '';
  const virtual = hardware.fabric.wiring.physical[fn]! >= 0 ? 'virtual function' : variant.role;
  const master = (hardware.arena.read(fn, 0x04, 2) & COMMAND_BUS_MASTER) !== 0 ? 'master' : '      ';
  const left = `${'  '.repeat(Math.min(depth, MAX_DEPTH))}${address}${where}`.padEnd(26);
  const gone = hardware.fabric.find(bdf) === fn ? '' : ' (nothing leads to it)';
  return cut(`${left} ${virtual.padEnd(22)} ${master} ${nameOf(title, bytes)}${gone}`, WIDTH).trimEnd();
}

function* segmentLines(machine: Machine, segment: number, depth: number): Generator<string> {
  const { segments, below } = machine.hardware.fabric.wiring;
  for (const { fn } of segments[segment]!.functions) {
    yield lineOf(machine, fn, depth);
    if (below[fn]! >= 0) yield* segmentLines(machine, below[fn]!, depth + 1);
  }
}

/** The machine as a tree of at most 100 columns: address, buses below, role, whether it masters the bus, name. */
export function treeLines(machine: Machine): string[] {
  const { segments } = machine.hardware.fabric.wiring;
  return segments.flatMap(({ bridge, domain, bus }, segment) =>
    bridge === undefined ? [`${hex(domain, 4)}:${hex(bus, 2)}`, ...segmentLines(machine, segment, 1)] : [],
  );
}

export function addList(program: Command): void {
  program
    .command('list')
    .summary('print the tree of a machine')
    .description('Prints the functions of a machine as a tree: root buses, ports with the buses below them, devices.')
    .argument('<dump>', 'output of lspci -x, -xxx or -xxxx, plain or gzipped; - is standard input')
    .action((path: string) => {
      const machine = machineOf(readDump(path), pcie);
      process.stdout.write(`${treeLines(machine).join('\n')}\n`);
      printWarnings(machine.warnings);
    });
}
