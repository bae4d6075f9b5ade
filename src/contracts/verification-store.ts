/**
 * Where cached verifications of several instances meet. Any Keyv fits: `new Keyv(new KeyvRedis(url))`. What is
 * stored are texts without a key in them; whoever can write here can let keys through, so protect it like a secret.
 */
export interface VerificationStore {
  /** The text that was set; `undefined` (or `null`) where there is none. */
  get(key: string): unknown;
  /** @param ttl ms */
  set(key: string, value: string, ttl: number): unknown;
  /** An answer that does not count any more. */
  delete(key: string): unknown;
}
