// SPDX-License-Identifier: GPL-2.0-only
/** Going back: after a rollback the hardware is, to whoever asks, as it was at the mark. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBdf } from '../../src/bus/bdf.ts';
import type { Size } from '../../src/bus/index.ts';
import type { FunctionId } from '../../src/devices/arena.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import { pcie } from '../../src/devices/profile.ts';
import { qemu72 } from '../../src/devices/qemu.ts';
import { at, type Bytes, downstreamPort, endpoint, rootPort, upstreamPort } from './functions.ts';

const SRIOV: Bytes = { 0x100: 0x0010, 0x102: 0x0001, 0x108: 0x0001, 0x10e: 1, 0x110: 1, 0x114: 1, 0x116: 1 };

const machine = (profile: typeof pcie) => {
  const hardware = new Hardware(
    [
      at('00:01.0', rootPort(1, 4, { 0x54: 0x0042, 0x5a: 0x0040 })),
      at('00:02.0', rootPort(5)),
      at('01:00.0', upstreamPort(1, 2, 4)),
      at('02:00.0', downstreamPort(2, 3)),
      at('02:01.0', downstreamPort(2, 4)),
      at('03:00.0', endpoint()),
      at('04:00.0', endpoint()),
      at('05:00.0', endpoint(SRIOV)),
      at('05:00.1', endpoint()),
    ],
    profile,
  );
  hardware.functions.forEach((_, fn) => void hardware.dma.arm(fn as FunctionId, 0));
  return hardware;
};

/** All that can be asked of the hardware: every function's bytes at every address, its DMA, the time. */
function answers(hardware: Hardware): unknown {
  const { functions, arena, clock, dma, resets, unnoticed, lost } = hardware;
  return {
    now_us: clock.now_us,
    bytes: createHash('sha1').update(arena.bytes).digest('hex'),
    lost: [lost.count, lost.first],
    reads: functions.map(({ bdf }) => [unnoticed.read(bdf, 0, 4), unnoticed.read(bdf, 0x18, 4)]),
    dma: functions.map((_, fn) => [dma.isRunning(fn as FunctionId), dma.requests(fn as FunctionId)]),
    resets: [...resets.count],
  };
}

const BRIDGES = ['00:01.0', '00:02.0', '01:00.0', '02:00.0', '02:01.0'].map((bdf) => parseBdf(bdf)!);
const OPERATION = fc.oneof(
  fc.record({ bridge: fc.constantFrom(...BRIDGES), control: fc.constantFrom(0x40, 0) }),
  fc.record({ ms: fc.integer({ min: 1, max: 300 }) }),
  fc.record({
    bdf: fc.constantFrom(...BRIDGES, parseBdf('05:00.0')!, parseBdf('03:00.0')!),
    offset: fc.constantFrom(0x04, 0x18, 0x48, 0x50, 0x58, 0x68, 0x108, 0x110),
    size: fc.constantFrom<Size>(1, 2, 4),
    value: fc.nat(0xffffffff),
  }),
);

type Operation = typeof OPERATION extends fc.Arbitrary<infer T> ? T : never;

function apply(hardware: Hardware, operations: readonly Operation[]): void {
  for (const op of operations) {
    if ('ms' in op) hardware.clock.delay({ op: 'msleep', ms: op.ms });
    else if ('bridge' in op) hardware.write(op.bridge, 0x3e, 2, op.control);
    else {
      hardware.read(op.bdf, 0, op.size);
      hardware.write(op.bdf, op.offset, op.size, op.value);
    }
  }
}

describe('a rollback', () => {
  it.each([pcie, qemu72])('undoes what was done since the mark, in the profile $name', (profile) => {
    fc.assert(
      fc.property(fc.array(OPERATION, { maxLength: 12 }), fc.array(OPERATION, { maxLength: 12 }), (before, since) => {
        const hardware = machine(profile);
        apply(hardware, before);
        const expected = answers(hardware);
        hardware.mark();
        apply(hardware, since);
        hardware.rollback();
        expect(answers(hardware)).toEqual(expected);
        // What was due at the mark still happens, and the way back is there again.
        const twin = machine(profile);
        apply(twin, [...before, ...since]);
        apply(hardware, since);
        expect(answers(hardware)).toEqual(answers(twin));
        hardware.rollback();
        expect(answers(hardware)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('needs a mark', () => {
    expect(() => machine(pcie).rollback()).toThrow('without a mark');
  });
});
