// SPDX-License-Identifier: GPL-2.0-only
/** What a run tells: who was reset and why not, whose DMA goes on, what was lost, and in which steps. */
import { describe, expect, it } from 'vitest';
import { makeBdf, parseBdf } from '../../src/bus/bdf.ts';
import { formatDiff } from '../../src/configspace/diff.ts';
import type { FunctionSpec } from '../../src/devices/hardware.ts';
import type { Dump } from '../../src/machine/dump.ts';
import { algorithms } from '../../src/reset/algorithms.ts';
import { prepareRun } from '../../src/run/prepare.ts';
import type { RunResult } from '../../src/run/result.ts';
import { runAlgorithm } from '../../src/run/run.ts';
import type { Scenario } from '../../src/run/scenario.ts';
import { at, conventional, downstreamPort, endpoint, pciBridge, rootPort, upstreamPort } from '../devices/functions.ts';

const dumpOf = (functions: readonly FunctionSpec[]): Dump => ({
  file: 'machine',
  functions: functions.map(({ bdf, bytes }, i) => ({ bdf, bytes, missing: [], line: i + 1, title: '', regions: [] })),
  warnings: [],
  hasDomains: true,
});

function run(functions: readonly FunctionSpec[], scenario: Scenario = {}): RunResult {
  const { machine, options } = prepareRun(dumpOf(functions), algorithms.get('reset_pcie_endpoints')!, scenario);
  return runAlgorithm(machine, options);
}

const byAddress = ({ functions }: RunResult, bdf: string) => functions.find((f) => f.bdf === bdf)!;

/** An endpoint that can be reset, a display, a switch with an endpoint, a bridge with a card, and a device on bus 0. */
const machine = [
  at('00:01.0', rootPort(1)),
  at('00:02.0', rootPort(2)),
  at('00:03.0', rootPort(3, 5)),
  at('00:04.0', pciBridge(0, 6)),
  at('00:1f.0', conventional()),
  at('01:00.0', endpoint()),
  at('02:00.0', endpoint({ 0x0a: 0x0300 })),
  at('03:00.0', upstreamPort(3, 4, 5)),
  at('04:00.0', downstreamPort(4, 5)),
  at('05:00.0', endpoint()),
  at('06:00.0', conventional()),
];

describe('a run', () => {
  const result = run(machine);

  it('tells of each port what was decided, and why', () => {
    expect(result.ports).toEqual([
      {
        port: '0000:00:01.0',
        verdict: 'reset',
        reason: 'no switch, PCIe-to-PCI bridge or display controller below: 0000:01:00.0',
      },
      {
        port: '0000:00:02.0',
        verdict: 'skipped',
        reason: '0000:02:00.0 is a display controller (class 030000)',
      },
      { port: '0000:00:03.0', verdict: 'skipped', reason: '0000:03:00.0 is a switch upstream port' },
      { port: '0000:00:04.0', verdict: 'skipped', reason: 'not PCI Express' },
      {
        port: '0000:03:00.0',
        verdict: 'skipped',
        reason: 'not a root or downstream port (switch upstream port)',
      },
      {
        port: '0000:04:00.0',
        verdict: 'reset',
        reason: 'no switch, PCIe-to-PCI bridge or display controller below: 0000:05:00.0',
      },
    ]);
  });

  it('tells of each function whether it was reset, why, and what its DMA does', () => {
    const told = result.functions.map(({ bdf, resets, why, dma }) => [bdf, resets, why, dma.before, dma.after]);
    expect(told).toEqual([
      ['0000:00:01.0', 0, 'on root bus 0000:00', false, false],
      ['0000:00:02.0', 0, 'on root bus 0000:00', false, false],
      ['0000:00:03.0', 0, 'on root bus 0000:00', false, false],
      ['0000:00:04.0', 0, 'on root bus 0000:00', false, false],
      ['0000:00:1f.0', 0, 'on root bus 0000:00', true, true],
      ['0000:01:00.0', 1, 'below 0000:00:01.0, which was reset', true, false],
      ['0000:02:00.0', 0, '0000:00:02.0 was skipped: 0000:02:00.0 is a display controller (class 030000)', true, true],
      ['0000:03:00.0', 0, '0000:00:03.0 was skipped: 0000:03:00.0 is a switch upstream port', false, false],
      [
        '0000:04:00.0',
        0,
        '0000:03:00.0 was skipped: not a root or downstream port (switch upstream port)',
        false,
        false,
      ],
      ['0000:05:00.0', 1, 'below 0000:04:00.0, which was reset', true, false],
      ['0000:06:00.0', 0, '0000:00:04.0 was skipped: not PCI Express', true, true],
    ]);
  });

  it('tells registers that were not brought back by name, of ports above, too', () => {
    expect(byAddress(result, '0000:01:00.0').changed.map(formatDiff)).toEqual([]);
    expect(byAddress(result, '0000:00:01.0').changed.map(formatDiff)).toEqual([
      'SltSta (PCI Express): 0x0000 -> 0x0100: LinkState- -> LinkState+',
    ]);
    const sticky = { 0x100: 0x0018, 0x102: 0x0001, 0x104: 0x1001 };
    const lost = run([at('00:01.0', rootPort(1)), at('01:00.0', endpoint(sticky))]);
    expect(byAddress(lost, '0000:01:00.0').changed.map(({ register }) => register)).toEqual(['Max snoop latency']);
  });

  it('counts the requests of an engine until it was stopped', () => {
    // The second of two ports is reset first, and the reset holds from time 0; the other one 2 ms later.
    expect(byAddress(result, '0000:05:00.0').dma).toMatchObject({ requests: 0 });
    expect(byAddress(result, '0000:01:00.0').dma).toMatchObject({ requests: 20, last_us: 2000 });
    expect(byAddress(result, '0000:00:1f.0').dma.requests).toBe(result.duration_us / 100);
  });

  it('has the steps in order, with kernel functions by name', () => {
    expect(result.steps.map(({ t_us, what, bdf }) => [t_us, what, bdf ?? ''])).toEqual([
      [0, 'save_downstream_configs', '0000:05:00.0'],
      [0, 'save_downstream_configs', '0000:01:00.0'],
      [0, 'do_downstream_device_reset', '0000:04:00.0'],
      [0, 'msleep(2)', ''],
      [2000, 'do_downstream_device_reset', '0000:04:00.0'],
      [2000, 'do_downstream_device_reset', '0000:00:01.0'],
      [2000, 'msleep(2)', ''],
      [4000, 'do_downstream_device_reset', '0000:00:01.0'],
      [4000, 'msleep(1000)', ''],
      [1004000, 'restore_downstream_configs', '0000:05:00.0'],
      [1004000, 'restore_downstream_configs', '0000:01:00.0'],
    ]);
    expect(result.trace[0]!.by).toEqual(['pci_save_state', 'save_downstream_configs', 'reset_pcie_endpoints']);
  });

  it('gives the same value again for the same machine', () => {
    expect(run(machine)).toEqual(result);
  });

  it('says that an engine does not get through a bridge whose Bus Master is off', () => {
    const blocked = run([at('00:01.0', rootPort(1, 1, { 0x04: 0x0002 })), at('01:00.0', endpoint())]);
    expect(byAddress(blocked, '0000:01:00.0').dma).toMatchObject({ started: true, before: false, requests: 0 });
  });

  it('does not take bridges and event collectors for functions with DMA of their own', () => {
    const collector = { 0x42: 0x00a2, 0x0a: 0x0807 };
    const { functions } = run([at('00:00.0', conventional({ 0x0a: 0x0600 })), at('00:06.0', endpoint(collector))]);
    expect(functions.map(({ dma }) => dma.started)).toEqual([false, false]);
  });

  it('goes on where the kernel scanned a machine that has lost a function since', () => {
    const bdf = makeBdf(0, 1, 0, 0);
    const result = run([at('00:01.0', rootPort(1)), at('01:00.0', endpoint())], {
      absent: [{ bdf, from_us: 0, to_us: Number.POSITIVE_INFINITY }],
    });
    // It is not there when the kernel looks: nothing to reset.
    expect(result.ports[0]).toMatchObject({ verdict: 'skipped', reason: 'no device below' });
    expect(byAddress(result, '0000:01:00.0')).toMatchObject({ answered: false, answers: false });
  });

  it('tells where the kernel itself stops', () => {
    const ats = { 0x100: 0x000f, 0x102: 0x0001, 0x106: 0x8000 };
    const result = run([at('00:01.0', rootPort(1)), at('01:00.0', endpoint(ats))], {
      state: 'running',
      absent: [{ bdf: parseBdf('01:00.0')!, from_us: 1000, to_us: Number.POSITIVE_INFINITY }],
    });
    expect(result.stopped).toContain('pci_restore_ats_state');
    expect(result.log.at(-1)!.text).toContain('kernel BUG');
  });
});
