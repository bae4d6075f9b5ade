/**
 * The longest `Retry-After` that a caller gets, in seconds: one day. A proxy in front of Unkey can send any number, and
 * a client that follows it would not retry for years.
 */
export const MAX_RETRY_AFTER = 86_400;

/**
 * Converts a value to seconds for a `Retry-After` header: a whole number from 1 to {@link MAX_RETRY_AFTER}, rounded up.
 * Returns `undefined` if the value is neither a number nor a string of digits. Dates are not supported.
 */
export function toRetryAfter(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || Number.isNaN(seconds)) return undefined;
  return Math.min(Math.max(Math.ceil(seconds), 1), MAX_RETRY_AFTER);
}
