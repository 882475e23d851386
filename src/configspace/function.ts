// SPDX-License-Identifier: GPL-2.0-only
/** What stands where in the config space of one function: its header and its capabilities, found by walking the bytes. */
import { CAPABILITIES, type ConfigBytes, configBytes, EXTENDED_CAPABILITIES } from './catalogue.ts';
import { type Form, singleRoot, type0Header, type1Header } from './forms.ts';
import { type Block, ROLES, type Role, select, type Variant } from './registers.ts';
import { type2 } from './tables/header.ts';

/** A block and where it begins. */
export interface PlacedBlock {
  readonly title: string;
  readonly offset: number;
  /** Capability ID; undefined for the header. */
  readonly id?: number;
  /** In extended config space (from 100h on). */
  readonly extended: boolean;
  /** Version of an extended capability, of PCI Express, or of power management; 0 where there is none. */
  readonly version: number;
  /** Registers that this function has; absent for a capability of which only the name, or nothing, is known. */
  readonly block?: Block;
}

/** Something odd in the bytes, at an offset. */
export interface Oddity {
  readonly offset: number;
  readonly text: string;
  /** A note tells what was assumed; a warning says that something is wrong. */
  readonly severity: 'note' | 'warning';
}

export interface FunctionLayout {
  /** Header Layout: 0 device, 1 bridge, 2 CardBus bridge; others are reserved. */
  readonly headerType: number;
  readonly variant: Variant;
  /** Offset of the PCI Express capability, 0 where there is none. */
  readonly express: number;
  /** The header first, then the capabilities in the order of their lists. */
  readonly blocks: readonly PlacedBlock[];
  readonly oddities: readonly Oddity[];
}

/** Config space of a function with nothing above its first 64 or 256 bytes ends there. */
const END_OF_CONVENTIONAL = 0x100;
const FIRST_CAPABILITY = 0x40;
const EXTENDED_HEADER_SIZE = 4;

interface Found {
  readonly id: number;
  readonly offset: number;
  readonly version: number;
}

const hex = (n: number): string => n.toString(16).padStart(2, '0');

/** Follows the capability list as lspci and the kernel do, and ends on loops and on pointers that lead nowhere. */
function walkCapabilities(config: ConfigBytes, headerType: number, oddities: Oddity[]): Found[] {
  if ((config.u16(0x06) & 0x0010) === 0) return [];
  const found: Found[] = [];
  const seen = new Set<number>();
  let from = headerType === 2 ? 0x14 : 0x34;
  let at = config.u8(from);
  while (at !== 0) {
    const odd = (text: string, severity: Oddity['severity'] = 'warning') =>
      oddities.push({ offset: from, text, severity });
    at &= 0xfc;
    if (at === 0) break;
    if (at < FIRST_CAPABILITY) {
      const which = from < FIRST_CAPABILITY ? 'capabilities pointer' : `capability at ${hex(from - 1)}: next pointer`;
      odd(`${which} ${hex(at)} is inside the header`);
      break;
    }
    if (at + 2 > config.bytes.length) {
      odd(`capabilities from ${hex(at)} on are not in the dump (${config.bytes.length} of 256 bytes)`, 'note');
      break;
    }
    if (seen.has(at)) {
      odd(`capability list loops at ${hex(at)}`);
      break;
    }
    seen.add(at);
    const id = config.u8(at);
    if (id === 0xff) {
      odd(`capability at ${hex(at)} reads ff: end of list`);
      break;
    }
    const version = id === 0x10 ? config.u8(at + 2) & 0xf : id === 0x01 ? config.u8(at + 2) & 7 : 0;
    found.push({ id, offset: at, version });
    from = at + 1;
    at = config.u8(from);
  }
  return found;
}

function walkExtendedCapabilities(config: ConfigBytes, oddities: Oddity[]): Found[] {
  const found: Found[] = [];
  const seen = new Set<number>();
  let from = END_OF_CONVENTIONAL;
  let at = END_OF_CONVENTIONAL;
  while (at + EXTENDED_HEADER_SIZE <= config.bytes.length) {
    const header = config.u32(at);
    if (header === 0 || header === 0xffffffff) break;
    if (seen.has(at)) {
      oddities.push({ offset: from, text: `extended capability list loops at ${hex(at)}`, severity: 'warning' });
      break;
    }
    seen.add(at);
    // A null capability (ID 0) only holds the place of the first one.
    if ((header & 0xffff) !== 0) found.push({ id: header & 0xffff, offset: at, version: (header >>> 16) & 0xf });
    const next = Math.floor(header / 0x100000) & 0xffc;
    if (next === 0) break;
    from = at;
    if (next < END_OF_CONVENTIONAL) {
      const text = `extended capability at ${hex(at)}: next pointer ${hex(next)} is below 100`;
      oddities.push({ offset: at, text, severity: 'warning' });
      break;
    }
    if (next + EXTENDED_HEADER_SIZE > config.bytes.length && config.bytes.length > END_OF_CONVENTIONAL)
      oddities.push({ offset: at, text: `extended capability at ${hex(next)} is not in the dump`, severity: 'note' });
    at = next;
  }
  return found;
}

const HEADERS: Readonly<Record<number, Form>> = { 0: type0Header, 1: type1Header, 2: () => type2 };

/**
 * The catalogue has VF BARs as they are described, a register each; of a function that is there, the bytes say which of them
 * is the upper half of another, as they do of the BARs in its header.
 */
const SR_IOV = 0x0010;

/** What reads as all-ones is not a function but the absence of one. */
const isGone = (bytes: Uint8Array): boolean => bytes.length > 0 && bytes.every((byte) => byte === 0xff);

const GONE: FunctionLayout = {
  headerType: 0x7f,
  variant: { role: 'conventional', version: 0, slot: false },
  express: 0,
  blocks: [],
  oddities: [{ offset: 0, text: 'all ff: the device is gone, and is skipped', severity: 'warning' }],
};

/**
 * Reads the layout of a function from its config space: `bytes` holds 64, 256 or 4096 bytes, or what a dump had of them.
 * Never throws: whatever is odd in the bytes is told in `oddities`.
 */
export function layoutOfFunction(bytes: Uint8Array): FunctionLayout {
  const config = configBytes(bytes);
  const oddities: Oddity[] = [];
  if (isGone(bytes)) return GONE;
  const headerType = config.u8(0x0e) & 0x7f;
  const list = walkCapabilities(config, headerType, oddities);
  const extended = walkExtendedCapabilities(config, oddities);

  const expressFound = list.find(({ id }) => id === 0x10);
  const flags = expressFound ? config.u16(expressFound.offset + 2) : 0;
  const type = (flags >> 4) & 0xf;
  const role: Role = expressFound ? (ROLES[type] ?? 'endpoint') : 'conventional';
  if (expressFound && !ROLES[type])
    oddities.push({
      offset: expressFound.offset + 2,
      text: `Device/Port Type ${type} is reserved`,
      severity: 'warning',
    });
  const slot = (flags & 0x0100) !== 0;

  const blocks: PlacedBlock[] = [];
  const header = HEADERS[headerType]?.(config, 0);
  if (header) {
    const block = select(header, { role, version: 0, slot });
    blocks.push({ title: header.title, offset: 0, extended: false, version: 0, block });
  } else oddities.push({ offset: 0x0e, text: `unknown header type ${hex(headerType)}`, severity: 'warning' });

  const place = ({ id, offset, version }: Found, isExtended: boolean): void => {
    const entry = (isExtended ? EXTENDED_CAPABILITIES : CAPABILITIES)[id];
    const end = isExtended ? 0x1000 : END_OF_CONVENTIONAL;
    const title = entry?.title ?? `unknown capability ${isExtended ? id.toString(16).padStart(4, '0') : hex(id)}`;
    const form = isExtended && id === SR_IOV ? singleRoot : entry?.block;
    const declared = form?.(config, offset);
    if (!declared) {
      const text = `${title} at ${hex(offset)} is not modelled: it keeps its bytes and is read-only`;
      oddities.push({ offset, text, severity: 'note' });
      blocks.push({ title, offset, id, extended: isExtended, version });
      return;
    }
    const block = select(declared, { role, version: version || 1, slot });
    const last = Math.max(0, ...Object.values(block.registers).map((r) => r.offset + r.size));
    if (offset + last > end)
      oddities.push({
        offset,
        text: `${title} capability at ${hex(offset)} runs past ${hex(end - 1)}`,
        severity: 'warning',
      });
    if (id === 0x10 && !isExtended && offset !== expressFound?.offset)
      oddities.push({ offset, text: `second PCI Express capability at ${hex(offset)}`, severity: 'warning' });
    // The forms of some capabilities have names of their own.
    blocks.push({ title: declared.title, offset, id, extended: isExtended, version, block });
  };
  for (const found of list) place(found, false);
  for (const found of extended) place(found, true);

  return {
    headerType,
    variant: { role, version: expressFound?.version ?? 0, slot },
    express: expressFound?.offset ?? 0,
    blocks,
    oddities,
  };
}
