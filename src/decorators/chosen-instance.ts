import type { Instances } from '../contracts/instances.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { shown } from '../options/shown-value.js';
import { onlyOne, type DecoratedHandler } from './only-one.js';
import { POLICY } from './policy-metadata.js';

/** The part of {@link Instances} that is needed to read a handler's policy. */
export type InstanceOptions<Options> = Pick<Instances<unknown, Options>, 'find' | 'names'>;

/** The argument of `@UseUnkey()`, in an object: a missing name must not count as no decorator. */
export interface ChosenName {
  readonly name: unknown;
}

/**
 * Returns the name in `@UseUnkey()` of a handler or its class, and the options of that instance.
 *
 * @param own the options of the instance that verifies handlers without `@UseUnkey()`
 * @throws UnkeyConfigError for an unknown name
 */
export function chosenInstance<Options extends { readonly name: string | undefined }>(
  handler: DecoratedHandler,
  own: Options,
  instances: InstanceOptions<Options>,
): { instance: string | undefined; options: Options } {
  const chosen = onlyOne(POLICY.instance, '@UseUnkey()', handler) as ChosenName | undefined;
  if (chosen === undefined) return { instance: own.name, options: own };
  const { name: instance } = chosen;
  if (instance !== undefined && instance === own.name) return { instance: own.name, options: own };
  const options = typeof instance === 'string' ? instances.find(instance)?.options : undefined;
  if (typeof instance === 'string' && options !== undefined) return { instance, options };
  throw new UnkeyConfigError(
    `${handler.where}: @UseUnkey(${shown(instance)}) names no instance of UnkeyModule; ${registered(instances.names())}.`,
  );
}

function registered(names: readonly string[]): string {
  if (names.length === 0) return 'register one with UnkeyModule.forRoot({ name })';
  return `the registered names are ${names.map((name) => JSON.stringify(name)).join(', ')}`;
}
