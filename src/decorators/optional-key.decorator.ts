import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * Makes the key optional. A call without a key is let through, and `@UnkeyKey()` is `undefined`. A key that is sent is
 * verified as usual: it must be valid and meet the handler's requirements.
 */
export function OptionalKey(): HandlerDecorator {
  return addPolicy(POLICY.optional, true);
}
