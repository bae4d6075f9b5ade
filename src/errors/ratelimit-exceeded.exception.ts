import type { RatelimitState } from '../contracts/verification.js';
import { UnkeyException, type UnkeyExceptionInit } from './unkey.exception.js';

/** Thrown if a limit of `@Ratelimit()` is exceeded: 429, code `RATE_LIMITED`, with `Retry-After`. */
export class RatelimitExceededException extends UnkeyException {
  /**
   * The limits that were requested; `exceeded` marks those that denied the call. None of them was counted. Not
   * enumerable, so that it does not end up in response bodies.
   */
  declare readonly ratelimits: readonly RatelimitState[];

  constructor(ratelimits: readonly RatelimitState[] = [], init: UnkeyExceptionInit = {}) {
    super('RATE_LIMITED', { message: 'The rate limit is exceeded. Please try again later.', ...init });
    Object.defineProperty(this, 'ratelimits', { value: ratelimits, enumerable: false });
  }
}
