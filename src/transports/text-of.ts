/**
 * Returns the text of a value that a caller sent in place of a key. Values of other types become a text that can't be a
 * key, so that the request is rejected as `MALFORMED_KEY` instead of looking in another place.
 */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : 'not a text';
}

/** Like {@link textOf}, for a value that may be missing or a list. */
export function textsOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(textOf) : [textOf(value)];
}
