import 'reflect-metadata';
import { GUARD_BRAND, RATELIMIT_GUARD_BRAND } from './guard-brand.js';

/** Where `@UseGuards()` puts its arguments: classes and instances. */
const GUARDS_METADATA = '__guards__';

/** The classes of the guards that `@UseGuards()` names on a handler or class, if they are `UnkeyGuard` or extend it. */
export function unkeyGuardsOn(holder: object): object[] {
  return guardsOn(holder).filter(isUnkeyGuardClass);
}

/** The classes of all guards that `@UseGuards()` names on a handler or class, in the order in which Nest runs them. */
export function guardsOn(holder: object): unknown[] {
  return givenGuards(holder).map(classOfGuard);
}

/** The guards of this package as `@UseGuards()` got them: a class, which Nest instantiates, or an instance. */
export function givenOwnGuards(holder: object): unknown[] {
  return givenGuards(holder).filter((guard) => {
    const guardClass = classOfGuard(guard);
    return isUnkeyGuardClass(guardClass) || isRatelimitGuardClass(guardClass);
  });
}

function givenGuards(holder: object): unknown[] {
  const guards: unknown = Reflect.getMetadata(GUARDS_METADATA, holder);
  return Array.isArray(guards) ? guards : [];
}

/** The class of a guard that is given as a class or as an instance. */
export function classOfGuard(guard: unknown): unknown {
  return typeof guard === 'object' && guard !== null ? guard.constructor : guard;
}

/** Whether a class is `UnkeyGuard` or extends it, of this copy of the package or of another one. */
export function isUnkeyGuardClass(guard: unknown): guard is object {
  return typeof guard === 'function' && GUARD_BRAND in guard;
}

/** Whether a class is `UnkeyRatelimitGuard`, of this copy of the package or of another one. */
export function isRatelimitGuardClass(guard: unknown): guard is object {
  return typeof guard === 'function' && RATELIMIT_GUARD_BRAND in guard;
}
