// SPDX-License-Identifier: GPL-2.0-only
/** Ports next_arg() of lib/cmdline.c and the loop of parse_args() in kernel/params.c (3.10, 6.1, 6.12). */
import { KERNEL_VERSION } from './kernel_state.ts';

/** Splits at blanks outside double quotes; quotes around a value, or around the whole argument, are dropped. */
function next_arg(args: string, start: number): { param: string; val: string | undefined; next: number } {
  let in_quote = false;
  let equals = 0;
  let quoted = false;
  let from = start;
  if (args[from] === '"') {
    from++;
    in_quote = true;
    quoted = true;
  }
  let i = from;
  for (; i < args.length; i++) {
    const c = args[i]!;
    if (isspace(c) && !in_quote) break;
    if (equals === 0 && c === '=') equals = i - from;
    if (c === '"') in_quote = !in_quote;
  }
  let end = i;
  let param = args.slice(from, end);
  let val: string | undefined;
  if (equals) {
    val = param.slice(equals + 1);
    param = param.slice(0, equals);
    if (val.startsWith('"')) {
      val = val.slice(1);
      if (args[end - 1] === '"') val = val.slice(0, -1);
    } else if (quoted && args[end - 1] === '"') val = val.slice(0, -1);
  } else if (quoted && args[end - 1] === '"') param = param.slice(0, -1);
  if (end < args.length) end++;
  return { param, val, next: end };
}

const isspace = (c: string): boolean => /\s/.test(c);

/** Calls `handler` for each parameter up to "--", which ends the kernel's own (not yet in 3.10 and 3.13). */
export function parse_early_param(
  version: number,
  cmdline: string,
  handler: (param: string, val: string | undefined) => void,
): void {
  let i = 0;
  for (;;) {
    while (i < cmdline.length && isspace(cmdline[i]!)) i++;
    if (i >= cmdline.length) return;
    const { param, val, next } = next_arg(cmdline, i);
    i = next;
    if (val === undefined && param === '--' && version >= KERNEL_VERSION(6, 1)) return;
    handler(param.replaceAll('-', '_'), val);
  }
}
