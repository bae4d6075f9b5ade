import { serializeList, type Item } from 'structured-headers';
import type { RatelimitState } from '../../contracts/verification.js';
import type { RatelimitHeaders } from '../../options/unkey-options.js';

/** The largest integer of a structured field (RFC 9651 §3.3.1). */
const MAX_INTEGER = 999_999_999_999_999;

/**
 * The headers that tell a caller how much of its limits is left; empty where no limit was counted.
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

/** The limit that stops the caller first: an exceeded one before others, then the least left, then the longest wait. */
export function mostRestrictive(ratelimits: readonly RatelimitState[]): RatelimitState | undefined {
  return ratelimits.reduce<RatelimitState | undefined>(
    (tightest, limit) => (tightest === undefined || isTighter(limit, tightest) ? limit : tightest),
    undefined,
  );
}

/** Whole seconds from `now` to a time in Unix ms, at least 1: how `Retry-After` counts. */
export function secondsUntil(time: number, now: number): number {
  return Math.max(1, Math.ceil((time - now) / 1000));
}

function isTighter(a: RatelimitState, b: RatelimitState): boolean {
  if (a.exceeded !== b.exceeded) return a.exceeded;
  return a.remaining === b.remaining ? a.reset > b.reset : a.remaining < b.remaining;
}

/** As GitHub and Unkey's gateway write them: the reset is a time, in Unix seconds. */
function legacyHeaders(limit: RatelimitState): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(limit.limit),
    'X-RateLimit-Remaining': String(limit.remaining),
    'X-RateLimit-Reset': String(Math.ceil(limit.reset / 1000)),
  };
}

/** draft-ietf-httpapi-ratelimit-headers: every limit by name, windows and resets in seconds from now. */
function ietfHeaders(ratelimits: readonly RatelimitState[], now: number): Record<string, string> {
  const items = (parameters: (limit: RatelimitState) => Record<string, number>): string =>
    serializeList(ratelimits.map((limit): Item => [fieldText(limit.name), fieldIntegers(parameters(limit))]));
  return {
    'RateLimit-Policy': items(({ limit, duration }) => ({ q: limit, w: Math.ceil(duration / 1000) })),
    RateLimit: items(({ remaining, reset }) => ({
      r: remaining,
      t: Math.max(0, Math.ceil((reset - now) / 1000)),
    })),
  };
}

/** Names come from whoever configured the key; a structured field takes printable ASCII alone. */
function fieldText(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '_');
}

function fieldIntegers(values: Record<string, number>): Map<string, number> {
  return new Map(
    Object.entries(values).map(([name, value]) => [name, Math.min(Math.trunc(value), MAX_INTEGER)]),
  );
}
