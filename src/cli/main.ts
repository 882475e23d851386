#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-only
/** `hotreset`: the commands, and what their errors mean to a user. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { DumpError } from '../machine/errors.ts';
import { UsageError } from '../run/errors.ts';
import { addCapture } from './capture.ts';
import { addDiff } from './diff.ts';
import { addList } from './list.ts';
import { addRun } from './run.ts';
import { addShow } from './show.ts';

const BAD_INPUT = 2;
const COULD_NOT_RUN = 3;

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const HELP = `
hotreset runs the Linux kernel's PCI reset code, ported function by function, on the emulated hardware
of a machine that you have only a dump of. Start with
  hotreset run examples/server.lspci
and go on with a machine of yours
  sudo lspci -xxxx > my.lspci
  hotreset list my.lspci
  hotreset run my.lspci`;

function program(): Command {
  const root = new Command('hotreset')
    .description("the Linux kernel's PCI reset code, run against emulated config spaces")
    .version(version)
    .addHelpText('after', HELP)
    .showHelpAfterError('(add --help for help)')
    .exitOverride();
  for (const add of [addRun, addList, addShow, addDiff, addCapture]) add(root);
  for (const command of root.commands) command.exitOverride().showHelpAfterError('(add --help for help)');
  return root;
}

/** A pipe that its reader closed, as head does, is no error; a full disk is one, and not a bug of ours. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`hotreset: standard output cannot be written (${error.code ?? error.message})\n`);
  process.exit(COULD_NOT_RUN);
});

try {
  program().parse();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : BAD_INPUT;
  else if (error instanceof DumpError || error instanceof UsageError) {
    process.stderr.write(`hotreset: ${error.message}\n`);
    process.exitCode = BAD_INPUT;
  } else {
    const trace = error instanceof Error ? error.stack : String(error);
    process.stderr.write(
      `hotreset: this is a bug of hotreset ${version}; please send the dump and these lines:\n${trace}\n`,
    );
    process.exitCode = COULD_NOT_RUN;
  }
}
