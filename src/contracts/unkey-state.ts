import type { BreakerState } from './verification-observer.js';

/** What an app knows about Unkey without calling it. */
export interface UnkeyState {
  /**
   * The circuit breaker of verifications. `'open'`: Unkey is not called, and callers get a 503. `'half-open'`: the next
   * verification tests whether Unkey is available again, or is testing it now. `'off'`: the option `breaker` is
   * `false`.
   */
  readonly breaker: BreakerState | 'off';
  /** When Unkey last responded to a verification, in Unix ms; a denial counts too. Absent before the first response. */
  readonly lastAnswerAt?: number;
}

/** Whether Unkey can be reached. */
export interface UnkeyPing {
  /** Whether Unkey returned 200 in time. */
  readonly reachable: boolean;
  /** How long that took, in ms. */
  readonly ms: number;
  /** Why Unkey is not reachable, in one sentence; absent if it is. Contains no secrets. */
  readonly reason?: string;
}
