import { OPTION_NAMES } from './option-names.js';

/** Options that would print a root key: the key itself, a client that holds it, and a dispatcher that sends it. */
const SECRETS = ['rootKey', 'client', 'dispatcher'];

/**
 * Copies the options and hides the secret ones: they can be read by name, but printing, spreading or serializing the
 * object leaves them out. Nest keeps the object in its container, where debuggers and error reporters can see it.
 */
export function concealSecrets<Options>(options: Options): Options {
  if (typeof options !== 'object' || options === null) return options;
  const copy = { ...options };
  // An options class may have getters, which a spread does not copy.
  for (const name of OPTION_NAMES) {
    const value: unknown = Reflect.get(options, name);
    if (value === undefined) continue;
    Object.defineProperty(
      copy,
      name,
      SECRETS.includes(name) ? { get: () => value, enumerable: false } : { value, enumerable: true },
    );
  }
  return copy;
}
