import type { Flight } from './flight.js';

/** One key that Unkey, or the store, is being asked about right now. */
export class KeyInFlight {
  /** How many ask. */
  asking = 0;
  /** Calls that others may wait for, by the text of their question. */
  readonly flights = new Map<string, Promise<Flight>>();
  /** When the key ended, in the order of {@link Revocations}. */
  #ended = 0;
  readonly #denied = new Map<string, number>();

  /** From now on nothing that was asked before this moment counts for the cache, and nobody joins it. */
  end(order: number): void {
    this.#ended = order;
    this.flights.clear();
  }

  /** The same for one question. */
  deny(text: string, order: number): void {
    // Nobody else is there to be told.
    if (this.asking > 1) this.#denied.set(text, order);
  }

  /** Whether the key has ended, or this question was answered with a no, since this was asked. */
  hasEndedSince(order: number, text: string): boolean {
    return this.#ended > order || (this.#denied.get(text) ?? 0) > order;
  }
}

/** The keys that are being asked about. A key is listed only meanwhile, so there are no more than calls in flight. */
export class KeysInFlight {
  readonly #keys = new Map<string, KeyInFlight>();

  /** Runs a task during which the key counts as asked about. */
  async during<T>(keyHash: string, task: (key: KeyInFlight) => Promise<T>): Promise<T> {
    const key = this.#keys.get(keyHash) ?? new KeyInFlight();
    this.#keys.set(keyHash, key);
    key.asking += 1;
    try {
      return await task(key);
    } finally {
      key.asking -= 1;
      if (key.asking === 0) this.#keys.delete(keyHash);
    }
  }

  end(keyHash: string, order: number): void {
    this.#keys.get(keyHash)?.end(order);
  }

  /** Nothing that is being asked right now may be cached, and nobody joins it. */
  endAll(): void {
    for (const key of this.#keys.values()) key.end(Infinity);
  }

  /** Nobody joins a call any more that has begun until now. */
  detachAll(): void {
    for (const { flights } of this.#keys.values()) flights.clear();
  }
}
