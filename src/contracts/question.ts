import type { VerifyCaller, VerifyRequest } from './verifier.js';

/** One thing to ask Unkey: the body of the call, and what is known of the caller besides. */
export interface Question {
  readonly request: VerifyRequest;
  readonly caller: VerifyCaller | undefined;
}
