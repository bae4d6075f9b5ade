import type { Verification } from '../contracts/verification.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import type { VerificationFailure } from '../errors/verification-failure.js';

/** A verdict and where it is from, Unkey unless told. A stale one says what it stands in for. */
export interface Answered {
  readonly verification: Verification;
  readonly source?: VerifiedKey['source'];
  readonly standsInFor?: VerificationFailure;
}

/** What came of asking: a verdict, or why there is none. */
export type Outcome = Answered | { readonly failure: VerificationFailure };
