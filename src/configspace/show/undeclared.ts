// SPDX-License-Identifier: GPL-2.0-only
/** Capabilities of which only the name is known. */
import { CAPABILITIES, EXTENDED_CAPABILITIES } from '../catalogue.ts';
import type { Printer } from './shown.ts';
import { hex } from './text.ts';

const HOT_PLUG = 0x0c;

export const showUndeclared: Printer = ({ config, at, id }) => {
  if (id === 0) return ['Null'];
  const name = CAPABILITIES[id]?.title;
  if (name === undefined) return [`Capability ID 0x${id.toString(16)} [${hex(config.u16(at + 2), 4)}]`];
  // It has no registers in config space, so that there is nothing left to decode.
  return [id === HOT_PLUG ? name : `${name} <?>`];
};

export const showUndeclaredExtended: Printer = ({ id }) => {
  if (id === 0) return ['Null'];
  const name = EXTENDED_CAPABILITIES[id]?.title;
  return [name === undefined ? `Extended Capability ID 0x${id.toString(16)}` : `${name} <?>`];
};
