import type { Verification } from '../contracts/verification.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import type { VerificationFailure } from '../errors/verification-failure.js';

/**
 * What came of asking: a verdict and where it is from (Unkey unless told), or why there is none. A stale one says what
 * it stands in for.
 */
export type Outcome =
  | {
      readonly verification: Verification;
      readonly source?: VerifiedKey['source'];
      readonly standsInFor?: VerificationFailure;
    }
  | { readonly failure: VerificationFailure };
