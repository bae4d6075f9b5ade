/**
 * A store in which the instances of an app share cached verifications. Any Keyv fits: `new Keyv(new KeyvRedis(url))`.
 * The stored strings contain no keys. Write access to the store is enough to let keys through, so protect it like a
 * secret.
 */
export interface VerificationStore {
  /** Returns the string that was set; `undefined` (or `null`) if there is none. */
  get(key: string): unknown;
  /**
   * Stores a string.
   *
   * @param ttl in ms
   */
  set(key: string, value: string, ttl: number): unknown;
  /** Deletes a string that is no longer valid. */
  delete(key: string): unknown;
}
