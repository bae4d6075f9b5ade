import type { VerificationStore } from '../contracts/verification-store.js';

/** What the option `cache.store` takes, for error messages. */
export const STORE_EXPECTED =
  'must be a store with get, set and delete that supports a time to live (such as a Keyv), or a function that returns one';

/** Whether a value has the methods of a store. */
export function isStore(value: unknown): value is VerificationStore {
  return (
    typeof value === 'object' &&
    value !== null &&
    // A Map has the methods too, but its entries never expire.
    !(value instanceof Map) &&
    ['get', 'set', 'delete'].every((name) => typeof Reflect.get(value, name) === 'function')
  );
}
