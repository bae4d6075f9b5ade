import { parse } from 'cookie';
import type { KeySource } from '../contracts/key-source.js';
import { keySourceFrom } from './key-source-from.js';
import { onlyValue } from './only-value.js';

/**
 * Reads the key from a cookie. It needs no cookie parser. Browsers also send cookies with requests that other sites
 * start, so protect such routes against cross-site request forgery (`SameSite`, a token).
 *
 * @param name the exact name of the cookie
 */
export function fromCookie(name: string): KeySource {
  return keySourceFrom(
    (places) => {
      const pairs = places.header('cookie').flatMap((header) => header.split(';'));
      // Parsed one by one, because parsed together the first cookie of a name hides the others.
      return onlyValue(pairs.map((pair) => parse(pair)[name] ?? ''));
    },
    { openapi: { type: 'apiKey', in: 'cookie', name } },
  );
}
