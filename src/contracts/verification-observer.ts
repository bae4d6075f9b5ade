/** Hears what happens while an answer is obtained; holds no secrets. */
export interface VerificationObserver {
  /** What the cache had; asked only where an answer might be cached. */
  cached(result: 'hit' | 'miss' | 'stale', keyId: string | undefined): void;
  breakerChanged(state: BreakerState): void;
}

/** `open`: Unkey is not asked; `half-open`: one call finds out whether it can be. */
export type BreakerState = 'closed' | 'open' | 'half-open';
