import type { Unkey } from '@unkey/api';
import type { Awaitable } from '../contracts/awaitable.js';
import { hasClient } from '../options/can-verify.js';
import { noRootKey } from '../options/no-root-key.js';
import type { ResolvedUnkeyOptions } from '../options/resolved-options.js';
import { invalidatedBy } from './cache/invalidated-by.js';
import type { Invalidations } from './invalidations.js';
import { absentClient, clientIsOff, createClient, type CallListener } from './sdk-client.js';

/** Returns the SDK's client that the app injects: one that throws on every call if the app has none. */
export function openClient(options: ResolvedUnkeyOptions, invalidations: Invalidations): Awaitable<Unkey> {
  if (options.client === false) return absentClient(clientIsOff);
  if (!hasClient(options)) return absentClient(() => noRootKey(options));
  return options.client?.() ?? createClient(options, observing(invalidations));
}

/** Invalidates cached verifications of keys that the app changes with the injected client. */
function observing(invalidations: Invalidations): CallListener {
  return async (path, body) => {
    const invalidated = invalidatedBy(path, body);
    if (invalidated !== undefined) await invalidations.invalidate(invalidated);
  };
}
