// SPDX-License-Identifier: GPL-2.0-only
/** HyperTransport in its many kinds. */
import type { ConfigBytes } from '../catalogue.ts';
import { HT_MSI_MAPPING, hyperTransport } from '../forms.ts';
import type { Block } from '../registers.ts';
import {
  hyperTransportMsiMapping,
  hyperTransportOther,
  hyperTransportPrimary,
  hyperTransportSecondary,
} from '../tables/hypertransport.ts';
import { type Printer, titled } from './shown.ts';
import { hex } from './text.ts';
import { type RegisterView, view } from './view.ts';

const WIDTHS = ['8bit', '16bit', '[2]', '32bit', '2bit', '4bit', '[6]', 'N/C'];
const FREQUENCIES = [
  ...['200MHz', '300MHz', '400MHz', '500MHz', '600MHz', '800MHz', '1.0GHz', '1.2GHz', '1.4GHz', '1.6GHz'],
  ...['[a]', '[b]', '[c]', '[d]', '[e]', 'Vend'],
];
/** Kinds that have nothing but a command, by their five bits. */
const OTHERS: Readonly<Record<number, string>> = {
  8: 'Switch',
  16: 'Interrupt Discovery and Configuration',
  18: 'UnitID Clumping',
  19: 'Extended Configuration Space Access',
  20: 'Address Mapping',
  22: 'DirectRoute',
  23: 'VCSet',
  24: 'Retry Mode',
  25: 'X86 (reserved)',
};
const REVISION_ID = 17;

/** Revision 1.02, from which on all registers are there, and the last one before 1.01 had some of them. */
const WHOLE = 0x22;
const SPARSE = 0x11;

const revisionOf = (r: RegisterView): string => `${r.get('major')}.${String(r.get('minor')).padStart(2, '0')}`;

/** One register of a kind that is looked up by name, as both kinds of interface share most of their registers. */
type Read = (name: string) => RegisterView;

/** The lines of one link: `suffix` is the number that its registers have, with a blank before it. */
function link(read: Read, n: string, whole: boolean): string[] {
  const suffix = n === '' ? '' : ` ${n}`;
  const [control, config] = [read(`linkControl${n}`), read(`linkConfig${n}`)];
  const width = (field: string) => WIDTHS[config.get(field)];
  const flow = (field: string) => (whole ? ` ${config.pick(field)}` : '');
  const ends = [
    `MLWI=${width('maxLinkWidthIn')}${flow('doublewordFlowControlIn')}`,
    `MLWO=${width('maxLinkWidthOut')}${flow('doublewordFlowControlOut')}`,
    `LWI=${width('linkWidthIn')}${flow('doublewordFlowControlInEnable')}`,
    `LWO=${width('linkWidthOut')}${flow('doublewordFlowControlOutEnable')}`,
  ];
  const later = whole ? ` ${control.flags(12, 15)}` : '';
  return [
    `Link Control${suffix}: ${control.flags(1, 7)} <CRCErr=${control.get('crcError').toString(16)}${later}`,
    `Link Config${suffix}: ${ends.join(' ')}`,
  ];
}

function speed(read: Read, n: string): string[] {
  const suffix = n === '' ? '' : ` ${n}`;
  const frequency = read(`linkFrequency${n}`);
  return [
    `Link Frequency${suffix}: ${FREQUENCIES[frequency.get('frequency')]}`,
    `Link Error${suffix}: ${frequency.flags()}`,
    `Link Frequency Capability${suffix}: ${read(`linkFrequencyCapability${n}`).flags()}`,
  ];
}

const upper = (read: Read): string =>
  `Prefetchable memory behind bridge Upper: ${hex(read('memoryBaseUpper').value, 2)}-${hex(read('memoryLimitUpper').value, 2)}`;

const reader = (config: ConfigBytes, b: Block, at: number): Read => view(config, b, at);

const doubtful = (revision: number): string[] =>
  revision < WHOLE && revision > SPARSE ? ['!!! Possibly incomplete decoding'] : [];

const showPrimary: Printer = ({ config, at, has }) =>
  titled('HyperTransport: Slave or Primary Interface', has(4, 0x18), () => {
    const read = reader(config, hyperTransportPrimary, at);
    const [command, revision] = [read('command'), read('revisionId')];
    const whole = revision.value >= WHOLE;
    const units = `BaseUnitID=${command.get('baseUnitId')} UnitCnt=${command.get('unitCount')}`;
    const lines = [
      ...doubtful(revision.value),
      `Command: ${units} ${command.flags(10, whole ? 12 : 11)}`,
      ...link(read, '0', whole),
      ...link(read, '1', whole),
      `Revision ID: ${revisionOf(revision)}`,
    ];
    if (!whole) return lines;
    return [
      ...lines,
      ...speed(read, '0'),
      `Feature Capability: ${read('feature').flags()}`,
      ...speed(read, '1'),
      `Error Handling: ${read('errorHandling').flags()}`,
      upper(read),
      `Bus Number: ${hex(read('busNumber').value, 2)}`,
    ];
  });

const showSecondary: Printer = ({ config, at, has }) =>
  titled('HyperTransport: Host or Secondary Interface', has(4, 0x14), () => {
    const read = reader(config, hyperTransportSecondary, at);
    const [command, revision] = [read('command'), read('revisionId')];
    const whole = revision.value >= WHOLE;
    const later = whole ? ` DevNum=${command.get('deviceNumber')} ${command.flags(7, 12)}` : '';
    const lines = [
      ...doubtful(revision.value),
      `Command: ${command.flags(0, 1)}${later}`,
      ...link(read, '', whole),
      `Revision ID: ${revisionOf(revision)}`,
    ];
    if (!whole) return lines;
    const extended = read('feature').is('extendedRegisterSet');
    return [
      ...lines,
      ...speed(read, ''),
      `Feature Capability: ${read('feature').flags()}`,
      ...(extended ? [`Error Handling: ${read('errorHandling').flags()}`, upper(read)] : []),
    ];
  });

const showMsiMapping: Printer = ({ config, at, has }) => {
  const read = reader(config, hyperTransportMsiMapping(false), at);
  const command = read('command');
  const title = `HyperTransport: MSI Mapping ${command.flags()}`;
  if (command.is('fixed') || !has(4, 8)) return [title];
  const low = read('addressLow').get('address') * 0x100000;
  return [title, `Mapping Address Base: ${hex(read('addressHigh').value, 8)}${hex(low, 8)}`];
};

export const showHyperTransport: Printer = (shown) => {
  const { config, at } = shown;
  const form = hyperTransport(config, at);
  if (form === hyperTransportPrimary) return showPrimary(shown);
  if (form === hyperTransportSecondary) return showSecondary(shown);
  const command = view(config, hyperTransportOther, at)('command');
  const type = command.get('type');
  if (type === HT_MSI_MAPPING) return showMsiMapping(shown);
  if (type === REVISION_ID) return [`HyperTransport: Revision ID: ${revisionOf(command)}`];
  return [`HyperTransport: ${OTHERS[type] ?? `#${hex(type, 2)}`}`];
};
