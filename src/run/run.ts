// SPDX-License-Identifier: GPL-2.0-only
/** The meeting: one machine, one kernel, one algorithm; what comes out is one value. */
import { formatBdf } from '../bus/bdf.ts';
import type { ConfigAccess, TraceEvent } from '../bus/index.ts';
import { observed } from '../bus/observed.ts';
import { diffFunction } from '../configspace/diff.ts';
import type { FunctionId } from '../devices/arena.ts';
import type { Hardware } from '../devices/hardware.ts';
import { formatWarning } from '../machine/dump.ts';
import { bytesNow, type Machine } from '../machine/machine.ts';
import type { Algorithm } from '../reset/algorithms.ts';
import { KernelBug } from '../reset/bug.ts';
import { Kernel } from '../reset/kernel.ts';
import type { KernelState, KernelVersion } from '../reset/kernel_state.ts';
import { Reasons } from './reasons.ts';
import type { FunctionResult, LostResult, RunResult } from './result.ts';
import type { Absent, MisbehavingDevice } from './scenario.ts';
import { stepsOf } from './steps.ts';
import { plainEvent, Recorder } from './trace.ts';

export interface RunOptions {
  readonly algorithm: Algorithm;
  readonly kernel: KernelVersion;
  readonly cmdline: string;
  /** `running`: the kernel that programmed the devices resets them. `boot`: a fresh kernel finds them so. */
  readonly state: 'running' | 'boot';
  readonly kernelState?: KernelState;
  /** The machine as the kernel scanned it, where it was another then: functions may have gone since. */
  readonly enumerated?: ConfigAccess;
  readonly absent?: readonly Absent[];
  readonly devices?: readonly MisbehavingDevice[];
}

/** Bridges (base class 06h) have Bus Master on to pass requests of others; all other bus masters send their own. */
const BASE_CLASS_BRIDGE = 0x06;
const COMMAND = 0x04;
const BUS_MASTER = 0x0004;

const idsOf = (machine: Machine): FunctionId[] => machine.functions.map((_, fn) => fn as FunctionId);

const CLASS_IOMMU = 0x0806;

const isIommu = ({ arena }: Hardware, fn: FunctionId): boolean => arena.read(fn, 0x0a, 2) === CLASS_IOMMU;

/** Starts the DMA engine of every function whose driver had it bus-mastering: nothing else in a dump tells of DMA. */
function armEngines({ hardware }: Machine, fns: readonly FunctionId[]): void {
  for (const fn of fns) {
    const { headerType, variant } = hardware.layouts[fn]!;
    const isBridge = headerType !== 0 || hardware.arena.read(fn, 0x0b, 1) === BASE_CLASS_BRIDGE;
    // An event collector and an IOMMU have Bus Master on for interrupts and tables of the running kernel.
    if (
      !isBridge &&
      variant.role !== 'RC event collector' &&
      !isIommu(hardware, fn) &&
      ((hardware.arena.read(fn, COMMAND, 2) & BUS_MASTER) !== 0 || hardware.misbehaviours.has(fn, 'ignores-bus-master'))
    )
      hardware.dma.arm(fn, 0);
  }
}

const answersAt = ({ hardware }: Machine, fn: FunctionId): boolean =>
  hardware.fabric.find(hardware.functions[fn]!.bdf) === fn && !hardware.power.isSilent(fn);

/** When a function that is still on its way back from its reset will answer. */
function readyLater({ hardware }: Machine, fn: FunctionId): { ready_us: number } | undefined {
  const { power, clock, fabric, functions } = hardware;
  const ready_us = power.readyTime_us(fn);
  const later =
    ready_us > clock.now_us &&
    Number.isFinite(ready_us) &&
    !power.isAbsent(fn) &&
    fabric.find(functions[fn]!.bdf) === fn;
  return later ? { ready_us } : undefined;
}

/** Runs the algorithm; where the kernel's own BUG() stops it, tells which. */
function runToTheEnd(algorithm: Algorithm, kernel: Kernel): string | undefined {
  try {
    algorithm.run(kernel);
    return undefined;
  } catch (error) {
    if (error instanceof KernelBug) return error.message;
    throw error;
  }
}

/** Whether MSI, MSI-X or VFs were on in a function that the run reset. */
function hasMessagesOrVirtualFunctions({ functions, hardware }: Machine, fn: FunctionId): boolean {
  const { bytes } = functions[fn]!;
  if (hardware.resets.count[fn] === 0) return false;
  return hardware.layouts[fn]!.blocks.some(({ extended, id, offset }) => {
    if (extended) return id === 0x0010 && (bytes[offset + 8]! & 0x01) !== 0;
    return (id === 0x05 && (bytes[offset + 2]! & 0x01) !== 0) || (id === 0x11 && (bytes[offset + 3]! & 0x80) !== 0);
  });
}

/** What a user should know before believing the outcome. */
function notesOf(machine: Machine, kernel: Kernel, { algorithm, kernelState, absent, state }: RunOptions): string[] {
  const notes: string[] = [];
  if (algorithm.enabledBy && !algorithm.enabledBy.isOn(kernel))
    notes.push(`${algorithm.name} is not enabled: it needs "${algorithm.enabledBy.option}" on the command line`);
  if (
    state === 'boot' &&
    machine.hardware.layouts.some((_, fn) => hasMessagesOrVirtualFunctions(machine, fn as FunctionId))
  )
    notes.push(
      'MSI, MSI-X and VFs stay on until the reset here; a real boot of this kernel turns them off when it scans',
    );
  const known = new Set(machine.functions.map(({ bdf }) => formatBdf(bdf)));
  const { currentState, drivers, msi_enabled, msix_enabled, ats_enabled } = kernelState ?? {};
  const named = [currentState, drivers, msi_enabled, msix_enabled, ats_enabled].flatMap((record) =>
    Object.keys(record ?? {}),
  );
  const unknown = new Set(
    [...named, ...(absent ?? []).map(({ bdf }) => formatBdf(bdf))].filter((bdf) => !known.has(bdf)),
  );
  if (unknown.size > 0)
    notes.push(`the scenario names functions that the machine does not have: ${[...unknown].join(', ')}`);
  return notes;
}

/** Accesses that nobody took; the trace tells who made the first of them. */
function lostOf({ lost }: Hardware, events: readonly TraceEvent[]): LostResult {
  const { count, first } = lost;
  if (first === undefined) return { count };
  const { op, bdf, offset, size } = first;
  const t_us = Math.floor(first.t_us);
  const event = events.find(
    (e) => 'bdf' in e && e.t_us === t_us && e.op === op && e.bdf === bdf && e.off === offset && e.size === size,
  );
  return { count, first: { t_us, op, bdf: formatBdf(bdf), off: offset, size, by: event?.by?.[0] ?? '' } };
}

/** Runs an algorithm on a machine. The machine is changed: it is afterwards as the algorithm left it. */
export function runAlgorithm(machine: Machine, options: RunOptions): RunResult {
  const { hardware } = machine;
  const fns = idsOf(machine);
  for (const { bdf, from_us, to_us } of options.absent ?? []) {
    const fn = hardware.functions.findIndex((f) => f.bdf === bdf);
    if (fn >= 0) hardware.absent(fn as FunctionId, { from_us, to_us });
  }
  for (const { bdf, does } of options.devices ?? []) {
    const fn = hardware.functions.findIndex((f) => f.bdf === bdf);
    for (const misbehaviour of does) hardware.misbehave(fn as FunctionId, misbehaviour);
  }
  const before = fns.map((fn) => Uint8Array.from(bytesNow(machine, fn)));
  const answered = fns.map((fn) => answersAt(machine, fn));
  armEngines(machine, fns);
  const armed = fns.map((fn) => hardware.dma.armed[fn] !== 0);
  const running = fns.map((fn) => hardware.dma.isRunning(fn));

  const recorder = new Recorder({ callers: true });
  const kernel = new Kernel(observed(hardware, recorder), {
    version: options.kernel,
    cmdline: options.cmdline,
    state: options.state,
    rootBuses: hardware.fabric.rootBuses,
    ...(options.kernelState && { kernelState: options.kernelState }),
  });
  // The dump was taken after the scan of its kernel: what that left behind is in it, or cleared.
  kernel.scan(options.enumerated ?? hardware.unnoticed);
  const stopped = runToTheEnd(options.algorithm, kernel);

  const now_us = hardware.clock.now_us;
  const reasons = new Reasons(machine, kernel);
  const functions = fns.map((fn): FunctionResult => {
    hardware.dma.settle(fn, now_us);
    const { bdf, title } = machine.functions[fn]!;
    const layout = hardware.layouts[fn]!;
    const last_us = hardware.dma.lastRequest_us(fn);
    return {
      bdf: formatBdf(bdf),
      title,
      class: before[fn]![0x09]! | (before[fn]![0x0a]! << 8) | (before[fn]![0x0b]! << 16),
      role: layout.variant.role,
      isBridge: layout.headerType === 1 || layout.headerType === 2,
      resets: hardware.resets.count[fn]!,
      why: reasons.of(fn, answered[fn]!),
      dma: {
        started: armed[fn]!,
        before: running[fn]!,
        after: hardware.dma.isRunning(fn),
        requests: hardware.dma.requests(fn),
        ...(last_us !== undefined && { last_us }),
      },
      answered: answered[fn]!,
      answers: answersAt(machine, fn),
      ...readyLater(machine, fn),
      changed: diffFunction(before[fn]!, bytesNow(machine, fn), { layout }),
    };
  });
  return {
    machine: machine.name,
    algorithm: options.algorithm.name,
    kernel: options.kernel,
    cmdline: options.cmdline,
    hardware: hardware.profile.name,
    state: options.state,
    rootBuses: hardware.fabric.rootBuses.map(
      ({ domain, bus }) => `${domain.toString(16).padStart(4, '0')}:${bus.toString(16).padStart(2, '0')}`,
    ),
    ports: kernel.decisions.map(({ bdf, verdict, reason }) => ({ port: formatBdf(bdf), verdict, reason })),
    functions,
    lost: lostOf(hardware, recorder.events),
    steps: stepsOf(recorder.events),
    log: kernel.log,
    trace: recorder.events.map(plainEvent),
    ...(stopped !== undefined && { stopped }),
    duration_us: now_us,
    notes: [...notesOf(machine, kernel, options), ...machine.notes],
    warnings: machine.warnings.map(formatWarning),
  };
}
