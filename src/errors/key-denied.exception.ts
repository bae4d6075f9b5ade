import type { Verification } from '../contracts/verification.js';
import { UnkeyException, type UnkeyExceptionInit } from './unkey.exception.js';

/**
 * Unkey said no, or the text cannot be a key (`MALFORMED_KEY`). `code` is Unkey's; the status is the denial
 * table's (401, 403, 429), unless the `statuses` option says another.
 */
export class KeyDeniedException extends UnkeyException {
  /**
   * Unkey's whole answer: whose key it was, which limit was exceeded. Not enumerable, so that it does not slip
   * into logs and bodies.
   */
  declare readonly verification: Verification;

  constructor(verification: Verification, init?: UnkeyExceptionInit) {
    super(verification.code, { requestId: verification.requestId, ...init });
    Object.defineProperty(this, 'verification', { value: verification, enumerable: false });
  }
}
