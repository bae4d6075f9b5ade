import type { Question } from '../contracts/question.js';
import type { CallerVerifier } from '../contracts/verifier.js';
import { classifyFailure } from '../errors/classify-failure.js';
import type { VerificationFailure } from '../errors/verification-failure.js';
import { copyVerification } from './copy-verification.js';
import { cancellableOf } from './cancellable-verifier.js';
import { DeadlineError, withDeadline } from './deadline.js';
import type { Outcome } from './outcome.js';
import { isVerification, isWellFormed } from './read-verification.js';
import { finalize } from './verified-key-of.js';

/**
 * Calls a verifier once, with a deadline. Never rejects: everything except a well-formed verification becomes a
 * failure.
 *
 * @param timeout the time for the whole call, in ms
 */
export async function obtain(
  verifier: CallerVerifier,
  { request, caller }: Question,
  timeout: number,
): Promise<Outcome> {
  try {
    const cancellable = cancellableOf(verifier);
    const returned: unknown = await withDeadline(
      (deadline) => cancellable?.(request, deadline, caller) ?? verifier(request, deadline.signal, caller),
      timeout,
    );
    // What a verifier of the user's own returns must not be frozen, so it is copied.
    const answer = cancellable === undefined ? copyVerification(returned) : returned;
    if (isVerification(answer) && isWellFormed(answer)) return { verification: finalize(answer) };
    return { failure: { kind: 'unavailable', reason: "Unkey's response cannot be read" } };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

function failureOf(error: unknown): VerificationFailure {
  try {
    const failure = classifyFailure(error);
    return error instanceof DeadlineError ? { ...failure, isLate: true } : failure;
  } catch {
    // The error of a verifier of the user's own can have getters that throw.
    return { kind: 'unavailable', reason: 'the verifier failed' };
  }
}
