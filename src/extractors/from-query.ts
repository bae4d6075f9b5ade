import type { KeySource } from '../contracts/key-source.js';
import { keySourceFrom } from './key-source-from.js';
import { onlyValue } from './only-value.js';

/**
 * Reads the key from a query parameter. URLs end up in logs, browser histories and `Referer` headers, so use it only for
 * callers that can't send a header.
 *
 * @param name the exact name of the parameter
 */
export function fromQuery(name: string): KeySource {
  return keySourceFrom((places) => onlyValue(places.query(name)), {
    openapi: { type: 'apiKey', in: 'query', name },
  });
}
