import type { CheckFunction, KeyCheckRefusal } from '../contracts/key-check.js';
import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * Checks a verified key with your own function, once per request and handler. It runs after Unkey verified the key and
 * took the credits, and never without a key. If it returns anything but `true`, the call is denied with a
 * `KeyDeniedException`. Errors that it throws are passed on unchanged. Repeatable. The checks of the option `checks` run
 * first, then those on the class, then those on the handler.
 *
 * @param check `(key, context) => boolean`, or a promise of it
 * @param refusal `code` (default: `FORBIDDEN`), `message`, and a 4xx `status` (default: the status of the code in the
 *   option `statuses`, or else 403)
 * @example
 * @CheckKey((key) => key.meta?.plan === 'pro', { code: 'PLAN_REQUIRED', status: 402 })
 */
export function CheckKey(check: CheckFunction, refusal: KeyCheckRefusal = {}): HandlerDecorator {
  return addPolicy(POLICY.checks, { ...refusal, check });
}
