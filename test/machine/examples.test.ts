// SPDX-License-Identifier: GPL-2.0-only
/** The files of examples/ are what their descriptions say, and lspci, who wrote none of this, reads them so, too. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exampleFiles } from '../../scripts/examples.ts';
import { formatBdf } from '../../src/bus/bdf.ts';
import { configBytes } from '../../src/configspace/catalogue.ts';
import { layoutOfFunction } from '../../src/configspace/function.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import { pcie } from '../../src/devices/profile.ts';
import { EXAMPLES } from '../../src/machine/topology-examples.ts';

const folder = fileURLToPath(new URL('../../examples/', import.meta.url));
const files = exampleFiles();

/** What lspci prints of a file, or undefined when there is no lspci. `-D`: every address has its domain. */
function lspci(file: string, ...options: string[]): string | undefined {
  try {
    return execFileSync('lspci', ['-D', '-F', folder + file, ...options], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const hasLspci = lspci('minimal.lspci') !== undefined;

describe('examples/', () => {
  it('has the files that the descriptions give, and no other', () => {
    expect(readdirSync(folder).sort()).toEqual([...files.keys()].sort());
    for (const [name, text] of files)
      expect(readFileSync(folder + name, 'utf8') === text, `${name} is up to date`).toBe(true);
  });
});

describe.each(Object.keys(EXAMPLES))('%s.lspci', (name) => {
  const machine = EXAMPLES[name]!.build();

  it('has nothing odd in its bytes', () => {
    for (const { bytes } of machine)
      expect(layoutOfFunction(bytes).oddities.filter(({ severity }) => severity === 'warning')).toEqual([]);
  });

  it('is a machine of which every function is reached', () => {
    const hw = new Hardware(machine, pcie);
    expect(hw.fabric.wiring.warnings).toEqual([]);
    machine.forEach(({ bdf, bytes }, fn) => {
      expect(hw.fabric.find(bdf)).toBe(fn);
      expect(hw.read(bdf, 0, 2)).toBe(configBytes(bytes).u16(0));
    });
  });

  it.skipIf(!hasLspci)('reads in lspci without a complaint, capability by capability', () => {
    const text = lspci(`${name}.lspci`, '-vvv')!;
    expect(text).not.toMatch(/WARNING|error:|<invalid|<chain|<access denied|!!!/i);
    const sections = text.trimEnd().split('\n\n');
    expect(sections.map((s) => s.slice(0, s.indexOf(' ')))).toEqual(machine.map(({ bdf }) => formatBdf(bdf)));
    machine.forEach(({ bytes }, i) => {
      const printed = [...sections[i]!.matchAll(/^\tCapabilities: \[([0-9a-f]+)(?: v(\d+))?\] (.*)$/gm)];
      const placed = layoutOfFunction(bytes).blocks.filter(({ id }) => id !== undefined);
      expect(printed.map(([, at, version = '0']) => [at, version])).toEqual(
        placed.map(({ offset, extended, version }) => [offset.toString(16), extended ? String(version) : '0']),
      );
      for (const [c, [, , , what]] of printed.entries())
        expect(what).toMatch(LSPCI_NAMES[placed[c]!.title] ?? placed[c]!.title);
    });
  });

  it.skipIf(!hasLspci)('is a tree in lspci -t', () => {
    const tree = lspci(`${name}.lspci`, '-t')!;
    expect(tree.match(/[0-9a-f]{2}\.[0-7]/g)).toHaveLength(machine.length);
  });
});

/** What lspci prints for a capability where that does not begin with the name it has in the catalogue. */
const LSPCI_NAMES: Readonly<Record<string, RegExp>> = {
  'PCI Express': /^Express \(v2\) /,
  'Address Translation Services': /^Address Translation Service \(ATS\)$/,
  'Root Complex Event Collector': /^Root Complex Event Collector Endpoint Association/,
  'Physical Layer 16.0 GT/s': /^Physical Layer 16\.0 GT\/s/,
};
