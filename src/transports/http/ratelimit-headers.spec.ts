import { describe, expect, it } from 'vitest';
import type { RatelimitState } from '../../contracts/verification.js';
import { mostRestrictive, ratelimitHeaders, secondsUntil } from './ratelimit-headers.js';

const limit = (name: string, state: Partial<RatelimitState>): RatelimitState => ({
  id: '',
  name,
  limit: 10,
  duration: 60_000,
  autoApply: false,
  exceeded: false,
  remaining: 5,
  reset: 60_000,
  ...state,
});

describe('mostRestrictive', () => {
  it.each<[string, RatelimitState[], string | undefined]>([
    ['returns undefined without limits', [], undefined],
    [
      'returns the limit with the least remaining',
      [limit('a', { remaining: 5 }), limit('b', { remaining: 2 })],
      'b',
    ],
    [
      'prefers an exceeded limit',
      [limit('a', { remaining: 0 }), limit('b', { remaining: 0, exceeded: true })],
      'b',
    ],
    [
      'of several exceeded limits, returns the one with the latest reset',
      [
        limit('a', { exceeded: true, remaining: 0, reset: 9 }),
        limit('b', { exceeded: true, remaining: 0, reset: 8 }),
      ],
      'a',
    ],
  ])('%s', (_, limits, name) => {
    expect(mostRestrictive(limits)?.name).toBe(name);
  });
});

describe('rate-limit headers', () => {
  const limits = [
    limit('burst', { remaining: 3, duration: 1500, reset: 2500 }),
    limit('day', { remaining: 7 }),
  ];

  it('are empty without a limit', () => {
    expect(ratelimitHeaders([], 'both', 0)).toEqual({});
  });

  it('in both conventions, each with its own units', () => {
    expect(ratelimitHeaders(limits, 'both', 1000)).toEqual({
      'X-RateLimit-Limit': '10',
      'X-RateLimit-Remaining': '3',
      'X-RateLimit-Reset': '3',
      'RateLimit-Policy': '"burst";q=10;w=2, "day";q=10;w=60',
      RateLimit: '"burst";r=3;t=2, "day";r=7;t=59',
    });
  });

  it.each([
    ['quotes and backslashes', 'a"b\\c', '"a\\"b\\\\c";r=5;t=60'],
    ['line breaks', 'a\r\nb', '"a__b";r=5;t=60'],
    ['characters outside ASCII', 'tägliches 🚦', '"t_gliches __";r=5;t=60'],
  ])('escape or replace %s in a name', (_, name, expected) => {
    expect(ratelimitHeaders([limit(name, {})], 'ietf', 0)['RateLimit']).toBe(expected);
  });

  // [value, limit and remaining, `w` of a duration, Unix seconds of a reset, `t` of a reset in a window of 60 s]
  it.each<[number, string, string, string, string]>([
    [NaN, '0', '1', '0', '0'],
    [-0, '0', '1', '0', '0'],
    [-1, '0', '1', '0', '0'],
    [-1e20, '0', '1', '0', '0'],
    [-Infinity, '0', '1', '0', '0'],
    [2500.5, '2500', '3', '3', '3'],
    [1e20, '999999999999999', '999999999999999', '253402300799', '60'],
    [1e308, '999999999999999', '999999999999999', '253402300799', '60'],
    [Infinity, '999999999999999', '999999999999999', '253402300799', '60'],
  ])('limit %d to the range of a header', (number, count, window, unixSeconds, seconds) => {
    const headers = (state: Partial<RatelimitState>) => ratelimitHeaders([limit('a', state)], 'both', 0);
    expect(headers({ limit: number, remaining: number })).toMatchObject({
      'X-RateLimit-Limit': count,
      'X-RateLimit-Remaining': count,
      'RateLimit-Policy': `"a";q=${count};w=60`,
      RateLimit: `"a";r=${count};t=60`,
    });
    expect(headers({ duration: number })['RateLimit-Policy']).toBe(`"a";q=10;w=${window}`);
    expect(headers({ reset: number })).toMatchObject({
      'X-RateLimit-Reset': unixSeconds,
      RateLimit: `"a";r=5;t=${seconds}`,
    });
  });

  it('limit a number to the maximum of a structured field', () => {
    const header = ratelimitHeaders([limit('big', { limit: Number.MAX_SAFE_INTEGER })], 'ietf', 0)[
      'RateLimit-Policy'
    ];
    expect(header).toBe('"big";q=999999999999999;w=60');
  });
});

describe('Retry-After', () => {
  it.each([
    [5001, 1000, 5],
    [1000, 1000, 1],
    [0, 9000, 1],
    [Infinity, 0, 86_400],
    [1e308, 0, 86_400],
    [-1e20, 0, 1],
    [NaN, 0, 1],
  ])('until %i from %i: %i s', (time, now, seconds) => {
    expect(secondsUntil(time, now)).toBe(seconds);
  });
});
