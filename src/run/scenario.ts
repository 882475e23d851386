// SPDX-License-Identifier: GPL-2.0-only
/**
 * A scenario: what a run needs to know beside the dump. It has the keys that a recording's capture.json has under `run`,
 * and capture.json itself can be given.
 */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { formatBdf, parseBdf } from '../bus/bdf.ts';
import type { Bdf } from '../bus/index.ts';
import { type Misbehaviour, parseMisbehaviour } from '../devices/misbehaviour.ts';
import type { KernelState, KernelVersion } from '../reset/kernel_state.ts';
import { UsageError } from './errors.ts';

export const KERNEL_VERSIONS: readonly KernelVersion[] = ['3.10', '3.13', '6.1', '6.12'];
export const HARDWARE_NAMES = ['pcie', 'qemu-7.2'] as const;
export const STATES = ['running', 'boot'] as const;

/** A function that does not answer for a while: microseconds from the start. */
export interface Absent {
  readonly bdf: Bdf;
  readonly from_us: number;
  readonly to_us: number;
}

/** What one function does wrong. */
export interface MisbehavingDevice {
  readonly bdf: Bdf;
  readonly does: readonly Misbehaviour[];
}

export interface Scenario {
  readonly kernel?: KernelVersion;
  readonly cmdline?: string;
  readonly hardware?: (typeof HARDWARE_NAMES)[number];
  readonly state?: (typeof STATES)[number];
  readonly kernelState?: KernelState;
  /** Path of a dump of the machine as the kernel scanned it. */
  readonly enumerated?: string;
  readonly absent?: readonly Absent[];
  readonly devices?: readonly MisbehavingDevice[];
}

const NATIVE_SERVICES = ['aer', 'pme', 'pciehp', 'dpc', 'ltr', 'shpc'];
const POWER_STATES = ['D0', 'D1', 'D2', 'D3hot', 'D3cold', 'unknown', 'error'];

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Takes values out of a JSON object, and complains in sentences that name file and key. */
class Reader {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  fail(key: string, found: unknown, expected: string): never {
    throw new UsageError(`${this.#file}: "${key}" is ${JSON.stringify(found)}, expected ${expected}`);
  }

  object(value: unknown, key: string): Json {
    return isObject(value) ? value : this.fail(key, value, 'an object');
  }

  text(value: unknown, key: string): string {
    return typeof value === 'string' ? value : this.fail(key, value, 'a string');
  }

  oneOf<T extends string>(value: unknown, key: string, allowed: readonly T[]): T {
    return allowed.find((one) => one === value) ?? this.fail(key, value, `one of ${allowed.join(', ')}`);
  }

  address(value: unknown, key: string): Bdf {
    return parseBdf(this.text(value, key)) ?? this.fail(key, value, 'an address like 0000:01:00.0');
  }

  microseconds(value: unknown, key: string, missing: number): number {
    if (value === undefined || value === null) return missing;
    return typeof value === 'number' && value >= 0 ? value : this.fail(key, value, 'microseconds');
  }

  /** A record from addresses to values, each read by `read`. */
  byAddress<T>(value: unknown, key: string, read: (value: unknown, key: string) => T): Record<string, T> {
    const entries = Object.entries(this.object(value, key)).map(([bdf, v]): [string, T] => {
      // The kernel's names have the domain and are in lower case.
      return [formatBdf(this.address(bdf, key)), read(v, `${key}.${bdf}`)];
    });
    return Object.fromEntries(entries);
  }

  known(object: Json, keys: readonly string[], where: string): void {
    for (const key of Object.keys(object))
      if (!keys.includes(key))
        throw new UsageError(`${this.#file}: unknown key "${where}${key}", expected one of ${keys.join(', ')}`);
  }
}

function kernelStateOf(json: Json, read: Reader): KernelState {
  const flag = (value: unknown, key: string): boolean =>
    typeof value === 'boolean' ? value : read.fail(key, value, 'true or false');
  const keys = ['currentState', 'drivers', 'native', 'enumerated', 'msi_enabled', 'msix_enabled', 'ats_enabled', 'acs'];
  read.known(json, keys, 'kernelState.');
  const state = (value: unknown, key: string) => read.oneOf(value, key, POWER_STATES);
  const service = (value: unknown) => read.oneOf(value, 'kernelState.native', NATIVE_SERVICES);
  const { currentState, drivers, native, msi_enabled, msix_enabled, ats_enabled, acs } = json;
  if (native !== undefined && !Array.isArray(native)) read.fail('kernelState.native', native, 'a list');
  return {
    ...(currentState !== undefined && {
      currentState: read.byAddress(currentState, 'kernelState.currentState', state),
    }),
    ...(drivers !== undefined && {
      drivers: read.byAddress(drivers, 'kernelState.drivers', (v, key) => read.text(v, key)),
    }),
    ...(Array.isArray(native) && { native: native.map(service) }),
    ...(msi_enabled !== undefined && { msi_enabled: read.byAddress(msi_enabled, 'kernelState.msi_enabled', flag) }),
    ...(msix_enabled !== undefined && { msix_enabled: read.byAddress(msix_enabled, 'kernelState.msix_enabled', flag) }),
    ...(ats_enabled !== undefined && { ats_enabled: read.byAddress(ats_enabled, 'kernelState.ats_enabled', flag) }),
    ...(acs !== undefined && { acs: flag(acs, 'kernelState.acs') }),
  };
}

function absentOf(value: unknown, read: Reader): Absent[] {
  if (!Array.isArray(value)) read.fail('absent', value, 'a list');
  return value.map((entry: unknown) => {
    const json = read.object(entry, 'absent');
    read.known(json, ['bdf', 'fromUs', 'toUs'], 'absent.');
    const from_us = read.microseconds(json['fromUs'], 'absent.fromUs', 0);
    const to_us = read.microseconds(json['toUs'], 'absent.toUs', Number.POSITIVE_INFINITY);
    if (to_us < from_us) read.fail('absent.toUs', to_us, `a time after fromUs (${from_us})`);
    return { bdf: read.address(json['bdf'], 'absent.bdf'), from_us, to_us };
  });
}

/** `slow:3s,ignores-bus-master`: what stands between the commas. `where` begins the sentence of an error. */
function misbehavioursOf(text: string, where: string): Misbehaviour[] {
  return text.split(',').map((entry) => {
    const one = parseMisbehaviour(entry.trim());
    if (typeof one === 'string') throw new UsageError(`${where}: ${one}`);
    return one;
  });
}

/** One `--device`: an address, an equals sign, and what the function does wrong, with commas between. */
export function parseDevice(text: string): MisbehavingDevice {
  const [address = '', ...rest] = text.split('=');
  const where = `--device ${text}`;
  const bdf = parseBdf(address);
  if (bdf === undefined || rest.length === 0)
    throw new UsageError(`${where}: expected an address and what it does, like 0000:01:00.0=slow:3s`);
  return { bdf, does: misbehavioursOf(rest.join('='), where) };
}

function devicesOf(value: unknown, file: string, read: Reader): MisbehavingDevice[] {
  return Object.entries(read.byAddress(value, 'devices', (text, key) => ({ text: read.text(text, key), key }))).map(
    ([bdf, { text, key }]) => ({ bdf: read.address(bdf, key), does: misbehavioursOf(text, `${file}: "${key}"`) }),
  );
}

/** Reads a scenario from JSON text; `file` is what errors call it, and where relative paths in it start from. */
export function parseScenario(text: string, file: string): Scenario {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file}: is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  const read = new Reader(file);
  if (!isObject(json)) throw new UsageError(`${file}: is no JSON object`);
  const whole = json;
  const run = whole['run'] === undefined ? whole : read.object(whole['run'], 'run');
  read.known(run, ['kernel', 'cmdline', 'hardware', 'state', 'kernelState', 'absent', 'devices'], '');
  const { kernel, cmdline, hardware, state, kernelState, absent, devices } = run;
  const kernelJson = kernelState === undefined ? {} : read.object(kernelState, 'kernelState');
  const path = kernelJson['enumerated'];
  const enumerated = path === undefined ? undefined : read.text(path, 'kernelState.enumerated');
  return {
    ...(kernel !== undefined && { kernel: read.oneOf(kernel, 'kernel', KERNEL_VERSIONS) }),
    ...(cmdline !== undefined && { cmdline: read.text(cmdline, 'cmdline') }),
    ...(hardware !== undefined && { hardware: read.oneOf(hardware, 'hardware', HARDWARE_NAMES) }),
    ...(state !== undefined && { state: read.oneOf(state, 'state', STATES) }),
    ...(kernelState !== undefined && { kernelState: kernelStateOf(kernelJson, read) }),
    ...(enumerated !== undefined && {
      enumerated: isAbsolute(enumerated) ? enumerated : join(dirname(file), enumerated),
    }),
    ...(absent !== undefined && { absent: absentOf(absent, read) }),
    ...(devices !== undefined && { devices: devicesOf(devices, file, read) }),
  };
}

export function readScenario(path: string): Scenario {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UsageError(`${path}: cannot be read (${code === 'ENOENT' ? 'no such file' : code})`);
  }
  return parseScenario(text, path);
}
