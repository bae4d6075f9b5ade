import { parse } from 'cookie';
import type { KeySource } from '../contracts/key-source.js';
import { headerValues } from './header-values.js';

/**
 * The key is the value of a cookie; needs no cookie parser. A browser sends cookies along with requests that other
 * sites make, so protect such routes against forgery (`SameSite`, a token).
 *
 * @param name the cookie's name, exactly
 */
export function fromCookie(name: string): KeySource {
  return (context) => {
    const header = headerValues(context.switchToHttp().getRequest(), 'cookie').join('; ');
    const cookies = parse(header);
    return (Object.hasOwn(cookies, name) && cookies[name]?.trim()) || undefined;
  };
}
