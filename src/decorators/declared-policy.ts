import 'reflect-metadata';
import { POLICY, type PolicyKey } from './policy-metadata.js';
import { UNKEY_KEY_FACTORY } from './unkey-key-factory.js';

/** The decorators that require something of a key. Without a guard, nothing checks them. */
const DEMANDS: readonly PolicyKey[] = [POLICY.permissions, POLICY.credits, POLICY.ratelimits, POLICY.checks];

/** Every decorator that has an effect only if a guard runs. */
const GUARDED: readonly PolicyKey[] = [
  ...DEMANDS,
  POLICY.tags,
  POLICY.keyFrom,
  POLICY.optional,
  POLICY.instance,
];

/** Where Nest keeps the param decorators of a method: on its class, under the method's name. */
const PARAMS_METADATA = '__routeArguments__';

/** Whether a handler or class has `@RequirePermissions()`, `@Credits()`, `@KeyRatelimit()` or `@CheckKey()`. */
export function hasDemands(holder: object): boolean {
  return DEMANDS.some((name) => Reflect.hasMetadata(name, holder));
}

/** Whether a handler or class has a decorator that needs a guard; `@Public()` does not. */
export function needsGuard(holder: object): boolean {
  return GUARDED.some((name) => Reflect.hasMetadata(name, holder));
}

/** Whether a handler or class has any decorator of this package, `@Public()` included. */
export function hasPolicy(holder: object): boolean {
  return Object.values(POLICY).some((name) => Reflect.hasMetadata(name, holder));
}

/** Whether a method of a class has `@UnkeyKey()` on one of its parameters. */
export function injectsKey(controller: object, name: string): boolean {
  const params: unknown = Reflect.getMetadata(PARAMS_METADATA, controller, name);
  if (typeof params !== 'object' || params === null) return false;
  return Object.values(params).some(isUnkeyKey);
}

function isUnkeyKey(param: unknown): boolean {
  if (typeof param !== 'object' || param === null || !('factory' in param)) return false;
  return typeof param.factory === 'function' && UNKEY_KEY_FACTORY in param.factory;
}
