// SPDX-License-Identifier: GPL-2.0-only
/**
 * Changes the hardware and its tables in small ways, one at a time, and counts which changes the tests notice:
 * `npm run mutants -- [--all | --count N] [--seed N] [--jobs N] [--only WORD]`. Works on copies in a temporary directory.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { codeMutants, type Mutant, sample, tableMutants } from './mutations.ts';

const { values: options } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    count: { type: 'string', default: '150' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
  },
});

/** Tables of the registers that the machines of the laws have. */
const TABLES = ['header', 'express', 'power', 'interrupts', 'errors', 'virtualization'];
/** Tests that run one after the other until one fails, the quickest first. */
const OF_TABLES = [
  ['test/configspace/registers-json.test.ts'],
  ['test/laws', 'test/devices'],
  ['test/reset', 'test/machine/check.test.ts', 'test/configspace'],
];
const OF_CODE = [['test/devices', 'test/laws'], ['test/run']];
/** What the quick check needs, compiled without being checked: a change that does not compile is caught, too. */
const QUICK = {
  extends: './tsconfig.json',
  compilerOptions: { noCheck: true, declaration: false, sourceMap: false, outDir: 'quick' },
  include: ['src/devices', 'test/laws/quick.ts', 'types'],
};
/** A mutant that takes longer than this hangs: that is noticed, too. */
const PATIENCE_MS = 180_000;
/** Left out: docs/registers.md is generated from the tables, and would notice any change of them without judging it. */
const EXCLUDED = ['test/configspace/markdown.test.ts'];

const ROOT = resolve('.');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const isTable = ({ file }: Mutant): boolean => file.startsWith('src/configspace/tables');

function allMutants(): Mutant[] {
  const code = readdirSync(join(ROOT, 'src/devices')).map((name) => `src/devices/${name}`);
  const tables = TABLES.map((name) => `src/configspace/tables/${name}.ts`);
  return [
    ...code.flatMap((file) => codeMutants(file, read(file))),
    ...tables.flatMap((file) => tableMutants(file, read(file))),
  ].filter(({ file, before }) => `${file} ${before}`.includes(options.only));
}

/** A copy of the project to change; what is large and never changed is only linked. */
function copyOf(parent: string, name: string): string {
  const copy = join(parent, name);
  mkdirSync(copy);
  cpSync(join(ROOT, 'src'), join(copy, 'src'), { recursive: true });
  cpSync(join(ROOT, 'test'), join(copy, 'test'), { recursive: true, filter: (from) => !from.endsWith('test/golden') });
  symlinkSync(join(ROOT, 'test/golden'), join(copy, 'test/golden'));
  for (const file of ['package.json', 'tsconfig.json', 'vitest.config.ts']) cpSync(join(ROOT, file), join(copy, file));
  for (const dir of ['node_modules', 'examples', 'docs', 'scripts', 'types', 'dist'])
    if (existsSync(join(ROOT, dir))) symlinkSync(join(ROOT, dir), join(copy, dir));
  writeFileSync(join(copy, 'tsconfig.quick.json'), JSON.stringify(QUICK));
  return copy;
}

/** Whether a program of node ends well in a copy. */
function ends(copy: string, args: readonly string[]): Promise<boolean> {
  const env = { ...process.env, HOTRESET_SEQUENCES: '1500' };
  return new Promise((done) => {
    const child = spawn(process.execPath, args, {
      cwd: copy,
      env,
      stdio: 'ignore',
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
    });
    child.on('close', (code) => void done(code === 0));
  });
}

/** Whether some sequences agree with the naive model: takes a second, where a test runner takes three to begin. */
const passesQuickly = async (copy: string): Promise<boolean> =>
  (await ends(copy, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.quick.json'])) &&
  ends(copy, ['quick/test/laws/quick.js']);

/** Whether these tests all pass in a copy. */
function passes(copy: string, tests: readonly string[]): Promise<boolean> {
  const excluded = EXCLUDED.flatMap((file) => ['--exclude', file]);
  const runner = ['node_modules/vitest/vitest.mjs', 'run', '--bail=1', '--maxWorkers=1', '--reporter=dot'];
  return ends(copy, [...runner, ...excluded, ...tests]);
}

async function survives(copy: string, mutant: Mutant): Promise<boolean> {
  writeFileSync(join(copy, mutant.file), mutant.text);
  try {
    if (!(await passesQuickly(copy))) return false;
    for (const tests of isTable(mutant) ? OF_TABLES : OF_CODE) if (!(await passes(copy, tests))) return false;
    return true;
  } finally {
    writeFileSync(join(copy, mutant.file), read(mutant.file));
  }
}

async function main(): Promise<void> {
  const found = allMutants();
  const chosen = options.all ? found : sample(found, Number(options.count), Number(options.seed));
  const parent = mkdtempSync(join(tmpdir(), 'mutants-'));
  if (existsSync(join(ROOT, '../shared'))) symlinkSync(resolve(ROOT, '../shared'), join(parent, 'shared'));
  const survivors: Mutant[] = [];
  let next = 0;
  const work = async (job: number): Promise<void> => {
    const copy = copyOf(parent, `copy-${job}`);
    if (!(await passesQuickly(copy))) throw new Error('the quick check fails before anything is changed');
    for (const tests of new Set([...OF_TABLES, ...OF_CODE].flat()))
      if (job === 0 && !(await passes(copy, [tests]))) throw new Error(`${tests} fails before anything is changed`);
    while (next < chosen.length) {
      const mutant = chosen[next++]!;
      const alive = await survives(copy, mutant);
      if (alive) survivors.push(mutant);
      const what = `${mutant.file}:${mutant.line}: ${mutant.before} -> ${mutant.after}`;
      process.stdout.write(`${alive ? 'SURVIVES' : 'caught  '} ${what}\n`);
    }
  };
  try {
    await Promise.all(Array.from({ length: Number(options.jobs) }, (_, job) => work(job)));
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
  const caught = chosen.length - survivors.length;
  const percent = ((100 * caught) / Math.max(1, chosen.length)).toFixed(1);
  process.stdout.write(`\n${caught} of ${chosen.length} mutants caught (${percent} %), of ${found.length} there are\n`);
  for (const { file, line, before, after } of survivors)
    process.stdout.write(`${file}:${line}\n  - ${before}\n  + ${after}\n`);
}

await main();
