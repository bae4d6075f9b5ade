import type { KeySource } from '../contracts/key-source.js';
import { isJwtShape } from './jwt-shape.js';
import { keySourceFrom } from './key-source-from.js';
import { schemeValue } from './scheme-value.js';

const bearerToken = schemeValue('Bearer');

/**
 * Reads the key from `Authorization: Bearer …` (RFC 6750). The scheme is case-insensitive; other schemes are ignored.
 *
 * A token of JWT form is no key, so that a user's session is never sent to Unkey. With `jwt: true` it is a key.
 *
 * @param options `jwt`: whether a token of JWT form is a key; `false` by default
 * @example UnkeyModule.forRoot({ keyFrom: [fromBearer(), fromCookie('session_key')] })
 */
export function fromBearer({ jwt = false }: { jwt?: boolean } = {}): KeySource {
  return keySourceFrom(
    (places) => {
      const token = bearerToken(places.header('authorization'));
      return token !== undefined && !jwt && isJwtShape(token) ? undefined : token;
    },
    { scheme: 'Bearer' },
  );
}
