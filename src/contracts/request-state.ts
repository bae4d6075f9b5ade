import type { VerifiedKey } from './verified-key.js';

/**
 * What the guards and the param decorators of one request share. It stands on the request itself under a
 * registered symbol, so that several instances of the guard, and two copies of this package in one process, meet
 * there and a request is verified once.
 */
export interface RequestState {
  /** Whether a guard decided about this request: then no key means "let through without one". */
  decided: boolean;
  key: VerifiedKey | undefined;
  /**
   * Runs `compute` for the first who asks for this id, and gives what it returned to all after it. An id is a
   * handler (what it demands now) or a text (one key with one set of demands).
   */
  once<T>(id: object | string, compute: () => T): T;
}
