import type { KeySource } from '../contracts/key-source.js';
import { keySourceFrom } from './key-source-from.js';
import { onlyValue } from './only-value.js';

/**
 * Reads the key from what a client sends when it opens a connection: `connectionParams` of graphql-ws, `auth` of
 * socket.io. It finds nothing on other transports. {@link fromHeader} and {@link fromBearer} look there too, by
 * case-insensitive name; use this source for names of your own.
 *
 * @param name the exact name of the property
 * @example UnkeyModule.forRoot({ keyFrom: [fromHeader('x-api-key'), fromHandshake('apiKey')] })
 */
export function fromHandshake(name: string): KeySource {
  return keySourceFrom((places) => onlyValue(places.handshake?.(name) ?? []));
}
