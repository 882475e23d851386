// SPDX-License-Identifier: GPL-2.0-only
/** `hotreset capture` on made-up trees of sysfs, and on the real one where there is one. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatBdf } from '../../src/bus/bdf.ts';
import { pcie } from '../../src/devices/profile.ts';
import { parseLspci } from '../../src/machine/dump.ts';
import { machineOf } from '../../src/machine/machine.ts';
import { type DescribedFunction, describeMachine } from '../../src/machine/topology.ts';
import { nic } from '../../src/machine/topology-devices.ts';
import { rootBus, rootPort } from '../../src/machine/topology-parts.ts';
import { hotreset } from './hotreset.ts';

const folder = mkdtempSync(join(tmpdir(), 'hotreset-capture-'));
afterAll(() => rmSync(folder, { recursive: true }));
const NOBODY = 65534;
let trees = 0;

/** Files of each function, by address; the functions stand as links, as in a real sysfs. */
function sysfs(functions: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>>): string {
  const root = join(folder, `sys${trees++}`);
  mkdirSync(join(root, 'bus/pci/devices'), { recursive: true });
  for (const [address, files] of Object.entries(functions)) {
    const real = join(root, 'devices/pci0000:00', address);
    mkdirSync(real, { recursive: true });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(real, name), content);
    symlinkSync(real, join(root, 'bus/pci/devices', address));
  }
  return root;
}

const capture = (root: string) => {
  const { code, stdout, stderr } = hotreset(['capture', '--sysfs', root]);
  return { code, stdout, stderr };
};
const dumpOf = (text: string) => parseLspci(Buffer.from(text), 'captured');

const EMPTY = '0x0000000000000000 0x0000000000000000 0x0000000000000000';
const resource = (...lines: string[]): string => `${[...lines, ...Array(13).fill(EMPTY)].slice(0, 13).join('\n')}\n`;

/** A network card below a root port in domain 10000, with two virtual functions. */
const described: DescribedFunction[] = describeMachine([
  rootBus({ domain: 0x10000 }, [
    rootPort({ device: 1 }, [nic({ virtualFunctions: { total: 8, enabled: 2, deviceId: 0x10ed } })]),
  ]),
]);
const NIC = '10000:01:00.0';
const RESOURCE = resource(
  '0x00000000f0000000 0x00000000f007ffff 0x000000000014220c',
  EMPTY,
  '0x000000000000e000 0x000000000000e01f 0x0000000000040101',
  EMPTY,
  '0x0000000000000000 0x0000000000003fff 0x0000000020142204',
  EMPTY,
  '0x00000000c0000000 0x00000000c007ffff 0x0000000000046200',
);
const VIRTUAL = {
  resource: resource('0x00000000f0100000 0x00000000f0103fff 0x000000000014220c'),
  class: '0x020000\n',
  vendor: '0x8086\n',
  device: '0x10ed\n',
  revision: '0x01\n',
};
const tree = (length = 4096) =>
  Object.fromEntries(
    described.map(({ bdf, bytes }) => [
      formatBdf(bdf),
      {
        config: bytes.subarray(0, length),
        ...(formatBdf(bdf) === NIC ? { resource: RESOURCE } : bytes[0] === 0xff ? VIRTUAL : { resource: resource() }),
      },
    ]),
  );

describe('hotreset capture --sysfs', () => {
  it('writes each function with its bytes, its domain and the sizes of its BARs', () => {
    const { code, stdout, stderr } = capture(sysfs(tree()));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const dump = dumpOf(stdout);
    expect(dump.warnings).toEqual([]);
    expect(dump.functions.map((f) => [f.bdf, Buffer.from(f.bytes).toString('hex')])).toEqual(
      described.map((f) => [f.bdf, Buffer.from(f.bytes).toString('hex')]),
    );
    const machine = machineOf(dump, pcie);
    expect(machine.warnings).toEqual([]);
    const sizes = machine.functions.map(({ bdf, barSizes }) => [formatBdf(bdf), { ...barSizes }]);
    expect(Object.fromEntries(sizes)).toMatchObject({
      [NIC]: { 0: 0x80000, 2: 0x20, 4: 0x4000, 6: 0x80000 },
      '10000:01:10.0': { 0: 0x4000 },
    });
  });

  it('writes what lspci -vv does, and gives virtual functions the numbers that their registers hide', () => {
    const text = capture(sysfs(tree())).stdout;
    const part = text.slice(text.indexOf(`${NIC} `)).split('\n\n')[0]!;
    expect(part.split('\n').slice(0, 5)).toEqual([
      `${NIC} 0200: 8086:10fb (rev 01)`,
      '\tRegion 0: Memory at f0000000 (64-bit, prefetchable) [size=512K]',
      '\tRegion 2: I/O ports at e000 [size=32]',
      '\tRegion 4: Memory at <unassigned> (64-bit, prefetchable) [size=16K]',
      '\tExpansion ROM at c0000000 [disabled] [size=512K]',
    ]);
    expect(text).toContain(
      '10000:01:10.0 0200: 8086:10ed (rev 01)\n\tRegion 0: [virtual] Memory at f0100000 (64-bit, prefetchable) [size=16K]\n',
    );
  });

  it('is read by lspci -F', ({ skip }) => {
    if (spawnSync('lspci', ['--version']).status !== 0) skip('no lspci here');
    const path = join(folder, 'captured.lspci');
    const { stdout } = capture(sysfs({ '0000:01:00.0': { config: described[1]!.bytes, resource: RESOURCE } }));
    writeFileSync(path, stdout);
    const { stdout: listed } = spawnSync('lspci', ['-F', path, '-n', '-xxxx'], { encoding: 'utf8' });
    const rows = (text: string) => text.split('\n').filter((line) => /^[0-9a-f]{2,3}: /.test(line));
    expect(listed).toContain('01:00.0 0200: 8086:10fb (rev 01)\n');
    expect(rows(listed)).toEqual(rows(stdout));
    expect(rows(stdout)).toHaveLength(256);
  });

  it('reads the folder of devices too', () => {
    const root = sysfs(tree());
    expect(capture(join(root, 'bus/pci/devices'))).toEqual(capture(root));
  });

  it('says what root is needed for', () => {
    const { code, stdout, stderr } = capture(sysfs(tree(64)));
    expect(code).toBe(0);
    expect(stderr).toMatch(/^hotreset: only the first 64 bytes of 4 of 4 functions could be read: .*root is needed/);
    expect(dumpOf(stdout).functions.map(({ bytes }) => bytes.length)).toEqual([64, 64, 64, 64]);
  });

  it('leaves out what cannot be read, and says so', () => {
    const config = described[0]!.bytes.subarray(0, 256);
    const root = sysfs({
      '0000:00:00.0': { config },
      '0000:00:01.0': {},
      '0000:00:02.0': { config: '' },
      '0000:00:03.0': { config: new Uint8Array(4097) },
      '0000:00:04.0': { config, resource: 'what?\n' },
      '0000:00:05.0': { config: config.subarray(0, 70) },
      'not:an:address': { config },
    });
    const devices = join(root, 'devices/pci0000:00');
    mkdirSync(join(devices, '0000:00:06.0/config'), { recursive: true });
    symlinkSync(join(devices, '0000:00:06.0'), join(root, 'bus/pci/devices/0000:00:06.0'));
    symlinkSync(join(devices, 'gone'), join(root, 'bus/pci/devices/0000:00:07.0'));
    const { code, stdout, stderr } = capture(root);
    expect(code).toBe(0);
    expect(
      stderr
        .split('\n')
        .filter((line) => line.startsWith('warning: '))
        .sort(),
    ).toEqual([
      'warning: 0000:00:01.0: config is not there, left out',
      'warning: 0000:00:02.0: config is empty, left out',
      'warning: 0000:00:03.0: config has more than 4096 bytes, left out',
      'warning: 0000:00:04.0: resource is not understood, sizes of BARs unknown',
      'warning: 0000:00:06.0: config is not a file, left out',
      'warning: 0000:00:07.0: config is not there, left out',
    ]);
    const { functions } = dumpOf(stdout);
    expect(functions.map(({ bdf, bytes }) => [formatBdf(bdf), bytes.length])).toEqual([
      ['0000:00:00.0', 256],
      ['0000:00:04.0', 256],
      ['0000:00:05.0', 70],
    ]);
  });

  it('leaves out what may not be read', ({ skip }) => {
    const root = sysfs(tree());
    chmodSync(join(root, 'devices/pci0000:00', NIC, 'config'), 0);
    chmodSync(folder, 0o755);
    // Root may read everything, and may be somebody else.
    const options = process.getuid?.() === 0 ? { uid: NOBODY } : {};
    if (hotreset(['--version'], options).code !== 0) skip('nobody may run this checkout');
    const { code, stderr } = hotreset(['capture', '--sysfs', root], options);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `warning: ${NIC}: config may not be read (permission denied), left out\n`,
    });
  });

  it.each([
    ['nowhere', () => join(folder, 'nowhere'), /: no folder bus\/pci\/devices, so no sysfs/],
    ['a folder of something else', () => folder, /: no folder bus\/pci\/devices, so no sysfs/],
    ['a tree without a function', () => sysfs({}), /: no PCI function that can be read/],
    ['a tree of which nothing can be read', () => sysfs({ '0000:00:00.0': {} }), /: no PCI function that can be read/],
  ])('%s is a sentence and exit code 2', (_, root, says) => {
    const { code, stdout, stderr } = capture(root());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
  });
});

describe('hotreset capture', () => {
  const there = existsSync('/sys/bus/pci/devices');

  it.skipIf(!there)('writes a dump of this machine (skipped where it has no PCI)', () => {
    const { code, stdout } = hotreset(['capture']);
    expect(code).toBe(0);
    expect(machineOf(dumpOf(stdout), pcie).functions.length).toBeGreaterThan(0);
  });

  it.skipIf(there)('is a sentence and exit code 3 where there is no PCI in sysfs', () => {
    const { code, stdout, stderr } = hotreset(['capture']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^hotreset: \/sys: no /);
  });
});
