// SPDX-License-Identifier: GPL-2.0-only
/** Virtual functions of SR-IOV, described from what their physical function says of them (PCIe 6.0 section 9.3.4). */
import type { FunctionDescription, VirtualFunctions } from './topology-description.ts';

export const firstVf = ({ offset = 0x80 }: VirtualFunctions): number => offset;
export const vfStride = ({ stride = 2 }: VirtualFunctions): number => stride;

/** Vendor and Device ID of a VF read as this: software takes the Device ID from its physical function. */
const NO_ID = 0xffff;

/** What a VF of this physical function is: no BARs, no INTx, and most of what the PF controls reads 0. */
export function virtualFunction(pf: FunctionDescription): FunctionDescription {
  const { role, subsystem, revisionId, classCode, speed, width, virtualFunctions } = pf;
  const { title, capabilities } = virtualFunctions!;
  return {
    role,
    vendorId: NO_ID,
    deviceId: NO_ID,
    classCode,
    pin: 0,
    ...(subsystem && { subsystem }),
    ...(revisionId !== undefined && { revisionId }),
    ...(speed !== undefined && { speed }),
    ...(width !== undefined && { width }),
    ...(title !== undefined && { title }),
    capabilities: {
      express: {
        deviceCapabilities: { functionLevelResetCapability: true },
        deviceControl: { enableRelaxedOrdering: false, enableNoSnoop: false, maxReadRequestSize: 0 },
      },
      ...capabilities,
    },
  };
}
