// SPDX-License-Identifier: GPL-2.0-only
/** A machine of plain bytes, every bit writable, nothing behind them; and what was done to it, one line an access. */
import { formatBdf, parseBdf } from '../../src/bus/bdf.ts';
import type { Bdf, Bus, Delay, Size } from '../../src/bus/index.ts';
import { Kernel, type KernelOptions } from '../../src/reset/kernel.ts';
import type { KernelVersion } from '../../src/reset/kernel_state.ts';
import type { pci_dev } from '../../src/reset/pci_dev.ts';

const hex = (n: number): string => n.toString(16);

/** One function; `absent` makes it answer nothing. */
export class Fn {
  readonly bytes: Buffer;
  absent = false;
  private lastCap = 0x34;
  private lastExt = 0;

  constructor(size: number) {
    this.bytes = Buffer.alloc(size);
  }

  u8(at: number, value: number): this {
    this.bytes.writeUInt8(value, at);
    return this;
  }

  u16(at: number, value: number): this {
    this.bytes.writeUInt16LE(value, at);
    return this;
  }

  u32(at: number, value: number): this {
    this.bytes.writeUInt32LE(value >>> 0, at);
    return this;
  }

  /** Links a capability in; the next pointer before it is filled. */
  cap(id: number, at: number): this {
    this.bytes.writeUInt8(this.bytes.readUInt8(0x06) | 0x10, 0x06);
    this.u8(this.lastCap, at)
      .u8(at, id)
      .u8(at + 1, 0);
    this.lastCap = at + 1;
    return this;
  }

  /** A PCI Express capability at 0x40 of this version and type, with a slot or not. */
  pcie(type: number, version = 2, slot = false): this {
    return this.cap(0x10, 0x40).u16(0x42, version | (type << 4) | (slot ? 0x100 : 0));
  }

  /** Extended capabilities have to be given in order, the first at 0x100. */
  ext(id: number, at: number): this {
    if (this.lastExt) this.u32(this.lastExt, this.bytes.readUInt32LE(this.lastExt) | (at << 20));
    this.lastExt = at;
    return this.u32(at, id | (1 << 16));
  }
}

export class MadeUp implements Bus {
  readonly functions = new Map<Bdf, Fn>();
  readonly trace: string[] = [];
  /** Called before each write takes effect; true: it does not. */
  onWrite: (bdf: string, at: number, value: number) => boolean = () => false;
  readonly clock: { now_us: number; delay(delay: Delay): void } = {
    now_us: 0,
    delay: (delay) => {
      this.trace.push(delay.op === 'msleep' ? `msleep ${delay.ms}` : `${delay.op} ${delay.us}`);
    },
  };

  add(address: string, class_: number, hdr = 0, size = 4096): Fn {
    const fn = new Fn(size)
      .u32(0, 0x12348086)
      .u32(0x08, class_ << 8)
      .u8(0x0e, hdr);
    this.functions.set(parseBdf(address)!, fn);
    return fn;
  }

  bridge(address: string, secondary: number, subordinate: number, type: number, hdr = 1): Fn {
    const primary = Number.parseInt(address.split(':')[0]!, 16);
    return this.add(address, 0x060400, hdr)
      .u32(0x18, primary | (secondary << 8) | (subordinate << 16))
      .pcie(type);
  }

  read(bdf: Bdf, at: number, size: Size): number {
    const fn = this.functions.get(bdf);
    const there = fn && !fn.absent && at + size <= fn.bytes.length;
    const value = there ? fn.bytes.readUIntLE(at, size) : 2 ** (8 * size) - 1;
    this.trace.push(`r ${formatBdf(bdf).slice(5)} ${hex(at)}/${size}`);
    return value;
  }

  write(bdf: Bdf, at: number, size: Size, value: number): void {
    this.trace.push(`w ${formatBdf(bdf).slice(5)} ${hex(at)}/${size} ${hex(value)}`);
    const fn = this.functions.get(bdf);
    if (fn && !fn.absent && !this.onWrite(formatBdf(bdf), at, value)) fn.bytes.writeUIntLE(value, at, size);
  }

  /** A kernel that has scanned; the trace is empty then. */
  kernel(version: KernelVersion, options: Partial<KernelOptions> = {}): Kernel {
    const kernel = new Kernel(this, {
      version,
      cmdline: '',
      state: 'running',
      rootBuses: [{ domain: 0, bus: 0 }],
      ...options,
    });
    this.trace.length = 0;
    kernel.scan();
    if (this.trace.some((line) => !line.startsWith('r '))) throw new Error('the scan did more than read');
    this.trace.length = 0;
    return kernel;
  }

  written(): string[] {
    return this.trace.filter((line) => line.startsWith('w'));
  }
}

export const device = (kernel: Kernel, address: string): pci_dev =>
  kernel.devices.find((dev) => dev.name === `0000:${address}`)!;
