import type { Verification } from '../../contracts/verification.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';

/** A yes that is cached, with the source `cache`. All times in Unix ms. */
export interface CachedAnswer {
  readonly verification: Verification;
  readonly asked: number;
  /** Until then it is as good as an answer. */
  readonly freshUntil: number;
  /** Until then it may stand in while Unkey cannot be asked. */
  readonly staleUntil: number;
}

/** How long a yes lives: its time, and never longer than the key itself. */
export function cachedAnswer(
  verification: Verification,
  asked: number,
  { ttl, staleIfError }: Pick<ResolvedCacheOptions, 'ttl' | 'staleIfError'>,
): CachedAnswer {
  const end = verification.expires ?? Infinity;
  return {
    verification,
    asked,
    freshUntil: Math.min(asked + ttl, end),
    staleUntil: Math.min(asked + ttl + staleIfError, end),
  };
}
