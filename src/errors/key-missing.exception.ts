import { UnkeyException, type UnkeyExceptionInit } from './unkey.exception.js';

/** Thrown if a request has no key and the handler needs one: 401, code `MISSING_KEY`. */
export class KeyMissingException extends UnkeyException {
  constructor(init?: UnkeyExceptionInit) {
    super('MISSING_KEY', init);
  }
}
