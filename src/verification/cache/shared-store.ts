import type { VerificationStore } from '../../contracts/verification-store.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import { asyncStore, type AsyncStore } from './async-store.js';
import type { CacheEntry } from './cache-entry.js';
import type { EntryId } from './entry-id.js';
import { mayPrecede } from './invalidation-log.js';
import { InvalidationMarks } from './invalidation-marks.js';
import { PAUSE, StoreAccess } from './store-access.js';
import { parseEntry, serializeEntry } from './stored-entry.js';
import { FAILED } from './with-timeout.js';

/** `now`: the time in Unix ms. `tick`: a monotonic clock, in ms. */
export interface Clocks {
  readonly now: () => number;
  readonly tick: () => number;
}

/** The result of a lookup in the store. */
export interface StoreLookup {
  /** An entry that any instance stored, unless it was invalidated. */
  readonly entry: CacheEntry | undefined;
  /** When entries for this request were last invalidated, in Unix ms; 0: never. */
  readonly invalidatedAt: number;
}

/** How long marks stay at least, in ms: longer than any entry that another instance may have stored earlier. */
const MIN_LIFETIME = 24 * 60 * 60 * 1000;

/** The cache that instances share. Its methods never reject, and never take longer than `storeTimeout`. */
export class SharedStore {
  readonly #access: StoreAccess;
  readonly #marks: InvalidationMarks;
  readonly #store: AsyncStore;
  readonly #lifetime: number;

  /** @param scope identifies the Unkey API that verifies keys; entries of other scopes are not read */
  constructor(
    store: VerificationStore,
    { ttl, staleIfError, storeTimeout }: ResolvedCacheOptions,
    private readonly clocks: Clocks,
    private readonly scope: string,
  ) {
    this.#access = new StoreAccess(storeTimeout, clocks.tick);
    this.#store = asyncStore(store);
    this.#lifetime = Math.max(MIN_LIFETIME, ttl + staleIfError + 2 * PAUSE);
    this.#marks = new InvalidationMarks(this.#store, {
      access: this.#access,
      now: clocks.now,
      lifetime: this.#lifetime,
      markName: (id) => this.#name('invalid', id),
      storedFlagName: (keyHash) => this.#name('stored', keyHash),
    });
  }

  /**
   * @param keyId the key id of the entry in memory, whose mark is read too
   * @param timeLeft in ms; half of it is reserved for the call to Unkey
   */
  async get(id: EntryId, keyId: string | undefined, timeLeft: number): Promise<StoreLookup | undefined> {
    if (this.#access.isPaused()) return undefined;
    const found = await this.#access.attempt(() => this.#read(id, keyId), timeLeft / 2);
    if (found === FAILED) return undefined;
    void this.#marks.flush();
    return found;
  }

  /**
   * Stores an entry. Callers do not wait for it, because no response depends on it.
   *
   * Before the first entry of a key, a flag is written that says that the store may hold entries of that key, and an
   * entry is written only after the flag. So if Unkey denies the key, an instance finds out with one read whether it
   * has to write an invalidation mark, whatever requests the entries are for.
   */
  async set(id: EntryId, entry: CacheEntry): Promise<void> {
    const text = serializeEntry(entry);
    if (text === undefined || this.#access.isPaused()) return;
    const flagged = await this.#access.attempt(() =>
      this.#store.set(this.#name('stored', id.keyHash), '1', this.#lifetime),
    );
    const ttl = Math.ceil(entry.staleUntil - this.clocks.now());
    if (flagged === FAILED || ttl <= 0) return;
    await this.#access.attempt(() => this.#store.set(this.#nameOf(id), text, ttl));
  }

  /** Deletes an entry. Callers do not wait for it either. */
  async delete(id: EntryId): Promise<void> {
    if (this.#access.isPaused()) return;
    await this.#access.attempt(() => this.#store.delete(this.#nameOf(id)));
  }

  /** @param id a key hash or a key id; `undefined`: everything */
  invalidate(id: string | undefined): Promise<void> {
    return this.#marks.set(id);
  }

  /** Invalidates all entries of a key, if the store may hold any. */
  invalidateIfStored(keyHash: string): Promise<void> {
    return this.#marks.setIfStored(keyHash);
  }

  stop(): void {
    this.#marks.stop();
  }

  /**
   * Reads the marks before the entry. Keyv returns nothing if it fails, so if the connection breaks in between, the
   * entry must be missing and not its mark.
   */
  async #read(id: EntryId, localKeyId: string | undefined): Promise<StoreLookup> {
    const ids = localKeyId === undefined ? [id.keyHash] : [id.keyHash, localKeyId];
    const [invalidatedAt, text] = await Promise.all([
      this.#marks.latest(ids),
      this.#store.get(this.#nameOf(id)),
    ]);
    const entry = parseEntry(text);
    const keyId = entry?.verification.keyId;
    if (entry === undefined || keyId === undefined || keyId === localKeyId) {
      return lookupOf(entry, invalidatedAt);
    }
    const [keyIdInvalidatedAt, textNow] = await Promise.all([
      this.#marks.latest([keyId]),
      this.#store.get(this.#nameOf(id)),
    ]);
    return lookupOf(textNow === text ? entry : undefined, Math.max(invalidatedAt, keyIdInvalidatedAt));
  }

  #nameOf({ requestHash }: EntryId): string {
    return this.#name('answer', requestHash);
  }

  /** Uses base64url for hashes, because some stores do not accept `/` and `+` in names. */
  #name(kind: 'answer' | 'invalid' | 'stored', id: string): string {
    const safe = kind === 'answer' ? Buffer.from(id, 'base64').toString('base64url') : id;
    return `nestjs-unkey:1:${this.scope}:${kind}:${safe}`;
  }
}

function lookupOf(entry: CacheEntry | undefined, invalidatedAt: number): StoreLookup {
  const isInvalidated = entry !== undefined && mayPrecede(entry.requestedAt, invalidatedAt);
  return { entry: isInvalidated ? undefined : entry, invalidatedAt };
}
