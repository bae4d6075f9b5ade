import { UnkeyMisconfiguredException } from '../errors/unkey-misconfigured.exception.js';
import type { ResolvedUnkeyOptions } from './resolved-options.js';

/** Returns the exception for what needs a root key, in an app behind a gateway that has none. */
export function noRootKey({ statuses }: Pick<ResolvedUnkeyOptions, 'statuses'>): UnkeyMisconfiguredException {
  const cause = new Error(
    'there is no root key, so this app accepts only principals of the gateway; set the option "rootKey" or UNKEY_ROOT_KEY',
  );
  return new UnkeyMisconfiguredException({ status: statuses.UNKEY_MISCONFIGURED, cause });
}
