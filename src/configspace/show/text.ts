// SPDX-License-Identifier: GPL-2.0-only
/** How lspci spells numbers. */

export const hex = (n: number | bigint, digits: number): string => n.toString(16).padStart(digits, '0');

const UNITS = ['', 'K', 'M', 'G', 'T'];

/** ` [size=4K]`; nothing for 0. The unit is the largest one that divides the size. */
export function sizeSuffix(bytes: bigint): string {
  if (bytes === 0n) return '';
  let unit = 0;
  let n = bytes;
  for (; unit < UNITS.length - 1 && n % 1024n === 0n; unit++) n /= 1024n;
  return ` [size=${BigInt.asUintN(32, n)}${UNITS[unit]}]`;
}

/** The name of a code out of a list, or the last name for a code past its end. */
export const nameOf = (names: readonly string[], code: number): string => names[code] ?? names.at(-1)!;

/** A power limit (PCIe 6.0 section 7.5.3.9): from F0h on, the values of scale 0 are codes above 239 W. */
export function watts(value: number, scale: number): string {
  if (scale === 0 && value === 0xff) return '>600W';
  const coded = scale === 0 && value >= 0xf0 ? 250 + 25 * (value - 0xf0) : value;
  return `${Number((coded / 10 ** scale).toPrecision(6))}W`;
}
