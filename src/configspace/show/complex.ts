// SPDX-License-Identifier: GPL-2.0-only
/** Root complexes: their links, and which devices their event collectors answer for. */
import { rootComplexLinks } from '../forms.ts';
import { eventCollectorAssociation } from '../tables/complex.ts';
import { type Printer, titled } from './shown.ts';
import { hex } from './text.ts';
import { type RegisterView, view } from './view.ts';

const ELEMENTS = ['Config', 'Egress', 'Internal'];

/** The address of a link to config space: the bus in as many bits as the lowest three say, the device, the function. */
function location(address: number): string {
  const bits = address % 8 || 8;
  const bus = Math.floor(address / 0x100000) % 2 ** bits;
  return `${hex(bus, 2)}:${hex((address >>> 15) & 0x1f, 2)}.${(address >>> 12) & 7}`;
}

export const showRootComplexLink: Printer = ({ config, at, has }) =>
  titled('Root Complex Link', has(4, 0x0c), () => {
    const read: (name: string) => RegisterView = view(config, rootComplexLinks(config, at), at);
    const self = read('elementSelfDescription');
    const type = ELEMENTS[self.get('elementType')] ?? `??${self.get('elementType')}`;
    const ids = `PortNumber=${hex(self.get('portNumber'), 2)} ComponentID=${hex(self.get('componentId'), 2)}`;
    const lines = [`Desc:\t${ids} EltType=${type}`];
    for (let n = 0; n < self.get('numberOfLinkEntries'); n++) {
      if (!has(0x10 + 0x10 * n, 0x10)) return [...lines, `Link${n}:\t<unreadable>`];
      const link = read(`link${n}Description`);
      const [low, high] = [read(`link${n}Address`).value, hex(read(`link${n}AddressUpper`).value, 8)];
      const toConfig = link.is('type');
      const target = `TargetPort=${hex(link.get('targetPortNumber'), 2)} TargetComponent=${hex(link.get('targetComponentId'), 2)}`;
      const kind = `LinkType=${toConfig ? 'Config' : 'MemMapped'}`;
      lines.push(
        `Link${n}:\tDesc:\t${target} ${link.pick('associatedRcrb')} ${kind} ${link.pick('valid')}`,
        toConfig ? `\tAddr:\t${location(low)}  CfgSpace=${high}${hex(low, 8)}` : `\tAddr:\t${high}${hex(low, 8)}`,
      );
    }
    return lines;
  });

/** `0, 3-5, 31`. */
function ranges(bits: number): string {
  const texts: string[] = [];
  const is = (n: number) => n < 32 && Math.floor(bits / 2 ** n) % 2 === 1;
  for (let n = 0; n < 32; n++) {
    if (!is(n)) continue;
    const first = n;
    while (is(n + 1)) n++;
    texts.push(first === n ? ` ${first}` : ` ${first}-${n}`);
  }
  return texts.join(',');
}

export const showEventCollector: Printer = ({ config, at, has }) =>
  titled('Root Complex Event Collector Endpoint Association', has(0, 12), () => {
    const read = view(config, eventCollectorAssociation, at);
    const devices = read('associationBitmap').value;
    const buses = read('associatedBusNumbers');
    const [next, last] = [buses.get('nextBus'), buses.get('lastBus')];
    const none = next === 0xff && last === 0 ? ' [none]' : '';
    const version = config.u16(at + 2) & 0xf;
    return [
      `RCiEPBitmap: ${devices ? `RCiEP at Device(s):${ranges(devices)}` : '00000000 [none]'}`,
      ...(version >= 2 ? [`AssociatedBusNumbers: ${hex(next, 2)}-${hex(last, 2)}${none}`] : []),
    ];
  });
