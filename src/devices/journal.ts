// SPDX-License-Identifier: GPL-2.0-only
/** Old values, so that a run can be undone at the cost of what it changed, not of what there is. */

/** An array that holds state of the hardware, one element of it a step of the journal. */
export type State = Int32Array | Uint32Array | Float64Array | Uint8Array;

export class Journal {
  /** Whether changes are to be noted. */
  on = false;
  #length = 0;
  readonly #arrays: State[] = [];
  #indexes = new Int32Array(1024);
  #values = new Float64Array(1024);

  /** Sets an element, and notes what it was while changes are noted. */
  set(array: State, index: number, value: number): void {
    if (this.on) this.note(array, index);
    array[index] = value;
  }

  /** Notes the value of an element that is about to change. To be called only while `on`. */
  note(array: State, index: number): void {
    if (this.#length === this.#indexes.length) this.#grow();
    this.#arrays[this.#length] = array;
    this.#indexes[this.#length] = index;
    this.#values[this.#length] = array[index]!;
    this.#length++;
  }

  #grow(): void {
    const indexes = new Int32Array(2 * this.#length);
    const values = new Float64Array(2 * this.#length);
    indexes.set(this.#indexes);
    values.set(this.#values);
    this.#indexes = indexes;
    this.#values = values;
  }

  /** Begins to note: `rollback` goes back to here, and no further. */
  mark(): void {
    this.on = true;
    this.#length = 0;
  }

  get length(): number {
    return this.#length;
  }

  /** Puts back all that was noted since the mark, the last change first. */
  rollback(): void {
    for (let i = this.#length - 1; i >= 0; i--) this.#arrays[i]![this.#indexes[i]!] = this.#values[i]!;
    this.#length = 0;
  }
}
