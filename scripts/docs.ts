// SPDX-License-Identifier: GPL-2.0-only
/** Writes the generated pages of docs/: `npm run docs`. */
import { existsSync, writeFileSync } from 'node:fs';
import { registerReference } from '../src/configspace/markdown.ts';
import { corpusTable } from './corpus-table.ts';

const CORPUS = '../shared/corpus';

writeFileSync('docs/registers.md', registerReference());
if (existsSync(CORPUS)) writeFileSync('docs/corpus.md', corpusTable(CORPUS));
else process.stderr.write('docs/corpus.md is left as it is: no corpus of real machines beside the project\n');
