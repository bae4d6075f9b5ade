import type { Question } from '../contracts/question.js';
import type { CallerVerifier } from '../contracts/verifier.js';
import { classifyFailure } from '../errors/classify-failure.js';
import type { VerificationFailure } from '../errors/verification-failure.js';
import { copyOfAnswer } from './copy-of-answer.js';
import { directOf } from './direct-verifier.js';
import { DeadlineError, withDeadline } from './deadline.js';
import type { Outcome } from './outcome.js';
import { isVerification, isWellFormed } from './read-verification.js';
import { finish } from './verified-key-of.js';

/**
 * Asks a verifier once, within the deadline, and never rejects: a verdict that can be believed comes back as it is,
 * all else as a failure.
 *
 * @param timeout ms over everything that the verifier does
 */
export async function obtain(
  verifier: CallerVerifier,
  { request, caller }: Question,
  timeout: number,
): Promise<Outcome> {
  try {
    const direct = directOf(verifier);
    const given: unknown = await withDeadline(
      (deadline) => direct?.(request, deadline, caller) ?? verifier(request, deadline.signal, caller),
      timeout,
    );
    // What a verifier of the user's own gives stays the user's: only a copy is frozen.
    const answer = direct === undefined ? copyOfAnswer(given) : given;
    if (isVerification(answer) && isWellFormed(answer)) return { verification: finish(answer) };
    return { failure: { kind: 'unavailable', reason: 'Unkey gave an answer that cannot be read' } };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

function failureOf(error: unknown): VerificationFailure {
  try {
    const failure = classifyFailure(error);
    return error instanceof DeadlineError ? { ...failure, isLate: true } : failure;
  } catch {
    // What a verifier of the user's own rejects with may throw when it is looked at.
    return { kind: 'unavailable', reason: 'the verifier failed' };
  }
}
