// SPDX-License-Identifier: GPL-2.0-only
/** `hotreset capture`: a dump of the machine it runs on. */
import type { Command } from 'commander';
import { writeLspci } from '../machine/dump.ts';
import { formatRegion } from '../machine/lspci-regions.ts';
import { devicesFolder, readSysfs, type SysfsFunction } from '../machine/sysfs.ts';
import { UsageError } from '../run/errors.ts';
import { plural } from './text.ts';

const SYSFS = '/sys';
const COULD_NOT_RUN = 3;
const CONVENTIONAL_SIZE = 256;

const HELP = `
Examples:
  sudo hotreset capture > my.lspci && hotreset run my.lspci
  hotreset capture --sysfs copied/sys > other.lspci

The dump is like one of lspci -vv -xxxx, with the sizes of BARs, and lspci -F reads it.
Root is needed for what is above the first 64 bytes of config space: the capabilities.

Exit code: 0 a dump was written, 2 wrong usage or nothing to read in --sysfs, 3 no PCI in the sysfs of this machine.`;

/** The dump of functions that sysfs has. */
function textOf(functions: readonly SysfsFunction[]): string {
  const domains = functions.some(({ bdf }) => bdf >= 0x10000);
  const written = functions.map((fn) => ({ ...fn, text: fn.regions.map(formatRegion) }));
  return writeLspci(written, { domains });
}

function capture({ sysfs }: { readonly sysfs?: string }): void {
  const root = sysfs ?? SYSFS;
  const say = (text: string) => process.stderr.write(`hotreset: ${text}\n`);
  const fail = (text: string): void => {
    if (sysfs !== undefined) throw new UsageError(`${sysfs}: ${text}`);
    say(`${root}: ${text}; with --sysfs a copy of another machine's is read`);
    process.exitCode = COULD_NOT_RUN;
  };
  const devices = devicesFolder(root);
  if (devices === undefined) return fail('no folder bus/pci/devices, so no sysfs of a Linux with PCI');
  const { functions, warnings } = readSysfs(devices);
  for (const text of warnings) process.stderr.write(`warning: ${text}\n`);
  if (functions.length === 0) return fail('no PCI function that can be read in bus/pci/devices');
  process.stdout.write(textOf(functions));
  const short = functions.filter(({ bytes }) => bytes.length < CONVENTIONAL_SIZE).length;
  if (short > 0)
    say(
      `only the first 64 bytes of ${short} of ${plural(functions.length, 'function')} could be read: no capabilities, ` +
        'and a run will find no PCI Express; root is needed to read them (sudo hotreset capture)',
    );
}

export function addCapture(program: Command): void {
  program
    .command('capture')
    .summary('write a dump of this machine')
    .description('Writes a dump of the machine it runs on, from sysfs, to standard output. Linux only.')
    .option('--sysfs <folder>', 'read a copy of /sys, or of /sys/bus/pci/devices, of another machine')
    .addHelpText('after', HELP)
    .action(capture);
}
