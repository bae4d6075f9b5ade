import type { VerificationObserver } from '../../contracts/verification-observer.js';
import type { ResolvedUnkeyOptions } from '../../options/resolved-options.js';
import type { VerificationCache } from './verification-cache.js';

/** The cache that the options ask for, if they do; only then is its code loaded. */
export async function openCache(
  { cache, now, scope }: ResolvedUnkeyOptions,
  observer: VerificationObserver,
): Promise<VerificationCache | undefined> {
  if (cache === false) return undefined;
  const { VerificationCache: Cache } = await import('./verification-cache.js');
  return new Cache(cache, { now, tick: () => performance.now(), observer, scope });
}
