import { describe, expect, it } from 'vitest';
import { classifyFailure } from './classify-failure.js';

describe('classifyFailure: the rejection of a verifier', () => {
  it.each<[string, unknown, 'misconfigured' | 'unavailable']>([
    ...[400, 401, 403, 404, 405, 409, 412, 413].map((status): [string, unknown, 'misconfigured'] => [
      `status ${status}`,
      { statusCode: status },
      'misconfigured',
    ]),
    ...[200, 302, 408, 425, 429, 499, 500, 502, 503, 599].map((status): [string, unknown, 'unavailable'] => [
      `status ${status}`,
      { statusCode: status },
      'unavailable',
    ]),
    ['a network error', new TypeError('fetch failed'), 'unavailable'],
    ['unparsable text', new SyntaxError('Unexpected token'), 'unavailable'],
    ['a string', 'oops', 'unavailable'],
    ['undefined', undefined, 'unavailable'],
  ])('%s: %s', (_, error, kind) => {
    expect(classifyFailure(error).kind).toBe(kind);
  });

  it("keeps the error's name and code, but not its message or request", () => {
    const error = Object.assign(new Error('sent key_secret'), {
      name: 'ConnectionError',
      cause: Object.assign(new Error('fetch failed'), { cause: { code: 'ECONNREFUSED' } }),
      request: { headers: { authorization: 'Bearer root_secret' } },
    });
    expect(classifyFailure(error)).toEqual({
      kind: 'unavailable',
      reason: 'no response (ConnectionError, ECONNREFUSED)',
    });
  });

  it.each([
    ['an error that a verifier rejects with', { retryAfter: 999_999_999 }],
    ["the SDK's error", { headers: new Headers({ 'retry-after': '999999999' }) }],
    ['an error with both', { retryAfter: NaN, headers: new Headers({ 'retry-after': '99999999999999' }) }],
  ])('limits the Retry-After of %s to one day', (_, error) => {
    expect(classifyFailure({ statusCode: 503, ...error })).toMatchObject({ retryAfter: 86_400 });
  });

  it("keeps Unkey's request id and its Retry-After", () => {
    const headers = new Headers({ 'retry-after': '7' });
    expect(classifyFailure({ statusCode: 429, headers, meta: { requestId: 'req_1' } })).toEqual({
      kind: 'unavailable',
      reason: 'Unkey returned 429',
      status: 429,
      requestId: 'req_1',
      retryAfter: 7,
    });
  });
});
