// SPDX-License-Identifier: GPL-2.0-only
/** Old values, so that a run can be undone at the cost of what it changed, not of what there is. */

/** An array that holds state of the hardware, one element of it a step of the journal. */
export type State = Int32Array | Uint32Array | Float64Array | Uint8Array;

/** Values of one array, in the order in which they were noted. */
class Notes {
  length = 0;
  #indexes = new Int32Array(1024);
  #values = new Int32Array(1024);

  push(index: number, value: number): void {
    if (this.length === this.#indexes.length) {
      const [indexes, values] = [this.#indexes, this.#values];
      this.#indexes = new Int32Array(2 * this.length);
      this.#values = new Int32Array(2 * this.length);
      this.#indexes.set(indexes);
      this.#values.set(values);
    }
    this.#indexes[this.length] = index;
    this.#values[this.length++] = value;
  }

  undo(array: Int32Array): void {
    for (let i = this.length - 1; i >= 0; i--) array[this.#indexes[i]!] = this.#values[i]!;
    this.length = 0;
  }
}

export class Journal {
  /** Whether changes are to be noted. */
  on = false;
  readonly #registers: Int32Array;
  readonly #noted = new Notes();
  /** Changes of other arrays, which are few: array, index, old value. */
  readonly #others: (readonly [State, number, number])[] = [];

  /** `registers` is the array that changes most. */
  constructor(registers: Int32Array) {
    this.#registers = registers;
  }

  /** Notes a register that is about to change. To be called only while `on`. */
  note(index: number): void {
    this.#noted.push(index, this.#registers[index]!);
  }

  /** Sets an element of another array, and notes what it was while changes are noted. */
  set(array: State, index: number, value: number): void {
    if (this.on) this.#others.push([array, index, array[index]!]);
    array[index] = value;
  }

  /** Begins to note: `rollback` goes back to here, and no further. */
  mark(): void {
    this.on = true;
    this.#noted.length = 0;
    this.#others.length = 0;
  }

  get length(): number {
    return this.#noted.length + this.#others.length;
  }

  /** Puts back all that was noted since the mark, the last change first. */
  rollback(): void {
    this.#noted.undo(this.#registers);
    for (let i = this.#others.length - 1; i >= 0; i--) {
      const [array, index, value] = this.#others[i]!;
      array[index] = value;
    }
    this.#others.length = 0;
  }
}
