import type { Collation } from '../domain/collation.js';

/** Values by names of which a collation says whether they are equal. */
export class CollatedMap<Value> {
  /** In the collation's order. */
  readonly #entries: { readonly name: string; value: Value }[] = [];
  /** Most names are asked for as they are written, which spares the comparisons. */
  readonly #exact = new Map<string, Value>();

  constructor(private readonly compare: Collation) {}

  get(name: string): Value | undefined {
    if (this.#exact.has(name)) return this.#exact.get(name);
    const entry = this.#entries[this.#lowerBound(name)];
    return entry && this.compare(entry.name, name) === 0 ? entry.value : undefined;
  }

  /** Replaces the value of an equal name, which stays as it is written. */
  set(name: string, value: Value): void {
    const at = this.#lowerBound(name);
    const entry = this.#entries[at];
    if (entry && this.compare(entry.name, name) === 0) {
      entry.value = value;
      this.#exact.set(entry.name, value);
    } else {
      this.#entries.splice(at, 0, { name, value });
      this.#exact.set(name, value);
    }
  }

  delete(name: string): void {
    const at = this.#lowerBound(name);
    const entry = this.#entries[at];
    if (!entry || this.compare(entry.name, name) !== 0) return;
    this.#entries.splice(at, 1);
    this.#exact.delete(entry.name);
  }

  values(): Iterable<Value> {
    return this.#exact.values();
  }

  #lowerBound(name: string): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry && this.compare(entry.name, name) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
