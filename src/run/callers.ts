// SPDX-License-Identifier: GPL-2.0-only
/**
 * Which kernel functions are running: read off the JavaScript stack, since ports keep the kernel's function names. So a
 * port needs to say nothing, and cannot say it wrong.
 */

/** Ports live in this room; the accessors at its bottom are what every access has in common. */
const PORT = /[\\/]src[\\/]reset[\\/](?!access\.)/;
/** Kernel functions are written so; methods of ours are not. */
const KERNEL_NAME = /^_*[a-z][a-z0-9]*(_[a-z0-9]+)+$/;
const DEPTH = 40;

function namesOf(_: Error, sites: NodeJS.CallSite[]): string[] {
  const names: string[] = [];
  for (const site of sites) {
    const name = site.getFunctionName();
    if (name !== null && KERNEL_NAME.test(name) && PORT.test(site.getFileName() ?? '')) names.push(name);
  }
  return names;
}

/** Kernel functions on the stack, innermost first. */
export function callers(): string[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.prepareStackTrace = namesOf;
  Error.stackTraceLimit = DEPTH;
  const holder: { stack?: unknown } = {};
  Error.captureStackTrace(holder, callers);
  const names = holder.stack as string[];
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  return names;
}
