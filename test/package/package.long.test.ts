// SPDX-License-Identifier: GPL-2.0-only
/** The package as somebody else installs it: checked by publint and attw, compiled against, and run. Needs the registry. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'hotreset-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (command: string, args: readonly string[], cwd: string) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return { status, output: stdout + stderr, stdout };
};

let tarball = '';
let hasRegistry = false;

beforeAll(() => {
  // Built by `npm run check:long` already; building again would pull dist/ away from under other tests.
  const { stdout } = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], ROOT);
  const [packed] = JSON.parse(stdout) as [{ readonly filename: string }];
  tarball = join(folder, packed.filename);
  hasRegistry = run('npm', ['view', 'typescript', 'version'], folder).status === 0;
}, 120_000);

/** A program as a user writes it, with a value of each part of the API. */
const PROGRAM = `
import {
  algorithms, type Algorithm, describeMachine, type Dump, type DumpFunction, DumpError, formatWarning, layoutOfFunction,
  machineOf, machineOfFunctions, nvme, parseLspci, pcie, qemu72, rootPort, RUN_DEFAULTS, runAlgorithm, type RunResult,
  showFunction, writeMachine,
} from 'hotreset';

const described = machineOfFunctions('mine', describeMachine([rootPort({ slot: 1 }, [nvme()])]), pcie);
const dump: Dump = parseLspci(new TextEncoder().encode(writeMachine(described)), 'mine');
const machine = machineOf(dump, qemu72);
const algorithm: Algorithm = algorithms.get('reset_pcie_endpoints')!;
const mine: Algorithm = { ...algorithm, name: 'mine' };
const result: RunResult = runAlgorithm(machine, { ...RUN_DEFAULTS, algorithm: mine });
const first: DumpFunction | undefined = dump.functions[0];
export const reset: readonly string[] = result.functions.filter(({ resets }) => resets > 0).map(({ bdf }) => bdf);
export const texts: string[] = first ? showFunction(first.bytes) : [];
export const role: string = layoutOfFunction(first!.bytes).variant.role;
export const warnings: string[] = machine.warnings.map(formatWarning);
// @ts-expect-error: results are not to be changed
result.functions[0]!.resets = 7;
export const isDumpError = (error: unknown): error is DumpError => error instanceof DumpError;
`;

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2023',
    lib: ['ES2023', 'DOM'],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    types: [],
    noEmit: true,
  },
  files: ['program.ts'],
};

/** A new project with the package and what else it wants. */
function consumer(name: string, ...packages: string[]): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }));
  const { status, output } = run('npm', ['install', '--no-audit', '--no-fund', tarball, ...packages], path);
  expect(output).not.toMatch(/EBADENGINE|deprecated/);
  expect({ status, output: status === 0 ? '' : output }).toEqual({ status: 0, output: '' });
  return path;
}

describe('the package', () => {
  it.each([
    ['publint', ['--strict']],
    ['attw', ['--profile', 'esm-only', '--no-emoji']],
  ])('%s finds nothing', (tool, options) => {
    const { status, output } = run(join(ROOT, 'node_modules/.bin', tool), [tarball, ...options], folder);
    expect({ status, output: status === 0 ? '' : output }).toEqual({ status: 0, output: '' });
  });

  it.for(['5.9.3', '6.0.3', '7.0.2'])('compiles with TypeScript %s, libraries checked', (version, { skip }) => {
    if (!hasRegistry) skip('no registry');
    const path = consumer(`typescript-${version}`, `typescript@${version}`);
    writeFileSync(join(path, 'program.ts'), PROGRAM);
    writeFileSync(join(path, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    expect(run('npx', ['tsc', '--version'], path).stdout).toContain(version);
    expect(run('npx', ['tsc', '-p', '.'], path)).toEqual({ status: 0, output: '', stdout: '' });
  });

  it('runs elsewhere: the command on an example, and the library', ({ skip }) => {
    if (!hasRegistry) skip('no registry');
    const path = consumer('elsewhere');
    const { status, output } = run('npx', ['hotreset', 'run', 'node_modules/hotreset/examples/minimal.lspci'], path);
    expect(status).toBe(0);
    expect(output).toContain('1 function reset.');
    const code = "import { readDump } from 'hotreset'; console.log(readDump(process.argv[1]).functions.length)";
    const dump = join(path, 'node_modules/hotreset/examples/switch.lspci');
    expect(run('node', ['--input-type=module', '-e', code, dump], path)).toMatchObject({ status: 0, output: '8\n' });
    const installed = JSON.parse(readFileSync(join(path, 'node_modules/hotreset/package.json'), 'utf8')) as object;
    expect(installed).toMatchObject({ license: 'GPL-2.0-only', type: 'module' });
  });
});
