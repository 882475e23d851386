// SPDX-License-Identifier: GPL-2.0-only
/** A bus that somebody watches. The hardware itself knows of no observer, so that a run without one pays nothing for it. */
import type { Bus, Observer } from './index.ts';

/** The same bus, every access and every delay of which `observer` is told of, in order. */
export function observed(bus: Bus, observer: Observer): Bus {
  const { clock } = bus;
  return {
    clock: {
      get now_us() {
        return clock.now_us;
      },
      delay: (delay) => {
        observer.delay(clock.now_us, delay);
        clock.delay(delay);
      },
    },
    read: (bdf, offset, size) => {
      const value = bus.read(bdf, offset, size);
      observer.access(clock.now_us, 'r', bdf, offset, size, value);
      return value;
    },
    write: (bdf, offset, size, value) => {
      observer.access(clock.now_us, 'w', bdf, offset, size, value);
      bus.write(bdf, offset, size, value);
    },
  };
}
