import { keyHashOf } from './cache/answer-id.js';
import { Revocations } from './cache/revocations.js';
import type { Invalidated, VerificationCache } from './cache/verification-cache.js';

/** Tells the cache, where there is one, and open connections which keys were changed. */
export class Invalidations {
  readonly #revocations: Revocations;

  /** @param now Unix ms */
  constructor(
    now: () => number,
    private readonly cache: VerificationCache | undefined,
  ) {
    this.#revocations = new Revocations(now);
  }

  /** No answer that was asked for until now is used any more. */
  async invalidate(target: Invalidated): Promise<void> {
    const id = target === 'everything' ? undefined : 'key' in target ? keyHashOf(target.key) : target.keyId;
    this.#revocations.revoke(id);
    await this.cache?.invalidate(target);
  }

  /** The moment at which something is asked. */
  moment(): number {
    return this.#revocations.next();
  }

  isInvalidatedSince(moment: number, ...ids: readonly (string | undefined)[]): boolean {
    return this.#revocations.since(moment, ...ids);
  }
}
