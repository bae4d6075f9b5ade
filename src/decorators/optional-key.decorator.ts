import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * Without a key the call is let through and `@UnkeyKey()` is `undefined`. A key that is sent must be good: a bad
 * one is still refused, and what the handler demands is demanded of it.
 */
export function OptionalKey(): HandlerDecorator {
  return addPolicy(POLICY.optional, true);
}
