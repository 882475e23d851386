// SPDX-License-Identifier: GPL-2.0-only
/**
 * Functions with random registers behind well-formed capability lists. Which capabilities there are, and how large, comes
 * from the catalogue: what is declared there is here.
 */
import {
  CAPABILITIES,
  type ConfigBytes,
  configBytes,
  EXTENDED_CAPABILITIES,
} from '../../../src/configspace/catalogue.ts';
import { CXL_DVSECS, CXL_VENDOR } from '../../../src/configspace/tables/cxl.ts';
import { pick, type Random, shuffled } from './random.ts';

interface Space {
  readonly bytes: Uint8Array;
  readonly config: ConfigBytes;
  readonly random: Random;
  u16(at: number, value: number): void;
  u32(at: number, value: number): void;
}

function space(random: Random): Space {
  const bytes = Uint8Array.from({ length: 0x1000 }, () => random(256));
  const view = new DataView(bytes.buffer);
  return {
    bytes,
    config: configBytes(bytes),
    random,
    u16: (at, value) => view.setUint16(at, value, true),
    u32: (at, value) => view.setUint32(at, value, true),
  };
}

/** What the registers of a capability must hold for it to be one that lspci gets to the end of. */
type Prepare = (space: Space, at: number) => void;

const EXPRESS = 0x10;
const PCI_X = 0x07;

/** Kinds of HyperTransport: both interfaces, the MSI mapping, and all others. */
const hyperTransport: Prepare = ({ bytes, random }, at) => {
  const type = pick(random, [0, 4 + random(4), 0x15, 8 + random(24)]);
  bytes[at + 3] = (bytes[at + 3]! & (type < 8 ? 0x1f : 7)) | (type << 3);
};

/** lspci reads two dwords of an entry and their upper halves, whatever the size says, and gives up where they are not read. */
const allocation: Prepare = ({ bytes, config, random }, at) => {
  let from = at + ((config.u8(0x0e) & 0x7f) === 1 ? 8 : 4);
  let entries = 0;
  for (const most = random(4); entries < most && from + 24 <= 0x100; entries++) {
    const halves = ((bytes[from + 4]! >> 1) & 1) + ((bytes[from + 8]! >> 1) & 1);
    const size = 2 + halves + random(2);
    bytes[from] = (bytes[from]! & 0xf8) | size;
    from += 4 + 4 * size;
  }
  bytes[at + 2] = entries;
};

/** lspci looks names up with codes that are not checked: those past the end of its tables are left out. */
const cxlRanges = ({ bytes, random }: Space, at: number): void => {
  for (const low of [at + 0x1c, at + 0x2c]) {
    bytes[low] = (bytes[low]! & 3) | (random(3) << 2) | (random(3) << 5);
    bytes[low + 1] = (bytes[low + 1]! & 0xe0) | random(8);
  }
};

const designated: Prepare = (s, at) => {
  const { random, u16, u32 } = s;
  if (random(4) === 0) return u32(at + 4, random(0x10000) + random(16) * 0x10000 + random(0x40) * 0x100000);
  const id = random(11);
  // lspci stops at a capability that is shorter than its registers.
  const least = id === 7 ? 0x20 : (CXL_DVSECS[id]?.[1] ?? 0x10);
  u16(at + 8, id);
  u32(at + 4, CXL_VENDOR + random(3) * 0x10000 + (least + 4 * random(8)) * 0x100000);
  if (id === 0) cxlRanges(s, at);
};

const express: Prepare = ({ u16, random }, at) => {
  const type = random(8) === 0 ? random(16) : pick(random, [0, 1, 4, 5, 6, 7, 8, 9, 10]);
  u16(at + 2, random(2) * 0x100 + type * 0x10 + 1 + random(2) + random(32) * 0x200);
};

const PREPARE: Readonly<Record<number, Prepare>> = {
  0x08: hyperTransport,
  0x09: ({ bytes, random }, at) => {
    bytes[at + 2] = 3 + random(0x16);
    bytes[at + 3] = random(7);
  },
  [EXPRESS]: express,
  0x14: allocation,
};

const PREPARE_EXTENDED: Readonly<Record<number, Prepare>> = {
  0x0005: ({ bytes, random }, at) => {
    bytes[at + 5] = random(4);
  },
  0x000b: ({ u16, random }, at) => u16(at + 6, random(16) + random(0x40) * 0x10),
  0x0023: designated,
};

const aligned = (size: number): number => Math.ceil(size / 4) * 4;

function header(s: Space): number {
  const { bytes, u16, random } = s;
  const headerType = pick(random, [0, 0, 0, 1, 1, 2]);
  bytes[0x0e] = headerType + 0x80 * random(2);
  u16(0x0a, [0x0200, 0x0604, 0x0607][headerType]!);
  if (random(4) === 0) {
    u16(0, 0x1af4);
    u16(2, 0x1000 + random(0x80));
  }
  bytes[0x06]! |= 0x10;
  bytes[0x3d] = random(5);
  if (headerType === 1 && random(8) !== 0) {
    // Ranges of a known type; the others end in an error line.
    for (const at of [0x1c, 0x1d]) bytes[at]! &= 0xf0;
    for (const at of [0x20, 0x22, 0x24, 0x26]) bytes[at]! &= 0xf0;
    for (const at of [0x24, 0x26]) bytes[at]! |= 1;
  }
  return headerType;
}

/** Chains as many of the capabilities as there is room for, the ones that lead on to extended config space first. */
function conventionalList(s: Space, headerType: number): void {
  const { bytes, config, random } = s;
  const all = [0, ...Object.keys(CAPABILITIES).map(Number)].filter((id) => headerType !== 2 || id !== PCI_X);
  const first = random(8) === 0 ? [] : [random(6) === 0 && headerType !== 2 ? PCI_X : EXPRESS];
  let at = headerType === 2 ? 0x48 : 0x40;
  let pointer = headerType === 2 ? 0x14 : 0x34;
  for (const id of new Set([...first, ...shuffled(random, all)])) {
    if (at + 4 > 0x100) break;
    PREPARE[id]?.(s, at);
    const size = aligned(CAPABILITIES[id]?.block?.(config, at).size ?? 4);
    if (at + size > 0x100) continue;
    bytes[pointer] = at;
    bytes[at] = id;
    pointer = at + 1;
    at += size;
  }
  bytes[pointer] = 0;
}

function extendedList(s: Space): void {
  const { config, u16, random } = s;
  const ids = shuffled(random, Object.keys(EXTENDED_CAPABILITIES).map(Number)).slice(0, 8 + random(32));
  let at = 0x100;
  let previous = 0;
  for (const id of ids) {
    PREPARE_EXTENDED[id]?.(s, at);
    u16(at, id);
    u16(at + 2, 1 + random(2));
    const size = aligned(EXTENDED_CAPABILITIES[id]?.block?.(config, at).size ?? 4 + 4 * random(4));
    if (at + size + 4 > 0x1000) break;
    if (previous) u16(previous + 2, (config.u16(previous + 2) & 0xf) + at * 0x10);
    previous = at;
    at += size;
  }
  s.u32(previous === 0 ? 0x100 : previous, config.u32(previous === 0 ? 0x100 : previous) % 0x100000);
}

/** Config space of 4096 bytes. */
export function randomFunction(random: Random): Uint8Array {
  const s = space(random);
  const headerType = header(s);
  conventionalList(s, headerType);
  extendedList(s);
  return s.bytes;
}
