import { keyHash } from '../domain/key-hash.js';
import { balanceAt, latestRefill } from '../domain/refill.js';
import type { ChangeListener } from './changes.js';
import type { Key } from './records.js';

/** The keys of the workspace, by id and by hash. */
export class Keys {
  readonly #byId = new Map<string, Key>();
  readonly #byHash = new Map<string, Key>();

  constructor(private readonly listener: ChangeListener) {}

  /** All keys that are not deleted. */
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

  /** Call this after changing a key in place. */
  changed(key: Key): void {
    this.listener('key', key.id);
  }

  /**
   * Makes the refill that is due since the last call. Call this before reading a key's credits; so no timer is needed.
   * A key with more credits than the refill's amount keeps them. An unlimited key with a refill becomes limited.
   */
  refill(key: Key, now: number): void {
    if (!key.refill) return;
    const due = latestRefill(key.refill, now);
    if (due > key.refilledTo) {
      const balance = balanceAt(key, now);
      if (balance !== key.remaining) {
        key.remaining = balance;
        key.updatedAt = due;
      }
      this.changed(key);
    }
    // This also handles a clock that was set back: refills are due again from there.
    key.refilledTo = now;
  }

  /** A key that is not deleted. Its API may be deleted; the caller checks that. */
  byPlaintext(plaintext: string): Key | undefined {
    const key = this.#byHash.get(keyHash(plaintext));
    return key?.deleted ? undefined : key;
  }

  /** A key that is not deleted, of an API that is not deleted. */
  live(id: string): Key | undefined {
    const key = this.#byId.get(id);
    return key === undefined || key.deleted || key.api.deleted ? undefined : key;
  }

  /** Whether a hash is in use, also by a soft-deleted key. */
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

  /** Deletes a key. A soft-deleted key keeps its hash, so that the hash cannot be used again. */
  delete(key: Key, permanent: boolean): void {
    key.deleted = true;
    key.api.keys.remove(key);
    key.identity?.keys.remove(key);
    this.#byId.delete(key.id);
    if (permanent) this.#byHash.delete(key.hash);
    this.changed(key);
  }
}
