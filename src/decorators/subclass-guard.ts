import 'reflect-metadata';
import { GUARD_BRAND } from './guard-brand.js';

/** The metadata key of `@UseGuards()`, whose values are classes and instances. */
const GUARDS_METADATA = '__guards__';

/**
 * Whether a subclass of `UnkeyGuard` is applied to this handler. Only the handler's own guards count if one of them is
 * an `UnkeyGuard` or a subclass, or else the guards of the class.
 */
export function hasSubclassGuard(controller: object, handler: object): boolean {
  const onHandler = guardClasses(handler);
  const deciding = onHandler.length > 0 ? onHandler : guardClasses(controller);
  // The brand is an own property of the built-in class; a subclass inherits it.
  return deciding.some((guard) => !Object.hasOwn(guard, GUARD_BRAND));
}

/** Returns the classes of the guards on a handler or class that are `UnkeyGuard` or extend it. */
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
