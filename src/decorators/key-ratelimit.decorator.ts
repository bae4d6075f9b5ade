import type { KeyRatelimitDemand } from '../contracts/verify-options.js';
import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * Counts the call against a rate limit. Without `limit` and `duration` (ms), it is the limit of this name on the key or
 * its identity; with both, it is an ad-hoc limit that is counted per key. Repeatable. Limits on class and handler are
 * combined; if both name the same limit, the handler's applies. If neither the key nor its identity has a limit of this
 * name, the caller gets a 500, so give the limit to every key or set `limit` and `duration`.
 *
 * @example
 * @KeyRatelimit('heavy', { cost: 2 })
 * @KeyRatelimit('exports', { limit: 10, duration: 60_000 })
 */
export function KeyRatelimit(name: string, demand: Omit<KeyRatelimitDemand, 'name'> = {}): HandlerDecorator {
  return addPolicy(POLICY.ratelimits, { ...demand, name });
}
