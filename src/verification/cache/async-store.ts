import type { VerificationStore } from '../../contracts/verification-store.js';

/** A store whose methods always return a promise. */
export interface AsyncStore {
  get(name: string): Promise<unknown>;
  set(name: string, value: string, ttl: number): Promise<unknown>;
  delete(name: string): Promise<unknown>;
}

/**
 * Turns an error that a store throws synchronously into a rejection. Without this, a `get` that throws while another
 * one is in flight would leave the rejection of the other one unhandled, which ends the process.
 */
export function asyncStore(store: VerificationStore): AsyncStore {
  return {
    get: async (name) => store.get(name),
    set: async (name, value, ttl) => store.set(name, value, ttl),
    delete: async (name) => store.delete(name),
  };
}
