import { GUARD_BRAND } from '../decorators/guard-brand.js';
import { guardsOn, isRatelimitGuardClass, isUnkeyGuardClass } from '../decorators/guards-metadata.js';
import type { AuditFacts } from './audit-facts.js';
import { gapOf, type Decision } from './decide.js';

/**
 * Whether `@Ratelimit()` depends on the key of a handler, but every guard that it applies runs before the guard that
 * verifies the key.
 */
export function isLimiterBefore({ found, policy }: Decision, facts: AuditFacts): boolean {
  const { controller, method } = found;
  const limits = facts.limits.read(controller, method);
  if (limits === undefined || !limits.hasUnkeyGuard) return false;
  if (!limits.limits.some(({ needsDecision }) => needsDecision)) return false;
  const isDecidedGlobally =
    gapOf(found, 'global guard', facts) === undefined &&
    facts.globals.some(
      ({ isOurs, guardClass }) => isOurs && !(policy.hasSubclassGuard && isBuiltIn(guardClass)),
    );
  if (isDecidedGlobally) return false;
  const guards = [controller, method].flatMap(guardsOn);
  return guards.findLastIndex(isRatelimitGuardClass) < guards.findIndex(isUnkeyGuardClass);
}

/** The built-in guard leaves a handler to a nearer subclass of it. */
function isBuiltIn(guardClass: Function | undefined): boolean {
  return guardClass !== undefined && Object.hasOwn(guardClass, GUARD_BRAND);
}
