// SPDX-License-Identifier: GPL-2.0-only
/** Data Object Exchange, and what vendors have of their own in extended config space. */
import { dataObjectExchange, extendedVendorSpecific } from '../tables/security.ts';
import type { Printer } from './shown.ts';
import { hex } from './text.ts';
import { view } from './view.ts';

export const showDataObjectExchange: Printer = ({ config, at, has }) => {
  if (!has(4, 0x14)) return ['Data Object Exchange', '<unreadable>'];
  const read = view(config, dataObjectExchange, at);
  const cap = read('capabilities');
  const message = `\tInterrupt Message Number ${hex(cap.get('interruptMessageNumber'), 3)}`;
  return [
    'Data Object Exchange',
    `DOECap: ${cap.flags()}`,
    ...(cap.is('interruptSupport') ? [message] : []),
    `DOECtl: ${read('control').flags()}`,
    `DOESta: ${read('status').flags()}`,
  ];
};

export const showExtendedVendorSpecific: Printer = ({ config, at, has }) => {
  if (!has(4, 4)) return ['Vendor Specific Information: <unreadable>'];
  const header = view(config, extendedVendorSpecific(0), at)('header');
  const numbers = `ID=${hex(header.get('id'), 4)} Rev=${header.get('revision')} Len=${hex(header.get('length'), 3)}`;
  return [`Vendor Specific Information: ${numbers} <?>`];
};
