import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { keyHashOf } from './cache/entry-id.js';
import { InvalidationLog } from './cache/invalidation-log.js';
import type { InvalidationTarget, VerificationCache } from './cache/verification-cache.js';

/** Drops cached results of keys that have changed, also those of open connections. */
export class Invalidations {
  readonly #log: InvalidationLog;
  readonly #resets: { off(): void } | undefined;

  constructor(
    { now, onReset }: Pick<ResolvedUnkeyOptions, 'now' | 'onReset'>,
    private readonly cache: VerificationCache | undefined,
  ) {
    this.#log = new InvalidationLog(now);
    this.#resets = onReset?.(() => this.#clear());
  }

  /** Called by Nest when the app closes. */
  onApplicationShutdown(): void {
    this.#resets?.off();
  }

  /** Results of calls that began before this are not used any more. */
  async invalidate(target: InvalidationTarget): Promise<void> {
    const id = target === 'everything' ? undefined : 'key' in target ? keyHashOf(target.key) : target.keyId;
    this.#log.invalidate(id);
    await this.cache?.invalidate(target);
  }

  /** Returns a number to pass to {@link isInvalidatedSince}. Take it before a call. */
  moment(): number {
    return this.#log.nextSequence();
  }

  /** Whether one of these key hashes or key ids was invalidated after a moment. */
  isInvalidatedSince(moment: number, ...ids: readonly (string | undefined)[]): boolean {
    return this.#log.isInvalidatedSince(moment, ...ids);
  }

  /** Clears all caches of this instance, as a restart would. Entries in a store are kept. */
  #clear(): void {
    this.#log.invalidate(undefined);
    this.cache?.clear();
  }
}
