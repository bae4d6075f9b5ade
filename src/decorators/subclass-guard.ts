import { GUARD_BRAND } from './guard-brand.js';
import { unkeyGuardsOn } from './guards-metadata.js';

/**
 * Whether a subclass of `UnkeyGuard` stands on this handler: among the handler's guards if one of them is an
 * `UnkeyGuard` or a subclass, else among the class's.
 */
export function hasSubclassGuard(controller: object, handler: object): boolean {
  const onHandler = unkeyGuardsOn(handler);
  const deciding = onHandler.length > 0 ? onHandler : unkeyGuardsOn(controller);
  // The built-in class has the brand itself, a subclass inherits it.
  return deciding.some((guard) => !Object.hasOwn(guard, GUARD_BRAND));
}
