import type { KeyDemands } from '../contracts/key-demands.js';
import type { Verification } from '../contracts/verification.js';
import { UnkeyException, type UnkeyExceptionInit } from './unkey.exception.js';

/** The optional properties of a {@link KeyDeniedException}. */
export interface KeyDeniedInit extends UnkeyExceptionInit {
  /** The code of a check of your own; by default Unkey's code. */
  code?: string | undefined;
  /** What the call required of the key. */
  demands?: KeyDemands | undefined;
}

/**
 * Thrown if Unkey denies the key, if the text can't be a key (`MALFORMED_KEY`), or if one of your checks rejects the
 * key. `code` is the code of Unkey or of the check. The status is 401, 403 or 429, as {@link DENIALS} says, unless the
 * `statuses` option or the check sets another.
 */
export class KeyDeniedException extends UnkeyException {
  /**
   * Unkey's whole response: the owner of the key, the limit that was exceeded. If a check rejected the key, this is the
   * successful verification before it. Not enumerable, so that it does not end up in logs and response bodies.
   */
  declare readonly verification: Verification;

  /** What the call required of the key. Not enumerable either. */
  declare readonly demands: KeyDemands;

  constructor(verification: Verification, { code, demands, ...init }: KeyDeniedInit = {}) {
    super(code ?? verification.code, { requestId: verification.requestId, ...init });
    Object.defineProperty(this, 'verification', { value: verification, enumerable: false });
    Object.defineProperty(this, 'demands', { value: demands ?? {}, enumerable: false });
  }
}
