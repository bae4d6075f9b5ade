import type { VerificationStore } from '../contracts/verification-store.js';

/** What a store must be, for an error message. */
export const STORE =
  'must be a store with get, set and delete that keeps to a time to live, such as a Keyv, or a function that makes one';

/** Whether a value can be a store. */
export function isStore(value: unknown): value is VerificationStore {
  return (
    typeof value === 'object' &&
    value !== null &&
    // It would fit by its shape and never forget.
    !(value instanceof Map) &&
    ['get', 'set', 'delete'].every((name) => typeof Reflect.get(value, name) === 'function')
  );
}
