/** Holds the last values that were pushed, at most `capacity` of them. */
export class Ring<T> {
  readonly #values: (T | undefined)[] = [];
  /** Index of the oldest item once the ring is full. */
  #first = 0;
  #size = 0;

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.#size;
  }

  get oldest(): T | undefined {
    return this.#values[this.#first];
  }

  /** Returns the value that made room for it. */
  push(value: T): T | undefined {
    const at = (this.#first + this.#size) % this.capacity;
    if (this.#size < this.capacity) {
      this.#values[at] = value;
      this.#size += 1;
      return undefined;
    }
    const dropped = this.#values[at];
    this.#values[at] = value;
    this.#first = (this.#first + 1) % this.capacity;
    return dropped;
  }

  /** Removes and returns the oldest one. */
  shift(): T | undefined {
    const value = this.#values[this.#first];
    if (this.#size === 0) return undefined;
    this.#values[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.capacity;
    this.#size -= 1;
    return value;
  }

  /** Oldest first. */
  *[Symbol.iterator](): Generator<T> {
    for (let index = 0; index < this.#size; index += 1)
      yield this.#values[(this.#first + index) % this.capacity] as T;
  }

  /** Latest first. */
  *latest(): Generator<T> {
    for (let index = this.#size - 1; index >= 0; index -= 1)
      yield this.#values[(this.#first + index) % this.capacity] as T;
  }
}
