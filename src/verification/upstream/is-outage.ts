import type { VerificationFailure } from '../../errors/verification-failure.js';

/**
 * Whether a failure means that Unkey itself fails. A 4xx does not: Unkey responded, even if our request was wrong or
 * there were too many requests.
 */
export function isOutage({ kind, status = 0 }: VerificationFailure): boolean {
  return kind === 'unavailable' && (status < 400 || status >= 500);
}
