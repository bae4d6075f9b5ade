import 'reflect-metadata';
import { hasPolicy, needsGuard } from '../decorators/declared-policy.js';
import { LIMITS, POLICY, readPolicy } from '../decorators/policy-metadata.js';
import type { Decision } from './decide.js';
import type { FoundHandler } from './handlers/found-handler.js';
import { isObject } from './nest-containers.js';

/** A handler that this one overrides and whose decorators it lost, as `Class.method`; `undefined` if there is none. */
export function overriddenHandler({ controller, name, method }: FoundHandler): string | undefined {
  let prototype: unknown = Object.getPrototypeOf(controller.prototype);
  for (
    ;
    isObject(prototype) && prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    const parent: unknown = Object.hasOwn(prototype, name) ? Reflect.get(prototype, name) : undefined;
    if (typeof parent !== 'function' || parent === method) continue;
    // Most classes extend none, so the method's own decorators are read only now.
    if (hasPolicy(method)) return undefined;
    if (needsGuard(parent) || (isLimited(parent) && !isLimited(method)))
      return `${prototype.constructor.name}.${name}`;
  }
  return undefined;
}

function isLimited(method: object): boolean {
  return readPolicy(LIMITS, method).length > 0;
}

/** Whether a handler is public because of a decorator that its class inherits from another class. */
export function isPublicByInheritance(
  { by, found: { controller, method } }: Decision,
  publicMetadata: readonly string[],
): boolean {
  if (by === 'class') return !Reflect.hasOwnMetadata(POLICY.public, controller);
  if (by !== 'option publicMetadata') return false;
  return publicMetadata.every(
    (key) => Reflect.getMetadata(key, method) !== true && Reflect.getOwnMetadata(key, controller) !== true,
  );
}
