import type { Verification } from '../contracts/verification.js';
import type { CallerVerifier, VerifyCaller, VerifyRequest } from '../contracts/verifier.js';
import type { Cancellation } from './cancellation.js';

const CANCELLABLE = Symbol('verify with a cancellation');

/** Verifies with a cancellation instead of an `AbortSignal`, which takes several microseconds to create. */
export type CancellableVerify = (
  request: VerifyRequest,
  cancellation: Cancellation,
  caller?: VerifyCaller,
) => Promise<Verification>;

/** Adds a function that takes a cancellation to a verifier that takes an `AbortSignal`. */
export function withCancellation(verifier: CallerVerifier, verify: CancellableVerify): CallerVerifier {
  return Object.assign(verifier, { [CANCELLABLE]: verify });
}

/** Returns that function, if the verifier has one. */
export function cancellableOf(verifier: CallerVerifier): CancellableVerify | undefined {
  return CANCELLABLE in verifier && isCancellable(verifier[CANCELLABLE]) ? verifier[CANCELLABLE] : undefined;
}

function isCancellable(value: unknown): value is CancellableVerify {
  return typeof value === 'function';
}
