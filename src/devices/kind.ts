// SPDX-License-Identifier: GPL-2.0-only
/** Builds the kind of a function: the masks of its registers, as its tables, its BARs and the hardware profile have them. */
import { configBytes } from '../configspace/catalogue.ts';
import type { FunctionLayout, PlacedBlock } from '../configspace/function.ts';
import { addMasks, emptyMasks, type MaskName, type Masks, orBits } from '../configspace/masks.ts';
import { type Block, mask, type Register } from '../configspace/registers.ts';
import type { Kind } from './arena.ts';
import { type Bar, writableBits } from './bars.ts';
import type { Deviation, DeviceByte, HardwareProfile } from './profile.ts';
import { COMMAND, COMMAND_BUS_MASTER, watchedBits } from './watch.ts';

/** Bits that a device was seen to let software write, one byte for each byte of config space. */
export interface MeasuredBits {
  /** Bits that were tried. A bit that starts something when written may be left out, and follows the tables. */
  readonly tried: Uint8Array;
  readonly writable: Uint8Array;
}

/** What there is to know of a function before its masks can be built. */
export interface FunctionFacts {
  readonly layout: FunctionLayout;
  readonly bars: readonly Bar[];
  /** `vendor:device`, four hexadecimal digits each. */
  readonly deviceId: string;
  /** A virtual function of SR-IOV, whose registers are mostly those of its physical function. */
  readonly virtual: boolean;
  /** Whether device 0 function 0 of the bus below is there; false of what is no bridge. */
  readonly populated: boolean;
  /** Bytes of config space: 256 or 4096. */
  readonly size: number;
  readonly measured?: MeasuredBits;
}

const EXPRESS_SLOT_CAPABILITIES = 0x14;
const POWER_CONTROLLER_PRESENT = 0x02;
/** The first version of PCI Express as endpoints have it: without registers of slots. */
const EXPRESS_1_SIZE = 0x14;
const ALL_RESETS: readonly MaskName[] = ['cold', 'hot', 'flr'];

const clearBits = (bytes: Uint8Array, offset: number, bits: number): void => {
  for (let i = 0, rest = bits; rest > 0; i++, rest = Math.floor(rest / 256))
    if (offset + i < bytes.length) bytes[offset + i]! &= ~(rest % 256);
};

const bitsOf = (r: Register, fields: readonly string[] | undefined): number => {
  if (!fields) return 2 ** (r.size * 8) - 1;
  return fields.reduce((bits, name) => (r.fields[name] ? bits + mask(r.fields[name]) : bits), 0);
};

const barRegisters = (headerType: number): readonly number[] =>
  headerType === 0 ? [0x10, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x30] : headerType === 1 ? [0x10, 0x14, 0x38] : [];

/** BAR bits below the size are read-only, and a BAR that is not there is not there at all. */
function addBars(masks: Masks, headerType: number, bars: readonly Bar[]): void {
  for (const offset of barRegisters(headerType))
    for (const name of ['writable', ...ALL_RESETS] as const) clearBits(masks[name], offset, 0xffffffff);
  for (const bar of bars)
    writableBits(bar).forEach((bits, i) => {
      for (const name of ['writable', ...ALL_RESETS] as const) orBits(masks[name], bar.offset + 4 * i, bits);
    });
}

/** Registers of a virtual function that hold anything of its own (PCIe 6.0 section 9.3.4); all else is RO 0 or the PF's. */
function restrictToVirtualFunction(masks: Masks, { express, blocks }: FunctionLayout): void {
  for (const name of ['writable', ...ALL_RESETS] as const) {
    // Its errors are its own: what a written one clears, a reset clears, too.
    const keepsErrors = (bits: number, at: number) =>
      at < 0x40 || (express !== 0 && at >= express && at < express + 0x3c)
        ? bits & (name === 'writable' ? 0 : masks.clearing[at]!)
        : bits;
    masks[name].set(masks[name].map(keepsErrors));
    orBits(masks[name], COMMAND, COMMAND_BUS_MASTER);
    const ats = blocks.find(({ extended, id }) => extended && id === 0x000f);
    if (ats) clearBits(masks[name], ats.offset + 6, 0x1f);
  }
}

/** Resizable BAR sizes fall back to the smallest size supported: the default is the implementation's, this one is legal. */
function resetSizesOfResizableBars(masks: Masks, placed: PlacedBlock, bytes: Uint8Array): void {
  const config = configBytes(bytes);
  for (let at = placed.offset + 4; at < placed.offset + (placed.block?.size ?? 0); at += 8) {
    const sizes = config.u32(at) >>> 4;
    const smallest = sizes === 0 ? 0 : Math.log2(sizes & -sizes);
    orBits(masks.reset, at + 4, smallest << 8);
  }
}

type Slot = 'populated' | 'empty' | 'without power controller';

function slotOf({ layout, populated }: FunctionFacts, bytes: Uint8Array): Slot {
  const capabilities = configBytes(bytes).u32(layout.express + EXPRESS_SLOT_CAPABILITIES);
  if (layout.variant.slot && (capabilities & POWER_CONTROLLER_PRESENT) === 0) return 'without power controller';
  return populated ? 'populated' : 'empty';
}

function valueOnReset(deviation: Deviation, slot: Slot): number {
  const value = deviation.onReset as number;
  if (slot === 'without power controller') return deviation.onResetWithoutPowerController ?? value;
  return slot === 'empty' ? (deviation.onResetEmptySlot ?? value) : value;
}

function applyDeviation(masks: Masks, layout: FunctionLayout, deviation: Deviation, slot: Slot): void {
  for (const placed of layout.blocks) {
    const r = placed.title === deviation.block ? placed.block?.registers[deviation.register] : undefined;
    if (!r) continue;
    const at = placed.offset + r.offset;
    const bits = bitsOf(r, deviation.fields);
    if (deviation.writable !== undefined) {
      clearBits(masks.writable, at, 2 ** (r.size * 8) - 1);
      orBits(masks.writable, at, deviation.writable);
    }
    if (deviation.onReset === undefined) continue;
    for (const name of ALL_RESETS) clearBits(masks[name], at, bits);
    if (deviation.onReset === 'keep') continue;
    for (const name of ALL_RESETS) orBits(masks[name], at, bits);
    clearBits(masks.reset, at, bits);
    orBits(masks.reset, at, valueOnReset(deviation, slot));
  }
}

const BIST = 0x0f;
const isBistCapable = (bytes: Uint8Array): boolean => ((bytes[BIST] ?? 0) & 0x80) !== 0;

const concerns = ({ devices }: Pick<Deviation, 'devices'>, deviceId: string): boolean =>
  devices === undefined || devices.includes(deviceId) || devices.includes(deviceId.slice(0, 4));

/** Bytes that belong to the header or to a capability, known or not. */
function coveredBytes({ blocks }: FunctionLayout, size: number): Uint8Array {
  const covered = new Uint8Array(size).fill(1, 0, 0x40);
  for (const { block, id, extended, version, offset } of blocks) {
    const short = id === 0x10 && !extended && version === 1;
    covered.fill(1, offset, offset + (short ? EXPRESS_1_SIZE : (block?.size ?? 4)));
  }
  return covered;
}

const packed = (bytes: Uint8Array): Uint32Array => {
  const words = new Uint32Array(Math.ceil(bytes.length / 4));
  for (let i = 0; i < bytes.length; i++) words[i >> 2]! |= bytes[i]! << ((i & 3) << 3);
  return words;
};

/** No reset changes the extended capabilities, but for those of these titles. */
function keepExtended(masks: Masks, { blocks }: FunctionLayout, reset: readonly string[]): void {
  for (const { title, block, extended, offset } of blocks)
    if (extended && block && !reset.includes(title))
      for (const name of ALL_RESETS) masks[name].fill(0, offset, offset + block.size);
}

function applyDeviceByte(masks: Masks, { offset, value }: DeviceByte): void {
  for (const name of ALL_RESETS) masks[name][offset] = 0xff;
  masks.reset[offset] = value;
}

/** What was measured says which bits take a value; of the bits of a BAR it says so of its size, too. */
function applyMeasured(masks: Masks, { layout, size }: FunctionFacts, { tried, writable }: MeasuredBits): void {
  for (let at = 0; at < Math.min(size, tried.length); at++)
    masks.writable[at] = (masks.writable[at]! & ~tried[at]!) | (writable[at]! & tried[at]!);
  for (const register of barRegisters(layout.headerType))
    for (let at = register; at < register + 4; at++)
      for (const name of ALL_RESETS) masks[name][at]! |= writable[at]! & tried[at]!;
}

/** The masks of one function; functions for which `kindKey` is equal share them. */
export function kindOf(facts: FunctionFacts, bytes: Uint8Array, profile: HardwareProfile): Kind {
  const { layout, bars, size } = facts;
  const masks = emptyMasks(size);
  for (const { block, offset } of layout.blocks) if (block) addMasks(masks, block, offset);
  if (layout.headerType <= 1) addBars(masks, layout.headerType, bars);
  // A function that is not BIST Capable has the whole register read-only (PCIe 6.0 section 7.5.1.1.7).
  if (!isBistCapable(bytes)) clearBits(masks.writable, BIST, 0xff);
  for (const placed of layout.blocks)
    if (placed.extended && placed.id === 0x0015) resetSizesOfResizableBars(masks, placed, bytes);
  if (facts.virtual) restrictToVirtualFunction(masks, layout);
  if (profile.scratchOutsideCapabilities) {
    const covered = coveredBytes(layout, size);
    for (let at = 0; at < size; at++) if (covered[at] === 0) masks.writable[at] = 0xff;
  }
  if (profile.resetExtended) keepExtended(masks, layout, profile.resetExtended);
  const slot = slotOf(facts, bytes);
  for (const deviation of profile.deviations)
    if (concerns(deviation, facts.deviceId)) applyDeviation(masks, layout, deviation, slot);
  for (const own of profile.deviceBytes) if (concerns(own, facts.deviceId)) applyDeviceByte(masks, own);
  if (facts.measured) applyMeasured(masks, facts, facts.measured);
  return {
    writable: packed(masks.writable),
    clearing: packed(masks.clearing),
    watched: packed(watchedBits(layout, size)),
    resets: { cold: packed(masks.cold), hot: packed(masks.hot), flr: packed(masks.flr) },
    values: packed(masks.reset),
  };
}

const numbers = new WeakMap<Block, number>();
let numbered = 0;

/** A number of its own for each block: blocks are the same object where they are the same registers. */
function numberOf(block: Block): number {
  let number = numbers.get(block);
  if (number === undefined) {
    number = numbered++;
    numbers.set(block, number);
  }
  return number;
}

/** Equal for two functions only when `kindOf` gives equal masks for them. */
export function kindKey(facts: FunctionFacts, bytes: Uint8Array): string {
  const { headerType, variant, blocks } = facts.layout;
  const at = blocks.map(({ offset, block, extended, id }) => {
    const sizes = extended && id === 0x0015 ? Buffer.from(bytes.subarray(offset, offset + (block?.size ?? 0))) : '';
    return `${offset}:${block ? numberOf(block) : ''}${sizes.toString('latin1')}`;
  });
  const bars = facts.bars.map((bar) => `${bar.index}:${bar.kind}:${bar.is64}:${bar.size}`);
  const { tried, writable } = facts.measured ?? {};
  const own = [tried, writable].map((bits) => (bits ? Buffer.from(bits).toString('latin1') : ''));
  return [
    facts.size,
    headerType,
    variant.role,
    variant.version,
    variant.slot,
    slotOf(facts, bytes),
    isBistCapable(bytes),
    facts.virtual,
    facts.deviceId,
    ...at,
    ...bars,
    ...own,
  ].join('|');
}
