import type { KeyDemands } from '../contracts/key-demands.js';
import type { Verification } from '../contracts/verification.js';
import { UnkeyException, type UnkeyExceptionInit } from './unkey.exception.js';

/** What a {@link KeyDeniedException} is made of besides the verification. */
export interface KeyDeniedInit extends UnkeyExceptionInit {
  /** The code of a check of your own; Unkey's unless given. */
  code?: string | undefined;
  /** What the call demanded of the key. */
  demands?: KeyDemands | undefined;
}

/**
 * Unkey said no, or the text cannot be a key (`MALFORMED_KEY`), or a check of yours refused the key. `code` is Unkey's or
 * the check's; the status is the denial table's (401, 403, 429), unless the `statuses` option or the check says another.
 */
export class KeyDeniedException extends UnkeyException {
  /**
   * Unkey's whole answer: whose key it was, which limit was exceeded. If a check refused the key, it is the yes that
   * came before. Not enumerable, so that it does not slip into logs and bodies.
   */
  declare readonly verification: Verification;

  /** What the call demanded of the key; what it did not demand is absent. Not enumerable either. */
  declare readonly demands: KeyDemands;

  constructor(verification: Verification, { code, demands, ...init }: KeyDeniedInit = {}) {
    super(code ?? verification.code, { requestId: verification.requestId, ...init });
    Object.defineProperty(this, 'verification', { value: verification, enumerable: false });
    Object.defineProperty(this, 'demands', { value: demands ?? {}, enumerable: false });
  }
}
