// SPDX-License-Identifier: GPL-2.0-only
/** What registers and fields are called in output: as lspci calls them, and where it does not, as the specification does. */
import type { Field, Register } from '../registers.ts';

/** Words that are abbreviations, as they stand in the names of registers and fields. */
const ABBREVIATIONS =
  /\b(Acs|Aer|Ari|Aspm|Ats|Bar|Bir|Bist|Cto|Cxl|Dll|Dma|Dmwr|Dpc|Dsp|Dvsec|Ecrc|Ide|Ido|Io|Isa|Ltr|L1pm|Mac|Mfvc|Mrl|Msi|Mse|Nfm|Obff|Pasid|Pci|Pio|Pm|Pme|Pri|Prg|Rcb|Rom|Rp|Rrs|Sig|Sos|Sfw|Tc|Tlp|Tph|Uio|Usp|Vc|Vf|Vfs|Vga)\b/g;

/**
 * `maxLinkSpeed` -> `Max Link Speed`, `ltrL12ThresholdValue` -> `LTR L1.2 Threshold Value`. Fields of conventional PCI that
 * stand beside an Express one lose the distinction.
 */
const spelledOut = (name: string): string =>
  name
    .replace(/Conventional$/, '')
    .replace(/(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Z][a-z])/g, ' ')
    .replace(/^./, (c) => c.toUpperCase())
    .replace(ABBREVIATIONS, (word) => word.toUpperCase())
    .replace(/\bL ?0s\b/g, 'L0s')
    .replace(/\bL ?1([12])\b/g, 'L1.$1')
    .replace(/^T Power On/, 'T_POWER_ON');

export const registerName = (name: string, register: Register): string => register.lspci ?? spelledOut(name);

/** lspci's token, unless the register has it twice: SltSta prints the state and the change of the MRL sensor as `MRL`. */
export function fieldName(name: string, field: Field, register: Register): string {
  if (field.lspci === undefined) return spelledOut(name);
  const shared = Object.values(register.fields).some((f) => f.lspci === field.lspci && f.lsb !== field.lsb);
  return shared ? spelledOut(name) : field.lspci;
}
