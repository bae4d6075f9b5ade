import { GUARD_BRAND } from './guard-brand.js';
import { unkeyGuardsOn } from './guards-metadata.js';
import { POLICY, readPolicy } from './policy-metadata.js';

/**
 * Whether this handler has a subclass of `UnkeyGuard`: among the handler's guards if one of them is an
 * `UnkeyGuard` or a subclass, else among the class's. With `@UseUnkey()`, which applies the built-in guard itself, in
 * either place.
 */
export function hasSubclassGuard(controller: object, handler: object): boolean {
  const onHandler = unkeyGuardsOn(handler);
  const onClass = unkeyGuardsOn(controller);
  const isChosen = [handler, controller].some((holder) => readPolicy(POLICY.instance, holder).length > 0);
  const deciding = isChosen ? [...onHandler, ...onClass] : onHandler.length > 0 ? onHandler : onClass;
  // The built-in class has the brand itself, a subclass inherits it.
  return deciding.some((guard) => !Object.hasOwn(guard, GUARD_BRAND));
}
