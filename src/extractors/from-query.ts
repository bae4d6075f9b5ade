import type { KeySource } from '../contracts/key-source.js';
import { property } from './header-values.js';
import { onlyValue } from './only-value.js';

/**
 * The key is a query parameter. URLs end up in logs, histories and `Referer` headers, so this is for callers that
 * can send nothing else.
 *
 * @param name the parameter's name, exactly
 */
export function fromQuery(name: string): KeySource {
  return (context) => {
    const query = property(context.switchToHttp().getRequest<unknown>(), 'query');
    if (typeof query !== 'object' || query === null || !Object.hasOwn(query, name)) return undefined;
    const value = property(query, name);
    return onlyValue((Array.isArray(value) ? value : [value]).map(asText));
  };
}

/** `?key[a]=b` is parsed into an object by some adapters; what it is replaced by cannot be a key. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : 'not a text';
}
