import type { KeyRatelimitDemand } from '../contracts/verify-options.js';
import { addPolicy, POLICY, type HandlerDecorator } from './policy-metadata.js';

/**
 * Counts the call against a limit: one of this name on the key or its identity, or, with `limit` and `duration`
 * (ms), an ad-hoc one that is counted per key. Repeatable; those of class and handler are joined, the handler's
 * wins for a name. A named limit that the key does not have is a fault of configuration (500), so give it to every
 * key.
 *
 * @example
 * @KeyRatelimit('heavy', { cost: 2 })
 * @KeyRatelimit('exports', { limit: 10, duration: 60_000 })
 */
export function KeyRatelimit(name: string, demand: Omit<KeyRatelimitDemand, 'name'> = {}): HandlerDecorator {
  return addPolicy(POLICY.ratelimits, { ...demand, name });
}
