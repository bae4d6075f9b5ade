import type { Verification } from '../contracts/verification.js';
import type { CallerVerifier, VerifyCaller, VerifyRequest } from '../contracts/verifier.js';
import type { Cancellation } from './cancellation.js';

const DIRECT = Symbol('verify without a signal');

/** Verifies with a cancellation instead of a signal, which costs several microseconds to make. */
export type DirectVerify = (
  request: VerifyRequest,
  cancellation: Cancellation,
  caller?: VerifyCaller,
) => Promise<Verification>;

/** A verifier for whoever has a signal, that can also be asked without one. */
export function withDirect(verifier: CallerVerifier, direct: DirectVerify): CallerVerifier {
  return Object.assign(verifier, { [DIRECT]: direct });
}

export function directOf(verifier: CallerVerifier): DirectVerify | undefined {
  return DIRECT in verifier && isDirect(verifier[DIRECT]) ? verifier[DIRECT] : undefined;
}

function isDirect(value: unknown): value is DirectVerify {
  return typeof value === 'function';
}
