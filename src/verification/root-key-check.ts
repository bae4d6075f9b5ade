import { randomUUID } from 'node:crypto';
import type { Question } from '../contracts/question.js';
import type { RootKeyCheck } from '../contracts/root-key-check.js';
import type { Outcome } from './outcome.js';

const REJECTED: Record<number, string> = {
  401: 'Unkey does not know the root key (401): check "rootKey" and UNKEY_ROOT_KEY.',
  403: 'Unkey rejects the root key (403): it or its workspace is disabled, or it has expired.',
};

const UNPROVEN =
  'Unkey knows the root key, but has not recognized any key since this app started: it returns NOT_FOUND for a key that does not exist and for a key that the root key may not verify. Verify a key of yours first.';

/** The verification of a key that does not exist. It costs nothing and depends on no option. */
export function questionAboutRootKey(): Question {
  return { request: { key: `root_key_check_${randomUUID()}`, credits: { cost: 0 } }, caller: undefined };
}

/**
 * Reads the result of {@link questionAboutRootKey}.
 *
 * @param isProven whether Unkey has recognized a key that this app verified
 */
export function readRootKeyCheck(outcome: Outcome, isProven: boolean): RootKeyCheck {
  if ('failure' in outcome) {
    const { status = 0, reason } = outcome.failure;
    const rejected = REJECTED[status];
    return rejected === undefined
      ? { ok: 'unknown', reason: `Unkey did not check the root key: ${reason}.` }
      : { ok: false, reason: rejected };
  }
  const { code } = outcome.verification;
  if (code !== 'NOT_FOUND') {
    return { ok: 'unknown', reason: `Unkey returned ${code} for a random key, which cannot exist.` };
  }
  return isProven ? { ok: true } : { ok: 'unknown', reason: UNPROVEN };
}
