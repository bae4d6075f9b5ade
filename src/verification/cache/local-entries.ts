import { LRUCache } from 'lru-cache';
import type { Verification } from '../../contracts/verification.js';
import type { CacheEntry } from './cache-entry.js';
import type { EntryId } from './entry-id.js';
import { evictExpired } from './evict-expired.js';

/** A cache entry in memory. */
export interface LocalEntry {
  readonly id: EntryId;
  readonly entry: CacheEntry;
  /** The result of a cache hit, created once. */
  readonly hit: { readonly verification: Verification; readonly source: 'cache' };
  /** The result while Unkey is unavailable, created when it is first needed. */
  stale: Verification | undefined;
  /** When Unkey was called, as a sequence number of {@link InvalidationLog}. */
  readonly sequence: number;
  /** The latest invalidation that this entry was compared with. */
  checked: number;
}

/**
 * The cached successful verifications of one instance: at most `max`, with the least recently used one evicted first.
 * It also indexes the entries by API key. The index is always complete: an entry that is deleted or evicted is removed
 * from the index too.
 */
export class LocalEntries {
  readonly #entries: LRUCache<string, LocalEntry>;
  readonly #byKey = new Map<string, LocalEntry[]>();

  constructor(max: number) {
    this.#entries = new LRUCache({ max, dispose: (entry) => this.#removeFromIndex(entry) });
  }

  /** Counts as a use of the entry. */
  get(requestHash: string): LocalEntry | undefined {
    return this.#entries.get(requestHash);
  }

  /** Returns a copy of the list, so that entries can be deleted while it is read. */
  ofKey(keyHash: string): readonly LocalEntry[] {
    return this.#byKey.get(keyHash)?.slice() ?? [];
  }

  set(entry: LocalEntry, now: number): void {
    evictExpired(this.#entries, ({ entry: { staleUntil } }) => staleUntil <= now);
    const { keyHash, requestHash } = entry.id;
    this.#entries.set(requestHash, entry);
    const list = this.#byKey.get(keyHash);
    if (list === undefined) this.#byKey.set(keyHash, [entry]);
    else list.push(entry);
  }

  /** Returns whether there was an entry. */
  delete(requestHash: string): boolean {
    return this.#entries.delete(requestHash);
  }

  /** Deletes all entries of a key. Returns whether there were any. */
  deleteKey(keyHash: string): boolean {
    const list = this.#byKey.get(keyHash);
    if (list === undefined) return false;
    this.#byKey.delete(keyHash);
    for (const { id } of list) this.#entries.delete(id.requestHash);
    return true;
  }

  clear(): void {
    this.#entries.clear();
  }

  #removeFromIndex(entry: LocalEntry): void {
    const list = this.#byKey.get(entry.id.keyHash);
    if (list === undefined) return;
    if (list.length === 1) this.#byKey.delete(entry.id.keyHash);
    else list.splice(list.indexOf(entry), 1);
  }
}
