import type { KeySource } from '../contracts/key-source.js';
import { UnkeyConfigError } from '../errors/unkey-config.error.js';
import { keySourceFrom } from './key-source-from.js';
import { onlyValue } from './only-value.js';

/**
 * Reads the key from the data of a WebSocket or RPC message. Only own properties are read. The key stays in the data,
 * so a handler that logs its data logs the key. HTTP requests, GraphQL arguments and gRPC streams have no payload.
 *
 * @param path the path of the property, separated by dots
 * @throws UnkeyConfigError if the path is empty or has an empty name
 * @example UnkeyModule.forRoot({ keyFrom: [fromHeader('x-api-key'), fromPayload('auth.key')] })
 */
export function fromPayload(path: string): KeySource {
  const names = typeof path === 'string' ? path.split('.') : [''];
  if (names.includes('')) {
    throw new UnkeyConfigError(
      `fromPayload() takes the path of a property, such as "auth.key", got ${JSON.stringify(path)}.`,
    );
  }
  return keySourceFrom((places) => onlyValue(places.payload?.(names) ?? []));
}
