// SPDX-License-Identifier: GPL-2.0-only
/** One topology in QEMU and in the hardware model side by side: the same writes to both, and every byte compared. */
import { busOf, formatBdf } from '../../src/bus/bdf.ts';
import type { Bdf } from '../../src/bus/index.ts';
import { barsOf } from '../../src/devices/bars.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import type { MeasuredBits } from '../../src/devices/kind.ts';
import { qemu72 } from '../../src/devices/qemu.ts';
import { Qemu } from './qemu-live-client.ts';
import { type Dump, dump, type Enumerated, enumerate, measure, type Numbers } from './qemu-live-machine.ts';
import { inversion, programWrites, sleepWrites, type Write } from './qemu-live-program.ts';
import type { Topology } from './qemu-live-topologies.ts';

const NO_BRIDGE_HOTPLUG = [
  '-global',
  'ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off',
  '-global',
  'pci-device.romfile=',
];

/** Sizes as a ones pass shows them, which is how software learns them. */
function sizesOf(bytes: Uint8Array, measured: MeasuredBits | undefined): (number | undefined)[] {
  if (!measured) return [];
  const ones = bytes.map((byte, at) => byte | measured.writable[at]!);
  const sizes: (number | undefined)[] = [];
  const u32 = (at: number) => new DataView(measured.writable.buffer).getUint32(at, true);
  for (const { index, offset, is64, kind } of barsOf(ones, bytes[0x0e]! & 0x7f)) {
    const low = kind === 'rom' ? u32(offset) & ~0x7ff : u32(offset);
    sizes[index] = low !== 0 ? (low & -low) >>> 0 : is64 ? 2 ** 32 * (u32(offset + 4) & -u32(offset + 4)) : undefined;
  }
  return sizes;
}

const DISTURBANCES = 12;

/** The same numbers in each run: a linear congruential generator. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(n: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * n);
  }
}

class Pair {
  readonly found: string[] = [];
  readonly #topology: Topology;
  readonly #qemu: Qemu;
  readonly #bridges: readonly Numbers[];
  readonly #functions: readonly Bdf[];
  readonly #hardware: Hardware;

  private constructor(
    topology: Topology,
    measured: ReadonlyMap<Bdf, MeasuredBits>,
    qemu: Qemu,
    machine: Dump,
    { functions, bridges }: Enumerated,
  ) {
    this.#topology = topology;
    this.#qemu = qemu;
    this.#bridges = bridges;
    this.#functions = functions;
    const specs = [...machine].map(([bdf, bytes]) => {
      const writable = measured.get(bdf);
      return { bdf, bytes, barSizes: sizesOf(bytes, writable), ...(writable && { writable }) };
    });
    this.#hardware = new Hardware(specs, qemu72);
  }

  static async start(topology: Topology, measured: ReadonlyMap<Bdf, MeasuredBits>, invert: boolean): Promise<Pair> {
    const { qemu, enumerated, machine } = await boot(topology);
    if (!invert) return new Pair(topology, measured, qemu, machine, enumerated);
    for (const { bdf, offset, size, value } of inversion(machine, measured)) qemu.write(bdf, offset, size, value);
    return new Pair(topology, measured, qemu, await dump(qemu, enumerated.functions), enumerated);
  }

  stop(): Promise<void> {
    return this.#qemu.stop();
  }

  write(writes: readonly Write[]): void {
    for (const { bdf, offset, size, value } of writes) {
      this.#qemu.write(bdf, offset, size, value);
      this.#hardware.write(bdf, offset, size, value);
    }
  }

  async compare(stage: string): Promise<Dump> {
    const theirs = await dump(this.#qemu, this.#functions);
    for (const bdf of this.#functions) {
      const expected = theirs.get(bdf);
      const say = (text: string) => this.found.push(`${this.#topology.name} ${stage}: ${formatBdf(bdf)} ${text}`);
      const answers = this.#hardware.read(bdf, 0, 2) !== 0xffff;
      if (answers !== (expected !== undefined)) say(answers ? 'answers' : 'is silent');
      if (!answers || !expected) continue;
      for (let at = 0; at < expected.length; at++) {
        const ours = this.#hardware.read(bdf, at, 1);
        if (ours !== expected[at]) say(`${at.toString(16)}: ${ours.toString(16)} for ${expected[at]!.toString(16)}`);
      }
    }
    return theirs;
  }

  /** Holds or lets go some bridge, whatever the others do, or writes to some of the functions. Tells what it did. */
  disturb(random: Random, machine: Dump, measured: ReadonlyMap<Bdf, MeasuredBits>): string {
    const some: Dump = new Map([...machine].filter(() => random.below(3) === 0));
    const kind = random.below(8);
    if (kind === 0) this.write(programWrites(some, random.below(9)));
    if (kind === 1) this.write(inversion(some, measured).filter(() => random.below(2) === 0));
    if (kind === 2 || kind === 3) this.renumber();
    const { bridge } = this.#bridges[random.below(this.#bridges.length)]!;
    const control = this.#hardware.read(bridge, 0x3e, 2);
    if (kind < 4 || control === 0xffff)
      return ['programming', 'inversion', 'numbering', 'numbering'][kind] ?? 'nothing';
    // As 16 bits, as 8, and as 32 with Interrupt Line and Pin.
    const value = control ^ 0x40;
    const writes: Write[] = [
      { bdf: bridge, offset: 0x3e, size: 2, value },
      { bdf: bridge, offset: 0x3e, size: 1, value: value & 0xff },
      { bdf: bridge, offset: 0x3c, size: 4, value: value * 0x1_0000 + this.#hardware.read(bridge, 0x3c, 2) },
    ];
    this.write([writes[random.below(3)]!]);
    return `${formatBdf(bridge)} ${value.toString(16)}`;
  }

  /** Holds the secondary side of a bridge in reset, lets it go and numbers the buses again. */
  async pulse({ bridge, secondary }: Numbers, what: string): Promise<void> {
    const control = this.#hardware.read(bridge, 0x3e, 2);
    const name = `${what}, reset by ${formatBdf(bridge)}`;
    const put = (bdf: Bdf, offset: number, size: 1 | 2, value: number) => this.write([{ bdf, offset, size, value }]);
    put(bridge, 0x3e, 2, control | 0x40);
    await this.compare(`${name}, held`);
    for (const bdf of this.#functions)
      if (busOf(bdf) === secondary) {
        put(bdf, 0x0c, 1, 0x5a);
        put(bdf, 0x3c, 1, 0xa5);
      }
    put(bridge, 0x3e, 2, control & ~0x40);
    await this.compare(`${name}, released`);
    this.renumber();
    await this.compare(`${name}, renumbered`);
  }

  renumber(): void {
    for (const { bridge, primary, secondary, subordinate } of this.#bridges)
      for (const [offset, value] of [
        [0x18, primary],
        [0x19, secondary],
        [0x1a, subordinate],
      ] as const)
        this.write([{ bdf: bridge, offset, size: 1, value }]);
  }

  async program(round: number): Promise<void> {
    this.write(programWrites(await dump(this.#qemu, this.#functions), round));
    await this.compare('programmed');
  }

  async sleep(): Promise<void> {
    this.write(sleepWrites(await dump(this.#qemu, this.#functions)));
    await this.compare('asleep');
  }
}

async function boot(topology: Topology): Promise<{ qemu: Qemu; enumerated: Enumerated; machine: Dump }> {
  const qemu = await Qemu.start([...NO_BRIDGE_HOTPLUG, ...topology.args]);
  const roots = topology.rootBuses ?? [0];
  let enumerated = await enumerate(qemu, roots);
  if (topology.prepare) {
    for (const { bdf, offset, size, value } of topology.prepare(await dump(qemu, enumerated.functions)))
      qemu.write(bdf, offset, size, value);
    enumerated = await enumerate(qemu, roots);
  }
  return { qemu, enumerated, machine: await dump(qemu, enumerated.functions) };
}

/** Every byte that differs, over resets by every bridge of the topology that leads anywhere. */
export async function differences(topology: Topology): Promise<string[]> {
  const probe = await boot(topology);
  const measured = await measure(probe.qemu, probe.machine);
  await probe.qemu.stop();
  const targets = probe.enumerated.bridges.filter(({ secondary }) =>
    probe.enumerated.functions.some((bdf) => busOf(bdf) === secondary),
  );
  const found: string[] = [];
  const run = async (invert: boolean, steps: (pair: Pair) => Promise<void>): Promise<void> => {
    const pair = await Pair.start(topology, measured, invert);
    try {
      await steps(pair);
    } finally {
      await pair.stop();
    }
    found.push(...pair.found);
  };
  await run(false, async (pair) => {
    await pair.compare('enumerated');
    for (const [i, target] of targets.entries()) {
      await pair.program(i);
      await pair.pulse(target, 'programmed');
      await pair.sleep();
      await pair.pulse(target, 'asleep');
    }
  });
  for (const target of targets) await run(true, (pair) => pair.pulse(target, 'max'));
  await run(false, async (pair) => {
    const random = new Random(topology.name.length);
    for (let step = 1; step <= DISTURBANCES && pair.found.length === 0; step++)
      await pair.compare(`disturbed ${step} times, last by ${pair.disturb(random, probe.machine, measured)}`);
  });
  return found;
}
