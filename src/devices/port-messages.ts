// SPDX-License-Identifier: GPL-2.0-only
/**
 * What a port shows of its own interrupts where they go by changes, not by levels: QEMU raises or lowers INTx, or sends a
 * message, when "an enabled event is pending" becomes true or false, and looks at nothing else.
 */
import type { FunctionLayout } from '../configspace/function.ts';
import type { Arena, FunctionId } from './arena.ts';
import { MSI_ENABLE, MSI_X_ENABLE } from './watch.ts';

/** Interrupt Status as it stands in the dword of Command and Status. */
export const INTERRUPT_STATUS = 0x0008_0000;
const EXPRESS_INTERRUPT_MESSAGE = 9;
const MULTIPLE_MESSAGE_ENABLE = 20;
/** Interrupt Message Number, the top five bits of Root Error Status. */
const ROOT_ERROR_STATUS = 0x30;
const ERROR_MESSAGE = 27;

/** Whether events of the port are messages by now, of MSI or of MSI-X. */
export function usesMessages(arena: Arena, layout: FunctionLayout, port: FunctionId): boolean {
  return layout.blocks.some(({ extended, id, offset }) => {
    if (extended || (id !== 0x05 && id !== 0x11)) return false;
    const enable = id === 0x05 ? MSI_ENABLE : MSI_X_ENABLE;
    return (arena.read(port, offset, 4) & enable) !== 0;
  });
}

/** The mask and pending bits of the MSI of a port, where it is on and has them. */
function maskable(
  arena: Arena,
  { blocks }: FunctionLayout,
  port: FunctionId,
): [mask: number, pending: number] | undefined {
  const msi = blocks.find(({ extended, id }) => !extended && id === 0x05);
  const { maskBits, pendingBits } = msi?.block?.registers ?? {};
  if (!msi || !maskBits || !pendingBits || (arena.read(port, msi.offset, 4) & MSI_ENABLE) === 0) return undefined;
  return [msi.offset + maskBits.offset, msi.offset + pendingBits.offset];
}

/** Enabled events became pending, or are so no longer. */
export function pendingChanged(
  arena: Arena,
  layout: FunctionLayout,
  port: FunctionId,
  pending: boolean,
  hasIntx: boolean,
): void {
  if (!usesMessages(arena, layout, port)) {
    if (hasIntx) arena.change(port, 0x04, INTERRUPT_STATUS, pending);
    return;
  }
  const msi = maskable(arena, layout, port);
  if (!msi) return;
  const vector = 1 << ((arena.read(port, layout.express + 2, 2) >> EXPRESS_INTERRUPT_MESSAGE) & 0x1f);
  if ((arena.read(port, msi[0], 4) & vector) !== 0) arena.change(port, msi[1], vector, true);
}

/** MSI or MSI-X was written: with messages, INTx is low; what is not masked any more is sent. */
export function messagesWritten(arena: Arena, layout: FunctionLayout, port: FunctionId): void {
  if (usesMessages(arena, layout, port)) arena.change(port, 0x04, INTERRUPT_STATUS, false);
  const msi = maskable(arena, layout, port);
  if (msi) arena.change(port, msi[1], ~arena.read(port, msi[0], 4), false);
}

/** A root port with more than one vector sends errors with the second. */
export function numberErrorMessage(arena: Arena, { blocks }: FunctionLayout, port: FunctionId): void {
  const msi = blocks.find(({ extended, id }) => !extended && id === 0x05);
  const errors = blocks.find(({ extended, id }) => extended && id === 0x0001);
  if (!msi || !errors) return;
  const several = ((arena.read(port, msi.offset, 4) >>> MULTIPLE_MESSAGE_ENABLE) & 7) !== 0;
  arena.change(port, errors.offset + ROOT_ERROR_STATUS, 1 << ERROR_MESSAGE, several);
}
