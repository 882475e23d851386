// SPDX-License-Identifier: GPL-2.0-only
/** Devices that misbehave, as data: what each can do wrong, how it is written, and which functions do it. */
import type { FunctionLayout } from '../configspace/function.ts';
import type { FunctionId } from './arena.ts';
import { hasLinkBelow } from './watch.ts';

export type Misbehaviour =
  /** Ready so much later after each reset. */
  | { readonly kind: 'slow'; readonly by_us: number }
  /** Answers with Request Retry Status for ever after a reset. */
  | { readonly kind: 'never-ready' }
  /** Answers nothing after a reset, not even that. */
  | { readonly kind: 'all-ones-after-reset' }
  /** Its requests go on with Bus Master off. */
  | { readonly kind: 'ignores-bus-master' }
  /** Another device after a reset: Vendor and Device ID as one dword; not given, the lowest bit of the Device ID flips. */
  | { readonly kind: 'new-id-after-reset'; readonly id?: number }
  /** A port whose link does not come back. */
  | { readonly kind: 'link-stays-down' }
  /** Takes requests while it is held in reset, and with it the other functions of its device; ready at once. */
  | { readonly kind: 'answers-during-reset' }
  | { readonly kind: 'flr-does-nothing' }
  /** The function is gone from a time on. */
  | { readonly kind: 'vanishes'; readonly at_us: number }
  /** A port out of whose slot the card is pulled at a time, and put back. */
  | { readonly kind: 'removed'; readonly at_us: number }
  | { readonly kind: 'inserted'; readonly at_us: number };

type Kind = Misbehaviour['kind'];

/** How each is written; what stands in angle brackets is to be given, in square brackets may be. */
export const MISBEHAVIOURS: Readonly<Record<Kind, string>> = {
  slow: 'slow:<time>',
  'never-ready': 'never-ready',
  'all-ones-after-reset': 'all-ones-after-reset',
  'ignores-bus-master': 'ignores-bus-master',
  'new-id-after-reset': 'new-id-after-reset[:vvvv:dddd]',
  'link-stays-down': 'link-stays-down',
  'answers-during-reset': 'answers-during-reset',
  'flr-does-nothing': 'flr-does-nothing',
  vanishes: 'vanishes:<time>',
  removed: 'removed:<time>',
  inserted: 'inserted:<time>',
};

/** What only a bridge with a link below can do. */
const OF_PORTS: readonly Kind[] = ['link-stays-down', 'removed', 'inserted'];

const MICROSECONDS: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000 };
const TIME = /^(\d+(?:\.\d+)?)(us|ms|s)$/;
const IDS = /^([0-9a-f]{4}):([0-9a-f]{4})$/i;

const isKind = (name: string): name is Kind => Object.hasOwn(MISBEHAVIOURS, name);

/** One entry such as `slow:3s`, or a clause that says what is wrong with it. */
export function parseMisbehaviour(text: string): Misbehaviour | string {
  const [kind = '', ...rest] = text.split(':');
  const given = rest.length > 0 ? rest.join(':') : undefined;
  if (!isKind(kind)) return `"${text}" is none of ${Object.values(MISBEHAVIOURS).join(', ')}`;
  if (kind === 'slow' || kind === 'vanishes' || kind === 'removed' || kind === 'inserted') {
    const time = TIME.exec(given ?? '');
    if (!time) return `"${text}" needs a time, as in ${kind}:3s or ${kind}:1.5ms`;
    const us = Number(time[1]) * MICROSECONDS[time[2]!]!;
    return kind === 'slow' ? { kind, by_us: us } : { kind, at_us: us };
  }
  if (given === undefined) return { kind };
  const ids = kind === 'new-id-after-reset' ? IDS.exec(given) : null;
  if (kind !== 'new-id-after-reset') return `"${text}" has something after ${kind}, which takes nothing`;
  if (!ids) return `"${text}" needs vendor and device, as in ${kind}:8086:10d3`;
  return { kind, id: Number.parseInt(`${ids[2]}${ids[1]}`, 16) };
}

/** Why a function cannot do that, as a clause; undefined where it can. */
export const problemWith = (layout: FunctionLayout, { kind }: Misbehaviour): string | undefined =>
  OF_PORTS.includes(kind) && !hasLinkBelow(layout) ? `${kind} is for a port with a link below it` : undefined;

/** What each function of a machine does wrong. Most do nothing wrong, and cost nothing. */
export class Misbehaviours {
  readonly #of = new Map<FunctionId, Misbehaviour[]>();

  add(fn: FunctionId, misbehaviour: Misbehaviour): void {
    this.#of.set(fn, [...(this.#of.get(fn) ?? []), misbehaviour]);
  }

  find<K extends Kind>(fn: FunctionId, kind: K): Extract<Misbehaviour, { kind: K }> | undefined {
    if (this.#of.size === 0) return undefined;
    const is = (m: Misbehaviour): m is Extract<Misbehaviour, { kind: K }> => m.kind === kind;
    return this.#of.get(fn)?.find(is);
  }

  has(fn: FunctionId, kind: Kind): boolean {
    return this.find(fn, kind) !== undefined;
  }
}
