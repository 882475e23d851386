// SPDX-License-Identifier: GPL-2.0-only
/** The part of the header that all Header Layouts have, and the title of a function in numbers. */
import type { ConfigBytes } from '../catalogue.ts';
import { layoutOfFunction } from '../function.ts';
import { type0 } from '../tables/header.ts';
import { hex } from './text.ts';
import { view } from './view.ts';

export const DEVSEL = ['fast', 'medium', 'slow', '??'] as const;

/** `0604: 8086:1901 (rev 05)`, as `lspci -n` has it behind the address; `(prog-if 02)` as `lspci -nv` adds it. */
export function title(config: ConfigBytes): string {
  const revision = config.u8(0x08);
  const progIf = config.u8(0x09);
  const ids = `${hex(config.u16(0x0a), 4)}: ${hex(config.u16(0x00), 4)}:${hex(config.u16(0x02), 4)}`;
  return `${ids}${revision ? ` (rev ${hex(revision, 2)})` : ''}${progIf ? ` (prog-if ${hex(progIf, 2)})` : ''}`;
}

/** Offset of the subsystem IDs: in the header, or in a bridge's capability; 0 where there are none. */
function subsystemOffset(config: ConfigBytes, headerType: number): number {
  if (headerType !== 1) return headerType === 0 ? 0x2c : 0x40;
  const capability = layoutOfFunction(config.bytes).blocks.find(({ id, extended }) => id === 0x0d && !extended);
  return capability ? capability.offset + 4 : 0;
}

function subsystem(config: ConfigBytes, headerType: number): string[] {
  const at = subsystemOffset(config, headerType);
  if (at === 0 || at + 4 > config.bytes.length) return [];
  const vendor = config.u16(at);
  return vendor === 0 || vendor === 0xffff ? [] : [`\tSubsystem: ${hex(vendor, 4)}:${hex(config.u16(at + 2), 4)}`];
}

/** A class code that does not go with the Header Layout. */
function mismatch(config: ConfigBytes, headerType: number): string[] {
  const code = config.u16(0x0a);
  const bridge = headerType === 0 ? code === 0x0604 : code >> 8 !== 0x06;
  return bridge ? [`\t!!! Invalid class ${hex(code, 4)} for header type ${hex(headerType, 2)}`] : [];
}

/** Latency Timer, the grants of conventional PCI, and Cache Line Size: they matter to a function that masters the bus. */
function latency(config: ConfigBytes, headerType: number): string[] {
  if ((config.u16(0x04) & 0x0004) === 0) return [];
  const inQuarterMicroseconds = (at: number) => (headerType === 0 ? config.u8(at) * 250 : 0);
  const grants = [['min', inQuarterMicroseconds(0x3e)] as const, ['max', inQuarterMicroseconds(0x3f)] as const].flatMap(
    ([name, ns]) => (ns ? [`${ns}ns ${name}`] : []),
  );
  const line = config.u8(0x0c) ? `, Cache Line Size: ${config.u8(0x0c) * 4} bytes` : '';
  return [`\tLatency: ${config.u8(0x0d)}${grants.length ? ` (${grants.join(', ')})` : ''}${line}`];
}

function interrupt(config: ConfigBytes): string[] {
  const pin = config.u8(0x3d);
  const line = config.u8(0x3c);
  if (pin === 0 && line === 0) return [];
  // Only 1 to 4 (A to D) are defined; lspci counts on in the character set.
  const name = pin > 0 && pin < 0x3f ? String.fromCharCode(0x40 + pin) : '?';
  return [`\tInterrupt: pin ${name} routed to IRQ ${line}`];
}

function bist(config: ConfigBytes): string[] {
  const register = view(config, type0, 0)('bist');
  if (!register.is('bistCapable')) return [];
  return register.is('startBist')
    ? ['\tBIST is running']
    : [`\tBIST result: ${hex(register.get('completionCode'), 2)}`];
}

/** From the subsystem to BIST; what is different in each Header Layout follows. */
export function showCommonHeader(config: ConfigBytes, headerType: number): string[] {
  const read = view(config, type0, 0);
  const status = read('status');
  const early = status.pick('capabilitiesList', 'capable66MHz', 'userDefinableFeatures');
  const late = status.flags(11, 15);
  return [
    ...subsystem(config, headerType),
    ...mismatch(config, headerType),
    `\tControl: ${read('command').flags()}`,
    `\tStatus: ${early} ${status.flags(7, 8)} DEVSEL=${DEVSEL[status.get('devselTiming') as 0 | 1 | 2 | 3]} ${late} ${status.flags(3, 3)}`,
    ...latency(config, headerType),
    ...interrupt(config),
    ...bist(config),
  ];
}
