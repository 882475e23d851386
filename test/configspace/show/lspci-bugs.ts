// SPDX-License-Identifier: GPL-2.0-only
/**
 * Where lspci 3.9.0 is wrong, as far as random registers show it. Each entry has a line of its output, and the part of it
 * that is not to be believed: what is left of the line must be what we print.
 *
 * Two bugs are of more than one line, and stand in support/compare.ts:
 * - `\tRegion 1: Memory at <unassigned> (64-bit, prefetchable)`: the upper half of a 64-bit BAR, taken for a BAR of its own
 *   when the registers come from a dump; and a 64-bit BAR that has no register for its upper half;
 * - `\t\tMcastCap: MaxGroups 40\t\tMcastCtl: NumGroups 12, Enable+`: the end of the line is forgotten.
 *
 * And some things it cannot do at all, so that the generator leaves them out: it stops ("Internal bug: Accessing non-read
 * configuration byte") at a CXL DVSEC or an Enhanced Allocation entry that is shorter than its registers; it reads past its
 * tables for reserved types, classes and interleaves of a CXL range; and it prints neither a title nor the end of the line
 * for PCI-X of a CardBus bridge.
 */

export interface LspciBug {
  readonly why: string;
  /** A line as lspci printed it, which `line` matches. */
  readonly example: string;
  readonly line: RegExp;
  /** What is taken out of its line, and of ours, before they are compared. */
  readonly but: RegExp;
}

export const LSPCI_BUGS: readonly LspciBug[] = [
  {
    why: 'Isochronous support of AGP is bit 17; lspci tests bit 16, which is reserved.',
    example: '\t\tStatus: RQ=27 Iso- ArqSz=3 Cal=2 SBA- ITACoh- GART64+ HTrans- 64bit+ FW+ AGP3- Rate=x2,x4',
    line: /^\t\tStatus: RQ=/,
    but: /Iso[+-]/,
  },
  {
    why: 'The error of DOE is bit 2; lspci tests bits 0 and 1, which are Busy and Interrupt Status.',
    example: '\t\tDOESta: Busy+ IntSta+ Error+ ObjectReady-',
    line: /^\t\tDOESta: /,
    but: /Error[+-]/,
  },
  {
    why: 'Latency scales above 5 are not permitted; lspci shifts 1 by up to 35 bits, in 32.',
    example: '\t\tMax snoop latency: 8184ns',
    line: /^\t\tMax (no )?snoop latency: /,
    but: /\d+ns/,
  },
  {
    why: 'Sizes of 2 GB and more do not fit into an int.',
    example: '\t\tMcastCap: MaxGroups 40, WindowSz 31 (-2147483648 bytes)',
    line: /^\t\tMcast(Cap|OverlayBAR): /,
    but: /\(-?\d+ bytes\)/,
  },
  {
    why: 'Lane Error Status has 32 bits; lspci reads 16 of them.',
    example: '\t\tLaneErrStat: LaneErr at lane: 4 8',
    line: /^\t\tLaneErrStat: /,
    but: /: (0|LaneErr at lane:.*)$/,
  },
  {
    why: 'The frequency of the secondary bus has four bits; lspci reads three of them.',
    example: '\t\tSecondary Status: 64bit+ 133MHz- SCD+ USC- SCO+ SRD- Freq=?7',
    line: /^\t\tSecondary Status: 64bit/,
    but: /Freq=\S+/,
  },
  {
    why: 'The Link Frequency Capability has 16 bits; lspci reads 8 of them.',
    example:
      '\t\tLink Frequency Capability: 200MHz+ 300MHz- 400MHz- 500MHz+ 600MHz- 800MHz+ 1.0GHz- 1.2GHz+ 1.4GHz- 1.6GHz- Vend-',
    line: /^\t\tLink Frequency Capability/,
    but: /1\.4GHz.*$/,
  },
  {
    why: 'A range of devices that ends with 31 is printed without its end.',
    example: '\t\tRCiEPBitmap: RCiEP at Device(s): 1, 30',
    line: /^\t\tRCiEPBitmap: RCiEP/,
    but: /-31$/,
  },
  {
    why: 'Element Type has four bits; lspci takes the reserved ones above them for a part of it.',
    example: '\t\tDesc:\tPortNumber=07 ComponentID=c4 EltType=??225',
    line: /^\t\tDesc:\tPortNumber=/,
    but: /EltType=\S+/,
  },
  {
    why: 'lspci tests the status with the offset of its register for a mask.',
    example: '\t\tCXLPortSta:\tPMComplete+',
    line: /^\t\tCXLPortSta:/,
    but: /PMComplete[+-]/,
  },
  {
    why: 'The range of memory is called one of buses.',
    example: '\t\tAlternateBus:\t1c3a-9f20',
    line: /^\t\tAlternateBus:\t[0-9a-f]{4}-/,
    but: /Bus|Mem/,
  },
  {
    why: 'A function map has 32 bits; lspci reads 16 of them.',
    example: '\t\tFuncMap 0: 0000c2f4',
    line: /^\t\tFuncMap \d: /,
    but: /: [0-9a-f]{4}/,
  },
  {
    why: 'The scale of 10 seconds has no unit.',
    example: '\t\tGPF Phase 1 Timeout: 120<?>',
    line: /^\t\tGPF Phase \d (Timeout|Duration): /,
    but: /(s|<\?>)$/,
  },
  {
    why: 'Of a serial number that the dump does not have, not even the name is printed, nor the end of the line.',
    example: '\tCapabilities: [13c v0] ',
    line: /^\tCapabilities: \[\w+ v\d+\] $/,
    but: /(?<=\] ).*$/,
  },
];
