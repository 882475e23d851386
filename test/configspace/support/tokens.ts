// SPDX-License-Identifier: GPL-2.0-only
/** The flags (`Xxx+`, `Xxx-`) in lines of lspci, each with the register line that it stands in. */

const FLAG = /([<>]?[A-Za-z0-9][A-Za-z0-9_./:#-]*)([+-])(?=$|[\s,;)])/g;
const LABEL = /^\t+(?:Capabilities: (\[[0-9a-f]+)[^\]]*\] (.*)|([A-Za-z0-9][A-Za-z0-9 -]*:))/;

export interface Flags {
  /** `[50]/DevCtl: CorrErr+`: the capability, the register, the token. In the order of the text. */
  readonly tokens: readonly string[];
  /** The words that begin the title of the capability that a token stands in; empty for the header. */
  readonly titles: readonly string[];
}

/** All flags of a function. A line that begins with a blank after its tabs, or with a third tab, belongs to the one above it. */
export function flagsOf(lines: readonly string[]): Flags {
  const tokens: string[] = [];
  const titles: string[] = [];
  let capability = '';
  let title = '';
  let register = '';
  for (const line of lines) {
    const label = LABEL.exec(line);
    if (label?.[1]) [capability, title, register] = [label[1], label[2]!, ''];
    else if (label?.[3] && !line.startsWith('\t\t\t')) register = label[3];
    for (const [, name, sign] of line.matchAll(FLAG)) {
      tokens.push(`${capability}/${register} ${name}${sign}`);
      titles.push(title);
    }
  }
  return { tokens, titles };
}
