// SPDX-License-Identifier: GPL-2.0-only
/** Writes what is generated in docs/ and README.md: `npm run docs`. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { registerReference } from '../src/configspace/markdown.ts';
import { corpusTable } from './corpus-table.ts';
import { deviationsPage } from './deviations.ts';

const CORPUS = '../shared/corpus';
const README = 'README.md';

/** A command of the README and the block after it that shows what it prints. */
const SCREEN = /(`npx hotreset (run [^`]+)`:\n\n```\n)[\s\S]*?```/;

writeFileSync('docs/registers.md', registerReference());
writeFileSync('docs/deviations.md', deviationsPage());
if (existsSync(CORPUS)) writeFileSync('docs/corpus.md', corpusTable(CORPUS));
else process.stderr.write('docs/corpus.md is left as it is: no corpus of real machines beside the project\n');

const readme = readFileSync(README, 'utf8').replace(SCREEN, (_, head: string, args: string) => {
  const { stdout } = spawnSync(process.execPath, ['dist/src/cli/main.js', ...args.split(' ')], { encoding: 'utf8' });
  return `${head}${stdout}\`\`\``;
});
writeFileSync(README, readme);
