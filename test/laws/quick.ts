// SPDX-License-Identifier: GPL-2.0-only
/**
 * Some hundred random sequences without a test runner, for mutants, of which there are many: ends with status 1 at the first
 * difference, or when anything throws.
 */
import { compare } from './compare.ts';

const SEQUENCES = 800;
const OPERATIONS = 32;

let state = 1;
const random = (): number => {
  // Marsaglia's xorshift of 32 bits.
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
};

for (let n = 0; n < SEQUENCES; n++) {
  const shape = Array.from({ length: 24 }, () => random() >>> 24);
  const words = Uint32Array.from({ length: 2 * OPERATIONS }, random);
  if (compare(shape, words).difference !== undefined) process.exit(1);
}
