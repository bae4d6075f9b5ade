import type { ResolvedUnkeyOptions } from './resolved-options.js';

type Options = Pick<ResolvedUnkeyOptions, 'rootKey' | 'client' | 'verifier'>;

/** Whether there is a client of the SDK: the user's, or one with the root key. */
export function hasClient({ client, rootKey }: Options): boolean {
  return typeof client === 'function' || (client !== false && rootKey !== undefined);
}

/** Whether keys can be verified. Always so, except without a root key behind a gateway. */
export function canVerify(options: Options): boolean {
  const { verifier, rootKey } = options;
  if (typeof verifier === 'function') return true;
  return verifier === 'http' ? rootKey !== undefined : hasClient(options);
}
