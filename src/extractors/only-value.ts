/**
 * The one value among those given: empty ones count as absent, equal ones as one. Different ones are joined as Node
 * joins them, with a blank between, which no key can hold: so they are refused as `MALFORMED_KEY`, since whoever
 * sits in front of this app may have looked at the other one.
 */
export function onlyValue(values: readonly string[]): string | undefined {
  const [first] = values;
  if (values.length < 2) return first?.trim() || undefined;
  const found = distinct(values);
  return found.length === 0 ? undefined : found.join(', ');
}

/** Whether the values given differ. */
export function isAmbiguous(values: readonly string[]): boolean {
  return values.length > 1 && distinct(values).length > 1;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values.map((value) => value.trim()).filter((value) => value !== ''))];
}
