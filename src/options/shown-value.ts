/**
 * How a wrong value is shown. What may be a secret in the wrong place is not.
 *
 * @param path of the option that it was given for
 */
export function shown(value: unknown, path = ''): string {
  if (typeof value === 'string' && !mayBeSecret(value, path)) {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  }
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** A root key, or a URL with a password in it; a base URL that looks like no address may be a root key too. */
function mayBeSecret(value: string, path: string): boolean {
  if (path === 'rootKey' || value.startsWith('unkey_')) return true;
  return path === 'baseUrl' && (value.includes('@') || !/[.:/]/.test(value));
}
