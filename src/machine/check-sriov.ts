// SPDX-License-Identifier: GPL-2.0-only
/** Numbers of the SR-IOV capability that cannot be (PCIe 6.0 section 9.3.3). */
import { configBytes } from '../configspace/catalogue.ts';
import type { Oddity } from '../configspace/function.ts';
import type { CheckedFunction } from './check.ts';

const SRIOV = 0x0010;
const CONTROL = 0x08;
const VF_ENABLE = 0x0001;
const INITIAL_VFS = 0x0c;
const TOTAL_VFS = 0x0e;
const NUM_VFS = 0x10;
const FIRST_VF_OFFSET = 0x14;
const VF_STRIDE = 0x16;

export function checkSriov({ bdf, bytes, layout }: CheckedFunction): Oddity[] {
  const sriov = layout.blocks.find(({ extended, id }) => extended && id === SRIOV);
  if (!sriov) return [];
  const config = configBytes(bytes);
  const at = (register: number): number => config.u16(sriov.offset + register);
  const odd: Oddity[] = [];
  const warn = (register: number, text: string) =>
    odd.push({ offset: sriov.offset + register, text, severity: 'warning' });
  const [initial, total, count, first, stride] = [INITIAL_VFS, TOTAL_VFS, NUM_VFS, FIRST_VF_OFFSET, VF_STRIDE].map(at);
  if (initial! > total!) warn(INITIAL_VFS, `InitialVFs ${initial} exceeds TotalVFs ${total}`);
  if (count! > total!) warn(NUM_VFS, `NumVFs ${count} exceeds TotalVFs ${total}`);
  if ((at(CONTROL) & VF_ENABLE) === 0 || count === 0) return odd;
  if (first === 0) warn(FIRST_VF_OFFSET, 'VFs enabled, but First VF Offset is 0: the first VF is the function itself');
  if (stride === 0 && count! > 1) warn(VF_STRIDE, `${count} VFs enabled, but VF Stride is 0: all have one address`);
  const last = (bdf % 0x10000) + first! + (Math.min(count!, total!) - 1) * stride!;
  if (last > 0xffff) warn(FIRST_VF_OFFSET, 'VFs enabled beyond bus ff: the last of them have no address');
  return odd;
}
