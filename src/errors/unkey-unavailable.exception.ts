import { toRetryAfter } from './retry-after.js';
import { UnkeyException, type UnkeyExceptionInit } from './unkey.exception.js';

/**
 * Unkey could not be asked or not be understood: deadline, network, 5xx, unreadable answer, Unkey's own 429.
 * 503 with `Retry-After`, code `UNKEY_UNAVAILABLE`: the key may be good, so it is not called bad.
 */
export class UnkeyUnavailableException extends UnkeyException {
  constructor(init?: UnkeyExceptionInit) {
    super('UNKEY_UNAVAILABLE', { ...init, retryAfter: toRetryAfter(init?.retryAfter) ?? 1 });
  }
}
