import { latestRefill } from '../domain/refill.js';
import type { Key } from './records.js';

/**
 * Carries out the refill that has come due since this was last called: whoever reads a key's credits calls it first,
 * so that no timer is needed. A key with more credits than the refill's amount keeps them; an unlimited key that has
 * a refill becomes limited.
 */
export function carryOutRefill(key: Key, now: number): void {
  if (!key.refill) return;
  const due = latestRefill(key.refill, now);
  if (due > key.refilledTo && (key.remaining === null || key.remaining < key.refill.amount)) {
    key.remaining = key.refill.amount;
    key.updatedAt = due;
  }
  // Also when the clock was set back: refills come due anew from there.
  key.refilledTo = now;
}
