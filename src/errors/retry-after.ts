/**
 * The longest `Retry-After` that a caller gets, in seconds: a day. A proxy in front of Unkey may name any number, and a
 * client that believes it would stay away for years.
 */
export const MAX_RETRY_AFTER = 86_400;

/**
 * Seconds for a `Retry-After` header: a whole number from 1 to {@link MAX_RETRY_AFTER}, rounded up. `undefined` if the
 * value is neither a number nor the digits of one, as in a header; a date is not read.
 */
export function toRetryAfter(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || Number.isNaN(seconds)) return undefined;
  return Math.min(Math.max(Math.ceil(seconds), 1), MAX_RETRY_AFTER);
}
