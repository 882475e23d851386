// SPDX-License-Identifier: GPL-2.0-only
/** `hotreset run`: an algorithm on the machine of a dump. */
import { type Command, Option } from 'commander';
import { readDump } from '../machine/dump.ts';
import { machineText } from '../machine/machine.ts';
import { algorithms } from '../reset/algorithms.ts';
import { UsageError } from '../run/errors.ts';
import { DEFAULTS, prepareRun } from '../run/prepare.ts';
import type { RunResult } from '../run/result.ts';
import { runAlgorithm } from '../run/run.ts';
import { HARDWARE_NAMES, KERNEL_VERSIONS, parseDevice, readScenario, type Scenario, STATES } from '../run/scenario.ts';
import { formatTrace } from '../run/trace.ts';
import { writeOutput } from './files.ts';
import { nameOf } from './names.ts';
import { runScreen } from './run-screen.ts';

interface Options extends Pick<Scenario, 'kernel' | 'cmdline' | 'hardware' | 'state'> {
  readonly algorithm: string;
  readonly scenario?: string;
  readonly device?: readonly string[];
  readonly trace?: string;
  readonly after?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

const HELP = `
Examples:
  hotreset run examples/server.lspci
  sudo lspci -xxxx > my.lspci && hotreset run my.lspci
  hotreset run my.lspci --kernel 6.1 --state running -v
  hotreset run my.lspci --trace - | head          config accesses as JSON lines
  hotreset run my.lspci --after after.lspci && hotreset diff my.lspci after.lspci

A scenario is a JSON object with any of the keys
  kernel, cmdline, hardware, state      as the options of these names
  kernelState   {"currentState": {"0000:01:00.0": "D0"}, "drivers": {"0000:00:1c.0": "pcieport"},
                 "native": ["aer", "pme", "pciehp"], "enumerated": "dump as the kernel scanned it"}
  absent        [{"bdf": "0000:01:00.0", "fromUs": 0, "toUs": null}]   functions that do not answer
  devices       {"0000:01:00.0": "slow:3s,ignores-bus-master"}         functions that misbehave
or one that has such an object under "run". Options given beside it win.

Misbehaviours, of a function, or of the port above where <port> stands; times as 3s, 20ms or 500us, from the start:
  --device 0000:01:00.0=slow:3s,ignores-bus-master
  slow:<time>                      ready that much later after each reset
  never-ready                      retry status for ever after a reset
  all-ones-after-reset             no answer at all after a reset
  ignores-bus-master               DMA with Bus Master off, too
  new-id-after-reset[:vvvv:dddd]   another device after a reset
  answers-during-reset             takes requests while it is held in reset
  flr-does-nothing                 a Function Level Reset without effect
  vanishes:<time>                  gone from a time on
  link-stays-down   <port>         the link does not come back after a reset
  removed:<time>    <port>         the card is pulled out of the slot
  inserted:<time>   <port>         and put back

Exit code: 0 the run took place, 2 wrong usage or a dump that cannot be read, 3 a bug of hotreset.`;

/** The title of each function in words, where the dump has only numbers. */
const named = (result: RunResult, bytes: readonly Uint8Array[]): RunResult => ({
  ...result,
  functions: result.functions.map((f, i) => ({ ...f, title: nameOf(f.title, bytes[i]!) })),
});

function run(path: string, options: Options): void {
  const algorithm = algorithms.get(options.algorithm);
  if (!algorithm)
    throw new UsageError(`no algorithm "${options.algorithm}", expected one of ${[...algorithms.keys()].join(', ')}`);
  const toStdout = [options.trace === '-', options.after === '-', options.json === true].filter(Boolean).length;
  if (toStdout > 1) throw new UsageError('only one of --trace -, --after - and --json can go to standard output');
  if (options.trace !== undefined && options.trace !== '-' && options.trace === options.after)
    throw new UsageError(`--trace and --after name the same file, ${options.trace}`);
  const dump = readDump(path);
  const { kernel, cmdline, hardware, state } = options;
  const given = Object.entries({ kernel, cmdline, hardware, state }).filter(([, value]) => value !== undefined);
  const fromFile: Scenario = options.scenario === undefined ? {} : readScenario(options.scenario);
  const devices = [...(fromFile.devices ?? []), ...(options.device ?? []).map(parseDevice)];
  const scenario: Scenario = {
    ...fromFile,
    ...(Object.fromEntries(given) as Scenario),
    ...(devices.length > 0 && { devices }),
  };
  const prepared = prepareRun(dump, algorithm, scenario);
  const bytes = prepared.machine.functions.map((f) => f.bytes);
  const result = runAlgorithm(prepared.machine, prepared.options);
  if (options.trace !== undefined) writeOutput(options.trace, [formatTrace(result.trace)]);
  if (options.after !== undefined) writeOutput(options.after, machineText(prepared.machine));
  if (options.json) process.stdout.write(`${JSON.stringify(named(result, bytes), null, 1)}\n`);
  if (toStdout === 0)
    process.stdout.write(`${runScreen(named(result, bytes), { verbose: options.verbose ?? false })}\n`);
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function addRun(program: Command): void {
  program
    .command('run')
    .summary('run an algorithm on the machine of a dump')
    .description(
      'Runs a ported kernel algorithm on the machine of a dump, and tells what it decided about each port and why, which\n' +
        'functions were reset, which still do DMA, and what was not brought back, by register name.',
    )
    .argument('<dump>', 'output of lspci -x, -xxx or (best) -xxxx, plain or gzipped; - is standard input')
    .option('--algorithm <name>', `what to run: ${[...algorithms.keys()].join(', ')}`, 'reset_pcie_endpoints')
    .addOption(
      new Option('--kernel <version>', `whose code (default: ${DEFAULTS.kernel})`).choices([...KERNEL_VERSIONS]),
    )
    .option('--cmdline <text>', `kernel command line (default: "${DEFAULTS.cmdline}")`)
    .addOption(
      new Option('--hardware <profile>', `how the hardware behaves (default: ${DEFAULTS.hardware})`).choices([
        ...HARDWARE_NAMES,
      ]),
    )
    .addOption(
      new Option(
        '--state <state>',
        `boot: a fresh kernel finds the devices so; running: it programmed them (default: ${DEFAULTS.state})`,
      ).choices([...STATES]),
    )
    .option('--scenario <file>', 'JSON with what else the kernel knew, or a capture.json of a recording')
    .option(
      '--device <address=misbehaviour>',
      'let a function misbehave, see below; can be given more than once',
      collect,
    )
    .option('--trace <file>', 'write every config access and delay as JSON lines; - is standard output')
    .option('--after <file>', 'write the machine as it is afterwards, as lspci -F reads it; - is standard output')
    .option('--json', 'print the whole result as JSON')
    .option('-v, --verbose', 'each access with its kernel function, each step, all log lines')
    .addHelpText('after', HELP)
    .action(run);
}
