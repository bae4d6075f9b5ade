import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { keyHashOf } from './cache/answer-id.js';
import { Revocations } from './cache/revocations.js';
import type { Invalidated, VerificationCache } from './cache/verification-cache.js';

/** Tells the cache, where there is one, and open connections which keys were changed. */
export class Invalidations {
  readonly #revocations: Revocations;
  readonly #resets: { off(): void } | undefined;

  constructor(
    { now, onReset }: Pick<ResolvedUnkeyOptions, 'now' | 'onReset'>,
    private readonly cache: VerificationCache | undefined,
  ) {
    this.#revocations = new Revocations(now);
    this.#resets = onReset?.(() => this.#forget());
  }

  /** Nest calls it when the app has closed. */
  onApplicationShutdown(): void {
    this.#resets?.off();
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

  /** As after a restart of the app; a store keeps what it has. */
  #forget(): void {
    this.#revocations.revoke(undefined);
    this.cache?.forget();
  }
}
