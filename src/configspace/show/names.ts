// SPDX-License-Identifier: GPL-2.0-only
/** What registers and fields are called in output: as lspci calls them, and where it does not, as the specification does. */
import type { Field, Register } from '../registers.ts';

/** `maxLinkSpeed` -> `Max Link Speed`. Fields of conventional PCI that stand beside an Express one lose the distinction. */
const spelledOut = (name: string): string =>
  name
    .replace(/Conventional$/, '')
    .replace(/(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Z][a-z])/g, ' ')
    .replace(/^./, (c) => c.toUpperCase());

export const registerName = (name: string, register: Register): string => register.lspci ?? spelledOut(name);

/** lspci's token, unless the register has it twice: SltSta prints the state and the change of the MRL sensor as `MRL`. */
export function fieldName(name: string, field: Field, register: Register): string {
  if (field.lspci === undefined) return spelledOut(name);
  const shared = Object.values(register.fields).some((f) => f.lspci === field.lspci && f.lsb !== field.lsb);
  return shared ? spelledOut(name) : field.lspci;
}
