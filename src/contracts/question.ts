import type { VerifyCaller, VerifyRequest } from './verifier.js';

/** A request to verify a key: its body, and what is known about the caller. */
export interface Question {
  readonly request: VerifyRequest;
  readonly caller: VerifyCaller | undefined;
}
