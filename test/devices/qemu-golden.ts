// SPDX-License-Identifier: GPL-2.0-only
/** QEMU's bytes around a secondary bus reset, on ten topologies, and how a profile differs from them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { busOf, formatBdf, parseBdf } from '../../src/bus/bdf.ts';
import type { Bdf, Size } from '../../src/bus/index.ts';
import { layoutOfFunction } from '../../src/configspace/function.ts';
import { barsOf } from '../../src/devices/bars.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import type { HardwareProfile } from '../../src/devices/profile.ts';
import { readDump } from '../../src/machine/dump.ts';

/** Tests and the script that writes docs/ run in the root of the project. */
const GOLDEN = 'test/golden/qemu-7.2';
export const TOPOLOGIES: readonly string[] = readdirSync(GOLDEN);

interface Write {
  readonly phase: string;
  readonly bdf: string;
  readonly off: number;
  readonly size: Size;
  readonly val: number;
}

type Stage = ReadonlyMap<Bdf, Uint8Array>;
const stages = new Map<string, Stage>();

/** The machine of a topology as recorded at one stage; read once. */
function stage(topology: string, name: string): Stage {
  const path = join(GOLDEN, topology, `${name}.lspci.gz`);
  const known = stages.get(path);
  if (known) return known;
  const read: Stage = new Map(readDump(path).functions.map(({ bdf, bytes }) => [bdf, bytes]));
  stages.set(path, read);
  return read;
}

/** The bits that the recording did not try, because writing them does something: they follow from the tables. */
function triedBits(bytes: Uint8Array): Uint8Array {
  const tried = new Uint8Array(bytes.length).fill(0xff);
  const untried = (offset: number, bits: number) => {
    tried[offset]! &= ~bits & 0xff;
    tried[offset + 1]! &= ~(bits >> 8) & 0xff;
  };
  const { blocks, express, headerType } = layoutOfFunction(bytes);
  if (headerType === 1) {
    untried(0x18, 0xffff);
    untried(0x1a, 0x00ff);
    untried(0x3e, 0x0040);
  }
  if (express !== 0) {
    untried(express + 0x08, 0x8000);
    untried(express + 0x10, 0x0030);
    untried(express + 0x18, 0x0700);
  }
  for (const { id, extended, offset } of blocks) if (!extended && id === 0x01) untried(offset + 4, 0x0003);
  return tried;
}

/** The machine of a dump, with the writable bits and the BAR sizes of the recording. */
function machine(topology: string, from: string, profile: HardwareProfile): Hardware {
  const measured = stage(topology, 'rwmask');
  const programmed = stage(topology, '1-before');
  const functions = [...stage(topology, from)].map(([bdf, bytes]) => {
    const writable = measured.get(bdf);
    const assigned = programmed.get(bdf)!;
    const barSizes: number[] = [];
    for (const { index, size } of barsOf(assigned, assigned[0x0e]! & 0x7f)) barSizes[index] = size;
    return { bdf, bytes, barSizes, ...(writable && { writable: { writable, tried: triedBits(bytes) } }) };
  });
  return new Hardware(functions, profile);
}

/** Bytes that differ from a recorded dump, over every function that either side has. */
function differences(hardware: Hardware, expected: Stage): string[] {
  const found: string[] = [];
  for (const { bdf } of hardware.functions) {
    const theirs = expected.get(bdf);
    const answers = hardware.read(bdf, 0, 2) !== 0xffff;
    if (!theirs || !answers) {
      if (answers !== (theirs !== undefined)) found.push(`${formatBdf(bdf)} ${answers ? 'answers' : 'is silent'}`);
      continue;
    }
    for (let at = 0; at < theirs.length; at++) {
      const ours = hardware.read(bdf, at, 1);
      if (ours !== theirs[at])
        found.push(`${formatBdf(bdf)} ${at.toString(16)}: ${ours.toString(16)} for ${theirs[at]!.toString(16)}`);
    }
  }
  return found;
}

const writesOf = (topology: string): Write[] =>
  readFileSync(join(GOLDEN, topology, 'trace.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Write);

function replay(hardware: Hardware, writes: readonly Write[], phase: string): void {
  for (const w of writes) if (w.phase === phase) hardware.write(parseBdf(w.bdf)!, w.off, w.size, w.val);
}

const PHASES = [
  ['program', '1-before'],
  ['assert', '2-asserted'],
  ['deassert', '3-after'],
  ['renumber', '4-renumbered'],
] as const;

/** From enumerated through a secondary bus reset to renumbered: what is not as recorded after each phase. */
export function differencesOfReset(topology: string, profile: HardwareProfile): string[] {
  const hardware = machine(topology, '0-enumerated', profile);
  const writes = writesOf(topology);
  return PHASES.flatMap(([phase, after]) => {
    replay(hardware, writes, phase);
    return differences(hardware, stage(topology, after)).map((difference) => `${after}: ${difference}`);
  });
}

/** With every writable bit the other way round before it: what is not as recorded after the reset. */
export function differencesOfMaximum(topology: string, profile: HardwareProfile): string[] {
  const hardware = machine(topology, 'max-before', profile);
  const writes = writesOf(topology);
  const target = writes.find(({ phase }) => phase === 'assert')!;
  const bridge = parseBdf(target.bdf)!;
  const control = hardware.read(bridge, target.off, 2);
  // The recorded pulse was made on Bridge Control as it was, not on the 0003h that the trace has from the first run;
  // and while it held the reset, the probe wrote to the functions directly below (domain notes, section 1).
  hardware.write(bridge, target.off, 2, control | 0x40);
  const secondary = hardware.read(bridge, 0x19, 1);
  for (const { bdf } of hardware.functions)
    if (busOf(bdf) === secondary) {
      hardware.write(bdf, 0x0c, 1, 0x5a);
      hardware.write(bdf, 0x3c, 1, 0xa5);
    }
  hardware.write(bridge, target.off, 2, control);
  replay(hardware, writes, 'renumber');
  return differences(hardware, stage(topology, 'max-after'));
}
