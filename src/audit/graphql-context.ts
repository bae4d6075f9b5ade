import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { isNest12, isObject, type NestModule } from './nest-containers.js';

/** The token under which every driver of `@nestjs/graphql` has its options. */
const OPTIONS = 'GqlModuleOptions';

/**
 * Throws if the option `context` of a `GraphQLModule` is one object and the driver passes that object to every
 * operation: Nest writes the first request into it, so every later caller would be treated as the first one. Apollo on
 * Nest 12 copies the object.
 *
 * @throws UnkeyConfigError
 */
export function refuseSharedGraphqlContext(modules: Iterable<NestModule>): void {
  for (const module of modules) {
    const options: unknown = module.providers.get(OPTIONS)?.instance;
    if (!isObject(options) || !('context' in options) || !isObject(options.context)) continue;
    if (!sharesContext(driverNames(module))) continue;
    throw new UnkeyConfigError(
      'GraphQLModule: "context" is one object, which all requests would share, so every caller would be treated as the first one. ' +
        'Use a function that returns a new object each time: context: () => ({ … }).',
    );
  }
}

function sharesContext(driver: readonly string[]): boolean {
  if (driver.some((name) => name.startsWith('Mercurius'))) return true;
  return driver.some((name) => name.startsWith('Apollo')) && !isNest12();
}

/** The names of the driver's class and of the classes that it extends, since an app may have a driver of its own. */
function driverNames(module: NestModule): string[] {
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
