import type { Outcome } from '../outcome.js';

/**
 * Whether an outcome means that Unkey itself fails. A denial does not, and neither does a 4xx: Unkey responded, even if
 * our request was wrong or there were too many requests.
 */
export function isOutage(outcome: Outcome): boolean {
  if (!('failure' in outcome) || outcome.failure.kind !== 'unavailable') return false;
  const { status = 0 } = outcome.failure;
  return status < 400 || status >= 500;
}
