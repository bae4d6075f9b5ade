/**
 * The text of a value that a caller sent where a key may stand. Other types give a text that is no possible key, so
 * that the request is refused as `MALFORMED_KEY` instead of being read from another place.
 */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : 'not a text';
}

/** The same for what may be missing, or be a list of values. */
export function textsOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(textOf) : [textOf(value)];
}
