// SPDX-License-Identifier: GPL-2.0-only
/** Runs the built command as a user does. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/src/cli/main.js');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HowToRun {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** User to run as; only root can choose. */
  readonly uid?: number;
}

/** Paths in `args` are relative to the root of the project. */
export function hotreset(args: readonly string[], options: HowToRun = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    input: options.input ?? '',
    env: options.env ?? process.env,
    ...(options.uid !== undefined && { uid: options.uid }),
  });
  return { code: status, stdout, stderr };
}
