import type { Question } from '../contracts/question.js';
import type { Verification } from '../contracts/verification.js';
import type { CallerVerifier } from '../contracts/verifier.js';
import { classifyFailure } from '../errors/classify-failure.js';
import type { VerificationFailure } from '../errors/verification-failure.js';
import { directOf } from './direct-verifier.js';
import { DeadlineError, withDeadline } from './deadline.js';
import type { Outcome } from './outcome.js';
import { plainCopy } from './plain-copy.js';
import { isVerification, isWellFormed } from './read-verification.js';
import { finish } from './verified-key-of.js';

const MEMBERS = [
  'valid',
  'code',
  'requestId',
  'keyId',
  'name',
  'meta',
  'expires',
  'credits',
  'enabled',
  'permissions',
  'roles',
  'identity',
  'ratelimits',
] as const satisfies (keyof Verification)[];

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
    const answer = direct === undefined ? copied(given) : given;
    if (isVerification(answer) && isWellFormed(answer)) return { verification: finish(answer) };
    return { failure: { kind: 'unavailable', reason: 'Unkey gave an answer that cannot be read' } };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

/** What a verifier of the user's own gives stays the user's: it is not frozen, and later changes to it do not count. */
function copied(given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given;
  const members: Record<string, unknown> = { ...given };
  // It may be an instance of a class with getters.
  for (const name of MEMBERS) {
    const value: unknown = Reflect.get(given, name);
    if (value !== undefined) members[name] = value;
  }
  return plainCopy(members);
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
