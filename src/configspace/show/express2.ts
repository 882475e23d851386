// SPDX-License-Identifier: GPL-2.0-only
/** The registers that version 2 of the PCI Express capability added. */
import type { Role } from '../registers.ts';
import { type Express, facesDown } from './express.ts';
import { barsOf } from './regions.ts';
import type { Shown } from './shown.ts';
import { nameOf } from './text.ts';

/** By the ranges supported: bit 0 is range A, 50 us to 10 ms; combinations that the specification leaves out are unknown. */
const TIMEOUT_RANGES: Readonly<Record<number, string>> = {
  0: 'Not Supported',
  1: 'Range A',
  2: 'Range B',
  3: 'Range AB',
  6: 'Range BC',
  7: 'Range ABC',
  14: 'Range BCD',
  15: 'Range ABCD',
};
const TIMEOUTS: Readonly<Record<number, string>> = {
  0: '50us to 50ms',
  1: '50us to 100us',
  2: '1ms to 10ms',
  5: '16ms to 55ms',
  6: '65ms to 210ms',
  9: '260ms to 900ms',
  10: '1s to 3.5s',
  13: '4s to 13s',
  14: '17s to 64s',
};
const OBFF_SUPPORT = ['Not Supported', 'Via message', 'Via WAKE#', 'Via message/WAKE#'];
const OBFF_CONTROL = ['Disabled', 'Via message A', 'Via message B', 'Via WAKE#'];
const POWER_REDUCTION = ['Not Supported', 'Dev Specific', 'Form Factor Dev Specific', 'Reserved'];
const LN_CLS = ['Not Supported', '64byte cachelines', '128byte cachelines', 'Reserved'];
/** By the TPH Completer Supported code; the third is reserved. */
const TPH = ['TPHComp- ExtTPHComp-', 'TPHComp+ ExtTPHComp-', '', 'TPHComp+ ExtTPHComp+'];
const TARGET_SPEEDS = ['2.5GT/s', '2.5GT/s', '5GT/s', '8GT/s', '16GT/s', '32GT/s', '64GT/s', 'Unknown'];
const MARGINS = [
  'Normal Operating Range',
  '800-1200mV(full-swing)/400-700mV(half-swing)',
  ...Array<string>(4).fill('200-400mV(full-swing)/100-200mV(half-swing)'),
  'Unknown',
];
/** De-emphasis and preshoot in dB by the Compliance Preset code (PCIe 6.0 table 8-1). */
const PRESETS = [
  ['-6', '0'],
  ['-3.5', '0'],
  ['-4.4', '0'],
  ['-2.5', '0'],
  ['0', '0'],
  ['0', '1.9'],
  ['0', '2.5'],
  ['-6.0', '3.5'],
  ['-3.5', '3.5'],
  ['0', '3.5'],
] as const;
const CROSSLINK = ['unsupported', 'Upstream Port', 'Downstream Port', 'incomplete'];
const PRESENCE = [
  'Link Down - Not Determined',
  'Link Down - Not Present',
  'Link Down - Present',
  'Reserved',
  'Link Up - Present',
  'Link Up - Present and DRS Received',
  'Reserved',
];

/** What the Supported Link Speeds Vector says: a function supports every speed up to its highest. */
function speeds(vector: number): string {
  if (vector & 0x60) return 'RsvdP';
  const highest = ['5', '8', '16', '32'].findLast((_, n) => vector & (2 << n));
  return highest ? `2.5-${highest}GT/s` : vector & 1 ? '2.5GT/s' : 'Unknown';
}

const deEmphasis = (low: boolean): string => (low ? '-3.5dB' : '-6dB');

function device2(read: Express, role: Role | undefined, { config, headerType }: Shown): string[] {
  const [cap, ctl] = [read('deviceCapabilities2'), read('deviceControl2')];
  const is = (...roles: Role[]) => role !== undefined && roles.includes(role);
  const routing = is('root port', 'upstream port', 'downstream port');
  const completer = is('root port') || barsOf(config, headerType).some(({ io, broken }) => !io && !broken);
  const memory = barsOf(config, headerType).some(({ io, broken }) => !io && !broken);
  const requester = is('root port', 'endpoint', 'RC integrated endpoint', 'legacy endpoint');
  const forwarding = is('root port', 'downstream port');
  const atLeastOne = cap.get('maxEndEndTlpPrefixes') || 4;
  const prefixes = cap.is('endEndTlpPrefixSupported') ? `, MaxEETLPPrefixes ${atLeastOne}` : '';
  const hints = [
    cap.pick('frsSupported'),
    ...(is('root port') ? [`LN System CLS ${LN_CLS[cap.get('lnSystemCls')]},`] : []),
    ...(is('root port', 'endpoint') ? [TPH[cap.get('tphCompleterSupported')]!] : []),
    ...(forwarding ? [cap.pick('ariForwardingSupported')] : []),
  ];
  const atomicCap = [
    ...(routing ? [cap.pick('atomicOpRoutingSupported')] : []),
    ...(completer ? [cap.flags(7, 9)] : []),
  ];
  const atomicCtl = [
    ...(requester ? [ctl.pick('atomicOpRequesterEnable')] : []),
    ...(routing ? [ctl.pick('atomicOpEgressBlocking')] : []),
  ];
  const ranges = TIMEOUT_RANGES[cap.get('completionTimeoutRangesSupported')] ?? 'Unknown';
  const timeout = TIMEOUTS[ctl.get('completionTimeoutValue')] ?? 'Unknown';
  const tags = cap.flags(16, 17);
  const obff = OBFF_SUPPORT[cap.get('obffSupported')];
  const reduction = POWER_REDUCTION[cap.get('emergencyPowerReductionSupported')];
  const extras = cap.pick('completionTimeoutDisableSupported', 'noRoEnabledPrPrPassing', 'ltrMechanismSupported');
  const enables = ctl.pick('completionTimeoutDisable', 'ltrMechanismEnable', 'tag10BitRequesterEnable');
  const forward = forwarding ? ` ${ctl.pick('ariForwardingEnable')}` : '';
  return [
    `DevCap2: Completion Timeout: ${ranges}, ${extras}`,
    `\t ${tags} OBFF ${obff}, ${cap.flags(20, 21)}${prefixes}`,
    `\t EmergencyPowerReduction ${reduction}, ${cap.pick('emergencyPowerReductionInitializationRequired')}`,
    `\t ${hints.join(' ')}`,
    ...(routing || memory ? [`\t AtomicOpsCap: ${atomicCap.join(' ')}`] : []),
    `DevCtl2: Completion Timeout: ${timeout}, ${enables} OBFF ${OBFF_CONTROL[ctl.get('obffEnable')]},${forward}`,
    ...(atomicCtl.length ? [`\t AtomicOpsCtl: ${atomicCtl.join(' ')}`] : []),
  ];
}

function link2(read: Express, role: Role | undefined, first: boolean): string[] {
  const [cap, ctl, sta] = [read('linkCapabilities2'), read('linkControl2'), read('linkStatus2')];
  const lines: string[] = [];
  // In a multi-function device only the link registers of function 0 count.
  const counts = first || (role !== 'endpoint' && role !== 'legacy endpoint');
  // Link Capabilities 2 came with revision 3.0: before it, it reads 0.
  if (counts && cap.value !== 0)
    lines.push(`LnkCap2: Supported Link Speeds: ${speeds(cap.get('supportedLinkSpeeds'))}, ${cap.flags()}`);
  if (counts) {
    const selectable = `, Selectable De-emphasis: ${deEmphasis(ctl.is('selectableDeEmphasis'))}`;
    const preset = PRESETS[ctl.get('compliancePreset')];
    lines.push(
      `LnkCtl2: Target Link Speed: ${nameOf(TARGET_SPEEDS, ctl.get('targetLinkSpeed'))}, ${ctl.flags(4, 5)}${role === 'downstream port' ? selectable : ''}`,
      `\t Transmit Margin: ${nameOf(MARGINS, ctl.get('transmitMargin'))}, ${ctl.flags(10, 11)}`,
      `\t Compliance Preset/De-emphasis: ${preset ? `${preset[0]}dB de-emphasis, ${preset[1]}dB preshoot` : 'Unknown'}`,
    );
  }
  const drs = counts && facesDown(role) && cap.is('drsSupported');
  lines.push(
    `LnkSta2: Current De-emphasis Level: ${deEmphasis(sta.is('currentDeEmphasisLevel'))}, ${sta.flags(1, 2)}`,
    `\t ${sta.flags(3, 5)}`,
    `\t ${sta.flags(6, 7)} CrosslinkRes: ${CROSSLINK[sta.get('crosslink')]}${drs ? `, ${sta.pick('drsMessageReceived')}` : ''}`,
  );
  if (drs) lines.push(`\t DownstreamComp: ${nameOf(PRESENCE, sta.get('downstreamComponentPresence'))}`);
  return lines;
}

export const showExpress2 = (read: Express, role: Role | undefined, linked: boolean, shown: Shown): string[] => [
  ...device2(read, role, shown),
  ...(linked ? link2(read, role, shown.first) : []),
];
