// SPDX-License-Identifier: GPL-2.0-only
/** Config spaces from sysfs, of the Linux this runs on or of a copy of its tree (kernel: Documentation/PCI/sysfs-pci.rst). */
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { formatBdf, parseBdf } from '../bus/bdf.ts';
import type { Bdf } from '../bus/index.ts';
import type { Region } from './dump.ts';
import { CONFIG_SIZE } from './lspci-row.ts';
import { parseResource } from './sysfs-resource.ts';

/** A function as sysfs has it. */
export interface SysfsFunction {
  readonly bdf: Bdf;
  /** What of its config space could be read: without root the first 64 bytes, of a CardBus bridge 128. */
  readonly bytes: Uint8Array;
  readonly regions: readonly Region[];
  /** `0200: 8086:10ed (rev 01)`, for a virtual function of SR-IOV only: its own registers read ffff. */
  readonly title?: string;
}

export interface Sysfs {
  /** In ascending order of address. */
  readonly functions: readonly SysfsFunction[];
  /** What could not be read, as sentences. */
  readonly warnings: readonly string[];
}

const DOMAIN_DIGITS = /^[0-9a-f]{4,8}:/;

const SENTENCES: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'may not be read (permission denied)',
  EPERM: 'may not be read (operation not permitted)',
};

function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return SENTENCES[code] ?? `cannot be read (${code})`;
}

/** Up to one byte more than a config space has; undefined for what is no file. Throws the error of the file system. */
function readConfig(path: string): Uint8Array | undefined {
  // A pipe in a copied tree would let the reader wait for ever.
  if (!statSync(path).isFile()) return undefined;
  const bytes = new Uint8Array(CONFIG_SIZE + 1);
  const fd = openSync(path, 'r');
  try {
    let used = 0;
    for (;;) {
      const count = readSync(fd, bytes, used, bytes.length - used, used);
      used += count;
      if (count === 0 || used === bytes.length) return bytes.subarray(0, used);
    }
  } finally {
    closeSync(fd);
  }
}

function textOf(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? readFileSync(path, 'latin1') : undefined;
  } catch {
    return undefined;
  }
}

/** The numbers that the kernel took from the physical function. */
function virtualTitle(folder: string): string | undefined {
  const [code, vendor, device, revision] = ['class', 'vendor', 'device', 'revision'].map(
    (name) => /^0x([0-9a-f]+)\s*$/.exec(textOf(join(folder, name)) ?? '')?.[1],
  );
  if (code === undefined || vendor === undefined || device === undefined) return undefined;
  const rev = revision === undefined || revision === '00' ? '' : ` (rev ${revision})`;
  return `${code.slice(0, 4)}: ${vendor}:${device}${rev}`;
}

function readFunction(folder: string, bdf: Bdf, warn: (text: string) => void): SysfsFunction | undefined {
  const leaveOut = (text: string): undefined => warn(`${formatBdf(bdf)}: ${text}, left out`) as undefined;
  let bytes: Uint8Array | undefined;
  try {
    bytes = readConfig(join(folder, 'config'));
  } catch (error) {
    return leaveOut(`config ${whyNot(error)}`);
  }
  if (bytes === undefined) return leaveOut('config is not a file');
  if (bytes.length === 0) return leaveOut('config is empty');
  if (bytes.length > CONFIG_SIZE) return leaveOut(`config has more than ${CONFIG_SIZE} bytes`);
  const resource = textOf(join(folder, 'resource'));
  const regions = resource === undefined ? [] : parseResource(resource, bytes);
  if (regions === undefined) warn(`${formatBdf(bdf)}: resource is not understood, sizes of BARs unknown`);
  const isVirtual = bytes[0] === 0xff && bytes[1] === 0xff && bytes.some((byte) => byte !== 0xff);
  const title = isVirtual ? virtualTitle(folder) : undefined;
  return { bdf, bytes, regions: regions ?? [], ...(title !== undefined && { title }) };
}

/** The folder with a link for each function, in a sysfs (`/sys`) or a copy; undefined where there is none. */
export function devicesFolder(sysfs: string): string | undefined {
  const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const inside = join(sysfs, 'bus/pci/devices');
  try {
    if (isFolder(inside)) return inside;
    if (isFolder(sysfs) && readdirSync(sysfs).some((name) => parseBdf(name) !== undefined)) return sysfs;
  } catch {
    // What may not be looked into is as good as not there.
  }
  return undefined;
}

/** Reads all functions below a folder that devicesFolder() found. Never throws for what a single function lacks. */
export function readSysfs(devices: string): Sysfs {
  const warnings: string[] = [];
  const functions: SysfsFunction[] = [];
  for (const name of readdirSync(devices)) {
    const bdf = DOMAIN_DIGITS.test(name) ? parseBdf(name) : undefined;
    if (bdf === undefined) continue;
    const fn = readFunction(join(devices, name), bdf, (text) => void warnings.push(text));
    if (fn !== undefined) functions.push(fn);
  }
  functions.sort((a, b) => a.bdf - b.bdf);
  return { functions, warnings };
}
