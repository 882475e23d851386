// SPDX-License-Identifier: GPL-2.0-only
/** The public API: machines, hardware, the kernel side, runs, registers. */
export { formatBdf, makeBdf, parseBdf } from './bus/bdf.ts';
export type * from './bus/index.ts';
export { diffFunction, formatDiff, type RegisterDiff } from './configspace/diff.ts';
export { type FunctionLayout, layoutOfFunction } from './configspace/function.ts';
export { showFunction, showTitle } from './configspace/show/index.ts';
export { type FunctionSpec, Hardware } from './devices/hardware.ts';
export { type HardwareProfile, pcie } from './devices/profile.ts';
export { qemu72 } from './devices/qemu.ts';
export { type Dump, type DumpFunction, parseLspci, readDump, type Warning, writeLspci } from './machine/dump.ts';
export { DumpError } from './machine/errors.ts';
export { type Machine, machineOf, writeMachine } from './machine/machine.ts';
export { type Algorithm, algorithms } from './reset/algorithms.ts';
export { Kernel, type KernelOptions } from './reset/kernel.ts';
export type { KernelState, KernelVersion } from './reset/kernel_state.ts';
export { UsageError } from './run/errors.ts';
export { prepareRun } from './run/prepare.ts';
export type { FunctionResult, RunResult, Step } from './run/result.ts';
export { type RunOptions, runAlgorithm } from './run/run.ts';
export { parseScenario, readScenario, type Scenario } from './run/scenario.ts';
export { formatTrace, Recorder } from './run/trace.ts';
