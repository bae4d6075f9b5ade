import type { Verification } from '../contracts/verification.js';
import type { VerificationFailure } from '../errors/verification-failure.js';

/** What came of asking: Unkey's verdict, or why there is none. */
export type Outcome = { readonly verification: Verification } | { readonly failure: VerificationFailure };
