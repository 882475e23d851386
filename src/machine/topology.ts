// SPDX-License-Identifier: GPL-2.0-only
/**
 * Machines described in TypeScript: a tree of functions, as plain data, becomes the config spaces that a booted operating
 * system would have left behind. Whoever wants a machine writes down what is in it; numbers, addresses and windows follow.
 *
 *     const machine = describeMachine([
 *       rootPort({ slot: 1 }, [
 *         upstreamPort({}, [
 *           downstreamPort({}, [nvme()]),
 *           downstreamPort({}, [nic({ fn: 0 }), nic({ fn: 1 })]),
 *         ]),
 *       ]),
 *     ]);
 *
 * Which role may stand where is not checked: virtual machines and broken devices put anything anywhere.
 */
import { configSpaceOf } from './describe-function.ts';
import { placeFunctions } from './describe-places.ts';
import { assignAddresses, barSizesOf } from './describe-windows.ts';
import type { DescribedFunction, FunctionDescription, RootBusDescription } from './topology-description.ts';

export * from './topology-description.ts';

const isRootBus = (d: RootBusDescription | FunctionDescription): d is RootBusDescription => 'functions' in d;

/**
 * Builds a machine, in ascending order of address. Functions that are given outside of a root bus sit on bus 0 of domain
 * 0. Throws a TopologyError for what cannot be.
 */
export function describeMachine(
  description: readonly (RootBusDescription | FunctionDescription)[],
): DescribedFunction[] {
  const loose = description.filter((d): d is FunctionDescription => !isRootBus(d));
  const rootBuses = description.filter(isRootBus);
  const places = placeFunctions(loose.length > 0 ? [{ functions: loose }, ...rootBuses] : rootBuses);
  const addresses = assignAddresses(places);
  return places
    .map((place) => ({
      bdf: place.bdf,
      bytes: configSpaceOf(place, addresses),
      barSizes: barSizesOf(place, addresses),
      ...(place.description.title !== undefined && { title: place.description.title }),
    }))
    .sort((a, b) => a.bdf - b.bdf);
}
