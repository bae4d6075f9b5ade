import type { ResolvedKeyCheck } from '../contracts/key-check.js';
import type { Verification } from '../contracts/verification.js';
import type { VerifyOptions } from '../contracts/verify-options.js';
import { isDenialCode } from '../errors/denial-table.js';
import { KeyDeniedException } from '../errors/key-denied.exception.js';
import { keyDemandsOf } from '../options/key-demands.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { retryAfter } from '../transports/http/answer-headers.js';

/** Returns the exception for a key that Unkey denied. */
export function keyDenial(
  verification: Verification,
  demanded: VerifyOptions,
  options: ResolvedUnkeyOptions,
): KeyDeniedException {
  const { code } = verification;
  const { statuses } = options;
  const demands = keyDemandsOf(demanded);
  const status = isDenialCode(code) ? statuses[code] : statuses.FORBIDDEN;
  const isForScope = code === 'INSUFFICIENT_PERMISSIONS' && (status ?? 403) === 403;
  return new KeyDeniedException(verification, {
    status,
    demands,
    required: options.exposeRequiredPermissions && isForScope ? demands.permissions : undefined,
    retryAfter: retryAfter(verification, options),
  });
}

/** Returns the exception for a valid key that failed a check of the app. */
export function checkDenial(
  { code, status, message }: ResolvedKeyCheck,
  verification: Verification,
  demanded: VerifyOptions,
): KeyDeniedException {
  return new KeyDeniedException(verification, { code, status, message, demands: keyDemandsOf(demanded) });
}
