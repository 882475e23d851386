// SPDX-License-Identifier: GPL-2.0-only
/** The PCI Express capability, up to the registers that both versions have. */
import { ROLES, type Role } from '../registers.ts';
import { pciExpress } from '../tables/express.ts';
import { showExpress2 } from './express2.ts';
import type { Printer, Shown } from './shown.ts';
import { hex, watts } from './text.ts';
import { type BlockView, sign, view } from './view.ts';

export type Express = BlockView<(typeof pciExpress)['registers']>;

const L0S = ['<64ns', '<128ns', '<256ns', '<512ns', '<1us', '<2us', '<4us', 'unlimited'];
const L1 = ['<1us', '<2us', '<4us', '<8us', '<16us', '<32us', '<64us', 'unlimited'];
const SPEEDS = ['unknown', '2.5GT/s', '5GT/s', '8GT/s', '16GT/s', '32GT/s', '64GT/s'];
const ASPM_SUPPORT = ['not supported', 'L0s', 'L1', 'L0s L1'];
const ASPM_CONTROL = ['Disabled', 'L0s Enabled', 'L1 Enabled', 'L0s L1 Enabled'];
const INDICATOR = ['Unknown', 'On', 'Blink', 'Off'];

const NAMES: Readonly<Record<Role, string>> = {
  endpoint: 'Endpoint',
  'legacy endpoint': 'Legacy Endpoint',
  'root port': 'Root Port',
  'upstream port': 'Upstream Port',
  'downstream port': 'Downstream Port',
  'PCIe-to-PCI bridge': 'PCI-Express to PCI/PCI-X Bridge',
  'PCI-to-PCIe bridge': 'PCI/PCI-X to PCI-Express Bridge',
  'RC integrated endpoint': 'Root Complex Integrated Endpoint',
  'RC event collector': 'Root Complex Event Collector',
  conventional: 'conventional',
};

const isOne = (role: Role | undefined, ...of: Role[]): boolean => role !== undefined && of.includes(role);

/** Ports that have a link below them, and may have a slot on it. */
export const facesDown = (role: Role | undefined): boolean =>
  isOne(role, 'root port', 'downstream port', 'PCI-to-PCIe bridge');

function device(read: Express, role: Role | undefined): string[] {
  const [cap, ctl] = [read('deviceCapabilities'), read('deviceControl')];
  const endpoint = isOne(role, 'endpoint', 'legacy endpoint');
  const resettable = endpoint || isOne(role, 'RC integrated endpoint');
  const latency = `, Latency L0s ${L0S[cap.get('endpointL0sAcceptableLatency')]}, L1 ${L1[cap.get('endpointL1AcceptableLatency')]}`;
  const power = watts(cap.get('capturedSlotPowerLimitValue'), cap.get('capturedSlotPowerLimitScale'));
  const capabilities = [
    cap.pick('extendedTagFieldSupported'),
    ...(endpoint || isOne(role, 'upstream port', 'PCIe-to-PCI bridge') ? [cap.flags(12, 14)] : []),
    cap.pick('roleBasedErrorReporting'),
    ...(resettable ? [cap.pick('functionLevelResetCapability')] : []),
    ...(isOne(role, 'endpoint', 'upstream port', 'PCIe-to-PCI bridge') ? [`SlotPowerLimit ${power}`] : []),
  ];
  const control = [
    ctl.flags(4, 11),
    ...(isOne(role, 'PCIe-to-PCI bridge') ? [ctl.pick('bridgeConfigurationRetryEnable')] : []),
    ...(resettable && cap.is('functionLevelResetCapability') ? [ctl.pick('initiateFunctionLevelReset')] : []),
  ];
  const payload = (code: number) => `${128 * 2 ** code} bytes`;
  const phantom = 2 ** cap.get('phantomFunctionsSupported') - 1;
  return [
    `DevCap:\tMaxPayload ${payload(cap.get('maxPayloadSizeSupported'))}, PhantFunc ${phantom}${endpoint ? latency : ''}`,
    `\t${capabilities.join(' ')}`,
    `DevCtl:\t${ctl.flags(0, 3)}`,
    `\t${control.join(' ')}`,
    `\tMaxPayload ${payload(ctl.get('maxPayloadSize'))}, MaxReadReq ${payload(ctl.get('maxReadRequestSize'))}`,
    `DevSta:\t${read('deviceStatus').flags()}`,
  ];
}

function link(read: Express, role: Role | undefined): string[] {
  const [cap, ctl, sta] = [read('linkCapabilities'), read('linkControl'), read('linkStatus')];
  const speed = (code: number) => SPEEDS[code] ?? 'unknown';
  const aspm = cap.get('aspmSupport');
  const exits = [
    ...(aspm & 1 ? [`L0s ${L0S[cap.get('l0sExitLatency')]}`] : []),
    ...(aspm & 2 ? [`L1 ${L1[cap.get('l1ExitLatency')]}`] : []),
  ];
  const exit = exits.length ? `, Exit Latency ${exits.join(', ')}` : '';
  // A port below which less is plugged in than it can do is in order; a device that gets less than it can do is not.
  const compare = (now: number, can: number) =>
    now > can ? ' (overdriven)' : now < can && !facesDown(role) ? ' (downgraded)' : '';
  const [width, widest] = [sta.get('negotiatedLinkWidth'), cap.get('maximumLinkWidth')];
  const [rate, fastest] = [sta.get('currentLinkSpeed'), cap.get('maxLinkSpeed')];
  const hasRcb = isOne(role, 'root port', 'endpoint', 'legacy endpoint', 'PCIe-to-PCI bridge');
  const rcb = hasRcb ? ` RCB ${ctl.is('readCompletionBoundary') ? 128 : 64} bytes,` : '';
  return [
    `LnkCap:\tPort #${cap.get('portNumber')}, Speed ${speed(fastest)}, Width x${widest}, ASPM ${ASPM_SUPPORT[aspm]}${exit}`,
    `\t${cap.flags()}`,
    `LnkCtl:\tASPM ${ASPM_CONTROL[ctl.get('aspmControl')]};${rcb} ${ctl.flags(4, 6)}`,
    `\t${ctl.flags(7, 11)}`,
    `LnkSta:\tSpeed ${speed(rate)}${compare(rate, fastest)}, Width x${width}${compare(width, widest)}`,
    `\t${sta.flags()}`,
  ];
}

function slot(read: Express): string[] {
  const [cap, ctl, sta] = [read('slotCapabilities'), read('slotControl'), read('slotStatus')];
  const power = watts(cap.get('slotPowerLimitValue'), cap.get('slotPowerLimitScale'));
  const attention = INDICATOR[ctl.get('attentionIndicatorControl')];
  const indicators = `AttnInd ${attention}, PwrInd ${INDICATOR[ctl.get('powerIndicatorControl')]}`;
  const state = sta.pick('commandCompleted', 'presenceDetectState', 'electromechanicalInterlockStatus');
  return [
    `SltCap:\t${cap.flags(0, 4)} ${cap.pick('hotPlugCapable', 'hotPlugSurprise')}`,
    `\tSlot #${cap.get('physicalSlotNumber')}, PowerLimit ${power}; ${cap.flags(17, 18)}`,
    `SltCtl:\tEnable: ${ctl.flags(0, 5)} ${ctl.pick('dataLinkLayerStateChangedEnable')}`,
    `\tControl: ${indicators}, ${ctl.flags(10, 11)}`,
    `SltSta:\tStatus: ${sta.pick('attentionButtonPressed', 'powerFaultDetected', 'mrlSensorState')} ${state}`,
    `\tChanged: ${sta.pick('mrlSensorChanged', 'presenceDetectChanged', 'dataLinkLayerStateChanged')}`,
  ];
}

function root(read: Express): string[] {
  const status = read('rootStatus');
  return [
    `RootCap: ${read('rootCapabilities').flags()}`,
    `RootCtl: ${read('rootControl').flags()}`,
    `RootSta: PME ReqID ${hex(status.get('pmeRequesterId'), 4)}, ${status.flags()}`,
  ];
}

export const showExpress: Printer = (shown: Shown) => {
  const read = view(shown.config, pciExpress, shown.at);
  const flags = read('capabilities');
  const role = ROLES[flags.get('devicePortType')];
  const slotted = facesDown(role) && flags.is('slotImplemented');
  const rooted = isOne(role, 'root port', 'RC event collector');
  const linked = !isOne(role, 'RC integrated endpoint', 'RC event collector');
  const name = role === undefined ? `Unknown type ${flags.get('devicePortType')}` : NAMES[role];
  const implemented = facesDown(role) ? ` (Slot${sign(flags.is('slotImplemented'))})` : '';
  const version = flags.get('version');
  const title = `Express (v${version}) ${name}${implemented}, MSI ${hex(flags.get('interruptMessageNumber'), 2)}`;
  if (!shown.has(4, rooted ? 32 : slotted ? 24 : 16)) return [title];
  const lines = [
    title,
    ...device(read, role),
    ...(linked ? link(read, role) : []),
    ...(slotted ? slot(read) : []),
    ...(rooted ? root(read) : []),
  ];
  if (version >= 2 && shown.has(0x24, slotted ? 24 : 16)) lines.push(...showExpress2(read, role, linked, shown));
  return lines;
};
