import type { Verification } from '../../contracts/verification.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import type { VerificationResult } from '../outcome.js';
import { withSource } from '../verified-key-of.js';
import { cacheEntry, type CacheEntry } from './cache-entry.js';
import type { EntryId } from './entry-id.js';
import { InvalidationLog, mayPrecede, type Moment } from './invalidation-log.js';
import { isCacheable } from './is-cacheable.js';
import type { KeyInFlight } from './keys-in-flight.js';
import { LocalEntries, type LocalEntry } from './local-entries.js';
import { NegativeCache } from './negative-cache.js';
import { UnshareableKeys } from './unshareable-keys.js';

/** What {@link LocalCache.store} did with a result. */
export interface StoreResult {
  /** Whether other requests that wait for the same call can use the result. */
  readonly isShareable: boolean;
  /** The new entry, if the result was cached. */
  readonly entry?: CacheEntry | undefined;
  /** Whether an older entry for the same request was deleted. */
  readonly isDeleted?: boolean;
}

/** The cache in the memory of this instance. It returns no entry that is expired or was invalidated. */
export class LocalCache {
  readonly #entries: LocalEntries;
  readonly #notFound: NegativeCache;
  readonly #unshareable: UnshareableKeys;
  readonly #invalidations: InvalidationLog;
  /**
   * When Unkey last denied a key (by key hash) or a request (by request hash). Needed only to ignore older results that
   * other instances stored, so it is absent without a store. It is separate from the invalidations, so that a flood of
   * invalid keys does not evict an invalidation.
   */
  readonly #denials: InvalidationLog | undefined;

  /** @param now Unix ms */
  constructor(
    private readonly options: ResolvedCacheOptions,
    private readonly now: () => number,
  ) {
    this.#entries = new LocalEntries(options.max);
    this.#notFound = new NegativeCache(options);
    this.#unshareable = new UnshareableKeys(options);
    this.#invalidations = new InvalidationLog(now);
    this.#denials = options.store === undefined ? undefined : new InvalidationLog(now);
  }

  /** The current moment. Take it before a call: a later invalidation makes the result of that call outdated. */
  moment(): Moment {
    return { sequence: this.#invalidations.nextSequence(), time: this.now() };
  }

  /** Returns a cached successful verification that is still fresh. */
  getValid(requestHash: string): VerificationResult | undefined {
    const known = this.#entries.get(requestHash);
    if (known === undefined) return undefined;
    const now = this.now();
    return now < known.entry.freshUntil && this.#isCurrent(known, now) ? known.hit : undefined;
  }

  /** Returns a cached `NOT_FOUND`. */
  getNotFound(id: EntryId): VerificationResult | undefined {
    const known = this.#notFound.get(id.requestHash, this.now());
    return known === undefined || this.#invalidations.isInvalidatedSince(known.sequence, id.keyHash)
      ? undefined
      : this.#notFound.result;
  }

  /** Returns a cached successful verification that can be used while Unkey is unavailable. */
  getStale({ requestHash }: EntryId): Verification | undefined {
    const known = this.#entries.get(requestHash);
    const now = this.now();
    if (known === undefined || now >= known.entry.staleUntil || !this.#isCurrent(known, now))
      return undefined;
    known.stale ??= withSource(known.entry.verification, 'stale');
    return known.stale;
  }

  /** Whether results for this key must not be shared between requests. */
  isUnshareable({ keyHash }: EntryId): boolean {
    return this.#unshareable.has(keyHash);
  }

  /** Stores a result of Unkey that does not deny the key itself. */
  store(id: EntryId, verification: Verification, requestedAt: Moment, key: KeyInFlight): StoreResult {
    const isShareable = isCacheable(verification);
    this.#unshareable.set(id.keyHash, !isShareable);
    if (!verification.valid) this.#denyRequest(id, key);
    if (!isShareable) return { isShareable, isDeleted: this.#entries.delete(id.requestHash) };
    const entry = cacheEntry(withSource(verification, 'cache'), requestedAt.time, this.options);
    const isStored = this.#storeValid(id, entry, requestedAt.sequence, key);
    return { isShareable, entry: isStored ? entry : undefined };
  }

  /** Stores a `NOT_FOUND`. Call it after {@link denyKey}. */
  storeNotFound(id: EntryId, requestedAt: Moment): void {
    if (this.#invalidations.isInvalidatedSince(requestedAt.sequence, id.keyHash)) return;
    this.#notFound.set(id.requestHash, requestedAt, this.now());
  }

  /** Results for this key are not shared between requests any more. */
  markUnshareable({ keyHash }: EntryId): void {
    this.#unshareable.set(keyHash, true);
  }

  /** Deletes all entries of a key, because Unkey denied the key itself. Returns whether there were any. */
  denyKey(keyHash: string): boolean {
    this.#denials?.invalidate(keyHash);
    return this.#entries.deleteKey(keyHash);
  }

  /** Copies an entry of the shared store into memory, unless it is outdated. Returns it if it is fresh. */
  storeShared(
    id: EntryId,
    shared: CacheEntry,
    lookedUpAt: Moment,
    key: KeyInFlight,
  ): VerificationResult | undefined {
    // Recalculated, because another instance may use a longer ttl.
    const entry = cacheEntry(shared.verification, shared.requestedAt, this.options);
    const { requestedAt } = entry;
    const now = this.now();
    if (now < requestedAt) return undefined;
    if (this.#denials?.isInvalidatedSinceTime(requestedAt, id.keyHash, id.requestHash)) return undefined;
    const { keyId } = entry.verification;
    if (this.#invalidations.isInvalidatedSinceTime(requestedAt, id.keyHash, keyId)) return undefined;
    const known = this.#entries.get(id.requestHash);
    if (known !== undefined && known.entry.requestedAt >= requestedAt) return undefined;
    if (!this.#storeValid(id, entry, lookedUpAt.sequence, key)) return undefined;
    return now < entry.freshUntil ? this.#entries.get(id.requestHash)?.hit : undefined;
  }

  /** Whether Unkey denied the key itself after a call that any instance made at this time. */
  isKeyDeniedSince({ keyHash }: EntryId, requestedAt: number): boolean {
    return mayPrecede(requestedAt, this.#denials?.timeOf(keyHash) ?? 0);
  }

  /** Returns the key id of a cached successful verification. */
  keyIdOf({ requestHash }: EntryId): string | undefined {
    return this.#entries.get(requestHash)?.entry.verification.keyId;
  }

  /**
   * Deletes the entries of a key that are older than an invalidation by another instance. @param invalidatedAt Unix ms
   */
  deleteOlder({ keyHash }: EntryId, invalidatedAt: number): void {
    for (const { id, entry } of this.#entries.ofKey(keyHash)) {
      if (mayPrecede(entry.requestedAt, invalidatedAt)) this.#entries.delete(id.requestHash);
    }
  }

  /** @param id a key hash or a key id; `undefined`: everything */
  invalidate(id: string | undefined): void {
    if (id === undefined) this.#entries.clear();
    else this.#entries.deleteKey(id);
    this.#invalidations.invalidate(id);
  }

  #denyRequest({ requestHash }: EntryId, key: KeyInFlight): void {
    key.deny(requestHash, this.#invalidations.nextSequence());
    this.#denials?.invalidate(requestHash);
  }

  /**
   * Stores an entry unless it is expired, or was invalidated or denied after the call. Returns whether it was stored.
   */
  #storeValid(id: EntryId, entry: CacheEntry, sequence: number, key: KeyInFlight): boolean {
    const now = this.now();
    const { verification, staleUntil } = entry;
    if (now >= staleUntil || key.isDeniedSince(sequence, id.requestHash)) return false;
    if (this.#invalidations.isInvalidatedSince(sequence, id.keyHash, verification.keyId)) return false;
    const hit = { verification, source: 'cache' } as const;
    const checked = this.#invalidations.latestSequence;
    this.#entries.set({ id, entry, hit, stale: undefined, sequence, checked }, now);
    return true;
  }

  /**
   * Whether an entry was not invalidated. If the clock was set back to before the call, the entry is not used either.
   */
  #isCurrent(known: LocalEntry, now: number): boolean {
    const { latestSequence } = this.#invalidations;
    // Nearly always there was no invalidation since the last hit.
    if (known.checked === latestSequence && now >= known.entry.requestedAt) return true;
    const { id, sequence, entry } = known;
    known.checked = latestSequence;
    const isInvalidated = this.#invalidations.isInvalidatedSince(
      sequence,
      id.keyHash,
      entry.verification.keyId,
    );
    if (!isInvalidated && now >= entry.requestedAt) return true;
    this.#entries.delete(id.requestHash);
    return false;
  }
}
