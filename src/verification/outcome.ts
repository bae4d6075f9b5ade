import type { Verification } from '../contracts/verification.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import type { VerificationFailure } from '../errors/verification-failure.js';

/**
 * A verification and its source; without a `source`, Unkey was called. A stale one has the failure that it replaces in
 * `standsInFor`.
 */
export interface VerificationResult {
  readonly verification: Verification;
  readonly source?: VerifiedKey['source'];
  readonly standsInFor?: VerificationFailure;
}

/** There is no result. */
export interface Failed {
  readonly failure: VerificationFailure;
}

/** The outcome of a verification: a result of Unkey, or the reason why there is none. */
export type Outcome = VerificationResult | Failed;
