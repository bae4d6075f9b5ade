import type { Verification } from '../../contracts/verification.js';
import type { VerifyRequest } from '../../contracts/verifier.js';

/** Whether the result of a request may be cached: it sets no cost and names no rate limits. */
export function isCacheableRequest({ credits, ratelimits }: VerifyRequest): boolean {
  return credits === undefined && (ratelimits === undefined || ratelimits.length === 0);
}

/**
 * Whether repeating a verification would have no side effects: the key is valid, has no credits, and no limit counted.
 */
export function isCacheable({ valid, credits, ratelimits }: Verification): boolean {
  return valid && credits === undefined && (ratelimits === undefined || ratelimits.length === 0);
}
