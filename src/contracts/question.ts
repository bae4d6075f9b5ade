import type { VerifyCaller, VerifyRequest } from './verifier.js';

/** A call to Unkey: its body, and what is known about the caller. */
export interface Question {
  readonly request: VerifyRequest;
  readonly caller: VerifyCaller | undefined;
}
