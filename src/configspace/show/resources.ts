// SPDX-License-Identifier: GPL-2.0-only
/** VC, resizable BARs, PTM, TPH, multicast, vendor-specific capabilities. */
import type { Block } from '../registers.ts';
import {
  multicast,
  precisionTimeMeasurement,
  resizableBar,
  tphRequester,
  virtualChannel,
} from '../tables/resources.ts';
import { type Printer, titled } from './shown.ts';
import { hex } from './text.ts';
import { sign, view } from './view.ts';

/** Arbitration schemes by the bit of the capability and by the code that selects them; the others are reserved. */
const PORT_SCHEMES = ['Fixed', 'WRR32', 'WRR64', 'WRR128'];
const VC_SCHEMES = ['Fixed', 'WRR32', 'WRR64', 'WRR128', 'TWRR128', 'WRR256'];

const scheme = (names: readonly string[], n: number): string => names[n] ?? `??${n}`;

/** `Fixed+ WRR32-`: known schemes always, reserved ones when their bit is set. */
const schemes = (names: readonly string[], bits: number): string =>
  Array.from({ length: 8 }, (_, n) => n)
    .filter((n) => n < names.length || (bits >> n) & 1)
    .map((n) => `${scheme(names, n)}${sign(((bits >> n) & 1) !== 0)}`)
    .join(' ');

export const showVirtualChannel: Printer = ({ config, at, has }) =>
  titled('Virtual Channel', has(4, 0x18), () => {
    const extended = config.u8(at + 4) & 7;
    const block: Block = virtualChannel('Virtual Channel', extended);
    const read = view(config, block, at);
    const [cap1, cap2] = [read('portVcCapability1'), read('portVcCapability2')];
    const clock = cap1.get('referenceClock') ? `??${cap1.get('referenceClock')}` : '100ns';
    const table = cap2.get('vcArbitrationTableOffset');
    const lines = [
      `Caps:\tLPEVC=${cap1.get('lowPriorityExtendedVcCount')} RefClk=${clock} PATEntryBits=${2 ** cap1.get('portArbitrationTableEntrySize')}`,
      `Arb:\t${schemes(PORT_SCHEMES, cap2.get('vcArbitrationCapability'))}`,
      `Ctrl:\tArbSelect=${scheme(PORT_SCHEMES, read('portVcControl').get('vcArbitrationSelect'))}`,
      `Status:\t${read('portVcStatus').flags()}`,
      ...(table ? [`Port Arbitration Table [${(at + 16 * table).toString(16)}] <?>`] : []),
    ];
    for (let n = 0; n <= extended; n++) {
      if (!has(0x10 + 12 * n, 12)) {
        lines.push(`VC${n}:\t<unreadable>`);
        continue;
      }
      const [cap, ctl] = [read(`vcResourceCapability${n}`), read(`vcResourceControl${n}`)];
      const offset = cap.get('portArbitrationTableOffset');
      const map = hex(ctl.get('tcMap') * 2 + ctl.get('tc0Map'), 2);
      const select = scheme(VC_SCHEMES, ctl.get('portArbitrationSelect'));
      lines.push(
        `VC${n}:\tCaps:\tPATOffset=${hex(offset, 2)} MaxTimeSlots=${cap.get('maximumTimeSlots') + 1} ${cap.flags()}`,
        `\tArb:\t${schemes(VC_SCHEMES, cap.get('portArbitrationCapability'))}`,
        `\tCtrl:\t${ctl.flags(31)} ID=${ctl.get('vcId')} ArbSelect=${select} TC/VC=${map}`,
        `\tStatus:\t${read(`vcResourceStatus${n}`).pick('vcNegotiationPending', 'portArbitrationTableStatus')}`,
        ...(offset ? ['\tPort Arbitration Table <?>'] : []),
      );
    }
    return lines;
  });

/** The size with code `n`: 2^n MB. */
function barSize(n: number): string {
  const unit = ['MB', 'GB', 'TB', 'PB', 'EB'][Math.floor(n / 10)];
  return unit === undefined || n > 43 ? '<unknown>' : `${2 ** (n % 10)}${unit}`;
}

const bitsSet = (bits: number): number[] =>
  Array.from({ length: 32 }, (_, n) => n).filter((n) => Math.floor(bits / 2 ** n) % 2 === 1);

const showSizes =
  (title: string): Printer =>
  ({ config, at, has }) => {
    const lines = [title];
    const count = (config.u32(at + 8) >>> 5) & 7;
    for (let n = 0; n < Math.max(1, count); n++) {
      if (!has(4 + 8 * n, 8)) return [...lines, '<unreadable>'];
      if (count < 1 || count > 6)
        return [...lines, `<error in resizable BAR: num_bars=${count} is out of specification>`];
      const block: Block = resizableBar(count);
      const [cap, ctl] = [view(config, block, at)(`capability${n}`), view(config, block, at)(`control${n}`)];
      const high = bitsSet(ctl.get('sizesSupportedHigh')).map((bit) => bit + 28);
      const sizes = [...bitsSet(cap.get('sizesSupported')), ...high].map((bit) => ` ${barSize(bit)}`).join('');
      const supported = sizes ? `, supported:${sizes}` : '';
      lines.push(`BAR ${ctl.get('barIndex')}: current size: ${barSize(ctl.get('barSize'))}${supported}`);
    }
    return lines;
  };

export const showResizableBar = showSizes('Physical Resizable BAR');
export const showVfResizableBar = showSizes('Virtual Resizable BAR');

const granularity = (ns: number, none: string): string =>
  ns === 0 ? none : ns === 255 ? 'Greater than 254ns' : `${ns}ns`;

export const showPrecisionTime: Printer = ({ config, at, has }) => {
  if (!has(4, 8)) return ['Precision Time Measurement', '<unreadable>'];
  const read = view(config, precisionTimeMeasurement, at);
  const [cap, ctl] = [read('capability'), read('control')];
  // Only here lspci puts a colon between the name and the sign (until version 3.10).
  const colons = (tokens: string) => tokens.replaceAll(/([+-])( |$)/g, ':$1$2');
  return [
    'Precision Time Measurement',
    `PTMCap: ${colons(cap.flags())}`,
    `PTMClockGranularity: ${granularity(cap.get('localClockGranularity'), 'Unimplemented')}`,
    `PTMControl: ${colons(ctl.flags())}`,
    `PTMEffectiveGranularity: ${granularity(ctl.get('effectiveGranularity'), 'Unknown')}`,
  ];
};

const STEERING_TABLES = [
  'No steering table available',
  'Steering table in TPH capability structure',
  'Steering table in MSI-X table',
  'Reserved steering table location',
];

export const showTph: Printer = ({ config, at, has }) =>
  titled('Transaction Processing Hints', has(4, 4), () => {
    const cap = view(config, tphRequester, at)('capability');
    return [
      ...(cap.is('interruptVectorModeSupported') ? ['Interrupt vector mode supported'] : []),
      ...(cap.is('deviceSpecificModeSupported') ? ['Device specific mode supported'] : []),
      ...(cap.is('extendedTphRequesterSupported') ? ['Extended requester support'] : []),
      STEERING_TABLES[cap.get('stTableLocation')]!,
    ];
  });

export const showMulticast: Printer = ({ config, at, role, has }) =>
  titled('Multicast', has(4, 0x30), () => {
    const read = view(config, multicast, at);
    const [cap, ctl] = [read('capability'), read('control')];
    const wide = (offset: number) =>
      BigInt(config.u32(at + offset + 4)) * 0x100000000n + BigInt(config.u32(at + offset));
    const endpoint = role === 'endpoint' || role === 'RC integrated endpoint';
    const port = role === 'root port' || role === 'upstream port' || role === 'downstream port';
    const window = `, WindowSz ${cap.get('windowSizeRequested')} (${2n ** BigInt(cap.get('windowSizeRequested'))} bytes)`;
    const extra = endpoint ? window : port ? `, ${cap.flags()}` : '';
    const overlay = read('overlayBar').get('overlaySize');
    const covers = overlay >= 6 ? `(${2n ** BigInt(overlay)} bytes)` : '(disabled)';
    return [
      `McastCap: MaxGroups ${cap.get('maxGroup') + 1}${extra}`,
      `McastCtl: NumGroups ${ctl.get('numGroup') + 1}, ${ctl.flags()}`,
      `McastBAR: IndexPos ${read('baseAddress').get('indexPosition')}, BaseAddr ${hex(wide(0x08) & ~0xfffn, 16)}`,
      `McastReceiveVec:      ${hex(wide(0x10), 16)}`,
      `McastBlockAllVec:     ${hex(wide(0x18), 16)}`,
      `McastBlockUntransVec: ${hex(wide(0x20), 16)}`,
      ...(endpoint
        ? []
        : [`McastOverlayBAR: OverlaySize ${overlay} ${covers}, BaseAddr ${hex(wide(0x28) & ~0x3fn, 16)}`]),
    ];
  });
