// SPDX-License-Identifier: GPL-2.0-only
/** A function in the words of `lspci -vvv`, from its bytes alone. */
import { configBytes } from '../catalogue.ts';
import { showBridge, showCardBus } from './bridge.ts';
import { showCapabilities } from './capabilities.ts';
import { showCommonHeader, title } from './header.ts';
import { showBars, showRom } from './regions.ts';
import { hex } from './text.ts';

export interface ShowOptions {
  /**
   * Whether the function is device 0 function 0 of its bus. lspci leaves the Link 2 capability and control registers out
   * of any other endpoint. True when not given.
   */
  readonly first?: boolean;
  /**
   * Bytes that a dump leaves out, as ranges from the first byte to the one after the last, in any order. lspci reads them as
   * ff where the dump goes on behind them; where it does not, they are as if `bytes` ended before.
   */
  readonly missing?: readonly (readonly [from: number, to: number])[];
}

/** `bytes` as lspci has them of a dump that lacks some. */
function withoutMissing(bytes: Uint8Array, missing: NonNullable<ShowOptions['missing']>): Uint8Array {
  if (missing.length === 0) return bytes;
  const filled = bytes.slice();
  const known = new Uint8Array(bytes.length).fill(1);
  for (const [from, to] of missing) {
    filled.fill(0xff, from, to);
    known.fill(0, from, to);
  }
  return filled.subarray(0, known.lastIndexOf(1) + 1);
}

/** Class, IDs, revision and programming interface, as `lspci -nv` prints them behind the address. */
export const showTitle = (bytes: Uint8Array): string => title(configBytes(bytes));

/**
 * Decodes the config space of one function. `bytes` holds as much of it as there is: 64, 256 or 4096 bytes. Gives the
 * lines that `lspci -n -vvv` prints below the title, with their tabs; what is in no register (names, NUMA nodes, sizes of
 * BARs, drivers) is not among them. Never throws.
 */
export function showFunction(bytes: Uint8Array, { first = true, missing = [] }: ShowOptions = {}): string[] {
  const config = configBytes(withoutMissing(bytes, missing));
  const headerType = config.u8(0x0e) & 0x7f;
  if (headerType > 2) {
    const irq = config.u8(0x3c);
    const interrupt = irq ? [`\tInterrupt: pin ? routed to IRQ ${irq}`] : [];
    return [`\t!!! Unknown header type ${hex(headerType, 2)}`, ...interrupt];
  }
  const own = [
    () => [...showBars(config, 0), ...showRom(config, 0x30)],
    () => showBridge(config),
    () => showCardBus(config),
  ][headerType]!;
  return [...showCommonHeader(config, headerType), ...own(), ...showCapabilities(config, headerType, first)];
}
