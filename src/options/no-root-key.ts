import { UnkeyMisconfiguredException } from '../errors/unkey-misconfigured.exception.js';
import type { ResolvedUnkeyOptions } from './resolved-options.js';

/** Says how to give an instance of the module its root key. @param name the name of the instance, if it has one */
export function howToSetRootKey(name: string | undefined): string {
  return name === undefined
    ? 'set the option "rootKey" or the environment variable UNKEY_ROOT_KEY'
    : `set the option "rootKey" of the instance ${JSON.stringify(name)}, which does not read UNKEY_ROOT_KEY`;
}

/** Returns the exception for what needs a root key, in an app behind a gateway that has none. */
export function noRootKey({
  name,
  statuses,
}: Pick<ResolvedUnkeyOptions, 'name' | 'statuses'>): UnkeyMisconfiguredException {
  const cause = new Error(
    `there is no root key, so only principals of the gateway are accepted; ${howToSetRootKey(name)}`,
  );
  return new UnkeyMisconfiguredException({ status: statuses.UNKEY_MISCONFIGURED, cause });
}
