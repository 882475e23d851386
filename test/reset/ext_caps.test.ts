// SPDX-License-Identifier: GPL-2.0-only
import { describe, expect, test } from 'vitest';
import { KernelBug } from '../../src/reset/bug.ts';
import type { KernelOptions } from '../../src/reset/kernel.ts';
import type { KernelVersion } from '../../src/reset/kernel_state.ts';
import { pci_restore_state, pci_save_state } from '../../src/reset/save_state.ts';
import { device, type Fn, MadeUp } from './made_up.ts';
import { type Outcome, one, through } from './through.ts';

describe('ATS, PRI, PASID', () => {
  const build = (): [MadeUp, Fn] => {
    const [m, fn] = one();
    fn.pcie(0).ext(0x0f, 0x100).u16(0x106, 0x8003);
    fn.ext(0x13, 0x110).u16(0x114, 1).u32(0x11c, 0x20).ext(0x1b, 0x130).u16(0x136, 0x7);
    return [m, fn];
  };
  const writes = (version: KernelVersion, options: Partial<KernelOptions> = {}): string[] => {
    const { restored } = through(build()[0], version, options);
    return restored.filter((line) => / 1[0-3][0-9a-f]\//.test(line) && line.startsWith('w'));
  };

  test('written back as the kernel has them on', () => {
    const all = ['w 136/2 7', 'w 11c/4 20', 'w 114/2 1', 'w 106/2 8003'];
    expect(writes('6.1')).toEqual(all);
    expect(writes('6.12')).toEqual(all);
    expect(writes('3.10')).toEqual(all.slice(3)); // 3.10 knows ATS only
  });

  test('nothing on in a fresh boot; ATS not with pci=noats', () => {
    expect(writes('6.1', { state: 'boot' })).toEqual([]);
    expect(writes('6.1', { cmdline: 'pci=noats' })).toEqual(['w 136/2 7', 'w 11c/4 20', 'w 114/2 1']);
    expect(writes('6.1', { state: 'boot', kernelState: { ats_enabled: { '0000:00:01.0': true } } })).toEqual([
      'w 106/2 8003',
    ]);
  });

  test('3.10 stops the machine when the device does not answer', () => {
    const [m, fn] = build();
    expect(() => through(m, '3.10', {}, () => (fn.absent = true))).toThrow(KernelBug);
  });

  test('3.10 looks for the capability before it writes', () => {
    const [m] = build();
    const kernel = m.kernel('3.10');
    pci_save_state(device(kernel, '00:01.0'));
    m.trace.length = 0;
    pci_restore_state(device(kernel, '00:01.0'));
    const at = m.trace.indexOf('w 00:01.0 106/2 8003');
    expect(m.trace[at - 1]).toBe('r 00:01.0 100/4');
    const [later] = build();
    const { dev } = through(later, '6.1');
    dev.state_saved = true;
    pci_restore_state(dev);
    expect(later.trace[later.trace.indexOf('w 00:01.0 106/2 8003') - 1]).toBe('w 00:01.0 114/2 1');
  });
});

describe('AER', () => {
  const of = (type: number, options: Partial<KernelOptions> = {}): Outcome => {
    const [m, fn] = one();
    fn.pcie(type).ext(1, 0x100).u32(0x104, 0x10).u32(0x108, 0x11).u32(0x10c, 0x12).u32(0x110, 0x2001).u32(0x114, 0x13);
    fn.u32(0x118, 0x14).u32(0x12c, 0x7).u32(0x130, 0x3);
    return through(m, '6.1', options);
  };
  const aer = (trace: string[]): string[] => trace.filter((line) => / 1[0-3][0-9a-f]\/4/.test(line));

  test('status cleared, then masks written', () => {
    const { saved, restored } = of(0);
    expect(aer(saved)).toEqual(['r 108/4', 'r 10c/4', 'r 114/4', 'r 118/4']);
    expect(aer(restored)).toEqual([
      'r 110/4',
      'w 110/4 2001',
      'r 104/4',
      'w 104/4 10',
      'w 108/4 11',
      'w 10c/4 12',
      'w 114/4 13',
      'w 118/4 14',
    ]);
  });

  test('a root port has two registers more', () => {
    const { saved, restored } = of(4);
    expect(aer(saved).at(-1)).toBe('r 12c/4');
    expect(aer(restored).slice(0, 3)).toEqual(['r 130/4', 'w 130/4 3', 'r 110/4']);
    expect(aer(restored).at(-1)).toBe('w 12c/4 7');
  });

  test('the status is left alone when the firmware keeps AER', () => {
    const masks = ['w 108/4 11', 'w 10c/4 12', 'w 114/4 13', 'w 118/4 14'];
    expect(aer(of(0, { kernelState: { native: ['pme'] } }).restored)).toEqual(masks);
    expect(aer(of(0, { cmdline: 'pcie_ports=compat' }).restored)).toEqual(masks);
    expect(aer(of(0, { cmdline: 'pcie_ports=native', kernelState: { native: [] } }).restored).length).toBe(8);
  });
});

describe('DPC', () => {
  const of = (version: KernelVersion, type: number, options: Partial<KernelOptions>): string[] => {
    const [m, fn] = one();
    fn.pcie(type).ext(1, 0x100).ext(0x1d, 0x140).u16(0x146, 0x9);
    const { saved, restored } = through(m, version, options);
    return [...saved, ...restored].filter((line) => / 146\/2/.test(line));
  };
  const bound = { drivers: { '0000:00:01.0': 'pcieport' } };

  test('saved where the port driver runs it', () => {
    expect(of('6.1', 6, { kernelState: bound })).toEqual(['r 146/2', 'w 146/2 9']);
    expect(of('6.12', 4, { kernelState: bound })).toEqual(['r 146/2', 'w 146/2 9']);
  });

  test('not otherwise', () => {
    expect(of('6.1', 6, {})).toEqual([]);
    expect(of('6.1', 6, { kernelState: { ...bound, native: [] } })).toEqual([]);
    expect(of('6.1', 6, { kernelState: bound, cmdline: 'pci=noaer' })).toEqual([]);
    // 6.12 gives the AER service to root ports only, and DPC with it.
    expect(of('6.12', 6, { kernelState: bound })).toEqual([]);
    expect(of('6.12', 6, { kernelState: bound, cmdline: 'pcie_ports=dpc-native' }).length).toBe(2);
  });
});

test('PTM control', () => {
  const [m, fn] = one();
  fn.pcie(0).ext(0x1f, 0x100).u32(0x108, 0x1003);
  const { saved, restored } = through(m, '6.1');
  expect(saved).toContain('r 108/4');
  expect(restored).toContain('w 108/4 1003');
});

describe('LTR', () => {
  const build = (): [MadeUp, Fn, Fn] => {
    const m = new MadeUp();
    const port = m.bridge('00:01.0', 1, 1, 4).u32(0x64, 0x800).u16(0x68, 0x400);
    const fn = m.add('01:00.0', 0x020000).pcie(0).ext(0x18, 0x100).u32(0x104, 0x10031003);
    return [m, port, fn];
  };

  test('latencies first; the bit of the port above is set again', () => {
    for (const version of ['6.1', '6.12'] as const) {
      const [m, port] = build();
      const { saved, restored, kernel } = through(m, version, {}, () => port.u16(0x68, 0), '01:00.0');
      expect(saved).toContain('r 104/4');
      const want = ['w 104/4 10031003', 'r 00:01.0 68/4', 'r 00:01.0 68/2', 'w 00:01.0 68/2 400', 'w 48/2 0'];
      expect(restored.slice(0, 5)).toEqual(want);
      expect(kernel.log.map((entry) => entry.text)).toContain('pci 0000:00:01.0: re-enabling LTR');
    }
  });

  test('a capability that is there only at the scan, or only now, is not written', () => {
    const [m, , fn] = build();
    const gone = through(m, '6.1', {}, () => fn.u32(0x100, 0x1000b), '01:00.0');
    expect(gone.restored.some((line) => line.startsWith('w 104'))).toBe(false);
    const [late, , other] = build();
    other.u32(0x100, 0x1000b);
    const come = through(late, '6.1', {}, () => other.u32(0x100, 0x10018), '01:00.0');
    expect(come.restored.some((line) => line.includes('104/4'))).toBe(false);
  });

  test('not when the bit is still there, nor on a path without LTR', () => {
    const [m] = build();
    expect(through(m, '6.1', {}, undefined, '01:00.0').restored.filter((l) => l.includes('00:01.0 68'))).toEqual([
      'r 00:01.0 68/4',
    ]);
    const [without, port] = build();
    port.u16(0x68, 0);
    expect(through(without, '6.1', {}, undefined, '01:00.0').restored.some((l) => l.includes('00:01.0'))).toBe(false);
  });
});

describe('L1 PM substates', () => {
  const build = (lnkctl: number, enables: number): [MadeUp, Fn, Fn] => {
    const m = new MadeUp();
    const port = m
      .bridge('00:01.0', 1, 1, 4)
      .u16(0x50, lnkctl)
      .ext(0x1e, 0x100)
      .u32(0x108, 0x4000_0f00 | enables);
    const fn = m.add('01:00.0', 0x020000).pcie(0).u16(0x50, lnkctl).ext(0x0b, 0x100).ext(0x1e, 0x110);
    fn.u32(0x118, 0x4000_0a00 | enables).u32(0x11c, 0x28);
    port.u32(0x10c, 0x29);
    return [m, port, fn];
  };

  test('6.12 saves both ends, and restores them with ASPM off', () => {
    const [m] = build(2, 0xf);
    const { saved, restored } = through(m, '6.12', {}, undefined, '01:00.0');
    const at = saved.indexOf('r 11c/4');
    expect(saved.slice(at, at + 4)).toEqual(['r 11c/4', 'r 118/4', 'r 00:01.0 10c/4', 'r 00:01.0 108/4']);
    const from = restored.indexOf('r 50/2');
    expect(restored.slice(from, from + 16)).toEqual([
      'r 50/2',
      'r 00:01.0 50/2',
      'w 50/2 0',
      'w 00:01.0 50/2 0',
      'r 118/4',
      'w 118/4 40000a0a',
      'r 00:01.0 108/4',
      'w 00:01.0 108/4 40000f0a',
      'w 00:01.0 10c/4 29',
      'w 11c/4 28',
      'w 00:01.0 108/4 40000f0a',
      'w 118/4 40000a0a',
      'w 00:01.0 108/4 40000f0f',
      'w 118/4 40000a0f',
      'w 00:01.0 50/2 2',
      'w 50/2 2',
    ]);
  });

  test('ASPM on at one end is enough, L1.2 too', () => {
    const [m, port] = build(0, 0xa);
    port.u16(0x50, 1).u32(0x108, 0x4000_0f01);
    const { restored } = through(m, '6.12', {}, undefined, '01:00.0');
    expect(restored).toContain('w 00:01.0 50/2 0');
    expect(restored).toContain('w 00:01.0 108/4 40000f01');
  });

  test('without L1.2 and ASPM, less is written; the port itself saves nothing; 6.1 does not know it', () => {
    const [m] = build(0, 0xa);
    const { restored } = through(m, '6.12', {}, undefined, '01:00.0');
    const l1ss = restored.filter((line) => /^w.* (10[8c]|11[8c]|50)\/[24]/.test(line) && line !== 'w 50/2 0');
    expect(l1ss.length).toBe(6);
    expect(through(build(2, 0xf)[0], '6.12').saved.some((line) => line.endsWith('108/4'))).toBe(false);
    expect(through(build(2, 0xf)[0], '6.1', {}, undefined, '01:00.0').saved).not.toContain('r 118/4');
  });
});

describe('Resizable BAR', () => {
  const build = (): [MadeUp, Fn] => {
    const [m, fn] = one();
    fn.pcie(0).ext(0x15, 0x100).u32(0x108, 0x0842).u32(0x110, 0x0205);
    return [m, fn];
  };

  test('the size of the scan is written back into what is read', () => {
    const [m, fn] = build();
    const { restored } = through(m, '6.1', {}, () => fn.u32(0x108, 0x0042).u32(0x110, 0x10005));
    expect(restored.filter((line) => / 1[01][08]\/4/.test(line))).toEqual([
      'r 108/4',
      'r 108/4',
      'w 108/4 842',
      'r 110/4',
      'w 110/4 10205',
    ]);
  });

  test('a BAR that had no entry counts as 1 MiB; a function that is gone is left alone', () => {
    const [m, fn] = build();
    const { restored } = through(m, '6.12', {}, () => fn.u32(0x108, 0x0840));
    expect(restored).toContain('w 108/4 40');
    const [gone, lost] = build();
    const outcome = through(gone, '6.1', {}, () => lost.u32(0x108, 0xffffffff));
    expect(outcome.restored.filter((line) => line.includes('108/4'))).toEqual(['r 108/4']);
  });
});
