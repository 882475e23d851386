// SPDX-License-Identifier: GPL-2.0-only
/** What the PCI Express capability of a function says when nothing else is asked for: its port type, link and slot. */
import type { Role } from '../configspace/registers.ts';
import { ROLES } from '../configspace/registers.ts';
import type { pciExpress } from '../configspace/tables/express.ts';
import { forwardsAri, LINK_BELOW, type Place } from './describe-places.ts';
import type { FunctionDescription, Values } from './topology-description.ts';

type ExpressValues = Values<typeof pciExpress>;

/** Functions with a link above; a bridge to or from conventional PCI has a link on one side only. */
const LINK_ABOVE: readonly Role[] = ['endpoint', 'legacy endpoint', 'upstream port', 'PCIe-to-PCI bridge'];
const ROOT: readonly Role[] = ['root port', 'RC event collector'];
const SPEED_8GT = 3;
const SLOT_POWER_W = 75;
const L1 = 2;
const L1_UNDER_64US = 6;

export const hasSlot = ({ slot, hotPlug = false }: FunctionDescription): boolean => slot !== undefined || hotPlug;
export const hasLink = (role: Role): boolean => LINK_BELOW.includes(role) || LINK_ABOVE.includes(role);
export const isDownstreamFacing = (role: Role): boolean => LINK_BELOW.includes(role);

const linkOf = ({ speed = 3, width = 4 }: FunctionDescription): { speed: number; width: number } => ({ speed, width });

const portTypeOf = (role: Role): number => Number(Object.entries(ROLES).find(([, r]) => r === role)![0]);

/** Speed and width that both ends of a link can do; undefined when there is nobody at the other end. */
function trained({ description, bridge, below }: Place): { speed: number; width: number } | undefined {
  const own = linkOf(description);
  const other = isDownstreamFacing(description.role) ? below[0]?.description : bridge?.description;
  if (other === undefined) return isDownstreamFacing(description.role) ? undefined : own;
  return { speed: Math.min(own.speed, linkOf(other).speed), width: Math.min(own.width, linkOf(other).width) };
}

function link(place: Place): ExpressValues {
  const { role, hotPlug = false } = place.description;
  const { speed, width } = linkOf(place.description);
  const now = trained(place);
  const port = isDownstreamFacing(role);
  const reportsActive = port && (speed >= SPEED_8GT || hotPlug);
  return {
    linkCapabilities: {
      maxLinkSpeed: speed,
      maximumLinkWidth: width,
      aspmSupport: L1,
      l1ExitLatency: L1_UNDER_64US,
      surpriseDownErrorReportingCapable: reportsActive,
      dataLinkLayerLinkActiveReportingCapable: reportsActive,
      linkBandwidthNotificationCapability: port,
      portNumber: port ? place.bdf % 0x100 : 0,
    },
    // Of a virtual function the link is its physical function's business (PCIe 6.0 section 9.3.5).
    ...(place.physical === undefined && {
      linkControl: { commonClockConfiguration: now !== undefined },
      linkStatus: {
        currentLinkSpeed: now?.speed ?? 1,
        negotiatedLinkWidth: now?.width ?? 0,
        slotClockConfiguration: true,
        ...(port && { dataLinkLayerLinkActive: reportsActive && now !== undefined }),
      },
      linkControl2: { targetLinkSpeed: speed },
      linkStatus2:
        (now?.speed ?? 1) < SPEED_8GT
          ? {}
          : {
              equalization8Complete: true,
              equalization8Phase1: true,
              equalization8Phase2: true,
              equalization8Phase3: true,
            },
    }),
    linkCapabilities2: { supportedLinkSpeeds: 2 ** speed - 1 },
  };
}

function slot({ description, below }: Place): ExpressValues {
  const { slot: physicalSlotNumber = 0, hotPlug = false } = description;
  return {
    slotCapabilities: {
      physicalSlotNumber,
      slotPowerLimitValue: SLOT_POWER_W,
      hotPlugCapable: hotPlug,
      hotPlugSurprise: hotPlug,
      noCommandCompletedSupport: hotPlug,
    },
    slotControl: {
      presenceDetectChangedEnable: hotPlug,
      hotPlugInterruptEnable: hotPlug,
      dataLinkLayerStateChangedEnable: hotPlug,
    },
    slotStatus: { presenceDetectState: below.length > 0 },
  };
}

/** What a function captured of the power its slot may give (PCIe 6.0 section 6.9). */
const powerLimit = ({ bridge }: Place): number => (bridge && hasSlot(bridge.description) ? SLOT_POWER_W : 0);

/** A port takes part in LTR when something below it does, however deep: messages go hop by hop. */
const carriesLtr = ({ capabilities, below = [] }: FunctionDescription): boolean =>
  capabilities?.ltr !== undefined || below.some(carriesLtr);

/** Payloads of 256 bytes, error reporting on, LTR where it is, as firmware and kernel leave it. */
function device(place: Place): ExpressValues {
  const { role, capabilities = {} } = place.description;
  const reports = capabilities.aer !== undefined && place.physical === undefined;
  const ltr = carriesLtr(place.description);
  const port = isDownstreamFacing(role);
  return {
    deviceCapabilities: {
      maxPayloadSizeSupported: 1,
      extendedTagFieldSupported: true,
      capturedSlotPowerLimitValue: LINK_ABOVE.includes(role) ? powerLimit(place) : 0,
    },
    deviceControl:
      place.physical !== undefined
        ? {}
        : {
            correctableErrorReportingEnable: reports,
            nonFatalErrorReportingEnable: reports,
            fatalErrorReportingEnable: reports,
            unsupportedRequestReportingEnable: reports,
            maxPayloadSize: 1,
            extendedTagFieldEnable: true,
          },
    deviceCapabilities2: {
      completionTimeoutDisableSupported: true,
      ltrMechanismSupported: ltr,
      ariForwardingSupported: role === 'root port' || role === 'downstream port',
    },
    deviceControl2: {
      ltrMechanismEnable: ltr && place.physical === undefined,
      ...(port && { ariForwardingEnable: forwardsAri(place.description) }),
    },
  };
}

/** Defaults for a function that has the PCI Express capability; registers it has not are not named. */
export function expressDefaults(place: Place, version: number): ExpressValues {
  const { role } = place.description;
  const { deviceCapabilities2, deviceControl2, ...first } = device(place);
  const { linkCapabilities2, linkControl2, linkStatus2, ...firstOfLink } = hasLink(role) ? link(place) : {};
  return {
    capabilities: {
      version,
      devicePortType: portTypeOf(role),
      slotImplemented: hasSlot(place.description),
    },
    ...first,
    ...firstOfLink,
    ...(hasSlot(place.description) && slot(place)),
    ...(ROOT.includes(role) && {
      rootControl: { pmeInterruptEnable: true, rrsSoftwareVisibilityEnable: role === 'root port' },
      rootCapabilities: { rrsSoftwareVisibility: role === 'root port' },
    }),
    ...(version >= 2 && { deviceCapabilities2, deviceControl2 }),
    ...(version >= 2 && linkCapabilities2 && { linkCapabilities2, ...(linkControl2 && { linkControl2, linkStatus2 }) }),
  } as ExpressValues;
}
