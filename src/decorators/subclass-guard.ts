import 'reflect-metadata';
import { GUARD_BRAND } from './guard-brand.js';

/** Where `@UseGuards()` puts what it was given: classes and instances. */
const GUARDS_METADATA = '__guards__';

/**
 * Whether a subclass of `UnkeyGuard` stands on this handler: among the handler's guards if one of them is an
 * `UnkeyGuard` or a subclass, else among the class's.
 */
export function hasSubclassGuard(controller: object, handler: object): boolean {
  const onHandler = guardClasses(handler);
  const deciding = onHandler.length > 0 ? onHandler : guardClasses(controller);
  // The built-in class has the brand itself, a subclass inherits it.
  return deciding.some((guard) => !Object.hasOwn(guard, GUARD_BRAND));
}

/** The classes of the guards on a handler or class, as far as they are `UnkeyGuard` or extend it. */
function guardClasses(holder: object): object[] {
  const guards: unknown = Reflect.getMetadata(GUARDS_METADATA, holder);
  return Array.isArray(guards) ? guards.map(classOf).filter(isUnkeyGuard) : [];
}

function classOf(guard: unknown): unknown {
  return typeof guard === 'object' && guard !== null ? guard.constructor : guard;
}

function isUnkeyGuard(guard: unknown): guard is object {
  return typeof guard === 'function' && GUARD_BRAND in guard;
}
