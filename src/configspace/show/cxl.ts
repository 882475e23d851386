// SPDX-License-Identifier: GPL-2.0-only
/** Designated vendor-specific capabilities, and those of CXL. */
import { designatedVendor } from '../forms.ts';
import type { Block } from '../registers.ts';
import { CXL_VENDOR } from '../tables/cxl.ts';
import { designatedVendorSpecific } from '../tables/resources.ts';
import type { Printer, Shown } from './shown.ts';
import { hex } from './text.ts';
import { type RegisterView, view } from './view.ts';

type Read = (name: string) => RegisterView;

const MEDIA = ['Volatile', 'Non-volatile', 'CDAT'];
const CLASSES = ['DRAM', 'Storage', 'CDAT'];
/** Bytes by the code of the interleave. */
const INTERLEAVES = [0, 256, 4096, 512, 1024, 2048, 8192, 16384];

const wide = (read: Read, high: string, low: number): bigint => BigInt(read(high).value) * 0x100000000n + BigInt(low);

function range(read: Read, n: 1 | 2): string[] {
  const low = read(`range${n}SizeLow`);
  const size = wide(read, `range${n}SizeHigh`, low.get('size') * 2 ** 28);
  const base = wide(read, `range${n}BaseHigh`, read(`range${n}BaseLow`).value);
  const end = BigInt.asUintN(64, base + size - 1n);
  const type = MEDIA[low.get('mediaType')] ?? `??${low.get('mediaType')}`;
  const kind = CLASSES[low.get('memoryClass')] ?? `??${low.get('memoryClass')}`;
  const interleave = INTERLEAVES[low.get('desiredInterleave')] ?? `??${low.get('desiredInterleave')}`;
  return [
    `Range${n}: ${hex(base, 16)}-${hex(end, 16)}`,
    `\t${low.flags()} Type=${type} Class=${kind} interleave=${interleave} timeout=${4 ** low.get('activeTimeout')}s`,
  ];
}

/** Bytes by the unit of the cache size. */
const CACHE_UNITS: Readonly<Record<number, number>> = { 1: 0x10000, 2: 0x100000 };

function cacheSize(capability: RegisterView): string {
  const [unit, size] = [capability.get('cacheSizeUnit'), capability.get('cacheSize')];
  if (unit === 0) return 'Cache Size Not Reported';
  const bytes = CACHE_UNITS[unit];
  return bytes ? `Cache Size: ${hex(size * bytes, 8)}` : `Cache Size: ${size} of unknown unit size (${unit})`;
}

function device(read: Read, revision: number): string[] {
  // The registers of CXL 1.1 were others.
  if (revision < 1) return [];
  const [cap, ctl] = [read('capability'), read('control')];
  const filter = `Cache SF Cov ${ctl.get('cacheSnoopFilterCoverage')} Cache SF Gran ${ctl.get('cacheSnoopFilterGranularity')}`;
  return [
    `CXLCap:\t${cap.flags(0, 3)} HDMCount ${cap.get('hdmCount')} ${cap.flags(14)}`,
    `CXLCtl:\t${ctl.flags(0, 2)} ${filter} ${ctl.flags(11)}`,
    `CXLSta:\t${read('status').flags()}`,
    `CXLSta2:\t${read('status2').flags()}`,
    cacheSize(read('capability2')),
    ...range(read, 1),
    ...range(read, 2),
  ];
}

function port(read: Read): string[] {
  const byte = (name: string) => hex(read(name).value, 2);
  const word = (name: string) => hex(read(name).value, 4);
  return [
    `CXLPortSta:\t${read('portStatus').flags()}`,
    `CXLPortCtl:\t${read('portControl').flags()}`,
    `AlternateBus:\t${byte('alternateBusBase')}-${byte('alternateBusLimit')}`,
    `AlternateMem:\t${word('alternateMemoryBase')}-${word('alternateMemoryLimit')}`,
  ];
}

/** A time by its base and the code of its scale: `10us`; codes above 7 are reserved. */
function time(base: number, scale: number): { text: string; reserved: string[] } {
  const reserved = scale > 7;
  const unit = reserved ? '<?>' : ['us', 'ms', 's'][Math.floor(scale / 3)];
  return {
    text: `${reserved ? base : base * 10 ** (scale % 3)}${unit}`,
    reserved: reserved ? [`Reserved time scale encoding ${scale.toString(16)}`] : [],
  };
}

function flushPort(read: Read): string[] {
  return [1, 2].flatMap((phase) => {
    const control = read(`phase${phase}Control`);
    const { text, reserved } = time(control.get('timeoutBase'), control.get('timeoutScale'));
    return [...reserved, `GPF Phase ${phase} Timeout: ${text}`];
  });
}

function flushDevice(read: Read): string[] {
  const duration = read('phase2Duration');
  const { text, reserved } = time(duration.get('timeBase'), duration.get('timeScale'));
  return [...reserved, `GPF Phase 2 Duration: ${text}`, `GPF Phase 2 Power: ${read('phase2Power').value}mW`];
}

function flexBus(read: Read, revision: number, block: Block): string[] {
  if (revision < 1) return [`Revision ${revision} not supported`];
  const later = revision > 1;
  const [cap, ctl, sta] = [read('capability'), read('control'), read('status')];
  const flits = (r: RegisterView) => (later ? ` ${r.flags(13, 14)}` : '');
  return [
    `FBCap:\t${cap.flags(0, 6)}${flits(cap)}`,
    `FBCtl:\t${ctl.flags(0, 9)}${flits(ctl)}`,
    `FBSta:\t${sta.flags(0, 6)}${flits(sta)}`,
    `FBModTS:\tReceived FB Data: ${hex(read('receivedModifiedTsData').get('data'), 6)}`,
    ...(later && block.registers['capability2']
      ? [
          `FBCap2:\t${read('capability2').flags()}`,
          `FBCtl2:\t${read('control2').flags()}`,
          `FBSta2:\tNOPHintInfo: ${read('status2').get('nopHintInfo')}`,
        ]
      : []),
  ];
}

const LOCATED = ['empty', 'component registers', 'BAR virtualization', 'CXL device registers', 'CPMU registers'];

function locator(read: Read, block: Block): string[] {
  const lines: string[] = [];
  for (let n = 1; block.registers[`block${n}Low`] !== undefined; n++) {
    const low = read(`block${n}Low`);
    const id = low.get('identifier');
    if (id === 0) continue;
    const name = LOCATED[id] ?? (id === 0xff ? 'vendor-specific' : '<?>');
    const offset = hex(wide(read, `block${n}High`, low.get('offset') * 0x10000), 16);
    lines.push(`Block${n}: BIR: bar${low.get('bir')}, ID: ${name}, offset: ${offset}`);
  }
  return lines;
}

function logicalDevices(read: Read): string[] {
  const number = read('logicalDevices').value;
  // More than 16 are reserved.
  return number > 0 && number <= 16 ? [`NumLogDevs: ${number}`] : [];
}

const functionMap = (read: Read): string[] =>
  Array.from({ length: 8 }, (_, n) => `FuncMap ${n}: ${hex(read(`functionMap${n}`).value, 8)}`);

function cxl({ config, at }: Shown, id: number, revision: number, length: number): string[] {
  const block = designatedVendor(config, at);
  const read: Read = view(config, block, at);
  const lines: Readonly<Record<number, readonly [own: string, lines: () => string[]]>> = {
    0: ['capability2', () => device(read, revision)],
    2: ['functionMap0', () => functionMap(read)],
    3: ['portControl', () => port(read)],
    4: ['phase1Control', () => flushPort(read)],
    5: ['phase2Power', () => flushDevice(read)],
    7: ['capability', () => flexBus(read, revision, block)],
    8: ['dvsecHeader2', () => locator(read, block)],
    9: ['logicalDevices', () => logicalDevices(read)],
  };
  const known = lines[id];
  if (known === undefined) return [`Unknown ID ${hex(id, 4)}`];
  // A capability that is too short for its registers has none of them.
  return length > 0 && block.registers[known[0]] !== undefined ? known[1]() : [];
}

/** The shortest DVSEC that lspci takes for one of CXL. */
const SHORTEST = 16;

export const showDesignatedVendorSpecific: Printer = (shown) => {
  const { config, at, has } = shown;
  if (!has(4, 8)) return ['Designated Vendor-Specific: <unreadable>'];
  const read = view(config, designatedVendorSpecific, at);
  const header = read('dvsecHeader1');
  const [vendor, id, revision, length] = [
    header.get('vendorId'),
    read('dvsecHeader2').value,
    header.get('revision'),
    header.get('length'),
  ];
  const title = `Designated Vendor-Specific: Vendor=${hex(vendor, 4)} ID=${hex(id, 4)} Rev=${revision} Len=${length}`;
  if (vendor !== CXL_VENDOR || length < SHORTEST) return [`${title} <?>`];
  return [`${title}: CXL`, ...(has(0, length) ? cxl(shown, id, revision, length) : [])];
};
