import { OPTION_NAMES } from './option-names.js';

/** Options that print a root key: the key itself, a client that was made with one, and a dispatcher that sends it. */
const SECRETS = ['rootKey', 'client', 'dispatcher'];

/**
 * A copy of the options in which these are there for whoever reads them by name, and for nobody who prints,
 * spreads or serialises the object: it stands in Nest's container, where debuggers and error reporters look.
 */
export function concealSecrets<Options>(options: Options): Options {
  if (typeof options !== 'object' || options === null) return options;
  const copy = { ...options };
  // An options class may have getters, which a spread leaves behind.
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
