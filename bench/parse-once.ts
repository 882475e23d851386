// SPDX-License-Identifier: GPL-2.0-only
/** Reads one dump and ends: what bench/parser.ts times. */
import { readDump } from '../src/machine/dump.ts';

const { functions } = readDump(process.argv[2]!);
process.stdout.write(`${functions.length}\n`);
