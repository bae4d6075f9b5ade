import type { VerificationObserver } from '../../contracts/verification-observer.js';
import type { ResolvedUnkeyOptions } from '../../options/resolved-options.js';
import type { VerificationCache } from './verification-cache.js';

/** Creates the cache if the option `cache` is on. Its code is loaded only then. */
export async function openCache(
  { cache, now, scope }: ResolvedUnkeyOptions,
  observer: VerificationObserver,
): Promise<VerificationCache | undefined> {
  if (cache === false) return undefined;
  const { VerificationCache: Cache } = await import('./verification-cache.js');
  const { openStore } = await import('./open-store.js');
  const { store, close: closeStore } = await openStore(cache);
  return new Cache({ ...cache, store }, { now, tick: () => performance.now(), observer, scope, closeStore });
}
