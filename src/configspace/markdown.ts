// SPDX-License-Identifier: GPL-2.0-only
/** The reference of all declared registers, as Markdown: what docs/registers.md is made of. */

import { CAPABILITIES, type CatalogueEntry, configBytes, EXTENDED_CAPABILITIES } from './catalogue.ts';
import { type Block, block, type Field, inOrder, type Register, ROLES, type Role } from './registers.ts';
import { registerName } from './show/names.ts';
import { enhancedAllocation } from './tables/allocation.ts';
import { capabilityHeader, extendedCapabilityHeader } from './tables/capability.ts';
import { rootComplexLink } from './tables/complex.ts';
import { containmentWithPrefixLogs } from './tables/containment.ts';
import { pciXBridge, pciXBridgeWithEcc, pciXWithEcc } from './tables/conventional.ts';
import { CXL_DVSECS } from './tables/cxl.ts';
import { type0, type1, type2, withBars } from './tables/header.ts';
import { hyperTransportMsiMapping, hyperTransportOther, hyperTransportSecondary } from './tables/hypertransport.ts';
import { messageSignaledInterrupts, msiXTableEntry } from './tables/interrupts.ts';
import { sataHba, virtioStructure } from './tables/legacy.ts';
import { integrityAndDataEncryption } from './tables/security.ts';
import { accessControlServices } from './tables/virtualization.ts';

export interface Declared {
  /** `10h`, `0001h`, or empty for a header. */
  readonly id: string;
  readonly block: Block;
}

const NOTHING = configBytes(new Uint8Array(0));

/** BARs as type 0 headers have them where they are no memory BARs of 32 bits. */
const { bar0: ioBar, bar1: lowerHalf, bar2: upperHalf } = withBars(type0, 'bar', ['io', 'memory', 'upper']).registers;
const otherBars = block('Base Address Registers', 0x1c, {
  bar0: ioBar!,
  bar1: { ...lowerHalf!, lspci: 'BAR 1 of 64 bits' },
  bar2: { ...upperHalf!, lspci: 'BAR 1 upper' },
});

const ENTRY_OF_64_BITS = { size: 4, base64: true, offset64: true } as const;

/** Forms that blocks take other than the one for bytes of 0, which the catalogue has. */
const FORMS: readonly (readonly [id: string, blocks: readonly Block[]])[] = [
  ['', [otherBars]],
  ['05h', [messageSignaledInterrupts(true, true)]],
  ['07h', [pciXWithEcc, pciXBridge, pciXBridgeWithEcc]],
  ['08h', [hyperTransportSecondary, hyperTransportMsiMapping(false), hyperTransportOther]],
  ['09h', [virtioStructure(0x14, 2), virtioStructure(0x14, 5)]],
  ['11h', [msiXTableEntry]],
  ['12h', [sataHba(true)]],
  ['14h', [enhancedAllocation(true, [ENTRY_OF_64_BITS])]],
  ['0005h', [rootComplexLink(1)]],
  ['000dh', [accessControlServices(true)]],
  ['001dh', [containmentWithPrefixLogs(4)]],
  ['0023h', Object.values(CXL_DVSECS).map(([make, least]) => make(least))],
  ['0030h', [integrityAndDataEncryption(1)]],
];

const listed = (table: Readonly<Record<number, CatalogueEntry>>, digits: number): Declared[] =>
  Object.entries(table).flatMap(([id, entry]) => {
    const block = entry.block?.(NOTHING, 0);
    return block ? [{ id: `${Number(id).toString(16).padStart(digits, '0')}h`, block }] : [];
  });

/** Every declared block once per form that it has: the headers, the capabilities, the extended capabilities. */
export const declaredBlocks = (): Declared[] => [
  ...[type0, type1, type2, capabilityHeader, extendedCapabilityHeader].map((block) => ({ id: '', block })),
  ...listed(CAPABILITIES, 2),
  ...listed(EXTENDED_CAPABILITIES, 4),
  ...FORMS.flatMap(([id, blocks]) => blocks.map((block) => ({ id, block }))),
];

const bits = ({ msb, lsb }: Field): string => (msb === lsb ? String(lsb) : `${msb}:${lsb}`);

const EVERY_ROLE: readonly Role[] = [...Object.values(ROLES), 'conventional'];

/** The roles that are there, or those that are missing, whichever is shorter. */
function namesOf(on: readonly Role[]): string {
  const others = EVERY_ROLE.filter((role) => !on.includes(role));
  return others.length < on.length ? `all but ${others.join(', ')}` : on.join(', ');
}

const roles = (...lists: (readonly Role[] | undefined)[]): string =>
  lists.flatMap((on) => (on ? [namesOf(on)] : [])).join('; ') || 'all';

function access(f: Field): string {
  const notes = [f.action && 'starts an action', f.flrKeeps && 'kept by FLR', f.live && 'live'].filter(Boolean);
  return [f.access, ...notes].join(', ');
}

function conditions({ on, minVersion, slot }: Register): string {
  const notes = [on && `on ${on.join(', ')}`, minVersion && `from version ${minVersion}`, slot && 'with a slot'];
  const all = notes.filter(Boolean);
  return all.length ? ` (${all.join('; ')})` : '';
}

/** One block: a heading, and a table with a row for each field. */
export function markdownOf({ id, block }: Declared): string {
  const lines = [`## ${block.title}${id ? ` (${id})` : ''}`, ''];
  lines.push(
    '| offset | register | bits | field | lspci | access | reset | roles |',
    '|---|---|---|---|---|---|---|---|',
  );
  for (const [name, register] of inOrder(block.registers, (r) => r.offset)) {
    const offset = `${register.offset.toString(16).padStart(2, '0')}h`;
    const title = `${registerName(name, register)}${conditions(register)}`;
    const fields = inOrder(register.fields, (f) => f.lsb);
    if (fields.length === 0) lines.push(`| ${offset} | ${title} | | | | | | |`);
    for (const [field, f] of fields) {
      const reset = f.impl ? 'implementation' : (f.reset ?? 0).toString(16);
      const cells = [offset, title, bits(f), `\`${field}\``, f.lspci ?? '', access(f), reset, roles(register.on, f.on)];
      lines.push(`| ${cells.join(' | ')} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The whole reference. */
export const registerReference = (): string => declaredBlocks().map(markdownOf).join('\n');
