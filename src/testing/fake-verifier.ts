import type { Verification, VerificationCode } from '../contracts/verification.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import type { Verifier, VerifyRequest } from '../contracts/verifier.js';
import { verifiedKey } from './verified-key.js';

/** What a fake says of one key: a verified key, a whole answer of Unkey, or just its code. */
export type FakeAnswer = VerifiedKey | Verification | VerificationCode;

/** A {@link Verifier} that says what it was told, and remembers what it was asked. */
export interface FakeVerifier extends Verifier {
  /** Every request so far, oldest first. */
  readonly calls: VerifyRequest[];
}

/**
 * Answers by key, without a server. It says what it was told whatever a handler demands; for permissions, credits
 * and limits that count, use {@link UnkeyEmulator}. A key that it was not told of is `NOT_FOUND`.
 *
 * @example
 * const verifier = fakeVerifier({ 'key of alice': verifiedKey({ meta: { plan: 'pro' } }), old: 'EXPIRED' });
 * UnkeyModule.forRoot({ verifier, client: false });
 */
export function fakeVerifier(answers: Readonly<Record<string, FakeAnswer>>): FakeVerifier {
  const calls: VerifyRequest[] = [];
  const verify: Verifier = async (request) => {
    calls.push(request);
    return verificationOf(Object.hasOwn(answers, request.key) ? answers[request.key] : undefined);
  };
  return Object.assign(verify, { calls });
}

function verificationOf(answer: FakeAnswer = 'NOT_FOUND'): Verification {
  if (typeof answer !== 'string')
    return { ...answer, meta: asRecord(answer.meta), identity: identityOf(answer) };
  return answer === 'VALID'
    ? verificationOf(verifiedKey())
    : { valid: false, code: answer, requestId: 'req_test' };
}

function identityOf({ identity }: VerifiedKey | Verification): Verification['identity'] {
  return identity === undefined ? undefined : { ...identity, meta: asRecord(identity.meta) };
}

/** A user's own type of `meta` is an object all the same. */
function asRecord(meta: unknown): Record<string, unknown> | undefined {
  return typeof meta === 'object' && meta !== null ? { ...meta } : undefined;
}
