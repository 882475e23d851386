// SPDX-License-Identifier: GPL-2.0-only
export { formatBdf, parseBdf } from './bus/bdf.ts';
export type * from './bus/index.ts';
