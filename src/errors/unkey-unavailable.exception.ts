import { toRetryAfter } from './retry-after.js';
import { UnkeyException, type UnkeyExceptionInit } from './unkey.exception.js';

/**
 * Thrown if Unkey returns no usable response: deadline exceeded, network error, 5xx, unreadable response, Unkey's own
 * 429. 503 with `Retry-After`, code `UNKEY_UNAVAILABLE`. It is not a 401, because the key may be valid.
 */
export class UnkeyUnavailableException extends UnkeyException {
  constructor(init?: UnkeyExceptionInit) {
    super('UNKEY_UNAVAILABLE', { ...init, retryAfter: toRetryAfter(init?.retryAfter) ?? 1 });
  }
}
