import type { Verification } from '../../contracts/verification.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';

/** A cached successful verification, with the source `cache`. All times in Unix ms. */
export interface CacheEntry {
  readonly verification: Verification;
  /** When Unkey was called. */
  readonly requestedAt: number;
  /** Until then, the entry is used instead of a call to Unkey. */
  readonly freshUntil: number;
  /** Until then, the entry is used if Unkey is unavailable. */
  readonly staleUntil: number;
}

/** Creates an entry. It expires after `ttl`, and never later than the key itself. */
export function cacheEntry(
  verification: Verification,
  requestedAt: number,
  { ttl, staleIfError }: Pick<ResolvedCacheOptions, 'ttl' | 'staleIfError'>,
): CacheEntry {
  const expires = verification.expires ?? Infinity;
  return {
    verification,
    requestedAt,
    freshUntil: Math.min(requestedAt + ttl, expires),
    staleUntil: Math.min(requestedAt + ttl + staleIfError, expires),
  };
}
