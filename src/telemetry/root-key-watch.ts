import { hash } from 'node:crypto';
import type { LoggerService } from '@nestjs/common';
import type { Verification } from '../contracts/verification.js';

/** How many different keys must be unknown before the root key is suspected. */
const SUSPICIOUS = 10;

/**
 * Watches Unkey's responses for a sign that the root key cannot verify the keys of this app: Unkey then returns
 * `NOT_FOUND` for every key, with status 200, which looks like bad keys of callers. Logs one warning if the first 10
 * different keys were all unknown. Holds at most 10 hashes and never a key.
 */
export class RootKeyWatch {
  /** Hashes of the keys so far; `undefined` when the watch is over. */
  #unknown: Set<string> | undefined = new Set();
  #isProven = false;

  /**
   * @param logger `undefined`: no warning, because the verifications are not Unkey's
   * @param namesKeyspaces whether the app accepts only the keys of some keyspaces
   */
  constructor(
    private readonly logger: LoggerService | undefined,
    private readonly namesKeyspaces: boolean,
  ) {}

  /** Whether Unkey has recognized a key, so that the root key is known to work. */
  get isProven(): boolean {
    return this.#isProven;
  }

  /** Takes a verification of Unkey itself: not of the cache, and before any option is applied to it. */
  answered(key: string, { valid, code, keyId }: Verification): void {
    if (code !== 'NOT_FOUND') {
      this.#unknown = undefined;
      // Unkey names the key id of an expired or disabled key only if the root key may verify that key.
      if (valid || keyId !== undefined) this.#isProven = true;
      return;
    }
    if (this.#unknown === undefined) return;
    this.#unknown.add(hash('sha256', key, 'base64'));
    if (this.#unknown.size < SUSPICIOUS) return;
    this.#unknown = undefined;
    this.logger?.warn(
      `Unkey returned NOT_FOUND for the first ${SUSPICIOUS} different keys. If these keys exist, the root key cannot verify them: ` +
        'it lacks the permission api.<api id>.verify_key for their API, or it belongs to another workspace or Unkey server. ' +
        'Check the permissions of the root key in the Unkey dashboard, and "rootKey" and "baseUrl".' +
        (this.namesKeyspaces
          ? ' The option "keyspaces" can be the cause too, if it lacks their keyspace.'
          : ''),
    );
  }
}
