import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { readPolicy, type PolicyKey } from './policy-metadata.js';

/** The handler whose decorators are read. */
export interface DecoratedHandler {
  readonly controller: object;
  readonly handler: object;
  /** Its name in errors. */
  readonly where: string;
}

/** Returns the value of a decorator that can be used once per handler or class; the handler's replaces the class's. */
export function onlyOne(
  name: PolicyKey,
  decorator: string,
  { controller, handler, where }: DecoratedHandler,
): unknown {
  const onHandler = readPolicy(name, handler);
  const [value, another] = onHandler.length > 0 ? onHandler : readPolicy(name, controller);
  if (another !== undefined) {
    throw new UnkeyConfigError(`${where}: ${decorator} is used twice in the same place; keep one.`);
  }
  return value;
}
