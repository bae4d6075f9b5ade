import { hash } from 'node:crypto';
import type { VerificationObserver } from '../../contracts/verification-observer.js';
import type { ResolvedUnkeyOptions } from '../../options/resolved-options.js';
import type { VerificationCache } from './verification-cache.js';

/** The cache that the options ask for, if they do; only then is its code loaded. */
export async function openCache(
  { cache, now, rootKey, baseUrl }: ResolvedUnkeyOptions,
  observer: VerificationObserver,
): Promise<VerificationCache | undefined> {
  if (cache === false) return undefined;
  const { VerificationCache: Cache } = await import('./verification-cache.js');
  // Another root key may verify keys of other APIs, so its answers must not be ours.
  const scope = hash('sha256', `${rootKey?.reveal() ?? ''} ${baseUrl}`, 'base64url').slice(0, 16);
  return new Cache(cache, { now, tick: () => performance.now(), observer, scope });
}
