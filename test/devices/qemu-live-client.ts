// SPDX-License-Identifier: GPL-2.0-only
/** QEMU 7.2 without a guest, driven over its qtest protocol: config space is read and written through the ECAM window. */
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import type { Bdf, Size } from '../../src/bus/index.ts';

const BINARY = 'qemu-system-x86_64';
const ECAM = 0xb000_0000;
const SUFFIX: Readonly<Record<Size, string>> = { 1: 'b', 2: 'w', 4: 'l' };
const MACHINE = '-machine q35 -accel tcg -S -m 64M -display none -nodefaults -no-user-config -vga none'.split(' ');
const hex = (n: number): string => `0x${n.toString(16)}`;

/** Why there is nothing to compare with; undefined where QEMU 7.2 is installed. */
export function whyNoQemu(): string | undefined {
  try {
    const version = execFileSync(BINARY, ['--version'], { encoding: 'utf8' });
    return /version 7\.2\./.test(version) ? undefined : `not QEMU 7.2 but ${version.split('\n')[0]}`;
  } catch {
    return `${BINARY} is not installed`;
  }
}

interface Waiting {
  readonly resolve: (reply: string) => void;
  readonly reject: (error: Error) => void;
}

export class Qemu {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: Waiting[] = [];
  #next = 0;
  #received = '';
  #errors = '';
  #ended: Error | undefined;

  private constructor(args: readonly string[]) {
    this.#process = spawn(BINARY, [...MACHINE, '-qtest-log', 'none', '-qtest', 'stdio', ...args]);
    this.#process.stdout.setEncoding('latin1').on('data', (text: string) => this.#receive(text));
    this.#process.stderr.on('data', (text: Buffer) => {
      this.#errors += text.toString();
    });
    this.#process.stdin.on('error', () => undefined);
    this.#process.on('close', (_, signal) => {
      this.#ended = new Error(`QEMU ended (${signal}): ${this.#errors}`);
      for (const { reject } of this.#waiting.slice(this.#next)) reject(this.#ended);
    });
  }

  /** Starts a machine and switches its ECAM window on, which firmware would do. */
  static async start(args: readonly string[]): Promise<Qemu> {
    const qemu = new Qemu(args);
    const legacy = (offset: number, value: number) => [
      `outl 0xcf8 ${hex(0x8000_0000 + offset)}`,
      `outl 0xcfc ${hex(value)}`,
    ];
    await qemu.batch([...legacy(0x64, 0), ...legacy(0x60, ECAM + 1)]);
    return qemu;
  }

  #receive(text: string): void {
    const lines = (this.#received + text).split('\n');
    this.#received = lines.pop()!;
    for (const line of lines) {
      // An interrupt line that changes is told at any time, and is no reply.
      if (line.startsWith('IRQ ')) continue;
      const waiting = this.#waiting[this.#next++]!;
      if (line.startsWith('OK')) waiting.resolve(line.slice(3).trim());
      else waiting.reject(new Error(`qtest: ${line}`));
    }
  }

  /** Many commands in one write; replies come in the same order. */
  batch(commands: readonly string[]): Promise<string[]> {
    if (this.#ended) return Promise.reject(this.#ended);
    const replies = commands.map(
      () => new Promise<string>((resolve, reject) => void this.#waiting.push({ resolve, reject })),
    );
    if (commands.length > 0) this.#process.stdin.write(`${commands.join('\n')}\n`);
    return Promise.all(replies);
  }

  async reads(accesses: readonly (readonly [bdf: Bdf, offset: number, size: Size])[]): Promise<number[]> {
    const replies = await this.batch(
      accesses.map(([bdf, at, size]) => `read${SUFFIX[size]} ${hex(ECAM + bdf * 0x1000 + at)}`),
    );
    return replies.map(Number);
  }

  async read(bdf: Bdf, offset: number, size: Size): Promise<number> {
    return (await this.reads([[bdf, offset, size]]))[0]!;
  }

  /** Does not wait: commands are served in order, and the next read fails where this one would. */
  write(bdf: Bdf, offset: number, size: Size, value: number): void {
    const command = `write${SUFFIX[size]} ${hex(ECAM + bdf * 0x1000 + offset)} ${hex(value >>> 0)}`;
    this.batch([command]).catch(() => undefined);
  }

  /** Config space of one function: 4096 bytes where anything answers above the first 256; undefined where nothing does. */
  async bytes(bdf: Bdf): Promise<Uint8Array | undefined> {
    const [reply] = await this.batch([`read ${hex(ECAM + bdf * 0x1000)} 0x1000`]);
    const bytes = Uint8Array.from(Buffer.from(reply!.slice(2), 'hex'));
    if (bytes[0] === 0xff && bytes[1] === 0xff) return undefined;
    return bytes.subarray(0x100, 0x104).every((byte) => byte === 0xff) ? bytes.slice(0, 0x100) : bytes;
  }

  async stop(): Promise<void> {
    if (this.#ended) return;
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.kill('SIGKILL');
    await ended;
  }
}
