/** Gets notified about what happens during a verification. It is given no secrets. */
export interface VerificationObserver {
  /** Reports the result of a cache lookup. Not called if the verification cannot be cached. */
  cached(result: 'hit' | 'miss' | 'stale', keyId: string | undefined): void;
  breakerChanged(state: BreakerState): void;
}

/**
 * The state of the circuit breaker. `open`: Unkey is not called; `half-open`: one call tests whether Unkey is
 * available.
 */
export type BreakerState = 'closed' | 'open' | 'half-open';
