import type { Verification } from '../../contracts/verification.js';
import type { VerifyRequest } from '../../contracts/verifier.js';

/** Whether an answer to this may be one that another call would not have changed. */
export function mayBeCached({ credits, ratelimits }: VerifyRequest): boolean {
  return credits === undefined && (ratelimits === undefined || ratelimits.length === 0);
}

/** Whether verifying again would have changed nothing: a yes to a key without credits and without a limit that counted. */
export function isStorable({ valid, credits, ratelimits }: Verification): boolean {
  return valid && credits === undefined && (ratelimits === undefined || ratelimits.length === 0);
}
