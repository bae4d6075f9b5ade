import type { Verification } from '../../contracts/verification.js';
import { challengeFor } from '../../errors/challenge.js';
import { requiredPermissions } from '../../errors/required-permissions.js';
import { toRetryAfter } from '../../errors/retry-after.js';
import type { UnkeyException } from '../../errors/unkey.exception.js';
import { permissionScope } from '../../options/permission-scope.js';
import type { ResolvedUnkeyOptions } from '../../options/resolved-options.js';
import { mostRestrictive, ratelimitHeaders, secondsUntil } from './ratelimit-headers.js';

/** Returns the rate-limit headers for a verification; `undefined` if it counted against no limit. */
export function answerHeaders(
  { ratelimits }: Verification,
  { ratelimitHeaders: form, now }: ResolvedUnkeyOptions,
): Record<string, string> | undefined {
  if (ratelimits === undefined || ratelimits.length === 0) return undefined;
  return ratelimitHeaders(ratelimits, form, now());
}

/** Returns the headers for a denial: `WWW-Authenticate`, `Retry-After` and the rate limits. */
export function denialHeaders(denial: UnkeyException, options: ResolvedUnkeyOptions): Record<string, string> {
  const { scheme, realm } = options;
  const challenge = challengeFor(denial.code, denial.getStatus(), { scheme, realm, scope: scopeOf(denial) });
  const verification = verificationOf(denial);
  // Converted again, because a subclass of the exception may set its own value.
  const retryAfter = toRetryAfter(denial.retryAfter);
  return {
    ...(challenge === undefined ? {} : { 'WWW-Authenticate': challenge }),
    ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
    ...(verification === undefined ? {} : answerHeaders(verification, options)),
  };
}

/** Returns the required permissions for `scope` in `WWW-Authenticate`, if the caller may know them. */
function scopeOf(denial: UnkeyException): string | undefined {
  const required = requiredPermissions(denial);
  return required === undefined ? undefined : permissionScope(required);
}

/** Returns the seconds until a rate-limited key can be used again: 1 if the verifier names no limit. */
export function retryAfter(verification: Verification, { now }: ResolvedUnkeyOptions): number | undefined {
  if (verification.code !== 'RATE_LIMITED') return undefined;
  const limit = mostRestrictive(verification.ratelimits ?? []);
  return limit === undefined ? 1 : secondsUntil(limit.reset, now());
}

/** Checks for a property, because the exception may come from another copy of this package. */
function verificationOf(denial: UnkeyException): Verification | undefined {
  return 'verification' in denial ? (denial.verification as Verification) : undefined;
}
