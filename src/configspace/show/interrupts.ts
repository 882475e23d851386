// SPDX-License-Identifier: GPL-2.0-only
/** MSI and MSI-X. */
import type { Block } from '../registers.ts';
import { messageSignaledInterrupts, msiX } from '../tables/interrupts.ts';
import { type Printer, titled } from './shown.ts';
import { hex } from './text.ts';
import { view } from './view.ts';

export const showMsi: Printer = ({ config, at, has }) => {
  const flags = config.u16(at + 2);
  const [wide, masking] = [(flags & 0x0080) !== 0, (flags & 0x0100) !== 0];
  // Which registers there are depends on the two bits, so they are looked up by name.
  const block: Block = messageSignaledInterrupts(wide, masking);
  const read = view(config, block, at);
  const control = read('control');
  const vectors = (field: string) => 2 ** control.get(field);
  const count = `Count=${vectors('multipleMessageEnable')}/${vectors('multipleMessageCapable')}`;
  const title = `MSI: ${control.pick('enable')} ${count} ${control.pick('perVectorMaskingCapable', 'address64Capable')}`;
  const dataOffset = block.registers['messageData']!.offset;
  return titled(title, has(4, dataOffset - 2), () => {
    const upper = wide ? hex(read('messageUpperAddress').value, 8) : '';
    const lines = [
      `Address: ${upper}${hex(read('messageAddress').value, 8)}  Data: ${hex(read('messageData').value, 4)}`,
    ];
    if (masking && has(dataOffset + 4, 8))
      lines.push(`Masking: ${hex(read('maskBits').value, 8)}  Pending: ${hex(read('pendingBits').value, 8)}`);
    return lines;
  });
};

export const showMsiX: Printer = ({ config, at, has }) => {
  const read = view(config, msiX, at);
  const control = read('control');
  const title = `MSI-X: ${control.pick('enable')} Count=${control.get('tableSize') + 1} ${control.pick('functionMask')}`;
  return titled(title, has(4, 8), () => {
    const where = (name: 'table' | 'pendingBitArray') => {
      const register = read(name);
      return `BAR=${register.get('bir')} offset=${hex(register.value - register.get('bir'), 8)}`;
    };
    return [`Vector table: ${where('table')}`, `PBA: ${where('pendingBitArray')}`];
  });
};
