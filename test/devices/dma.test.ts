// SPDX-License-Identifier: GPL-2.0-only
/** DMA engines: they go on while Bus Master lets them, on the way up, too, and end with a reset. */
import { describe, expect, it } from 'vitest';
import { parseBdf } from '../../src/bus/bdf.ts';
import type { FunctionId } from '../../src/devices/arena.ts';
import { DMA_PERIOD_US } from '../../src/devices/dma.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import { pcie } from '../../src/devices/profile.ts';
import { at, endpoint, rootPort } from './functions.ts';

const PORT = parseBdf('00:01.0')!;
const ENDPOINT = parseBdf('01:00.0')!;
const fn = 1 as FunctionId;

function started(): Hardware {
  // With No_Soft_Reset, so that it comes back from D3hot as it was.
  const power = { 0x40: 0x7010, 0x70: 0x0001, 0x74: 0x0008 };
  const hardware = new Hardware([at('00:01.0', rootPort(1)), at('01:00.0', endpoint(power))], pcie);
  hardware.dma.arm(fn, hardware.clock.now_us);
  return hardware;
}

/** Requests sent in the next ten periods. */
function requestsInTenPeriods(hardware: Hardware): number {
  hardware.dma.settle(fn, hardware.clock.now_us);
  const before = hardware.dma.requests(fn);
  hardware.clock.advance(10 * DMA_PERIOD_US);
  hardware.dma.settle(fn, hardware.clock.now_us);
  return hardware.dma.requests(fn) - before;
}

describe('a DMA engine', () => {
  it('sends a request each period', () => {
    expect(requestsInTenPeriods(started())).toBe(10);
  });

  it.each([
    ['its own Bus Master', ENDPOINT, 0x04, 0x0002, 0x0006],
    ['the Bus Master of the port above', PORT, 0x04, 0x0002, 0x0006],
    ['its power state', ENDPOINT, 0x74, 0x0003, 0x0000],
  ])('stops and goes on with %s', (_, bdf, offset, off, on) => {
    const hardware = started();
    hardware.write(bdf, offset, 2, off);
    expect(hardware.dma.isRunning(fn)).toBe(false);
    expect(requestsInTenPeriods(hardware)).toBe(0);
    hardware.write(bdf, offset, 2, on);
    expect(requestsInTenPeriods(hardware)).toBe(10);
  });

  it('ends with a reset, and Bus Master alone does not start it again', () => {
    const hardware = started();
    hardware.clock.advance(250);
    hardware.write(PORT, 0x3e, 2, 0x0040);
    hardware.write(PORT, 0x3e, 2, 0);
    hardware.clock.delay({ op: 'msleep', ms: 1000 });
    hardware.write(ENDPOINT, 0x04, 2, 0x0006);
    expect(hardware.read(ENDPOINT, 0x04, 2)).toBe(0x0006);
    expect(hardware.dma.requests(fn)).toBe(2);
    expect(hardware.dma.lastRequest_us(fn)).toBe(200);
    expect(requestsInTenPeriods(hardware)).toBe(0);
  });
});
