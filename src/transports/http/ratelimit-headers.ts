import { serializeList, type Item } from 'structured-headers';
import type { RatelimitState } from '../../contracts/verification.js';
import { toRetryAfter } from '../../errors/retry-after.js';
import type { RatelimitHeaders } from '../../options/unkey-options.js';

/** The largest integer of a structured field (RFC 9651 §3.3.1); also used for the `X-RateLimit-*` headers. */
const MAX_INTEGER = 999_999_999_999_999;

/** The end of the year 9999, in Unix seconds. Later dates have more than four digits in the year. */
const MAX_UNIX_SECONDS = 253_402_300_799;

/**
 * Returns the headers with what remains of the rate limits of a caller; empty if there are no limits.
 *
 * @param now Unix ms
 */
export function ratelimitHeaders(
  ratelimits: readonly RatelimitState[],
  form: RatelimitHeaders,
  now: number,
): Record<string, string> {
  const tightest = mostRestrictive(ratelimits);
  if (tightest === undefined || form === false) return {};
  return {
    ...(form === 'ietf' ? {} : legacyHeaders(tightest)),
    ...(form === 'legacy' ? {} : ietfHeaders(ratelimits, now)),
  };
}

/**
 * Returns the limit that blocks the caller first: exceeded limits first, then the least remaining, then the latest
 * reset.
 */
export function mostRestrictive(ratelimits: readonly RatelimitState[]): RatelimitState | undefined {
  return ratelimits.reduce<RatelimitState | undefined>(
    (tightest, limit) => (tightest === undefined || isTighter(limit, tightest) ? limit : tightest),
    undefined,
  );
}

/** Returns the whole seconds from `now` to a time, both in Unix ms: from 1 to one day, as in `Retry-After`. */
export function secondsUntil(time: number, now: number): number {
  return toRetryAfter((time - now) / 1000) ?? 1;
}

function isTighter(a: RatelimitState, b: RatelimitState): boolean {
  if (a.exceeded !== b.exceeded) return a.exceeded;
  return a.remaining === b.remaining ? a.reset > b.reset : a.remaining < b.remaining;
}

/** The format of GitHub and of Unkey's gateway: the reset is a time in Unix seconds. */
function legacyHeaders(limit: RatelimitState): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(clamp(Math.floor(limit.limit))),
    'X-RateLimit-Remaining': String(clamp(Math.floor(limit.remaining))),
    'X-RateLimit-Reset': String(clamp(Math.ceil(limit.reset / 1000), 0, MAX_UNIX_SECONDS)),
  };
}

/** draft-ietf-httpapi-ratelimit-headers: every limit by name, windows and resets in seconds from now. */
function ietfHeaders(ratelimits: readonly RatelimitState[], now: number): Record<string, string> {
  const items = (parameters: (limit: RatelimitState) => [string, number][]): string =>
    serializeList(ratelimits.map((limit): Item => [fieldText(limit.name), new Map(parameters(limit))]));
  return {
    'RateLimit-Policy': items((limit) => [
      ['q', clamp(Math.floor(limit.limit))],
      ['w', windowSeconds(limit)],
    ]),
    RateLimit: items((limit) => [
      ['r', clamp(Math.floor(limit.remaining))],
      // The reset of the current window is never later than the length of the window.
      ['t', clamp(Math.ceil((limit.reset - now) / 1000), 0, windowSeconds(limit))],
    ]),
  };
}

function windowSeconds({ duration }: RatelimitState): number {
  return clamp(Math.ceil(duration / 1000), 1);
}

/** Replaces characters that a structured field does not allow. Names of limits can contain any character. */
function fieldText(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '_');
}

/**
 * Limits a number to what a header can hold. JSON can contain `-1e20` and `1e999`, and a custom verifier can return
 * NaN, which becomes the smallest value.
 */
function clamp(value: number, least = 0, most = MAX_INTEGER): number {
  return Number.isNaN(value) ? least : Math.min(Math.max(value, least), most);
}
