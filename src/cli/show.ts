// SPDX-License-Identifier: GPL-2.0-only
/** `hotreset show`: functions decoded in lspci's wording. */
import type { Command } from 'commander';
import { formatBdf, parseBdf } from '../bus/bdf.ts';
import type { Bdf } from '../bus/index.ts';
import { showFunction } from '../configspace/show/index.ts';
import { readDump } from '../machine/dump.ts';
import { functionsOf, type MachineFunction, warningsOf } from '../machine/machine.ts';
import { UsageError } from '../run/errors.ts';
import { nameOf } from './names.ts';
import { printWarnings } from './warnings.ts';

/** Device 0 function 0 of a bus shows registers that other functions share. */
const isFirst = (bdf: Bdf): boolean => bdf % 0x100 === 0;

export function parseAddress(text: string): Bdf {
  const bdf = parseBdf(text);
  if (bdf === undefined) throw new UsageError(`"${text}" is no address, expected one like 01:00.0 or 0000:01:00.0`);
  return bdf;
}

/** The function a user means; without a domain it may be in any one. */
function findAddress(text: string, functions: readonly MachineFunction[], path: string): Bdf {
  const wanted = parseAddress(text);
  const anyDomain = text.split(':').length === 2;
  const found = functions.filter(({ bdf }) => bdf === wanted || (anyDomain && bdf % 0x10000 === wanted));
  const exact = found.find(({ bdf }) => bdf === wanted) ?? (found.length === 1 ? found[0] : undefined);
  if (exact) return exact.bdf;
  if (found.length === 0) throw new UsageError(`${path}: has no function ${formatBdf(wanted)}`);
  throw new UsageError(`${path}: ${text} may be any of ${found.map(({ bdf }) => formatBdf(bdf)).join(', ')}`);
}

export function addShow(program: Command): void {
  program
    .command('show')
    .summary('decode the registers of functions')
    .description('Decodes config space in the wording of lspci -vvv, from the bytes of the dump alone.')
    .argument('<dump>', 'output of lspci -x, -xxx or -xxxx, plain or gzipped; - is standard input')
    .argument('[address...]', 'functions to show, like 01:00.0; all when none is given')
    .action((path: string, addresses: string[]) => {
      const dump = readDump(path);
      const functions = functionsOf(dump);
      const wanted = addresses.map((text) => findAddress(text, functions, path));
      const isShown = (bdf: Bdf): boolean => wanted.length === 0 || wanted.includes(bdf);
      const warnings = warningsOf(dump).filter(({ bdf }) => bdf === undefined || isShown(bdf));
      const shown = functions.filter(({ bdf }) => isShown(bdf));
      const texts = shown.map(({ bdf, bytes, title, missing }) =>
        [`${formatBdf(bdf)} ${nameOf(title, bytes)}`, ...showFunction(bytes, { first: isFirst(bdf), missing })].join(
          '\n',
        ),
      );
      process.stdout.write(`${texts.join('\n\n')}\n`);
      printWarnings(warnings);
    });
}
