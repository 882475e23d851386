// SPDX-License-Identifier: GPL-2.0-only
/** Both capability lists, in the order in which they are linked, and how they end. */
import type { ConfigBytes } from '../catalogue.ts';
import { ROLES, type Role } from '../registers.ts';
import { showEnhancedAllocation } from './allocation.ts';
import { showEventCollector, showRootComplexLink } from './complex.ts';
import { showAdvancedFeatures, showBridgeSubsystem, showPciX, showVitalProductData } from './conventional.ts';
import { showDesignatedVendorSpecific } from './cxl.ts';
import { showAdvancedErrors, showDownstreamPortContainment } from './errors.ts';
import { showExpress } from './express.ts';
import { showHyperTransport } from './hypertransport.ts';
import { showMsi, showMsiX } from './interrupts.ts';
import { showAgp, showDebugPort, showHotSwap, showSataHba, showSlotId, showVendorSpecific } from './legacy.ts';
import { showDataLinkFeature, showDevice3, showSecondaryExpress, showSerialNumber } from './link.ts';
import { showPlain } from './plain.ts';
import { showL1PmSubstates, showLatencyTolerance, showPowerManagement } from './power.ts';
import {
  showMulticast,
  showPrecisionTime,
  showResizableBar,
  showTph,
  showVfResizableBar,
  showVirtualChannel,
} from './resources.ts';
import { showDataObjectExchange, showExtendedVendorSpecific } from './security.ts';
import type { Printer, Shown } from './shown.ts';
import { hex } from './text.ts';
import { showUndeclared, showUndeclaredExtended } from './undeclared.ts';
import {
  showAccessControl,
  showAddressTranslation,
  showAlternativeRoutingId,
  showPageRequest,
  showProcessAddressSpace,
  showSingleRoot,
} from './virtualization.ts';

const PCI_X = 0x07;
const EXPRESS = 0x10;

const PRINTERS: Readonly<Record<number, Printer>> = {
  0x01: showPowerManagement,
  0x02: showAgp,
  0x03: showVitalProductData,
  0x04: showSlotId,
  0x05: showMsi,
  0x06: showHotSwap,
  [PCI_X]: showPciX,
  0x08: showHyperTransport,
  0x09: showVendorSpecific,
  0x0a: showDebugPort,
  0x0d: showBridgeSubsystem,
  [EXPRESS]: showExpress,
  0x11: showMsiX,
  0x12: showSataHba,
  0x13: showAdvancedFeatures,
  0x14: showEnhancedAllocation,
};

const EXTENDED_PRINTERS: Readonly<Record<number, Printer>> = {
  0x0001: showAdvancedErrors,
  0x0002: showVirtualChannel,
  0x0003: showSerialNumber,
  0x0004: showPlain,
  0x0005: showRootComplexLink,
  0x0006: showPlain,
  0x0007: showEventCollector,
  0x0008: (shown) => ['Multi-Function Virtual Channel', ...showVirtualChannel(shown).slice(1)],
  0x0009: showVirtualChannel,
  0x000a: showPlain,
  0x000b: showExtendedVendorSpecific,
  0x000d: showAccessControl,
  0x000e: showAlternativeRoutingId,
  0x000f: showAddressTranslation,
  0x0010: showSingleRoot,
  0x0012: showMulticast,
  0x0013: showPageRequest,
  0x0015: showResizableBar,
  0x0016: showPlain,
  0x0017: showTph,
  0x0018: showLatencyTolerance,
  0x0019: showSecondaryExpress,
  0x001b: showProcessAddressSpace,
  0x001d: showDownstreamPortContainment,
  0x001e: showL1PmSubstates,
  0x001f: showPrecisionTime,
  0x0021: showPlain,
  0x0022: showPlain,
  0x0023: showDesignatedVendorSpecific,
  0x0024: showVfResizableBar,
  0x0025: showDataLinkFeature,
  0x0026: showPlain,
  0x0027: showPlain,
  0x0029: showPlain,
  0x002a: showPlain,
  0x002e: showDataObjectExchange,
  0x002f: showDevice3,
  0x0030: showPlain,
  0x0031: showPlain,
  0x0032: showPlain,
};

interface Listed {
  readonly lines: readonly string[];
  /** Of the PCI Express capability that came last. */
  readonly role: Role | undefined;
  /** lspci looks for extended capabilities only behind a PCI Express or PCI-X capability. */
  readonly extendable: boolean;
}

const entry = (place: string, [title, ...lines]: readonly string[]): string[] => [
  `\tCapabilities: [${place}] ${title}`,
  ...lines.map((line) => `\t\t${line}`),
];

function showList(config: ConfigBytes, headerType: number, first: boolean): Listed {
  const lines: string[] = [];
  const seen = new Set<number>();
  let role: Role | undefined = 'conventional';
  let extendable = false;
  const end = (): Listed => ({ lines, role, extendable });
  if ((config.u16(0x06) & 0x0010) === 0) return end();
  for (let at = config.u8(headerType === 2 ? 0x14 : 0x34) & 0xfc; at !== 0; at = config.u8(at + 1) & 0xfc) {
    const has = (from: number, length: number) => at + from + length <= config.bytes.length;
    const broken = (why: string): Listed => {
      lines.push(`\tCapabilities: ${why}`);
      return end();
    };
    if (!has(0, 4)) return broken('<access denied>');
    if (seen.has(at)) return broken(`[${hex(at, 2)}] <chain looped>`);
    seen.add(at);
    const id = config.u8(at);
    if (id === 0xff) return broken(`[${hex(at, 2)}] <chain broken>`);
    const shown: Shown = { config, at, id, headerType, role, first, has };
    lines.push(...entry(hex(at, 2), (PRINTERS[id] ?? showUndeclared)(shown)));
    if (id === EXPRESS) role = ROLES[(config.u16(at + 2) >> 4) & 0xf];
    extendable ||= id === EXPRESS || id === PCI_X;
  }
  return end();
}

function showExtendedList(config: ConfigBytes, headerType: number, first: boolean, role: Role | undefined): string[] {
  const lines: string[] = [];
  const seen = new Set<number>();
  for (let at = 0x100; at !== 0; at = (config.u32(at) >>> 20) & 0xffc) {
    const has = (from: number, length: number) => at + from + length <= config.bytes.length;
    const header = config.u32(at);
    if (!has(0, 4) || header === 0 || header === 0xffffffff) break;
    const id = header & 0xffff;
    const place = `${hex(at, 3)} v${(header >>> 16) & 0xf}`;
    if (seen.has(at)) return [...lines, `\tCapabilities: [${place}] <chain looped>`];
    seen.add(at);
    const shown: Shown = { config, at, id, headerType, role, first, has };
    lines.push(...entry(place, (EXTENDED_PRINTERS[id] ?? showUndeclaredExtended)(shown)));
  }
  return lines;
}

/** The lines of all capabilities of a function. `first` is device 0 function 0 of its bus. */
export function showCapabilities(config: ConfigBytes, headerType: number, first: boolean): string[] {
  if (headerType === 2 && config.bytes.length < 0x80) return [];
  const { lines, role, extendable } = showList(config, headerType, first);
  return extendable ? [...lines, ...showExtendedList(config, headerType, first, role)] : [...lines];
}
