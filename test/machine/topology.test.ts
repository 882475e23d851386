// SPDX-License-Identifier: GPL-2.0-only
/** What describeMachine() makes of a description, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { formatBdf, parseBdf } from '../../src/bus/bdf.ts';
import { configBytes } from '../../src/configspace/catalogue.ts';
import { layoutOfFunction } from '../../src/configspace/function.ts';
import { layoutOf } from '../../src/configspace/layout.ts';
import { Hardware } from '../../src/devices/hardware.ts';
import { pcie } from '../../src/devices/profile.ts';
import {
  type DescribedFunction,
  describeMachine,
  type FunctionDescription,
  TopologyError,
} from '../../src/machine/topology.ts';
import {
  accelerator,
  conventionalNic,
  firewire,
  gpu,
  hostBridge,
  nic,
  nvme,
  rootComplexEndpoint,
} from '../../src/machine/topology-devices.ts';
import {
  cardBusBridge,
  downstreamPort,
  io,
  mem,
  mem64,
  pciToPciBridge,
  rootBus,
  rootPort,
  upstreamPort,
} from '../../src/machine/topology-parts.ts';

const addresses = (machine: readonly DescribedFunction[]) => machine.map(({ bdf }) => formatBdf(bdf).slice(5));
const at = (machine: readonly DescribedFunction[], address: string) =>
  machine.find(({ bdf }) => bdf === parseBdf(address))!;
const config = (machine: readonly DescribedFunction[], address: string) => configBytes(at(machine, address).bytes);
const buses = (machine: readonly DescribedFunction[], address: string) => [
  ...at(machine, address).bytes.slice(0x18, 0x1b),
];

/** The values of a capability, by its title. */
function decoded(machine: readonly DescribedFunction[], address: string, title: string): Record<string, unknown> {
  const { bytes } = at(machine, address);
  const placed = layoutOfFunction(bytes).blocks.find((b) => b.title === title)!;
  return layoutOf(placed.block!).decode(bytes, placed.offset) as Record<string, unknown>;
}

const withSwitch = describeMachine([
  rootPort({ slot: 1 }, [
    upstreamPort({}, [downstreamPort({}, [nvme()]), downstreamPort({}, [nic({ fn: 0 }), nic({ fn: 1 })])]),
  ]),
]);

describe('a machine with a switch, in ten lines', () => {
  it('has its functions where a kernel would find them', () => {
    expect(addresses(withSwitch)).toEqual([
      '00:00.0',
      '01:00.0',
      '02:00.0',
      '02:01.0',
      '03:00.0',
      '04:00.0',
      '04:00.1',
    ]);
    expect(buses(withSwitch, '00:00.0')).toEqual([0, 1, 4]);
    expect(buses(withSwitch, '01:00.0')).toEqual([1, 2, 4]);
    expect(buses(withSwitch, '02:00.0')).toEqual([2, 3, 3]);
    expect(buses(withSwitch, '02:01.0')).toEqual([2, 4, 4]);
  });

  it('has the multi-function bit where there are more functions', () => {
    expect(at(withSwitch, '04:00.0').bytes[0x0e]).toBe(0x80);
    expect(at(withSwitch, '04:00.1').bytes[0x0e]).toBe(0x80);
    expect(at(withSwitch, '03:00.0').bytes[0x0e]).toBe(0x00);
    expect(at(withSwitch, '00:00.0').bytes[0x0e]).toBe(0x01);
  });

  it('is as a running system leaves it', () => {
    expect(config(withSwitch, '03:00.0').u16(0x04)).toBe(0x0406);
    expect(config(withSwitch, '00:00.0').u16(0x04)).toBe(0x0407);
    expect(decoded(withSwitch, '03:00.0', 'MSI-X')['control']).toEqual({
      tableSize: 15,
      functionMask: false,
      enable: true,
    });
    expect(decoded(withSwitch, '00:00.0', 'MSI')['messageAddress']).toEqual({ address: 0xfee0_0000 / 4 });
    expect(decoded(withSwitch, '00:00.0', 'PCI Express')['slotStatus']).toMatchObject({ presenceDetectState: true });
  });

  it('knows the sizes of its BARs', () => {
    expect(at(withSwitch, '03:00.0').barSizes[0]).toBe(0x4000);
    expect(at(withSwitch, '04:00.0').barSizes).toEqual([
      0x80000,
      undefined,
      0x20,
      undefined,
      0x4000,
      undefined,
      0x80000,
    ]);
  });

  it('trains each link to what both ends can do', () => {
    expect(decoded(withSwitch, '02:00.0', 'PCI Express')['linkStatus']).toMatchObject({
      currentLinkSpeed: 3,
      negotiatedLinkWidth: 4,
    });
    expect(decoded(withSwitch, '04:00.1', 'PCI Express')['linkStatus']).toMatchObject({
      currentLinkSpeed: 2,
      negotiatedLinkWidth: 8,
    });
  });

  it('goes into the hardware as it is', () => {
    const hw = new Hardware(withSwitch, pcie);
    expect(withSwitch.map(({ bdf }) => hw.read(bdf, 0, 2))).toEqual([
      0x8086, 0x10b5, 0x10b5, 0x10b5, 0x144d, 0x8086, 0x8086,
    ]);
  });
});

describe('addresses', () => {
  it('take the next device on a root bus and on conventional PCI, and follow what is given', () => {
    const machine = describeMachine([
      hostBridge(),
      rootComplexEndpoint({ device: 4 }),
      rootComplexEndpoint({ fn: 3 }),
      rootComplexEndpoint({ device: 4, fn: 0 + 1 }),
      pciToPciBridge({}, [conventionalNic(), firewire()]),
    ]);
    expect(addresses(machine)).toEqual(['00:00.0', '00:04.0', '00:04.1', '00:04.3', '00:05.0', '01:00.0', '01:01.0']);
  });

  it('are told apart by root bus and domain', () => {
    const machine = describeMachine([
      rootBus({ bus: 0x80 }, [rootPort({}, [nvme()])]),
      rootBus({}, [rootComplexEndpoint()]),
      rootBus({ domain: 0x10000 }, [rootPort()]),
    ]);
    expect(machine.map(({ bdf }) => formatBdf(bdf))).toEqual([
      '0000:80:00.0',
      '0000:81:00.0',
      '0000:82:00.0',
      '10000:00:00.0',
    ]);
  });

  it('go on in the next bus where ARI and virtual functions run past one', () => {
    const pf = nic({ virtualFunctions: { total: 4, enabled: 4, deviceId: 0x10ed, offset: 0xfd, stride: 2 } });
    const machine = describeMachine([rootPort({}, [pf]), rootPort({}, [nvme()])]);
    expect(addresses(machine)).toEqual([
      '00:00.0',
      '00:01.0',
      '01:00.0',
      '01:1f.5',
      '01:1f.7',
      '02:00.1',
      '02:00.3',
      '03:00.0',
    ]);
    expect(buses(machine, '00:00.0')).toEqual([0, 1, 2]);
    const hw = new Hardware(machine, pcie);
    expect(machine.map(({ bdf }) => hw.fabric.find(bdf))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(hw.fabric.wiring.physical).toEqual([-1, -1, -1, 2, 2, 2, 2, -1]);
    expect(config(machine, '01:1f.5').u32(0)).toBe(0xffffffff);
  });

  it('above device 0 of a link need ARI, which the port then forwards', () => {
    const machine = describeMachine([rootPort({}, [nic({ fn: 0 }), nic({ device: 2, fn: 1 })])]);
    expect(decoded(machine, '00:00.0', 'PCI Express')['deviceControl2']).toMatchObject({ ariForwardingEnable: true });
    expect(decoded(machine, '01:00.0', 'Alternative Routing-ID Interpretation')['capability']).toMatchObject({
      nextFunctionNumber: 0x11,
    });
    expect(new Hardware(machine, pcie).read(parseBdf('01:02.1')!, 0, 2)).toBe(0x8086);
  });
});

describe('what can be said otherwise', () => {
  it('Bus Master, the driver, any field of the header and of a capability', () => {
    const machine = describeMachine([
      rootPort({ header: { bridgeControl: { vgaEnable: true } } }, [
        nvme({ busMaster: false, capabilities: { aer: { uncorrectableErrorStatus: { unsupportedRequest: true } } } }),
      ]),
      rootPort({}, [nvme({ driver: false })]),
    ]);
    expect(config(machine, '00:00.0').u16(0x3e)).toBe(0x0008);
    expect(config(machine, '01:00.0').u16(0x04)).toBe(0x0402);
    expect(config(machine, '02:00.0').u16(0x04)).toBe(0x0000);
    expect(decoded(machine, '01:00.0', 'Advanced Error Reporting')['uncorrectableErrorStatus']).toMatchObject({
      unsupportedRequest: true,
    });
    expect(decoded(machine, '02:00.0', 'MSI-X')['control']).toMatchObject({ enable: false });
  });

  it('shapes that depend on the values themselves', () => {
    const machine = describeMachine([
      rootPort({ capabilities: { msi: { control: { perVectorMaskingCapable: true }, maskBits: { vectors: 5 } } } }, [
        accelerator({
          capabilities: { vc: { portVcCapability1: { extendedVcCount: 1 }, vcResourceControl1: { vcId: 1 } } },
        }),
      ]),
    ]);
    expect(decoded(machine, '00:00.0', 'MSI')['maskBits']).toEqual({ vectors: 5 });
    expect(decoded(machine, '01:00.0', 'Virtual Channel')['vcResourceControl1']).toMatchObject({ vcId: 1 });
  });

  it('PCI Express of version 1, which ends early', () => {
    const machine = describeMachine([
      rootPort({}, [nvme({ capabilities: { express: { capabilities: { version: 1 } } } })]),
    ]);
    const { blocks, variant } = layoutOfFunction(at(machine, '01:00.0').bytes);
    expect(variant.version).toBe(1);
    const express = blocks.findIndex(({ title }) => title === 'PCI Express');
    expect(blocks[express + 1]!.offset - blocks[express]!.offset).toBe(0x24);
  });

  it('a capability that a part has can be taken away', () => {
    const machine = describeMachine([rootPort({}, [nvme({ capabilities: { msix: undefined } })])]);
    expect(layoutOfFunction(at(machine, '01:00.0').bytes).blocks.map(({ title }) => title)).not.toContain('MSI-X');
    expect(decoded(machine, '01:00.0', 'MSI')['control']).toMatchObject({ enable: true });
  });
});

describe('CardBus', () => {
  it('gives its windows to what is below', () => {
    const machine = describeMachine([cardBusBridge({}, [conventionalNic()])]);
    const bridge = config(machine, '00:00.0');
    const card = config(machine, '01:00.0');
    expect([...at(machine, '00:00.0').bytes.slice(0x18, 0x1b)]).toEqual([0, 1, 1]);
    expect(card.u32(0x14)).toBeGreaterThanOrEqual(bridge.u32(0x24));
    expect(card.u32(0x14)).toBeLessThan(bridge.u32(0x28) + 0x1000);
    expect(card.u32(0x10) - 1).toBe(bridge.u32(0x2c));
    expect(bridge.u32(0x14)).toBe(0x48);
  });
});

const endpoint = (options: Partial<FunctionDescription>): FunctionDescription => ({ ...nvme(), ...options });
const manyIo = Array.from({ length: 16 }, () => rootPort({}, [nic()]));

describe('impossible descriptions', () => {
  it.each<[string, readonly FunctionDescription[], string]>([
    ['two functions at one address', [rootPort({}, [nvme(), nvme()])], 'two functions are at 0000:01:00.0'],
    [
      'no function 0',
      [rootPort({}, [nvme({ fn: 1 })])],
      '0000:01:00.1 cannot be found: there is no function 0 at 0000:01:00.0',
    ],
    [
      'a second device on a link',
      [rootPort({}, [nvme(), nvme({ device: 1 })])],
      '0000:01:01.0 cannot be reached: root port 0000:00:00.0 forwards to device 0 only, without ARI',
    ],
    [
      'virtual functions without ARI',
      [
        rootPort({}, [
          nic({ capabilities: { ari: undefined }, virtualFunctions: { total: 1, enabled: 1, deviceId: 1 } }),
        ]),
      ],
      '0000:01:10.0 cannot be reached: root port 0000:00:00.0 forwards to device 0 only, without ARI',
    ],
    [
      'more than 32 devices',
      Array.from({ length: 33 }, () => hostBridge()),
      'bus 00 of domain 0000 has no room for another device: there are 32 at most',
    ],
    [
      'a function number past 7',
      [hostBridge({ fn: 8 })],
      'bus 00 of domain 0000: function number 8 is not a whole number from 0 to 7',
    ],
    [
      'a device number past 31',
      [hostBridge({ device: 32 })],
      'bus 00 of domain 0000: device number 32 is not a whole number from 0 to 31',
    ],
    [
      'more than 256 buses',
      Array.from({ length: 256 }, (_, i) => rootPort({ device: i >> 3, fn: i & 7 })),
      'no bus number is left for what is below 0000:00:1f.7: there are 256 at most',
    ],
    [
      'something below a device',
      [endpoint({ below: [nvme()] })],
      '0000:00:00.0 is not a bridge and cannot have functions below',
    ],
    [
      'a capability that does not fit',
      [hostBridge({ capabilities: { vendorSpecific: { body: Array.from({ length: 190 }, () => 0) } } })],
      '0000:00:00.0: capability vendorSpecific of 193 bytes does not fit at 40, below 100',
    ],
    [
      'an extended capability on conventional PCI',
      [hostBridge({ capabilities: { aer: {} } })],
      '0000:00:00.0: a conventional function has no room for the extended capability aer',
    ],
    [
      'a field of another role',
      [rootPort({}, [nvme({ capabilities: { express: { rootControl: { pmeInterruptEnable: true } } } })])],
      '0000:01:00.0: capability express of a function of role endpoint has no field rootControl.pmeInterruptEnable',
    ],
    [
      'an ID of 17 bits',
      [hostBridge({ deviceId: 0x10000 })],
      '0000:00:00.0: Type 0 header: deviceId.deviceId is 65536, it takes 0 to 65535',
    ],
    [
      'a BAR of no size',
      [hostBridge({ bars: [mem(3000)] })],
      '0000:00:00.0: size 3000 of BAR 0 (memory) is not a power of two from 16 to 2147483648',
    ],
    [
      'a large I/O BAR',
      [hostBridge({ bars: [io(512)] })],
      '0000:00:00.0: size 512 of BAR 0 (io) is not a power of two from 4 to 256',
    ],
    [
      'a 64-bit BAR 5',
      [hostBridge({ bars: [mem64(4096, { index: 5 })] })],
      '0000:00:00.0: there is no register for BAR 5 of 64 bits',
    ],
    [
      'a third BAR of a bridge',
      [rootPort({ bars: [mem64(4096), mem(4096)] })],
      '0000:00:00.0: there is no register for BAR 2',
    ],
    [
      'MSI-X without memory',
      [hostBridge({ capabilities: { msix: {} } })],
      '0000:00:00.0: MSI-X has its table in a memory BAR of 128 bytes or more, there is none',
    ],
    ['more I/O windows than fit', manyIo, 'the machine needs 65536 bytes of io space, there are 61440'],
  ])('%s', (_, description, message) => {
    expect(() => describeMachine(description)).toThrow(new TopologyError(message));
  });

  it('a root bus that is taken, and a domain that is none', () => {
    const port = rootPort({}, [gpu()]);
    expect(() => describeMachine([rootBus({ bus: 4 }, [port]), rootBus({ bus: 5 }, [])])).toThrow(
      new TopologyError('root bus 05 is not free: buses up to 05 are in use'),
    );
    expect(() => describeMachine([rootBus({ domain: -1 }, [])])).toThrow(
      new TopologyError('domain -1 is not a whole number from 0 to 4294967295'),
    );
  });
});
