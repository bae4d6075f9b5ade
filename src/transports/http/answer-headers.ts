import type { RatelimitState, Verification } from '../../contracts/verification.js';
import { challengeFor } from '../../errors/challenge.js';
import { requiredPermissions } from '../../errors/required-permissions.js';
import { toRetryAfter } from '../../errors/retry-after.js';
import type { UnkeyException } from '../../errors/unkey.exception.js';
import { permissionScope } from '../../options/permission-scope.js';
import type { ResolvedUnkeyOptions } from '../../options/resolved-options.js';
import { mostRestrictive, ratelimitHeaders, secondsUntil } from './ratelimit-headers.js';

/** Returns the rate-limit headers for the limits that a request counted against. */
export function answerHeaders(
  ratelimits: readonly RatelimitState[],
  { ratelimitHeaders: form, now }: ResolvedUnkeyOptions,
): Record<string, string> {
  return ratelimitHeaders(ratelimits, form, now());
}

/** Returns the headers for a denial: `WWW-Authenticate`, `Retry-After` and the rate limits. */
export function denialHeaders(denial: UnkeyException, options: ResolvedUnkeyOptions): Record<string, string> {
  const { scheme, realm } = options;
  const challenge = challengeFor(denial.code, denial.getStatus(), { scheme, realm, scope: scopeOf(denial) });
  // Converted again, because a subclass of the exception may set its own value.
  const retryAfter = toRetryAfter(denial.retryAfter);
  return {
    ...(challenge === undefined ? {} : { 'WWW-Authenticate': challenge }),
    ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
    ...answerHeaders(limitsOf(denial), options),
  };
}

/** Returns the required permissions for `scope` in `WWW-Authenticate`, if the caller may know them. */
function scopeOf(denial: UnkeyException): string | undefined {
  const required = requiredPermissions(denial);
  return required === undefined ? undefined : permissionScope(required);
}

/** Returns the seconds until a rate-limited key can be used again: 1 if the verifier names no limit. */
export function retryAfter(verification: Verification, options: ResolvedUnkeyOptions): number | undefined {
  if (verification.code !== 'RATE_LIMITED') return undefined;
  return secondsToReset(verification.ratelimits ?? [], options);
}

/** Returns the seconds until the most restrictive of these limits is reset: 1 if there is none. */
export function secondsToReset(ratelimits: readonly RatelimitState[], { now }: ResolvedUnkeyOptions): number {
  const limit = mostRestrictive(ratelimits);
  return limit === undefined ? 1 : secondsUntil(limit.reset, now());
}

/** Checks for properties, because the exception may come from another copy of this package. */
function limitsOf(denial: UnkeyException): readonly RatelimitState[] {
  if ('ratelimits' in denial) return denial.ratelimits as readonly RatelimitState[];
  return 'verification' in denial ? ((denial.verification as Verification).ratelimits ?? []) : [];
}
