// SPDX-License-Identifier: GPL-2.0-only
/** Writes examples/ from the descriptions in src/machine/topology-examples.ts: `node dist/scripts/examples.js [folder]`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { domainOf } from '../src/bus/bdf.ts';
import { writeLspci } from '../src/machine/lspci-writer.ts';
import { EXAMPLES } from '../src/machine/topology-examples.ts';

const readme = () => `# Example machines

Each file is what \`lspci -xxxx\` would print of a machine, without the decoded text. The machines are made up: they are
written by \`scripts/examples.ts\` from the descriptions in \`src/machine/topology-examples.ts\`. See one whole with
\`lspci -F examples/server.lspci -tv\`; after a change, \`npm run build && node dist/scripts/examples.js\` writes them anew.
(\`lspci -F -vv\` takes the upper half of a 64-bit BAR for a BAR of its own and calls it unassigned: so it does of any dump.)

| file | functions | what it is |
|---|---|---|
${Object.entries(EXAMPLES)
  .map(([name, { about, build }]) => `| \`${name}.lspci\` | ${build().length} | ${about} |`)
  .join('\n')}
`;

/** Text of each file of examples/, by name. */
export function exampleFiles(): ReadonlyMap<string, string> {
  const files = new Map([['README.md', readme()]]);
  for (const [name, { build }] of Object.entries(EXAMPLES)) {
    const functions = build();
    files.set(`${name}.lspci`, writeLspci(functions, { domains: functions.some(({ bdf }) => domainOf(bdf) !== 0) }));
  }
  return files;
}

if (process.argv[1] === import.meta.filename) {
  const folder = process.argv[2] ?? 'examples';
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of exampleFiles()) writeFileSync(join(folder, name), text);
}
