import { UnkeyException, type UnkeyExceptionInit } from './unkey.exception.js';

/**
 * Thrown if Unkey rejects your app (400, 401, 403, 404, 412): a wrong root key, a limit that does not exist, a wrong
 * `baseUrl`. 500, code `UNKEY_MISCONFIGURED`. The log says how to fix it; the response does not.
 */
export class UnkeyMisconfiguredException extends UnkeyException {
  constructor(init?: UnkeyExceptionInit) {
    super('UNKEY_MISCONFIGURED', init);
  }
}
