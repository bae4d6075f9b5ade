import type { KeySource } from '../contracts/key-source.js';
import { keySourceFrom } from './key-source-from.js';
import { onlyValue } from './only-value.js';

/**
 * The key is a query parameter. URLs end up in logs, histories and `Referer` headers, so this is for callers that
 * can send nothing else.
 *
 * @param name the parameter's name, exactly
 */
export function fromQuery(name: string): KeySource {
  return keySourceFrom((places) => onlyValue(places.query(name)));
}
