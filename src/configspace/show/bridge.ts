// SPDX-License-Identifier: GPL-2.0-only
/** Headers of bridges: type 1 (PCI to PCI) and type 2 (CardBus). */
import type { ConfigBytes } from '../catalogue.ts';
import { type1, type2 } from '../tables/header.ts';
import { DEVSEL } from './header.ts';
import { showBars, showRom, showWindow } from './regions.ts';
import { hex } from './text.ts';
import { view } from './view.ts';

function buses(config: ConfigBytes): string {
  const [primary, secondary, subordinate] = [0x18, 0x19, 0x1a].map((at) => hex(config.u8(at), 2));
  return `\tBus: primary=${primary}, secondary=${secondary}, subordinate=${subordinate}, sec-latency=${config.u8(0x1b)}`;
}

function ioWindow(config: ConfigBytes): string {
  const read = view(config, type1, 0);
  const [base, limit] = [read('ioBase'), read('ioLimit')];
  const kind = base.get('capability');
  if (kind !== limit.get('capability') || kind > 1)
    return `\t!!! Unknown I/O range types ${base.value.toString(16)}/${limit.value.toString(16)}`;
  const upper = (name: 'ioBaseUpper' | 'ioLimitUpper') => (kind ? BigInt(read(name).value) << 16n : 0n);
  const from = upper('ioBaseUpper') + (BigInt(base.get('base')) << 12n);
  const to = upper('ioLimitUpper') + (BigInt(limit.get('limit')) << 12n) + 0xfffn;
  return showWindow('I/O', from, to, kind ? 32 : 16);
}

function memoryWindow(config: ConfigBytes): string {
  const [base, limit] = [config.u16(0x20), config.u16(0x22)];
  if ((base & 0xf) !== 0 || (limit & 0xf) !== 0)
    return `\t!!! Unknown memory range types ${base.toString(16)}/${limit.toString(16)}`;
  return showWindow('Memory', BigInt(base) << 16n, (BigInt(limit) << 16n) + 0xfffffn, 32);
}

function prefetchableWindow(config: ConfigBytes): string {
  const read = view(config, type1, 0);
  const [base, limit] = [read('prefetchableMemoryBase'), read('prefetchableMemoryLimit')];
  const kind = base.get('capability');
  if (kind !== limit.get('capability') || kind > 1)
    return `\t!!! Unknown prefetchable memory range types ${base.value.toString(16)}/${limit.value.toString(16)}`;
  const upper = (name: 'prefetchableBaseUpper' | 'prefetchableLimitUpper') =>
    kind ? BigInt(read(name).value) << 32n : 0n;
  const from = upper('prefetchableBaseUpper') + (BigInt(base.get('address')) << 20n);
  const to = upper('prefetchableLimitUpper') + (BigInt(limit.get('address')) << 20n) + 0xfffffn;
  return showWindow('Prefetchable memory', from, to, kind ? 64 : 32);
}

/** A type 1 header after its common part. */
export function showBridge(config: ConfigBytes): string[] {
  const read = view(config, type1, 0);
  const secondary = read('secondaryStatus');
  const control = read('bridgeControl');
  const devsel = DEVSEL[secondary.get('devselTiming') as 0 | 1 | 2 | 3];
  return [
    ...showBars(config, 1),
    buses(config),
    ioWindow(config),
    memoryWindow(config),
    prefetchableWindow(config),
    `\tSecondary status: ${secondary.flags(0, 8)} DEVSEL=${devsel} ${secondary.flags(11, 15)}`,
    ...showRom(config, 0x38),
    `\tBridgeCtl: ${control.flags(0, 7)}`,
    `\t\t${control.flags(8, 11)}`,
  ];
}

/** A type 2 header after its common part. */
export function showCardBus(config: ConfigBytes): string[] {
  const read = view(config, type2, 0);
  const command = config.u16(0x04);
  const control = read('bridgeControl');
  const windows: string[] = [];
  for (const n of [0, 1] as const) {
    const [base, limit] = [read(`memoryBase${n}`).value, read(`memoryLimit${n}`).value];
    const disabled = command & 2 ? '' : ' [disabled]';
    const prefetchable = control.is(`prefetchMemory${n}`) ? ' (prefetchable)' : '';
    windows.push(`\tMemory window ${n}: ${hex(base, 8)}-${hex((limit + 0xfff) >>> 0, 8)}${disabled}${prefetchable}`);
  }
  for (const n of [0, 1] as const) {
    const [base, limit] = [read(`ioBase${n}`), read(`ioLimit${n}`)];
    // Bit 0 of the base tells a 32-bit window from a 16-bit one, whose upper halves do not count.
    const decoded = (value: number) => (base.value & 1 ? value - (value & 3) : value & 0xfffc);
    const disabled = command & 1 ? '' : ' [disabled]';
    windows.push(
      `\tI/O window ${n}: ${hex(decoded(base.value), 8)}-${hex((decoded(limit.value) + 3) >>> 0, 8)}${disabled}`,
    );
  }
  // The header of a CardBus bridge is longer than 64 bytes.
  const complete = config.bytes.length >= 0x80;
  const legacy = complete ? config.u16(0x44) : 0;
  return [
    ...showBars(config, 2),
    buses(config),
    ...windows,
    ...(read('secondaryStatus').is('receivedSystemError') ? ['\tSecondary status: SERR'] : []),
    `\tBridgeCtl: ${control.pick('parityErrorResponse', 'serrEnable', 'isaEnable', 'vgaEnable', 'masterAbortMode')} ${control.flags(6, 10)}`,
    ...(legacy ? [`\t16-bit legacy interface ports at ${hex(legacy, 4)}`] : []),
    ...(complete ? [] : ['\t<access denied to the rest>']),
  ];
}
