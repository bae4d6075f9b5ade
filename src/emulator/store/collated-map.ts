import type { Collation } from '../domain/collation.js';

/** A map whose keys are compared by a collation. */
export class CollatedMap<Value> {
  /** Sorted by the collation. */
  readonly #entries: { readonly name: string; value: Value }[] = [];
  /** By the exact name. Most lookups use it, and it needs no comparisons. */
  readonly #exact = new Map<string, Value>();

  constructor(private readonly compare: Collation) {}

  get(name: string): Value | undefined {
    if (this.#exact.has(name)) return this.#exact.get(name);
    const entry = this.#entries[this.#lowerBound(name)];
    return entry && this.compare(entry.name, name) === 0 ? entry.value : undefined;
  }

  /** Sets a value. If an equal name exists, it keeps its spelling. */
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
