// SPDX-License-Identifier: GPL-2.0-only
/** BUG(): where the C stops the machine, the port throws. */
import type { Kernel } from './kernel.ts';

export class KernelBug extends Error {
  override readonly name = 'KernelBug';
}

export function BUG(kernel: Kernel, where: string): never {
  kernel.printk('err', `kernel BUG in ${where}!`);
  throw new KernelBug(`kernel BUG in ${where}(): Linux ${kernel.version} stops here`);
}
