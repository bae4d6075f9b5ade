import { UnkeyException, type UnkeyExceptionInit } from './unkey.exception.js';

/** No key where one is needed: 401, code `MISSING_KEY`. */
export class KeyMissingException extends UnkeyException {
  constructor(init?: UnkeyExceptionInit) {
    super('MISSING_KEY', init);
  }
}
