// SPDX-License-Identifier: GPL-2.0-only
/** Machines to measure on. */
import { type FunctionSpec, Hardware } from '../src/devices/hardware.ts';
import { qemu72 } from '../src/devices/qemu.ts';
import { describeMachine } from '../src/machine/topology.ts';
import { gpuAudio, nvme } from '../src/machine/topology-devices.ts';
import { downstreamPort, rootPort, upstreamPort } from '../src/machine/topology-parts.ts';
import { Kernel } from '../src/reset/kernel.ts';

const audio = (count: number) => Array.from({ length: count }, (_, fn) => gpuAudio({ fn }));

/** 32 functions: four root ports, a switch with four downstream ports, 23 endpoints. */
export function machineOf32(): readonly FunctionSpec[] {
  const drives = Array.from({ length: 4 }, () => downstreamPort({}, [nvme()]));
  return describeMachine([
    rootPort({}, audio(8)),
    rootPort({}, audio(8)),
    rootPort({}, audio(3)),
    rootPort({}, [upstreamPort({}, drives)]),
  ]);
}

export const hardwareOf = (functions: readonly FunctionSpec[]): Hardware => new Hardware(functions, qemu72);

/** A kernel that has scanned a machine and is told to run the patch. */
export function kernelOn(hardware: Hardware): Kernel {
  const kernel = new Kernel(hardware, {
    version: '3.10',
    cmdline: 'pci=pcie_reset_endpoint_devices',
    state: 'boot',
    rootBuses: hardware.fabric.rootBuses,
    debug: false,
  });
  kernel.scan();
  return kernel;
}
