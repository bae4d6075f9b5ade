import type { Awaitable } from '../../contracts/awaitable.js';
import type { Question } from '../../contracts/question.js';
import type { VerificationStore } from '../../contracts/verification-store.js';
import type { Verification } from '../../contracts/verification.js';
import type { VerificationObserver } from '../../contracts/verification-observer.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import type { VerificationResult, Outcome } from '../outcome.js';
import { deniesKey } from './denies-key.js';
import { entryIdOf, keyHashOf, requestHashOf, type EntryId } from './entry-id.js';
import type { FlightResult } from './flight-result.js';
import type { Moment } from './invalidation-log.js';
import { isCacheableRequest } from './is-cacheable.js';
import { KeysInFlight, type KeyInFlight } from './keys-in-flight.js';
import { LocalCache } from './local-cache.js';
import { SharedStore, type Clocks } from './shared-store.js';

/** Calls Unkey within `timeout` ms. Never rejects. */
export type Ask = (question: Question, timeout: number) => Promise<Outcome>;

/** What to invalidate. */
export type InvalidationTarget = { readonly key: string } | { readonly keyId: string } | 'everything';

/** A request that is looked up, and the function that calls Unkey for it. */
interface Lookup {
  readonly id: EntryId;
  readonly key: KeyInFlight;
  readonly question: Question;
  readonly ask: Ask;
}

export interface CacheContext extends Clocks {
  readonly observer: VerificationObserver;
  /** See {@link SharedStore}. */
  readonly scope: string;
  /** Closes the store, if the module created it. */
  readonly closeStore?: (() => Promise<void>) | undefined;
}

/** The option `cache`, with its store created. */
export interface CacheOptions extends ResolvedCacheOptions {
  readonly store: VerificationStore | undefined;
}

/**
 * Caches verifications whose repetition would have no side effects. All others call Unkey.
 *
 * If Unkey reports a key as NOT_FOUND, DISABLED or EXPIRED, this instance uses no earlier successful verification of
 * that key any more, neither from the cache nor during an outage, whatever the requests required. Such a result can be
 * in three places:
 *
 * - In memory: all entries of the key are deleted immediately.
 * - In flight: the denial is recorded with the key while lookups are in flight. The result of a call that began earlier
 * still goes to the requests that wait for it, but is not cached.
 * - In the store: the instance remembers the time of the denial and ignores older entries. If the store may hold
 * entries of the key, a mark is also written there, which every instance reads before it uses an entry.
 *
 * Other instances use what they have in memory until it is `ttl` old (during an outage, `staleIfError` longer).
 */
export class VerificationCache {
  #local: LocalCache;
  readonly #shared: SharedStore | undefined;
  readonly #inFlight = new KeysInFlight();

  constructor(
    private readonly options: CacheOptions,
    private readonly context: CacheContext,
  ) {
    this.#local = new LocalCache(options, context.now);
    this.#shared =
      options.store === undefined
        ? undefined
        : new SharedStore(options.store, options, context, context.scope);
  }

  /** Returns the cached result synchronously, or calls Unkey. @param timeout the time for all of it, in ms */
  obtain(question: Question, timeout: number, ask: Ask): Awaitable<Outcome> {
    if (!isCacheableRequest(question.request)) return this.#verifyUncached(question, timeout, ask);
    const requestHash = requestHashOf(question);
    const valid = this.#local.getValid(requestHash);
    if (valid !== undefined) return this.#hit(valid);
    const id = entryIdOf(question, requestHash);
    const notFound = this.#local.getNotFound(id);
    return notFound === undefined ? this.#verify(id, question, timeout, ask) : this.#hit(notFound);
  }

  /** Results of calls that began before this are not used for new requests any more. */
  async invalidate(target: InvalidationTarget): Promise<void> {
    const id = target === 'everything' ? undefined : 'key' in target ? keyHashOf(target.key) : target.keyId;
    this.#local.invalidate(id);
    // New requests must not wait for a call that began before the invalidation.
    this.#inFlight.detachAll();
    await this.#shared?.invalidate(id);
  }

  /** Clears the cache of this instance, as a restart would. Entries in the store are kept. */
  clear(): void {
    this.#local = new LocalCache(this.options, this.context.now);
    this.#inFlight.invalidateAll();
  }

  /** Called by Nest after the app has stopped serving requests. A store of the user's may be closed already. */
  async onApplicationShutdown(): Promise<void> {
    this.#shared?.stop();
    await this.context.closeStore?.();
  }

  #hit(result: VerificationResult): VerificationResult {
    this.context.observer.cached('hit', result.verification.keyId);
    return result;
  }

  /** Calls Unkey for a request that is not cacheable. Its result can still deny the key itself. */
  async #verifyUncached(question: Question, timeout: number, ask: Ask): Promise<Outcome> {
    const outcome = await ask(question, timeout);
    if ('verification' in outcome && deniesKey(outcome.verification))
      this.#denyKey(keyHashOf(question.request.key));
    return outcome;
  }

  #verify(id: EntryId, question: Question, timeout: number, ask: Ask): Promise<Outcome> {
    return this.#inFlight.during(id.keyHash, async (key) => {
      const outcome = await this.#verifyOnce({ id, key, question, ask }, timeout);
      if (!('failure' in outcome) || outcome.failure.kind !== 'unavailable') return outcome;
      const verification = this.#local.getStale(id);
      if (verification === undefined) return outcome;
      this.context.observer.cached('stale', verification.keyId);
      return { verification, source: 'stale', standsInFor: outcome.failure };
    });
  }

  /**
   * Makes one call for identical concurrent requests, as long as they can share its result. Whether a key has credits
   * is known only after the call. If it has, each request that waited makes its own call, and later requests for that
   * key do not wait for one another.
   */
  async #verifyOnce(lookup: Lookup, timeout: number): Promise<Outcome> {
    const { id, key } = lookup;
    const begun = this.context.tick();
    if (this.#local.isUnshareable(id)) return (await this.#call(lookup, timeout)).outcome;
    const running = key.flights.get(id.requestHash);
    if (running === undefined) return (await this.#startFlight(lookup, timeout)).outcome;
    const { outcome, isShareable } = await running;
    if (isShareable) return outcome;
    return (await this.#call(lookup, timeout - (this.context.tick() - begun))).outcome;
  }

  async #startFlight(lookup: Lookup, timeout: number): Promise<FlightResult> {
    const { requestHash } = lookup.id;
    const { flights } = lookup.key;
    const flight = this.#readStoreOrCall(lookup, timeout);
    flights.set(requestHash, flight);
    try {
      return await flight;
    } finally {
      if (flights.get(requestHash) === flight) flights.delete(requestHash);
    }
  }

  async #readStoreOrCall(lookup: Lookup, timeout: number): Promise<FlightResult> {
    const { id, key } = lookup;
    const begun = this.context.tick();
    const lookedUpAt = this.#local.moment();
    const found = await this.#shared?.get(id, this.#local.keyIdOf(id), timeout);
    if (found !== undefined) this.#local.deleteOlder(id, found.invalidatedAt);
    if (found?.entry !== undefined) {
      const stored = this.#local.storeShared(id, found.entry, lookedUpAt, key);
      if (stored !== undefined) return { outcome: this.#hit(stored), isShareable: true };
      // The entry was written after this instance had checked whether the denied key needs a mark.
      if (this.#local.isKeyDeniedSince(id, found.entry.requestedAt))
        void this.#shared?.invalidateIfStored(id.keyHash);
    }
    return this.#call(lookup, timeout - (this.context.tick() - begun));
  }

  async #call(lookup: Lookup, timeout: number): Promise<FlightResult> {
    this.context.observer.cached('miss', undefined);
    const requestedAt = this.#local.moment();
    const outcome = await lookup.ask(lookup.question, timeout);
    const isShareable = 'failure' in outcome || this.#store(lookup, outcome.verification, requestedAt);
    return { outcome, isShareable };
  }

  /** Returns whether other requests that wait for the same call can use the result. */
  #store({ id, key }: Lookup, verification: Verification, requestedAt: Moment): boolean {
    if (deniesKey(verification)) return this.#storeKeyDenial(id, verification, requestedAt);
    const { isShareable, entry, isDeleted } = this.#local.store(id, verification, requestedAt, key);
    if (entry !== undefined) void this.#shared?.set(id, entry);
    if (isDeleted === true) void this.#shared?.delete(id);
    return isShareable;
  }

  #storeKeyDenial(id: EntryId, verification: Verification, requestedAt: Moment): boolean {
    this.#denyKey(id.keyHash);
    const isNotFound = verification.code === 'NOT_FOUND';
    if (isNotFound) this.#local.storeNotFound(id, requestedAt);
    else this.#local.markUnshareable(id);
    return isNotFound;
  }

  #denyKey(keyHash: string): void {
    const hadEntries = this.#local.denyKey(keyHash);
    this.#inFlight.invalidate(keyHash, this.#local.moment().sequence);
    if (hadEntries) void this.#shared?.invalidate(keyHash);
    else void this.#shared?.invalidateIfStored(keyHash);
  }
}
