// SPDX-License-Identifier: GPL-2.0-only
/** ACS, ARI, ATS, SR-IOV, PRI, PASID. */
import {
  accessControlServices,
  addressTranslationServices,
  alternativeRoutingId,
  pageRequestInterface,
  processAddressSpaceId,
  singleRootIoVirtualization,
} from '../tables/virtualization.ts';
import { type Printer, titled } from './shown.ts';
import { hex } from './text.ts';
import { view } from './view.ts';

export const showAccessControl: Printer = ({ config, at, has }) =>
  titled('Access Control Services', has(4, 4), () => {
    const read = view(config, accessControlServices(false), at);
    return [`ACSCap:\t${read('capability').flags()}`, `ACSCtl:\t${read('control').flags()}`];
  });

export const showAlternativeRoutingId: Printer = ({ config, at, has }) =>
  titled('Alternative Routing-ID Interpretation (ARI)', has(4, 4), () => {
    const read = view(config, alternativeRoutingId, at);
    const [cap, ctl] = [read('capability'), read('control')];
    return [
      `ARICap:\t${cap.flags()}, Next Function: ${cap.get('nextFunctionNumber')}`,
      `ARICtl:\t${ctl.flags()}, Function Group: ${ctl.get('functionGroup')}`,
    ];
  });

export const showAddressTranslation: Printer = ({ config, at, has }) =>
  titled('Address Translation Service (ATS)', has(4, 4), () => {
    const read = view(config, addressTranslationServices, at);
    const ctl = read('control');
    return [
      `ATSCap:\tInvalidate Queue Depth: ${hex(read('capability').get('invalidateQueueDepth'), 2)}`,
      `ATSCtl:\t${ctl.flags()}, Smallest Translation Unit: ${hex(ctl.get('smallestTranslationUnit'), 2)}`,
    ];
  });

const VF_BARS = ['vfBar0', 'vfBar1', 'vfBar2', 'vfBar3', 'vfBar4', 'vfBar5'] as const;

export const showSingleRoot: Printer = ({ config, at, has }) =>
  titled('Single Root I/O Virtualization (SR-IOV)', has(4, 0x3c), () => {
    const read = view(config, singleRootIoVirtualization, at);
    const cap = read('capability');
    const message = hex(cap.get('vfMigrationInterruptMessageNumber'), 3);
    const vfs = `Initial VFs: ${read('initialVfs').value}, Total VFs: ${read('totalVfs').value}`;
    const link = `Function Dependency Link: ${hex(read('functionDependencyLink').value, 2)}`;
    const placing = `VF offset: ${read('firstVfOffset').value}, stride: ${read('vfStride').value}`;
    const pages = `Supported Page Size: ${hex(read('supportedPageSizes').value, 8)}`;
    const regions: string[] = [];
    for (let n = 0; n < VF_BARS.length; n++) {
      const bar = read(VF_BARS[n]!);
      if (bar.value === 0 || bar.value === 0xffffffff) continue;
      const region = n;
      const wide = bar.get('type') === 2;
      const high = wide ? hex(config.u32(at + 0x24 + 4 * ++n), 8) : '';
      const kind = `${bar.get('type') === 0 ? '32' : '64'}-bit, ${bar.is('prefetchable') ? '' : 'non-'}prefetchable`;
      regions.push(`Region ${region}: Memory at ${high}${hex(bar.get('base') * 16, 8)} (${kind})`);
    }
    const migration = read('vfMigrationStateArrayOffset');
    return [
      `IOVCap:\t${cap.pick('vfMigrationCapable', 'vf10BitTagRequesterSupported')} Interrupt Message Number: ${message}`,
      `IOVCtl:\t${read('control').flags()}`,
      `IOVSta:\t${read('status').flags()}`,
      `${vfs}, Number of VFs: ${read('numVfs').value}, ${link}`,
      `${placing}, Device ID: ${hex(read('vfDeviceId').value, 4)}`,
      `${pages}, System Page Size: ${hex(read('systemPageSize').value, 8)}`,
      ...regions,
      `VF Migration: offset: ${hex(migration.get('offset') * 8, 8)}, BIR: ${migration.get('bir').toString(16)}`,
    ];
  });

export const showPageRequest: Printer = ({ config, at, has }) =>
  titled('Page Request Interface (PRI)', has(4, 12), () => {
    const read = view(config, pageRequestInterface, at);
    const capacity = hex(read('outstandingPageRequestCapacity').value, 8);
    const allocation = hex(read('outstandingPageRequestAllocation').value, 8);
    return [
      `PRICtl: ${read('control').flags()}`,
      `PRISta: ${read('status').flags(0, 8)}`,
      `Page Request Capacity: ${capacity}, Page Request Allocation: ${allocation}`,
    ];
  });

export const showProcessAddressSpace: Printer = ({ config, at, has }) =>
  titled('Process Address Space ID (PASID)', has(4, 4), () => {
    const read = view(config, processAddressSpaceId, at);
    const cap = read('capability');
    return [
      `PASIDCap: ${cap.flags()}, Max PASID Width: ${hex(cap.get('maxPasidWidth'), 2)}`,
      `PASIDCtl: ${read('control').flags()}`,
    ];
  });
