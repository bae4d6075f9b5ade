/**
 * Formats an invalid value for an error message. A value that may be a secret is not shown.
 *
 * @param path the option that got the value
 */
export function shown(value: unknown, path = ''): string {
  if (typeof value === 'string' && !mayBeSecret(value, path)) {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  }
  if (typeof value === 'string') return value === '' ? 'an empty string' : 'a string';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined)
    return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * Whether it may be a root key, or a URL with a password. A base URL that does not look like a URL may be a root key
 * too.
 */
function mayBeSecret(value: string, path: string): boolean {
  if (path === 'rootKey' || value.startsWith('unkey_')) return true;
  return path === 'baseUrl' && (value.includes('@') || !/[.:/]/.test(value));
}
