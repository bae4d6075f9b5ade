import { UnkeyMisconfiguredException } from '../errors/unkey-misconfigured.exception.js';
import type { UnkeyExceptionInit } from '../errors/unkey.exception.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';

/** Returns the exception for an app whose rate limits cannot be counted as it is set up. */
export function misconfiguredLimiter(
  { statuses }: Pick<ResolvedUnkeyOptions, 'statuses'>,
  init: UnkeyExceptionInit,
): UnkeyMisconfiguredException {
  return new UnkeyMisconfiguredException({
    status: statuses.UNKEY_MISCONFIGURED,
    message: 'Rate limits cannot be checked because this server is misconfigured.',
    ...init,
  });
}
