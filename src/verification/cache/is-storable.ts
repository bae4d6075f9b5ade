import type { Verification } from '../../contracts/verification.js';
import type { VerifyRequest } from '../../contracts/verifier.js';
import type { ResolvedCacheOptions } from '../../options/resolved-options.js';
import type { CachedAnswer } from './cached-answer.js';

/** Whether an answer to this may be one that another call would not have changed. */
export function mayBeCached({ credits, ratelimits }: VerifyRequest): boolean {
  return credits === undefined && (ratelimits === undefined || ratelimits.length === 0);
}

/** Whether verifying again would have changed nothing: a yes to a key without credits and without a limit that counted. */
export function isStorable({ valid, credits, ratelimits }: Verification): boolean {
  return valid && credits === undefined && (ratelimits === undefined || ratelimits.length === 0);
}

/** How long a yes lives: its time, and never longer than the key itself. */
export function cachedAnswer(
  verification: Verification,
  asked: number,
  { ttl, staleIfError }: ResolvedCacheOptions,
): CachedAnswer {
  const end = verification.expires ?? Infinity;
  const freshUntil = Math.min(asked + ttl, end);
  return { verification, asked, freshUntil, staleUntil: Math.min(asked + ttl + staleIfError, end) };
}
