// SPDX-License-Identifier: GPL-2.0-only
/** Types for buffer-layout 1.2.2, which ships none. Only the part of it this project uses. */
declare module 'buffer-layout' {
  export class Layout<Value, Name extends string | undefined = undefined> {
    readonly span: number;
    readonly property: Name;
    private readonly value: Value;
    decode(b: Buffer, offset?: number): Value;
    encode(src: Value, b: Buffer, offset?: number): number;
  }
  type Scalar = <const Name extends string | undefined = undefined>(property?: Name) => UInt<Name>;
  export class UInt<Name extends string | undefined = undefined> extends Layout<number, Name> {}
  export class BitField { readonly bits: number; readonly start: number; readonly wordMask: number }
  export class BitStructure<Value, Name extends string | undefined> extends Layout<Value, Name> {
    readonly fields: readonly BitField[];
    addField(bits: number, property?: string): BitField;
    addBoolean(property?: string): BitField;
  }
  type Member = Layout<any, any>;
  type Value<L> = L extends Layout<infer V, any> ? V : never;
  /** Unnamed members are padding: they hold their place and do not appear in the value. */
  export type Members<F extends readonly Member[]> = {
    -readonly [L in F[number] as L['property'] extends string ? L['property'] : never]: Value<L>;
  };
  export class Structure<V, Name extends string | undefined> extends Layout<V, Name> {
    readonly fields: readonly Member[];
    offsetOf(property: keyof V & string): number | undefined;
    override encode(src: Partial<V>, b: Buffer, offset?: number): number;
  }
  export const u8: Scalar;
  export const u16: Scalar;
  export const u24: Scalar;
  export const u32: Scalar;
  export function blob<const N extends string | undefined = undefined>(length: number, property?: N): Layout<Buffer, N>;
  export function seq<V, const N extends string | undefined = undefined>(
    element: Layout<V, any>, count: number, property?: N): Layout<V[], N>;
  export function bits<V, const N extends string | undefined = undefined>(
    word: UInt<any>, msb?: boolean, property?: N): BitStructure<V, N>;
  export function struct<const F extends readonly Member[], const N extends string | undefined = undefined>(
    fields: F, property?: N): Structure<Members<F>, N>;
}
