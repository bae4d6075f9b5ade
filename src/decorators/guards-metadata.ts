import 'reflect-metadata';
import { GUARD_BRAND } from './guard-brand.js';

/** Where `@UseGuards()` puts its arguments: classes and instances. */
const GUARDS_METADATA = '__guards__';

/** The classes of the guards that `@UseGuards()` names on a handler or class, if they are `UnkeyGuard` or extend it. */
export function unkeyGuardsOn(holder: object): object[] {
  return givenUnkeyGuards(holder).map(classOfGuard).filter(isUnkeyGuardClass);
}

/** The same guards as `@UseGuards()` got them: a class, which Nest makes an instance of, or an instance. */
export function givenUnkeyGuards(holder: object): unknown[] {
  const guards: unknown = Reflect.getMetadata(GUARDS_METADATA, holder);
  return Array.isArray(guards) ? guards.filter((guard) => isUnkeyGuardClass(classOfGuard(guard))) : [];
}

/** The class of a guard that is given as a class or as an instance. */
export function classOfGuard(guard: unknown): unknown {
  return typeof guard === 'object' && guard !== null ? guard.constructor : guard;
}

/** Whether a class is `UnkeyGuard` or extends it, of this copy of the package or of another one. */
export function isUnkeyGuardClass(guard: unknown): guard is object {
  return typeof guard === 'function' && GUARD_BRAND in guard;
}
