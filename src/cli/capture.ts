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

/** Why there is no dump: a wrong --sysfs is the user's mistake, a machine without PCI is nobody's. */
function fail(given: string | undefined, text: string): void {
  if (given !== undefined) throw new UsageError(`${given}: ${text}`);
  process.stderr.write(`hotreset: ${SYSFS}: ${text}; --sysfs reads a copy of another machine's\n`);
  process.exitCode = COULD_NOT_RUN;
}

function capture({ sysfs: given }: { readonly sysfs?: string }): void {
  const devices = devicesFolder(given ?? SYSFS);
  if (devices === undefined) {
    fail(given, 'no folder bus/pci/devices, so no sysfs of a Linux with PCI');
    return;
  }
  const { functions, warnings } = readSysfs(devices);
  for (const text of warnings) process.stderr.write(`warning: ${text}\n`);
  if (functions.length === 0) {
    fail(given, 'no PCI function that can be read');
    return;
  }
  process.stdout.write(textOf(functions));
  const short = functions.filter(({ bytes }) => bytes.length < CONVENTIONAL_SIZE).length;
  if (short === 0) return;
  const many = `${short} of ${plural(functions.length, 'function')}`;
  process.stderr.write(
    `hotreset: only the first 64 bytes of ${many} could be read: their capabilities are not in the dump, and a run will ` +
      'take them for conventional PCI; root is needed to read more (sudo hotreset capture)\n',
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
