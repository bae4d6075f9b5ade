import { property } from './property.js';
import { textOf } from './text-of.js';

/**
 * Returns the values of a case-insensitive name in an object that a client sent as JSON: `connectionParams` of
 * graphql-ws, `auth` of socket.io. `null` counts as missing. A value that is not a string becomes a text that can't be a
 * key, so that the caller gets `MALFORMED_KEY`.
 */
export function namedValues(sent: unknown, name: string): string[] {
  if (typeof sent !== 'object' || sent === null) return [];
  const wanted = name.toLowerCase();
  return Object.keys(sent)
    .filter((key) => key.length === wanted.length && key.toLowerCase() === wanted)
    .flatMap((key) => textsOf(property(sent, key)));
}

/** Like {@link namedValues}, for an exact name. */
export function exactValue(sent: unknown, name: string): string[] {
  if (typeof sent !== 'object' || sent === null || !Object.hasOwn(sent, name)) return [];
  return textsOf(property(sent, name));
}

/** A list is no text either: only a query may hold several values of one name. */
function textsOf(value: unknown): string[] {
  return value === undefined || value === null ? [] : [textOf(value)];
}
