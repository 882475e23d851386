// SPDX-License-Identifier: GPL-2.0-only
/** One register of registers.json against its declaration, bit by bit. */
import type { Field, Register } from '../../../src/configspace/registers.ts';
import type { Fact, FactField } from './facts.ts';

/** What differs, as the comparison prints it, and why it is not as registers.json has it. */
export const DISAGREEMENTS: Readonly<Record<string, string>> = Object.fromEntries(
  (
    [
      [
        'A reset of the port by itself (D3hot to D0) leaves its link alone, and Link Status goes on showing it.',
        [
          'PCIe LnkSta (all links) 11 Training: flrKeeps true, not false',
          'PCIe LnkSta (all links) 13 DLLLA: flrKeeps true, not false',
        ],
      ],
      [
        'PCI 2.1 had User Definable Features there, and lspci prints it; registers.json has PCI Express only.',
        ['HDR0 Status (type0) 6 -: access RO, not Rsvd', 'HDR1 Status (type1) 6 -: access RO, not Rsvd'],
      ],
      [
        'Ports have the timers of conventional PCI hardwired to 0, which is what a reserved bit reads.',
        ['8 PriDiscTimer', '9 SecDiscTimer', '10 DiscTimerSts', '11 DiscTimerSERR'].map(
          (bit) => `HDR1 BridgeCtl (type1 PCIe port) ${bit}: access Rsvd, not RO`,
        ),
      ],
      [
        'A port has no FLR that could leave the field alone; one field serves both ends of a link here.',
        ['1:0 ASPM', '6 CCC', '7 ExtSynch', '9 HAWD'].map(
          (bit) => `PCIe LnkCtl (RP, DSP) ${bit}: flrKeeps true, not false`,
        ),
      ],
      [
        'Only a port outlives its link; one field serves both ends here, and that of the other end is reset anyway.',
        ['EP, LegEP, RCiEP, RCEC', 'USP'].map((scope) => `PCIe DevCtl2 (${scope}) 10 LTREn: dlDown true, not false`),
      ],
      [
        'The specification has 16 bits for each lane; registers.json has the dword of two lanes.',
        [
          'SecPCIe LaneEQ(2n) (8GT/s+): 16 bits wide, not 32',
          'SecPCIe LaneEQ(2n) (8GT/s+) 31:0 PRESETS: access Rsvd, not HwInit',
        ],
      ],
      [
        'The two ends exchange their features again when the link is back, so that a reset is not seen in the register.',
        ['DLF Sta (links) 22:0 Remote: reset null, not 0', 'DLF Sta (links) 31 Valid: reset null, not 0'],
      ],
      [
        'Bits 13:12 are the version of the capability since PCI-X 2.0 (PCI_X_CMD_VERSION); registers.json has 1.0.',
        ['PCI-X Cmd (type0) 15:7 -: access RO, not Rsvd'],
      ],
      [
        'A window on a memory, which is not the state of the function: no reset sets it, and a read may change it.',
        ['Addr 14:0 ADDR', 'Addr 15 F', 'Data 31:0 DATA'].map((bits) => `VPD ${bits}: live true, not false`),
      ],
    ] as const
  ).flatMap(([why, texts]) => texts.map((text) => [text, why])),
);

interface Bit {
  /** Access class; reserved bits of both kinds are `Rsvd`. */
  readonly access: string;
  readonly reset: number | null;
  readonly flrKeeps: boolean;
  readonly dlDown: boolean;
  readonly action: boolean;
  readonly live: boolean;
}

const RESERVED: Bit = { access: 'Rsvd', reset: 0, flrKeeps: false, dlDown: false, action: false, live: false };

/** Of constants, and of what firmware sets, a reset value says nothing. */
const isHeld = (access: string): boolean => access === 'RO' || access === 'HwInit';

const bitAt = (value: number, bit: number): number => Math.floor(value / 2 ** bit) % 2;

function factBit(f: FactField, bit: number): Bit {
  if (f.attr.startsWith('Rsvd')) return RESERVED;
  const has = (flag: string) => f.flags.includes(flag);
  const reset = f.reset === null || (isHeld(f.attr) && !has('L')) ? null : bitAt(f.reset, bit - f.lo);
  return { access: f.attr, reset, flrKeeps: has('K'), dlDown: has('D'), action: has('A'), live: has('L') };
}

function ourBit(f: Field | undefined, bit: number): Bit {
  if (f === undefined) return RESERVED;
  const open = f.impl || (isHeld(f.access) && !f.live);
  return {
    access: f.access,
    reset: open ? null : bitAt(f.reset ?? 0, bit - f.lsb),
    flrKeeps: f.flrKeeps === true,
    dlDown: f.dlDown === true,
    action: f.action === true,
    live: f.live === true,
  };
}

/** `PCIe DevCtl 15: action false, not true`: ours first. */
export function disagreementsOf(fact: Fact, register: Register | undefined): string[] {
  const what = `${fact.cap.split(' ')[0]} ${fact.name}${fact.scope === 'all' ? '' : ` (${fact.scope})`}`;
  if (register === undefined) return [`${what}: not declared at ${fact.off.toString(16)}`];
  const found: string[] = [];
  if (register.size * 8 !== fact.width) found.push(`${what}: ${register.size * 8} bits wide, not ${fact.width}`);
  for (const f of fact.fields) {
    const texts = new Set<string>();
    for (let bit = f.lo; bit <= f.hi; bit++) {
      const own = Object.values(register.fields).find(({ lsb, msb }) => lsb <= bit && bit <= msb);
      const [ours, theirs] = [ourBit(own, bit), factBit(f, bit)];
      // A bit without a name that reads 0 is reserved by another word.
      if (f.name === '-' && f.attr === 'RO' && isHeld(own?.access ?? 'RO')) continue;
      for (const key of Object.keys(theirs) as (keyof Bit)[])
        if (ours[key] !== theirs[key] && !(key === 'reset' && ours.access !== theirs.access))
          texts.add(`${key} ${ours[key]}, not ${theirs[key]}`);
    }
    const bits = f.hi === f.lo ? `${f.hi}` : `${f.hi}:${f.lo}`;
    found.push(...[...texts].map((text) => `${what} ${bits} ${f.name}: ${text}`));
  }
  return found;
}
