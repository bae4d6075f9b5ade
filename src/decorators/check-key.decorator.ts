import type { CheckFunction, KeyCheckRefusal } from '../contracts/key-check.js';
import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * Asks a function of yours about the verified key: after Unkey said yes, once per request and handler, and never
 * without a key. Anything but `true` refuses the call with a `KeyDeniedException`; what the function throws is passed on
 * as it is. Repeatable; the class's checks run first, and the option `checks` before them. Unkey has taken the credits
 * by then.
 *
 * @param check `(key, context) => boolean`, or a promise of it
 * @param refusal `code` (`FORBIDDEN` by default), `message`, and a 4xx `status` (by default that of the code in the
 *   option `statuses`, else 403)
 * @example
 * @CheckKey((key) => key.meta?.plan === 'pro', { code: 'PLAN_REQUIRED', status: 402 })
 */
export function CheckKey(check: CheckFunction, refusal: KeyCheckRefusal = {}): HandlerDecorator {
  return addPolicy(POLICY.checks, { ...refusal, check });
}
