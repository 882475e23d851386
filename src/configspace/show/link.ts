// SPDX-License-Identifier: GPL-2.0-only
/** Serial number, and what further revisions put beside the link registers. */
import { dataLinkFeature, device3, secondaryPciExpress } from '../tables/link.ts';
import { type Printer, titled } from './shown.ts';
import { hex, nameOf } from './text.ts';
import { sign, view } from './view.ts';

export const showSerialNumber: Printer = ({ config, at, has }) => {
  if (!has(4, 8)) return ['Device Serial Number'];
  const bytes = [11, 10, 9, 8, 7, 6, 5, 4].map((n) => hex(config.u8(at + n), 2));
  return [`Device Serial Number ${bytes.join('-')}`];
};

export const showSecondaryExpress: Printer = ({ config, at, has }) =>
  titled('Secondary PCI Express', has(4, 12), () => {
    const read = view(config, secondaryPciExpress(1), at);
    const control = read('linkControl3').pick('linkEqualizationRequestInterruptEnable', 'performEqualization');
    const status = read('laneErrorStatus').value;
    const lanes = Array.from({ length: 32 }, (_, n) => n).filter((n) => (status >>> n) & 1);
    return [`LnkCtl3: ${control}`, `LaneErrStat: ${lanes.length ? `LaneErr at lane: ${lanes.join(' ')}` : '0'}`];
  });

/** lspci has a name for these registers only; the words are ours. */
export const showDataLinkFeature: Printer = ({ config, at, has }) =>
  titled('Data Link Feature', has(4, 8), () => {
    const read = view(config, dataLinkFeature, at);
    const [cap, sta] = [read('capability'), read('status')];
    return [
      `DLFCap:\tLocalFeatures=${hex(cap.get('localFeaturesSupported'), 6)} ${cap.flags()}`,
      `DLFSta:\tRemoteFeatures=${hex(sta.get('remoteFeaturesSupported'), 6)} ${sta.flags()}`,
    ];
  });

const L0P_EXIT = [
  'Less than 1us',
  '1us to less than 2us',
  '2us to less than 4us',
  '4us to less than 8us',
  '8us to less than 16us',
  '16us to less than 32us',
  '32us-64us',
  'More than 64us',
];
const WIDTHS: Readonly<Record<number, string>> = { 0: 'x1', 1: 'x2', 2: 'x4', 3: 'x8', 4: 'x16', 7: 'Dynamic' };

/** In the wording of lspci 3.12 and later. */
export const showDevice3: Printer = ({ config, at, has }) =>
  titled('Device 3', has(4, 12), () => {
    const read = view(config, device3, at);
    const [cap, ctl, sta] = [read('deviceCapabilities3'), read('deviceControl3'), read('deviceStatus3')];
    const commas = (tokens: string) => tokens.replaceAll(/([+-]) /g, '$1, ');
    const width = (code: number) => WIDTHS[code] ?? `Unknown (${code})`;
    const port = nameOf(L0P_EXIT, cap.get('portL0pExitLatency'));
    const retimer = nameOf(L0P_EXIT, cap.get('retimerL0pExitLatency'));
    const exits = cap.is('l0pSupported')
      ? `, Port L0p Exit Latency: ${port}, Retimer L0p Exit Latency: ${retimer}`
      : '';
    const boundary = sign(!ctl.is('uioRequest256BoundaryDisable'));
    return [
      `DevCap3: ${commas(cap.flags(0, 2))}`,
      `\t ${cap.flags(3, 3)}${exits}`,
      `\t ${commas(cap.flags(10, 11))}`,
      `DevCtl3: ${commas(ctl.flags(0, 2))}`,
      `\t ${ctl.flags(3, 3)}, Target Link Width: ${width(ctl.get('targetLinkWidth'))}`,
      `\t ${ctl.flags(7, 7)}, UIO Request 256B Boundary${boundary}`,
      `DevSta3: Initial Link Width: ${width(sta.get('initialLinkWidth'))}, ${commas(sta.flags(3, 4))}`,
    ];
  });
