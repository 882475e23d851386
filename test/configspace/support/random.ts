// SPDX-License-Identifier: GPL-2.0-only
/** Functions with random registers behind well-formed capability lists, so that every printer of lspci is reached. */

/** A generator with a fixed seed: the same machine every time (mulberry32). */
export function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Size of each capability that is put into a function; those of MSI and PCI Express are the largest that they have. */
const CAPABILITIES: readonly (readonly [id: number, size: number])[] = [
  [0x01, 0x08],
  [0x05, 0x18],
  [0x07, 0x10],
  [0x10, 0x3c],
  [0x11, 0x0c],
  [0x13, 0x08],
  [0x0d, 0x08],
];

const EXTENDED: readonly (readonly [id: number, size: number])[] = [
  [0x01, 0x48],
  [0x02, 0x70],
  [0x03, 0x0c],
  [0x0d, 0x0c],
  [0x0e, 0x08],
  [0x0f, 0x08],
  [0x10, 0x40],
  [0x12, 0x34],
  [0x13, 0x10],
  [0x15, 0x34],
  [0x17, 0x0c],
  [0x18, 0x08],
  [0x19, 0x4c],
  [0x1b, 0x08],
  [0x1d, 0x34],
  [0x1e, 0x14],
  [0x1f, 0x0c],
];

const ROLES = [0, 1, 4, 5, 6, 7, 8, 9, 10];

/** Config space of 4096 bytes with every capability that lspci and this project decode. */
export function randomFunction(random: (below: number) => number): Uint8Array {
  const bytes = Uint8Array.from({ length: 0x1000 }, () => random(256));
  const u16 = (at: number, value: number) => {
    bytes[at] = value & 0xff;
    bytes[at + 1] = value >> 8;
  };
  const headerType = [0, 0, 1, 1, 2][random(5)]!;
  bytes[0x0e] = headerType;
  u16(0x0a, headerType === 0 ? 0x0200 : headerType === 1 ? 0x0604 : 0x0607);
  bytes[0x06]! |= 0x10;
  bytes[0x3d] = random(5);
  if (headerType === 1) {
    // Ranges of a known type; the others end in an error line.
    for (const at of [0x1c, 0x1d]) bytes[at]! &= 0xf0;
    for (const at of [0x20, 0x22, 0x24, 0x26]) bytes[at]! &= 0xf0;
    for (const at of [0x24, 0x26]) bytes[at]! |= 1;
  }
  let at = 0x48;
  let pointer = headerType === 2 ? 0x14 : 0x34;
  for (const [id, size] of CAPABILITIES.filter(([id]) => headerType !== 2 || id !== 0x07)) {
    if (at + size > 0x100) break;
    bytes[pointer] = at;
    bytes[at] = id;
    pointer = at + 1;
    if (id === 0x10)
      u16(at + 2, random(2) * 0x100 + ROLES[random(ROLES.length)]! * 0x10 + 1 + random(2) + random(32) * 0x200);
    at += size + ((4 - (size % 4)) % 4);
  }
  bytes[pointer] = 0;
  let place = 0x100;
  for (const [index, [id, size]] of EXTENDED.entries()) {
    const next = index === EXTENDED.length - 1 ? 0 : place + size;
    u16(place, id);
    u16(place + 2, (next << 4) | (1 + random(2)));
    if (id === 0x02) bytes[place + 4]! &= 0xf8 | random(7);
    if (id === 0x15) bytes[place + 8] = (bytes[place + 8]! & 0x1f) | ((1 + random(6)) << 5);
    place += size;
  }
  return bytes;
}

/** The functions as `lspci -xxxx` prints them, one a device number, from bus 0 on. */
export function dumpOf(functions: readonly Uint8Array[]): { text: string; addresses: string[] } {
  const addresses = functions.map((_, n) => {
    const [bus, device, fn] = [n >> 6, (n >> 1) & 0x1f, n & 1];
    return `0000:${bus.toString(16).padStart(2, '0')}:${device.toString(16).padStart(2, '0')}.${fn}`;
  });
  const rows = (bytes: Uint8Array) =>
    Array.from({ length: Math.ceil(bytes.length / 16) }, (_, row) => {
      const cells = [...bytes.subarray(16 * row, 16 * row + 16)].map((b) => b.toString(16).padStart(2, '0'));
      return `${(16 * row).toString(16).padStart(2, '0')}: ${cells.join(' ')}`;
    });
  const text = functions.map((bytes, n) => [`${addresses[n]} 0000: 0000:0000`, ...rows(bytes), '', ''].join('\n'));
  return { text: text.join(''), addresses };
}
