import type { Outcome } from '../outcome.js';

/**
 * Whether an outcome speaks against Unkey itself. A denial does not, and no 4xx: whoever answers that is there, be it
 * that we asked wrongly or too often.
 */
export function isOutage(outcome: Outcome): boolean {
  if (!('failure' in outcome) || outcome.failure.kind !== 'unavailable') return false;
  const { status = 0 } = outcome.failure;
  return status < 400 || status >= 500;
}
