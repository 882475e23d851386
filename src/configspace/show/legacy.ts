// SPDX-License-Identifier: GPL-2.0-only
/** AGP, slots, debug ports, SATA, and what vendors have of their own. */
import { isVirtio } from '../forms.ts';
import {
  acceleratedGraphicsPort,
  compactPciHotSwap,
  debugPort,
  sataHba,
  slotIdentification,
  VIRTIO_NOTIFY,
  vendorSpecific,
  virtioStructure,
} from '../tables/legacy.ts';
import { plainLines } from './plain.ts';
import { type Printer, titled } from './shown.ts';
import { hex } from './text.ts';
import { view } from './view.ts';

/** `x1,x2`: the rates of AGP 3 are four times those of AGP 2. */
function rates(bits: number, agp3: boolean): string {
  const names = [1, 2, 4].filter((rate) => bits & rate).map((rate) => `x${agp3 ? 4 * rate : rate}`);
  return names.join(',') || '<none>';
}

export const showAgp: Printer = ({ config, at, has }) => {
  const read = view(config, acceleratedGraphicsPort, at);
  const version = read('version');
  const title = `AGP version ${version.get('major').toString(16)}.${version.get('minor').toString(16)}`;
  return titled(title, has(4, 8), () => {
    const [sta, cmd] = [read('status'), read('command')];
    const agp3 = version.get('major') >= 3 && sta.is('agp3Mode');
    const sizes = (r: typeof sta | typeof cmd) =>
      `ArqSz=${r.get('asynchronousRequestSize')} Cal=${r.get('calibrationCycle')}`;
    const modes = sta.pick(
      'sidebandAddressing',
      'coherent',
      'gart64',
      'hostTranslation',
      'addressing64',
      'fastWrites',
      'agp3Mode',
    );
    const enables = cmd.pick(
      'sidebandAddressingEnable',
      'agpEnable',
      'gart64Enable',
      'addressing64Enable',
      'fastWriteEnable',
    );
    return [
      `Status: RQ=${sta.get('requestQueue') + 1} ${sta.pick('isochronous')} ${sizes(sta)} ${modes} Rate=${rates(sta.get('rates'), agp3)}`,
      `Command: RQ=${cmd.get('requestQueue') + 1} ${sizes(cmd)} ${enables} Rate=${rates(cmd.get('rate'), agp3)}`,
    ];
  });
};

export const showSlotId: Printer = ({ config, at }) => {
  const read = view(config, slotIdentification, at);
  const slot = read('expansionSlot');
  const chassis = hex(read('chassisNumber').value, 2);
  return [`Slot ID: ${slot.get('slots')} slots, ${slot.pick('firstInChassis')}, chassis ${chassis}`];
};

/** lspci has the name only; the words are ours. */
export const showHotSwap: Printer = ({ config, at }) => [
  'CompactPCI hot-swap',
  ...plainLines(config, at, compactPciHotSwap),
];

export const showDebugPort: Printer = ({ config, at }) => {
  const location = view(config, debugPort, at)('location');
  return [`Debug port: BAR=${location.get('bar')} offset=${hex(location.get('offset'), 4)}`];
};

export const showSataHba: Printer = ({ config, at, has }) => {
  const read = view(config, sataHba(false), at);
  const revision = read('revision');
  const title = `SATA HBA v${revision.get('major')}.${revision.get('minor')}`;
  if (!has(4, 4)) return [title];
  const [bar, offset] = [read('location').get('bar'), read('location').get('offset')];
  if (bar === 15) return [`${title} InCfgSpace`];
  return [bar >= 4 && bar <= 9 ? `${title} BAR${bar - 4} Offset=${hex(offset, 8)}` : `${title} BAR??${bar}`];
};

const VIRTIO_STRUCTURES: Readonly<Record<number, string>> = { 1: 'CommonCfg', 2: 'Notify', 3: 'ISR', 4: 'DeviceCfg' };

export const showVendorSpecific: Printer = ({ config, at, has }) => {
  const length = config.u8(at + 2);
  const type = config.u8(at + 3);
  if (!isVirtio(config) || length < 0x10 || !has(0, length)) {
    const len = view(config, vendorSpecific(0), at)('length').value;
    return [`Vendor Specific Information: Len=${hex(len, 2)} <?>`];
  }
  const read = view(config, virtioStructure(0x10, 0), at);
  const multiplier = type === VIRTIO_NOTIFY && length >= 0x14 ? ` multiplier=${hex(config.u32(at + 0x10), 8)}` : '';
  const place = `offset=${hex(read('offset').value, 8)} size=${hex(read('size').value, 8)}`;
  return [
    `Vendor Specific Information: VirtIO: ${VIRTIO_STRUCTURES[type] ?? '<unknown>'}`,
    `BAR=${read('bar').value} ${place}${multiplier}`,
  ];
};
