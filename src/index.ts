// SPDX-License-Identifier: GPL-2.0-only
/**
 * The public API: machines, hardware, the kernel side, runs, registers.
 *
 *     const machine = machineOf(readDump('my.lspci'), pcie);
 *     const result = runAlgorithm(machine, { ...RUN_DEFAULTS, algorithm: algorithms.get('reset_pcie_endpoints')! });
 *     console.log(result.functions.filter(({ dma }) => dma.after).map(({ bdf, why }) => `${bdf}: ${why}`));
 *
 * The library returns plain values and throws DumpError, TopologyError and UsageError, whose messages are sentences for
 * a user; it prints nothing.
 */

// Addresses, and the bus where the kernel and the hardware meet.
export { formatBdf, makeBdf, parseBdf } from './bus/bdf.ts';
export type * from './bus/index.ts';

// What the bytes of a config space mean.
export { diffFunction, formatDiff, type RegisterDiff } from './configspace/diff.ts';
export { type FunctionLayout, layoutOfFunction, type Oddity, type PlacedBlock } from './configspace/function.ts';
export type { Role } from './configspace/registers.ts';
export { type ShowOptions, showFunction, showTitle } from './configspace/show/index.ts';

// Hardware, and what it is like.
export type { FunctionId } from './devices/arena.ts';
export { type FunctionSpec, Hardware } from './devices/hardware.ts';
export { type Misbehaviour, parseMisbehaviour } from './devices/misbehaviour.ts';
export { type HardwareProfile, pcie } from './devices/profile.ts';
export { qemu72 } from './devices/qemu.ts';

// Machines from dumps and from sysfs.
export {
  type ByteRange,
  type Dump,
  type DumpFunction,
  formatWarning,
  parseLspci,
  type Region,
  readDump,
  type Warning,
  type WritableFunction,
  writeLspci,
} from './machine/dump.ts';
export { DumpError } from './machine/errors.ts';
export {
  bytesNow,
  functionsOf,
  type Machine,
  type MachineFunction,
  machineOf,
  machineOfFunctions,
  warningsOf,
  writeMachine,
} from './machine/machine.ts';
export { devicesFolder, readSysfs, type Sysfs, type SysfsFunction } from './machine/sysfs.ts';

// Machines described in a few lines.
export * from './machine/topology.ts';
export * from './machine/topology-devices.ts';
export * from './machine/topology-parts.ts';

// The kernel side: what it knows, and what it runs.
export { type Algorithm, algorithms } from './reset/algorithms.ts';
export { type Decision, Kernel, type KernelOptions, type LogEntry } from './reset/kernel.ts';
export type { KernelState, KernelVersion } from './reset/kernel_state.ts';

// Runs: one machine, one kernel, one algorithm, one result.
export { UsageError } from './run/errors.ts';
export { DEFAULTS as RUN_DEFAULTS, type PreparedRun, prepareRun } from './run/prepare.ts';
export type { DmaResult, FunctionResult, LostResult, PortDecision, RunResult, Step } from './run/result.ts';
export { type RunOptions, runAlgorithm } from './run/run.ts';
export {
  type Absent,
  type MisbehavingDevice,
  parseDevice,
  parseScenario,
  readScenario,
  type Scenario,
} from './run/scenario.ts';
export { formatTrace, type PlainEvent, Recorder } from './run/trace.ts';
