import { applyDecorators, UseGuards } from '@nestjs/common';
import type { RatelimitOptions } from '../contracts/handler-limits.js';
import { addPolicy, LIMITS, type HandlerDecorator } from '../decorators/policy-metadata.js';
import { UnkeyRatelimitGuard } from './unkey-ratelimit.guard.js';

/**
 * Limits how often callers call a handler, or the handlers of a class. Unkey counts the calls, so all instances of your
 * app share the counts. It applies its guard, `UnkeyRatelimitGuard`, and needs neither a key nor another guard.
 * Repeatable: all limits of class and handler are counted in one call, or none. A limit on a handler replaces those of
 * its class with the same `namespace`. If a limit is exceeded, the caller gets a 429 with the code `RATE_LIMITED`.
 *
 * The root key needs `ratelimit.*.limit` and, for namespaces that do not exist yet, `ratelimit.*.create_namespace`. If
 * `UnkeyGuard` is in the same place, write `@Ratelimit()` above it: the lower decorator runs first.
 *
 * @example
 * @Ratelimit({ namespace: 'login', limit: 5, duration: 60_000, by: 'ip' })
 * @example
 * @Ratelimit({
 *   namespace: 'search',
 *   limit: (context) => (getVerifiedKey(context)?.meta?.plan === 'pro' ? 1000 : 100),
 *   duration: 60_000,
 * })
 */
export function Ratelimit(options: RatelimitOptions): HandlerDecorator {
  const decorate = applyDecorators(addPolicy(LIMITS, options), UseGuards(UnkeyRatelimitGuard));
  return (target, property, descriptor) => decorate(target, property, descriptor);
}
