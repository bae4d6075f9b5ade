import type { RatelimitHeaders } from '../options/unkey-options.js';
import type { Response } from './open-api.js';
import type { ResponseOptions } from './response-options.js';

type Headers = NonNullable<Response['headers']>;

const CHALLENGE: Headers = {
  'WWW-Authenticate': text('How to authenticate, and what is wrong with the key that was sent (RFC 6750).'),
};
const RETRY_AFTER: Headers = { 'Retry-After': count('Seconds until the next try.') };
const LEGACY: Headers = {
  'X-RateLimit-Limit': count('The size of the rate limit.'),
  'X-RateLimit-Remaining': count('What remains of the rate limit.'),
  'X-RateLimit-Reset': count('When the rate limit is reset, in Unix seconds.'),
};
const IETF: Headers = {
  RateLimit: text('What remains of each rate limit, and in how many seconds it is reset.'),
  'RateLimit-Policy': text('The size of each rate limit, and its window in seconds.'),
};

/** Describes the headers of a response: those that one of its codes can have. */
export function denialHeaders(
  status: number,
  codes: readonly string[],
  { ratelimitHeaders }: ResponseOptions,
): { headers?: Headers } {
  const headers = {
    ...(isChallenged(status, codes) ? CHALLENGE : {}),
    ...(codes.includes('RATE_LIMITED') || codes.includes('UNKEY_UNAVAILABLE') ? RETRY_AFTER : {}),
    ...(codes.includes('RATE_LIMITED') ? limitHeaders(ratelimitHeaders) : {}),
  };
  return Object.keys(headers).length === 0 ? {} : { headers };
}

function isChallenged(status: number, codes: readonly string[]): boolean {
  return status === 401 || (status === 403 && codes.includes('INSUFFICIENT_PERMISSIONS'));
}

function limitHeaders(form: RatelimitHeaders): Headers {
  if (form === false) return {};
  return { ...(form === 'ietf' ? {} : LEGACY), ...(form === 'legacy' ? {} : IETF) };
}

function text(description: string): Headers[string] {
  return { description, schema: { type: 'string' } };
}

function count(description: string): Headers[string] {
  return { description, schema: { type: 'integer' } };
}
