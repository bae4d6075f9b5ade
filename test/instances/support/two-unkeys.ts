import { useUnkey } from '../../support/unkey.js';

/** Two Unkeys: one for the keys of customers, one for internal keys. */
export function useTwoUnkeys() {
  return { customers: useUnkey(), internal: useUnkey() };
}

/** The name of the instance for internal keys. */
export const INTERNAL = 'internal';
