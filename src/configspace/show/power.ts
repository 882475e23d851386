// SPDX-License-Identifier: GPL-2.0-only
/** Power management: PCI-PM, LTR, L1 PM Substates. */
import { l1PmSubstates, latencyToleranceReporting, powerManagement } from '../tables/power.ts';
import { type Printer, titled } from './shown.ts';
import { sign, view } from './view.ts';

/** Milliamperes by the Aux_Current code. */
const AUX_CURRENT_MA = [0, 55, 100, 160, 220, 270, 320, 375];
const PME_STATES = ['D0', 'D1', 'D2', 'D3hot', 'D3cold'];

export const showPowerManagement: Printer = ({ config, at, has }) => {
  const read = view(config, powerManagement, at);
  const pmc = read('powerManagementCapabilities');
  const support = PME_STATES.map((state, bit) => `${state}${sign(((pmc.get('pmeSupport') >> bit) & 1) !== 0)}`).join(
    ',',
  );
  const lines = [
    `Power Management version ${pmc.get('version')}`,
    `Flags: ${pmc.flags()} AuxCurrent=${AUX_CURRENT_MA[pmc.get('auxCurrent')]}mA PME(${support})`,
  ];
  if (!has(4, 4)) return lines;
  const pmcsr = read('powerManagementControlStatus');
  const data = `DSel=${pmcsr.get('dataSelect')} DScale=${pmcsr.get('dataScale')}`;
  lines.push(`Status: D${pmcsr.get('powerState')} ${pmcsr.flags(0, 8)} ${data} ${pmcsr.flags(15)}`);
  const extensions = read('bridgeSupportExtensions');
  // B3 is printed inverted: the bit says B2, whose opposite is B3.
  if (extensions.value !== 0)
    lines.push(`Bridge: ${extensions.pick('busPowerClockControlEnable')} B3${sign(!extensions.is('b2b3Support'))}`);
  return lines;
};

/** Nanoseconds of an LTR value and scale; scales above 5 are not permitted. */
const nanoseconds = (value: number, scale: number): number => value * 2 ** (5 * scale);

export const showLatencyTolerance: Printer = ({ config, at, has }) =>
  titled('Latency Tolerance Reporting', has(4, 4), () => {
    const read = view(config, latencyToleranceReporting, at);
    const of = (name: 'maxSnoopLatency' | 'maxNoSnoopLatency') =>
      `${nanoseconds(read(name).get('value'), read(name).get('scale'))}ns`;
    return [`Max snoop latency: ${of('maxSnoopLatency')}`, `Max no snoop latency: ${of('maxNoSnoopLatency')}`];
  });

/** Microseconds by the scale of T_POWER_ON; the fourth scale is reserved. */
const POWER_ON_UNITS_US = [2, 10, 100];

const powerOn = (scale: number, value: number): string => {
  const unit = POWER_ON_UNITS_US[scale];
  return unit === undefined ? '<error>' : `${unit * value}us`;
};

export const showL1PmSubstates: Printer = ({ config, at, has }) => {
  const title = 'L1 PM Substates';
  if (!has(4, 12)) return [title, '<unreadable>'];
  const read = view(config, l1PmSubstates, at);
  const [capability, control1, control2] = [read('capability'), read('control1'), read('control2')];
  const l12 = capability.is('pciPmL12') || capability.is('aspmL12');
  const threshold =
    control1.get('ltrL12ThresholdScale') > 5
      ? '<error>'
      : `${nanoseconds(control1.get('ltrL12ThresholdValue'), control1.get('ltrL12ThresholdScale'))}ns`;
  const restore = `PortCommonModeRestoreTime=${capability.get('commonModeRestoreTime')}us`;
  const portPowerOn = `PortTPowerOnTime=${powerOn(capability.get('tPowerOnScale'), capability.get('tPowerOnValue'))}`;
  const commonMode = `T_CommonMode=${control1.get('commonModeRestoreTime')}us`;
  const pwrOn = ` T_PwrOn=${powerOn(control2.get('tPowerOnScale'), control2.get('tPowerOnValue'))}`;
  return [
    title,
    `L1SubCap: ${capability.flags()}`,
    ...(l12 ? [`\t  ${restore} ${portPowerOn}`] : []),
    `L1SubCtl1: ${control1.flags()}`,
    ...(l12 ? [`\t   ${commonMode}${capability.is('aspmL12') ? ` LTR1.2_Threshold=${threshold}` : ''}`] : []),
    `L1SubCtl2:${l12 ? pwrOn : ''}`,
  ];
};
