import type { Awaitable } from '../../contracts/awaitable.js';
import type { Reverification } from '../../contracts/reverification.js';
import type { Verification } from '../../contracts/verification.js';
import type { VerifyOptions } from '../../contracts/verify-options.js';

/** The maximum number of cached verifications per client. The oldest one is deleted first. */
const MAX_ENTRIES = 20;

interface Entry {
  readonly verification: Verification;
  readonly moment: number;
  readonly since: number;
  readonly until: number;
}

/** The parts of the cache key: the hash of the API key, the verifying configuration, and the requirements. */
export interface CacheLookup {
  readonly keyHash: string;
  readonly scope: string;
  readonly demands: VerifyOptions;
}

/** Caches verifications for further messages of one client, if verifying again would have no side effects. */
export class ConnectionCache {
  readonly #entries = new Map<string, Entry>();
  readonly #inFlight = new Map<string, Promise<Entry | undefined>>();

  /**
   * Returns a cached verification, or calls `verify`. Concurrent messages share one call if its result is cacheable, or
   * if it fails.
   */
  obtain(
    lookup: CacheLookup,
    rules: Reverification,
    verify: () => Awaitable<Verification>,
  ): Awaitable<Verification> {
    const id = idOf(lookup);
    const entry = this.#entries.get(id);
    if (entry !== undefined) {
      if (this.#isFresh(entry, lookup, rules)) return entry.verification;
      this.#entries.delete(id);
    }
    return this.#verify(id, lookup, rules, verify);
  }

  async #verify(
    id: string,
    lookup: CacheLookup,
    rules: Reverification,
    verify: () => Awaitable<Verification>,
  ): Promise<Verification> {
    const inFlight = this.#inFlight.get(id);
    // Not awaited if there is none: messages that arrive together would all miss the first one's call.
    if (inFlight !== undefined) {
      // A failure is shared too: calling `verify` after it would take up to another `timeout`.
      const earlier = await inFlight;
      if (earlier !== undefined && this.#isFresh(earlier, lookup, rules)) return earlier.verification;
    }
    const moment = rules.moment();
    const verifying = Promise.resolve(verify());
    const storing = verifying.then((verification) => this.#store(id, lookup, rules, moment, verification));
    this.#inFlight.set(id, storing);
    try {
      return (await Promise.all([verifying, storing]))[0];
    } finally {
      if (this.#inFlight.get(id) === storing) this.#inFlight.delete(id);
    }
  }

  #store(
    id: string,
    { demands }: CacheLookup,
    rules: Reverification,
    moment: number,
    verification: Verification,
  ): Entry | undefined {
    if (!isCacheable(verification, demands)) return undefined;
    const since = rules.now();
    const until = Math.min(since + rules.reverifyAfter, verification.expires ?? Infinity);
    const entry = {
      verification: Object.freeze({ ...verification, source: 'cache' as const }),
      moment,
      since,
      until,
    };
    this.#entries.set(id, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MAX_ENTRIES) break;
      this.#entries.delete(oldest);
    }
    return entry;
  }

  #isFresh(entry: Entry, { keyHash }: CacheLookup, rules: Reverification): boolean {
    const { verification, moment, since, until } = entry;
    const now = rules.now();
    // If the clock was set back, the age of the verification is unknown.
    return now >= since && now < until && !rules.isInvalidatedSince(moment, keyHash, verification.keyId);
  }
}

/** Ignores tags, because they don't affect the result. */
function idOf({ keyHash, scope, demands }: CacheLookup): string {
  return `${scope} ${keyHash} ${JSON.stringify({ ...demands, tags: undefined })}`;
}

/** Whether verifying again would use no credits and count against no limit. */
function isCacheable(verification: Verification, { credits, ratelimits = [] }: VerifyOptions): boolean {
  if (!verification.valid || verification.source === 'stale') return false;
  if (ratelimits.length > 0 || (verification.ratelimits?.length ?? 0) > 0) return false;
  return credits === 0 || verification.credits === undefined;
}
