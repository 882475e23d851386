// SPDX-License-Identifier: GPL-2.0-only
/** The kernel side: what other rooms may use. */
export { type Algorithm, algorithms } from './algorithms.ts';
export { KernelBug } from './bug.ts';
export { type Decision, Kernel, type KernelOptions, type LogEntry, type LogLevel, type RootBus } from './kernel.ts';
export type { KernelState, KernelVersion, NativeService, PowerState } from './kernel_state.ts';
export { pci_bus, pci_dev } from './pci_dev.ts';
export {
  do_downstream_device_reset,
  need_reset,
  reset_pcie_endpoints,
  restore_downstream_configs,
  save_downstream_configs,
} from './reset_pcie_endpoints.ts';
export { pci_restore_state, pci_save_state } from './save_state.ts';
