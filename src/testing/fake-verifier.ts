import type { Verification, VerificationCode } from '../contracts/verification.js';
import type { VerifiedKey } from '../contracts/verified-key.js';
import type { Verifier, VerifyRequest } from '../contracts/verifier.js';
import { verifiedKey } from './verified-key.js';

/** What a fake verifier returns for a key: a verified key, a whole verification, or just a code. */
export type FakeAnswer = VerifiedKey | Verification | VerificationCode;

/** A {@link Verifier} with fixed results that records its calls. */
export interface FakeVerifier extends Verifier {
  /** Every request so far, oldest first. */
  readonly calls: VerifyRequest[];
}

/**
 * Creates a verifier with a fixed result for each key, without a server. It ignores permissions, credits and rate
 * limits; to test those, use {@link UnkeyEmulator}. An unknown key is `NOT_FOUND`.
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

/** Converts `meta` of any type that an app declares to a plain record. */
function asRecord(meta: unknown): Record<string, unknown> | undefined {
  return typeof meta === 'object' && meta !== null ? { ...meta } : undefined;
}
