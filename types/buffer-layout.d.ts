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
  type AnyName = string | undefined;
  export class UInt<Name extends AnyName = undefined> extends Layout<number, Name> {}
  export class BitStructure<Value, Name extends AnyName> extends Layout<Value, Name> {
    addField(bits: number, property?: string): void;
    addBoolean(property?: string): void;
  }
  type Scalar = <const Name extends AnyName = undefined>(property?: Name) => UInt<Name>;
  export const u8: Scalar;
  export const u16: Scalar;
  export const u24: Scalar;
  export const u32: Scalar;
  export function blob<const N extends AnyName = undefined>(length: number, property?: N): Layout<Buffer, N>;
  export function bits<V, const N extends AnyName = undefined>(
    word: UInt<AnyName>,
    msb?: boolean,
    property?: N,
  ): BitStructure<V, N>;
  /** Unnamed members are padding: they hold their place and do not appear in the value. */
  export function struct<V>(fields: readonly Layout<unknown, AnyName>[]): Layout<V>;
}
