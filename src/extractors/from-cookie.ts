import { parse } from 'cookie';
import type { KeySource } from '../contracts/key-source.js';
import { keySourceFrom } from './key-source-from.js';
import { onlyValue } from './only-value.js';

/**
 * The key is the value of a cookie; needs no cookie parser. A browser sends cookies along with requests that other
 * sites make, so protect such routes against forgery (`SameSite`, a token).
 *
 * @param name the cookie's name, exactly
 */
export function fromCookie(name: string): KeySource {
  return keySourceFrom((places) => {
    const pairs = places.header('cookie').flatMap((header) => header.split(';'));
    // One by one, since parsed together the first of a name hides all others.
    return onlyValue(pairs.map((pair) => parse(pair)[name] ?? ''));
  });
}
