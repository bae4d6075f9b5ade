import { addressIdentifier } from '../ratelimit/caller-address.js';
import { keyIdentifier } from '../ratelimit/identifier.js';
import { getVerifiedKey } from '../transports/verified-key.js';

/**
 * Tracks callers by their verified key, or else by their address: `key:<keyId>`, `ip:<address>`. IPv6 addresses count by
 * their /64 network. `UnkeyGuard` must run before `ThrottlerGuard`, or every caller is tracked by address.
 *
 * @throws TypeError if there is no key and the request has no address
 * @example
 * ThrottlerModule.forRoot({ throttlers, getTracker: trackByKey })
 */
export function trackByKey(request: object): string {
  return trackBy('key', request);
}

/**
 * Tracks callers by the identity of their verified key: `identity:<externalId>`. A key without an identity, and a caller
 * without a key, are tracked as by {@link trackByKey}.
 *
 * @throws TypeError if there is no key and the request has no address
 */
export function trackByIdentity(request: object): string {
  return trackBy('identity', request);
}

function trackBy(by: 'key' | 'identity', request: object): string {
  const address: unknown = Reflect.get(request, 'ip');
  const identifier = keyIdentifier(by, getVerifiedKey(request)) ?? addressIdentifier(address);
  if (identifier !== undefined) return identifier;
  throw new TypeError(
    'The request has neither a verified key nor an address ("ip"), so it cannot be tracked. Give ThrottlerModule a "getTracker" of your own.',
  );
}
