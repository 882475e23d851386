// SPDX-License-Identifier: GPL-2.0-only
/** The algorithms that can be run by name. One of a user's own is a value of the same type. */
import type { Kernel } from './kernel.ts';
import { reset_pcie_endpoints } from './reset_pcie_endpoints.ts';

export interface Algorithm {
  readonly name: string;
  readonly description: string;
  /** What turns it on, where it does nothing by itself. */
  readonly enabledBy?: { readonly option: string; isOn(kernel: Kernel): boolean };
  /** Runs on a kernel that has scanned its devices. */
  run(kernel: Kernel): void;
}

export const algorithms: ReadonlyMap<string, Algorithm> = new Map(
  [
    {
      name: 'reset_pcie_endpoints',
      description: 'the patch of 2013: hot reset below every port with endpoints only, no display among them',
      enabledBy: {
        option: 'pci=pcie_reset_endpoint_devices',
        isOn: (kernel: Kernel) => kernel.pcie_reset_endpoint_devices !== 0,
      },
      run: reset_pcie_endpoints,
    },
  ].map((algorithm) => [algorithm.name, algorithm]),
);
