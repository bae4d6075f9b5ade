import type { KeySource } from '../contracts/key-source.js';
import { isJwtShape } from './jwt-shape.js';
import { keySourceFrom } from './key-source-from.js';
import { schemeValue } from './scheme-value.js';

const bearerToken = schemeValue('Bearer');

/**
 * Reads the key from `Authorization: Bearer …` (RFC 6750). The scheme is case-insensitive; other schemes are ignored.
 *
 * A token that looks like a JWT is ignored, so that a user's session is never sent to Unkey. `jwt: true` accepts it.
 *
 * @param options `jwt`: whether to accept a token that looks like a JWT; default: `false`
 * @example UnkeyModule.forRoot({ keyFrom: [fromBearer(), fromCookie('session_key')] })
 */
export function fromBearer({ jwt = false }: { jwt?: boolean } = {}): KeySource {
  return keySourceFrom(
    (places) => {
      const token = bearerToken(places.header('authorization'));
      return token !== undefined && !jwt && isJwtShape(token) ? undefined : token;
    },
    { scheme: 'Bearer', openapi: { type: 'http', scheme: 'bearer' } },
  );
}
