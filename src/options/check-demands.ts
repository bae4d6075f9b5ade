import { isIP } from 'node:net';
import type { KeyRatelimitDemand, VerifyOptions } from '../contracts/verify-options.js';

// The limits of Unkey's OpenAPI description. One is stricter here: Unkey accepts an ad-hoc limit that is too small, and
// then ignores all rate limits of that call.
const MAX_COST = 1_000_000_000_000;
const MAX_TAGS = 20;
const MAX_TAG_LENGTH = 512;
const KNOWN = new Set(['permissions', 'credits', 'ratelimits', 'tags', 'clientIp']);

/**
 * Checks the options of a verification, except permissions: `toPermissionQuery` checks those.
 *
 * @throws TypeError that says which option is wrong
 */
export function checkDemands(options: VerifyOptions): void {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const unknown = given.map(([name]) => name).find((name) => !KNOWN.has(name));
  if (unknown !== undefined)
    throw new TypeError(`unknown option "${unknown}"; a verification takes ${[...KNOWN].join(', ')}`);
  if (options.credits !== undefined) checkCredits(options.credits);
  for (const demand of options.ratelimits ?? []) checkRatelimit(demand);
  checkTags(options.tags ?? []);
  if (options.clientIp !== undefined) checkClientIp(options.clientIp);
}

function checkClientIp(clientIp: unknown): void {
  if (typeof clientIp !== 'string' || (clientIp !== 'unknown' && isIP(clientIp) === 0)) {
    throw new TypeError(`clientIp must be an IP address or 'unknown', got ${JSON.stringify(clientIp)}`);
  }
}

export function checkCredits(credits: unknown): asserts credits is number {
  if (!isWhole(credits, 0, MAX_COST)) {
    throw new TypeError(`credits must be a whole number from 0 to ${MAX_COST}, got ${String(credits)}`);
  }
}

export function checkRatelimit({ name, cost, limit, duration, ...rest }: KeyRatelimitDemand): void {
  if (typeof name !== 'string' || name.length < 3 || name.length > 255) {
    throw new TypeError(
      `the name of a rate limit must have 3 to 255 characters, got ${JSON.stringify(name)}`,
    );
  }
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    throw new TypeError(
      `unknown option "${unknown}" of rate limit "${name}"; it takes cost, limit and duration`,
    );
  }
  if (cost !== undefined && !isWhole(cost, 0)) {
    throw new TypeError(
      `the cost of rate limit "${name}" must be a whole number of at least 0, got ${String(cost)}`,
    );
  }
  if ((limit === undefined) !== (duration === undefined)) {
    throw new TypeError(
      `rate limit "${name}" must have both limit and duration, or neither: Unkey ignores one without the other`,
    );
  }
  if (limit !== undefined && !isWhole(limit, 1)) {
    throw new TypeError(
      `the limit of rate limit "${name}" must be a whole number of at least 1, got ${String(limit)}`,
    );
  }
  if (duration !== undefined && !isWhole(duration, 1000)) {
    throw new TypeError(
      `the duration of rate limit "${name}" must be a whole number of at least 1000 (ms), got ${String(duration)}`,
    );
  }
}

export function checkTags(tags: readonly unknown[]): asserts tags is readonly string[] {
  const wrong = tags.find(
    (tag) => typeof tag !== 'string' || tag === '' || Array.from(tag).length > MAX_TAG_LENGTH,
  );
  if (wrong !== undefined) {
    throw new TypeError(
      `a tag must be a string of 1 to ${MAX_TAG_LENGTH} characters, got ${JSON.stringify(wrong)}`,
    );
  }
  if (tags.length > MAX_TAGS) throw new TypeError(`at most ${MAX_TAGS} tags are allowed, got ${tags.length}`);
}

export function isWhole(value: unknown, from: number, to = Number.MAX_SAFE_INTEGER): value is number {
  return Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to;
}

/**
 * Makes tags that a function returned valid for Unkey: leaves out values that are not strings, empty ones, and those
 * beyond the maximum; truncates long ones. It does not throw, because tags are only for analytics: a request must not
 * fail because its path makes a bad tag.
 */
export function fitTags(tags: readonly unknown[]): string[] {
  return tags
    .filter((tag): tag is string => typeof tag === 'string' && tag !== '')
    .slice(0, MAX_TAGS)
    .map((tag) => (tag.length <= MAX_TAG_LENGTH ? tag : Array.from(tag).slice(0, MAX_TAG_LENGTH).join('')));
}
