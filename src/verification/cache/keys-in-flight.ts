import type { FlightResult } from './flight-result.js';

/** A key for which lookups are in flight, to Unkey or to the store. */
export class KeyInFlight {
  /** How many lookups are in flight. */
  lookups = 0;
  /** Calls that other requests can wait for, by request hash. */
  readonly flights = new Map<string, Promise<FlightResult>>();
  /** When the key was last invalidated, as a sequence number of {@link InvalidationLog}. */
  #invalidated = 0;
  readonly #denied = new Map<string, number>();

  /** Results of calls that are in flight are not cached any more, and new requests do not wait for these calls. */
  invalidate(sequence: number): void {
    this.#invalidated = sequence;
    this.flights.clear();
  }

  /** Records that Unkey denied one request. Older results of the same request are not cached any more. */
  deny(requestHash: string, sequence: number): void {
    // With a single lookup there is no other result that could be cached later.
    if (this.lookups > 1) this.#denied.set(requestHash, sequence);
  }

  /** Whether the key was invalidated, or this request was denied, after a sequence number. */
  isDeniedSince(sequence: number, requestHash: string): boolean {
    return this.#invalidated > sequence || (this.#denied.get(requestHash) ?? 0) > sequence;
  }
}

/** The keys for which lookups are in flight. A key is removed with its last lookup, so memory use is bounded. */
export class KeysInFlight {
  readonly #keys = new Map<string, KeyInFlight>();

  /** Runs a lookup, and counts it as in flight meanwhile. */
  async during<T>(keyHash: string, lookup: (key: KeyInFlight) => Promise<T>): Promise<T> {
    const key = this.#keys.get(keyHash) ?? new KeyInFlight();
    this.#keys.set(keyHash, key);
    key.lookups += 1;
    try {
      return await lookup(key);
    } finally {
      key.lookups -= 1;
      if (key.lookups === 0) this.#keys.delete(keyHash);
    }
  }

  invalidate(keyHash: string, sequence: number): void {
    this.#keys.get(keyHash)?.invalidate(sequence);
  }

  /** No result of a lookup that is in flight is cached, and new requests do not wait for these lookups. */
  invalidateAll(): void {
    for (const key of this.#keys.values()) key.invalidate(Infinity);
  }

  /** New requests do not wait for the calls that are in flight now. */
  detachAll(): void {
    for (const { flights } of this.#keys.values()) flights.clear();
  }
}
