import * as common from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';

type Module = ModulesContainer extends Map<string, infer T> ? T : never;

/** The injection token of the options of every `@nestjs/graphql` driver. */
const OPTIONS = 'GqlModuleOptions';

/**
 * Rejects a `GraphQLModule` whose option `context` is one object, if the driver passes that object to every operation:
 * Nest stores the first request in it, so every later caller would be treated as the first one. Apollo on Nest 12 copies
 * the object.
 *
 * @throws UnkeyConfigError
 */
export function refuseSharedGraphqlContext(modules: Iterable<Module>): void {
  for (const module of modules) {
    const options: unknown = module.providers.get(OPTIONS)?.instance;
    if (!isObject(options) || !('context' in options) || !isObject(options.context)) continue;
    if (!sharesContext(driverNames(module))) continue;
    throw new UnkeyConfigError(
      'GraphQLModule: option "context" is an object, which all requests would share, so every caller would be treated as the first one. ' +
        'Use a function that returns a new object each time: context: () => ({ … }).',
    );
  }
}

function sharesContext(driver: readonly string[]): boolean {
  if (driver.some((name) => name.startsWith('Mercurius'))) return true;
  return driver.some((name) => name.startsWith('Apollo')) && !isNest12();
}

/** Returns the names of the driver's class and of the classes that it extends, because an app can extend a driver. */
function driverNames(module: Module): string[] {
  const token = [...module.providers.keys()].find(
    (key) => typeof key === 'function' && key.name === 'AbstractGraphQLDriver',
  );
  const names: string[] = [];
  let prototype = prototypeOf(token === undefined ? undefined : module.providers.get(token)?.instance);
  for (; prototype !== undefined; prototype = prototypeOf(prototype)) names.push(prototype.constructor.name);
  return names;
}

function prototypeOf(value: unknown): object | undefined {
  const prototype: unknown = isObject(value) ? Object.getPrototypeOf(value) : undefined;
  return isObject(prototype) ? prototype : undefined;
}

/** Checks for a name that only Nest 12 exports, because its packages do not export their `package.json`. */
function isNest12(): boolean {
  return 'stripProtoKeys' in common;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
