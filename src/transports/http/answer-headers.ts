import type { Verification } from '../../contracts/verification.js';
import { challengeFor } from '../../errors/challenge.js';
import { requiredPermissions } from '../../errors/required-permissions.js';
import { toRetryAfter } from '../../errors/retry-after.js';
import type { UnkeyException } from '../../errors/unkey.exception.js';
import { permissionScope } from '../../options/permission-scope.js';
import type { ResolvedUnkeyOptions } from '../../options/resolved-options.js';
import { mostRestrictive, ratelimitHeaders, secondsUntil } from './ratelimit-headers.js';

/** What an answer says of the limits that its verification counted against; `undefined` where it counted none. */
export function answerHeaders(
  { ratelimits }: Verification,
  { ratelimitHeaders: form, now }: ResolvedUnkeyOptions,
): Record<string, string> | undefined {
  if (ratelimits === undefined || ratelimits.length === 0) return undefined;
  return ratelimitHeaders(ratelimits, form, now());
}

/** What belongs to a refusal: the challenge, when to try again, and what is left of the limits. */
export function denialHeaders(denial: UnkeyException, options: ResolvedUnkeyOptions): Record<string, string> {
  const { scheme, realm } = options;
  const challenge = challengeFor(denial.code, denial.getStatus(), { scheme, realm, scope: scopeOf(denial) });
  const verification = verificationOf(denial);
  // Again, since the exception may be a subclass of the user's.
  const retryAfter = toRetryAfter(denial.retryAfter);
  return {
    ...(challenge === undefined ? {} : { 'WWW-Authenticate': challenge }),
    ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
    ...(verification === undefined ? {} : answerHeaders(verification, options)),
  };
}

/** The permissions that a refusal tells its caller, as the challenge has them. */
function scopeOf(denial: UnkeyException): string | undefined {
  const required = requiredPermissions(denial);
  return required === undefined ? undefined : permissionScope(required);
}

/** Seconds until a rate-limited key may be used again; a verifier that names no limit leaves a second. */
export function retryAfter(verification: Verification, { now }: ResolvedUnkeyOptions): number | undefined {
  if (verification.code !== 'RATE_LIMITED') return undefined;
  const limit = mostRestrictive(verification.ratelimits ?? []);
  return limit === undefined ? 1 : secondsUntil(limit.reset, now());
}

/** By property, since the exception may be one of another copy of this package. */
function verificationOf(denial: UnkeyException): Verification | undefined {
  return 'verification' in denial ? (denial.verification as Verification) : undefined;
}
