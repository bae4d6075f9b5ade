import { UnkeyException, type UnkeyExceptionInit } from './unkey.exception.js';

/**
 * Unkey refused *us* (400, 401, 403, 404, 412): a wrong root key, a limit that does not exist, a wrong `baseUrl`.
 * 500, code `UNKEY_MISCONFIGURED`; the cure is in the log, not in the answer, and the caller is not blamed.
 */
export class UnkeyMisconfiguredException extends UnkeyException {
  constructor(init?: UnkeyExceptionInit) {
    super('UNKEY_MISCONFIGURED', init);
  }
}
