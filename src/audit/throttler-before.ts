import 'reflect-metadata';
import type { AuditFacts } from './audit-facts.js';
import type { Decision } from './decide.js';
import type { GlobalGuard } from './global-guards.js';
import { isObject } from './nest-containers.js';

/** The class of `@nestjs/throttler`'s guard, and where that package keeps its options and `@Throttle()`. */
const THROTTLER_GUARD = 'ThrottlerGuard';
const THROTTLER_OPTIONS = 'THROTTLER:MODULE_OPTIONS';
const THROTTLER_TRACKER = 'THROTTLER:TRACKER';

/**
 * Returns the guard of `@nestjs/throttler` that has a custom tracker and runs before our guard, so that it sees no key;
 * `undefined` if there is none. Its default, counting by address, needs no key and can run first.
 */
export function throttlerBefore(decision: Decision, facts: AuditFacts): string | undefined {
  const ours = decision.by === 'global guard' ? facts.globals.findIndex(({ isOurs }) => isOurs) : Infinity;
  if (ours === 0 || facts.globals.length === 0) return undefined;
  const { found } = decision;
  const earlier = facts.globals
    .slice(0, ours)
    .map(throttlerOf)
    .filter((guard) => guard !== undefined);
  const tracks = (guard: Throttler) =>
    guard.hasOwnTracker || optionsTrack(facts) || [found.method, found.controller].some(hasTrackerMetadata);
  return earlier.find(tracks)?.name;
}

interface Throttler {
  readonly name: string;
  /** Whether a subclass overrides the tracker. */
  readonly hasOwnTracker: boolean;
}

function throttlerOf({ guardClass }: GlobalGuard): Throttler | undefined {
  let hasOwnTracker = false;
  for (
    let current: unknown = guardClass;
    typeof current === 'function';
    current = Object.getPrototypeOf(current)
  ) {
    if (current.name === THROTTLER_GUARD) return { name: guardClass?.name ?? THROTTLER_GUARD, hasOwnTracker };
    const prototype: unknown = current.prototype;
    hasOwnTracker ||= isObject(prototype) && Object.hasOwn(prototype, 'getTracker');
  }
  return undefined;
}

/** Whether `ThrottlerModule` has `getTracker`, for all throttlers or for one of them. */
function optionsTrack({ app }: AuditFacts): boolean {
  const given = [...app.modules.values()]
    .map(({ providers }): unknown => providers.get(THROTTLER_OPTIONS)?.instance)
    .filter(isObject);
  return given.some((options) => {
    const throttlers: unknown = Array.isArray(options) ? options : Reflect.get(options, 'throttlers');
    return [options, ...(Array.isArray(throttlers) ? throttlers : [])].some(hasTracker);
  });
}

function hasTracker(options: unknown): boolean {
  return isObject(options) && typeof Reflect.get(options, 'getTracker') === 'function';
}

/** Whether `@Throttle()` has `getTracker`. */
function hasTrackerMetadata(holder: object): boolean {
  return Reflect.getMetadataKeys(holder).some(
    (key) =>
      typeof key === 'string' &&
      key.startsWith(THROTTLER_TRACKER) &&
      Reflect.getMetadata(key, holder) !== undefined,
  );
}
