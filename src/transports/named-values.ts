import { property } from './property.js';

/**
 * The values under a name, in any case, in an object that a client sent as JSON: graphql-ws's `connectionParams`,
 * socket.io's `auth`. `null` counts as absent. A value that is no text cannot be a key, and is passed on as a text
 * that cannot be one, so that the caller is told `MALFORMED_KEY`.
 */
export function namedValues(sent: unknown, name: string): string[] {
  if (typeof sent !== 'object' || sent === null) return [];
  const wanted = name.toLowerCase();
  return Object.keys(sent)
    .filter((key) => key.length === wanted.length && key.toLowerCase() === wanted)
    .flatMap((key) => textsOf(property(sent, key)));
}

/** The value under exactly this name, as {@link namedValues} gives it. */
export function exactValue(sent: unknown, name: string): string[] {
  if (typeof sent !== 'object' || sent === null || !Object.hasOwn(sent, name)) return [];
  return textsOf(property(sent, name));
}

function textsOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return [typeof value === 'string' ? value : 'not a text'];
}
