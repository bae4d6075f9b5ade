import { keyHash } from '../domain/key-hash.js';
import { latestRefill } from '../domain/refill.js';
import type { ChangeListener } from './changes.js';
import type { Key } from './records.js';

/** The keys of the workspace, by id and by hash. */
export class Keys {
  readonly #byId = new Map<string, Key>();
  readonly #byHash = new Map<string, Key>();

  constructor(private readonly listener: ChangeListener) {}

  /** All that are not deleted. */
  all(): Iterable<Key> {
    return this.#byId.values();
  }

  byId(id: string): Key | undefined {
    return this.#byId.get(id);
  }

  add(key: Key): void {
    this.#byId.set(key.id, key);
    this.#byHash.set(key.hash, key);
    key.api.keys.add(key);
    key.identity?.keys.add(key);
    this.changed(key);
  }

  /** To be called after a key's members were changed in place. */
  changed(key: Key): void {
    this.listener('key', key.id);
  }

  /**
   * Carries out the refill that has come due since this was last called: whoever reads a key's credits calls it first,
   * so that no timer is needed. A key with more credits than the refill's amount keeps them; an unlimited key that has
   * a refill becomes limited.
   */
  refill(key: Key, now: number): void {
    if (!key.refill) return;
    const due = latestRefill(key.refill, now);
    if (due > key.refilledTo) {
      if (key.remaining === null || key.remaining < key.refill.amount) {
        key.remaining = key.refill.amount;
        key.updatedAt = due;
      }
      this.changed(key);
    }
    // Also when the clock was set back: refills come due anew from there.
    key.refilledTo = now;
  }

  /** A key that is not deleted; whether its API is, the caller asks. */
  byPlaintext(plaintext: string): Key | undefined {
    const key = this.#byHash.get(keyHash(plaintext));
    return key?.deleted ? undefined : key;
  }

  /** A key that is neither deleted nor of a deleted API. */
  live(id: string): Key | undefined {
    const key = this.#byId.get(id);
    return key === undefined || key.deleted || key.api.deleted ? undefined : key;
  }

  /** Whether a hash is taken, be it by a key that was deleted softly. */
  hasHash(hash: string): boolean {
    return this.#byHash.has(hash);
  }

  byHash(hash: string): Key | undefined {
    const key = this.#byHash.get(hash);
    return key?.deleted ? undefined : key;
  }

  rehash(key: Key, hash: string): void {
    this.#byHash.delete(key.hash);
    key.hash = hash;
    this.#byHash.set(hash, key);
    this.changed(key);
  }

  /** Softly deleted keys keep their hash, so that it is not given again. */
  delete(key: Key, permanent: boolean): void {
    key.deleted = true;
    key.api.keys.remove(key);
    key.identity?.keys.remove(key);
    this.#byId.delete(key.id);
    if (permanent) this.#byHash.delete(key.hash);
    this.changed(key);
  }
}
