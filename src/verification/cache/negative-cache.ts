import { LRUCache } from 'lru-cache';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import type { VerificationResult } from '../outcome.js';
import { finalize } from '../verified-key-of.js';
import { evictExpired } from './evict-expired.js';
import type { Moment } from './invalidation-log.js';

const MAX_ENTRIES = 10_000;

interface NotFoundEntry extends Moment {
  /** Unix ms. */
  readonly expires: number;
}

/** Caches `NOT_FOUND` for a short time. It is separate, so that a flood of unknown keys does not evict valid ones. */
export class NegativeCache {
  readonly result: VerificationResult = Object.freeze({
    verification: finalize({ valid: false, code: 'NOT_FOUND', source: 'cache' }),
    source: 'cache',
  });
  readonly #entries: LRUCache<string, NotFoundEntry>;
  readonly #ttl: number;

  constructor({ max, negativeTtl }: ResolvedCacheOptions) {
    this.#entries = new LRUCache({ max: Math.min(max, MAX_ENTRIES) });
    this.#ttl = negativeTtl;
  }

  get(requestHash: string, now: number): Moment | undefined {
    const entry = this.#entries.get(requestHash);
    return entry === undefined || now >= entry.expires || now < entry.time ? undefined : entry;
  }

  /** Caches `NOT_FOUND` of a call that was made at a moment. */
  set(requestHash: string, { sequence, time }: Moment, now: number): void {
    const expires = time + this.#ttl;
    if (now >= expires) return;
    evictExpired(this.#entries, (entry) => entry.expires <= now);
    this.#entries.set(requestHash, { sequence, time, expires });
  }
}
