/**
 * Returns the only value. Empty values are ignored, and equal values count as one. Different values are joined with `, `,
 * as Node does. A key can't contain a space, so they are rejected as `MALFORMED_KEY`: a proxy in front of this app may
 * have checked the other value.
 */
export function onlyValue(values: readonly string[]): string | undefined {
  if (values.length < 2) return values[0]?.trim() || undefined;
  const found = distinct(values);
  return found.length === 0 ? undefined : found.join(', ');
}

/** Whether there are different values. Empty values are ignored. */
export function isAmbiguous(values: readonly string[]): boolean {
  return values.length > 1 && distinct(values).length > 1;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values.map((value) => value.trim()).filter((value) => value !== ''))];
}
