// SPDX-License-Identifier: GPL-2.0-only
/** Capabilities that come from conventional PCI. */
import { advancedFeatures, bridgeSubsystemId, pciX, pciXBridge } from '../tables/conventional.ts';
import { type Printer, type Shown, titled } from './shown.ts';
import { hex } from './text.ts';
import { view } from './view.ts';

const OUTSTANDING = [1, 2, 3, 4, 8, 12, 16, 32];
/** By the code of the secondary bus: 5 to 7 are mode 1 with error correction, from 9 on modes of PCI-X 2.0. */
const CLOCKS = [
  ...['conv', '66MHz', '100MHz', '133MHz', '?4', '?5', '?6', '?7'],
  ...['?8', '266/66MHz', '266/100MHz', '266/133MHz', '?c', '533/66MHz', '533/100MHz', '533/133MHz'],
];

const location = (value: number): string =>
  `${hex((value >> 8) & 0xff, 2)}:${hex((value >> 3) & 0x1f, 2)}.${value & 7}`;

function device({ config, at, has }: Shown): string[] {
  return titled('PCI-X non-bridge device', has(4, 4), () => {
    const read = view(config, pciX, at);
    const [command, status] = [read('command'), read('status')];
    const read_bytes = 512 * 2 ** command.get('maxMemoryReadByteCount');
    const outstanding = OUTSTANDING[command.get('maxOutstandingSplitTransactions')];
    const designed = [
      `DC=${status.is('deviceComplexity') ? 'bridge' : 'simple'}`,
      `DMMRBC=${512 * 2 ** status.get('designedMaxMemoryReadByteCount')}`,
      `DMOST=${OUTSTANDING[status.get('designedMaxOutstandingSplitTransactions')]}`,
      `DMCRS=${8 * 2 ** status.get('designedMaxCumulativeReadSize')}`,
    ];
    return [
      `Command: ${command.flags()} RBC=${read_bytes} OST=${outstanding}`,
      `Status: Dev=${location(status.value)} ${status.flags(16, 19)} ${designed.join(' ')} ${status.flags(29, 31)}`,
    ];
  });
}

function bridge({ config, at, has }: Shown): string[] {
  return titled('PCI-X bridge device', has(4, 12), () => {
    const read = view(config, pciXBridge, at);
    const [secondary, status] = [read('secondaryStatus'), read('status')];
    const split = (name: 'upstreamSplitTransactionControl' | 'downstreamSplitTransactionControl') =>
      `Capacity=${read(name).get('capacity')} CommitmentLimit=${read(name).get('commitmentLimit')}`;
    return [
      `Secondary Status: ${secondary.flags()} Freq=${CLOCKS[secondary.get('secondaryClockFrequency')]}`,
      `Status: Dev=${location(status.value)} ${status.flags()}`,
      `Upstream: ${split('upstreamSplitTransactionControl')}`,
      `Downstream: ${split('downstreamSplitTransactionControl')}`,
    ];
  });
}

export const showPciX: Printer = (shown) => (shown.headerType === 1 ? bridge(shown) : device(shown));

export const showAdvancedFeatures: Printer = ({ config, at, has }) =>
  titled('PCI Advanced Features', has(3, 3), () => {
    const read = view(config, advancedFeatures, at);
    return [
      `AFCap: ${read('capability').flags()}`,
      `AFCtrl: ${read('control').flags()}`,
      `AFStatus: ${read('status').flags()}`,
    ];
  });

/** The data are read through the address register one word at a time, so that a dump never has them. */
export const showVitalProductData: Printer = () => ['Vital Product Data', 'Not readable'];

export const showBridgeSubsystem: Printer = ({ config, at, has }) => {
  if (!has(0, 8)) return ['Subsystem'];
  const read = view(config, bridgeSubsystemId, at);
  return [`Subsystem: ${hex(read('subsystemVendorId').value, 4)}:${hex(read('subsystemId').value, 4)}`];
};
