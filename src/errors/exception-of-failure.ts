import { UnkeyMisconfiguredException } from './unkey-misconfigured.exception.js';
import { UnkeyUnavailableException } from './unkey-unavailable.exception.js';
import type { UnkeyException } from './unkey.exception.js';
import type { VerificationFailure } from './verification-failure.js';

/** Without a status, an exception has the status of its class. */
interface Statuses {
  readonly UNKEY_MISCONFIGURED?: number | undefined;
  readonly UNKEY_UNAVAILABLE?: number | undefined;
}

/**
 * Returns the exception for a verification that failed.
 *
 * @param statuses the HTTP status of each exception
 */
export function exceptionOfFailure(
  { kind, reason, requestId, retryAfter }: VerificationFailure,
  statuses: Statuses,
): UnkeyException {
  const cause = new Error(reason);
  return kind === 'misconfigured'
    ? new UnkeyMisconfiguredException({ requestId, cause, status: statuses.UNKEY_MISCONFIGURED })
    : new UnkeyUnavailableException({ requestId, cause, retryAfter, status: statuses.UNKEY_UNAVAILABLE });
}
