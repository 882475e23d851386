// SPDX-License-Identifier: GPL-2.0-only
/** Downstream Port Containment of root ports that log more than others. */
import { block, type Registers, reg32, ros } from '../registers.ts';
import { downstreamPortContainment } from './errors.ts';

/** The capability of a root port that logs TLP prefixes of its RP PIO errors as well, in one to four dwords. */
export function containmentWithPrefixLogs(dwords: number) {
  const logs = Array.from(
    { length: dwords },
    (_, n): Registers => ({
      [`rpPioTlpPrefixLog${n}`]: reg32(
        0x34 + 4 * n,
        { log: ros([31, 0]) },
        { lspci: `RP PIO TLP Prefix Log ${n}`, on: ['root port'] },
      ),
    }),
  );
  const registers: Registers = Object.assign({}, downstreamPortContainment.registers, ...logs);
  return block(downstreamPortContainment.title, 0x34 + 4 * dwords, registers);
}
