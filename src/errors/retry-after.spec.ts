import { describe, expect, it } from 'vitest';
import { toRetryAfter } from './retry-after.js';

describe('toRetryAfter: a whole number of seconds, from 1 to one day', () => {
  it.each<[unknown, number | undefined]>([
    [7, 7],
    ['7', 7],
    [1.2, 2],
    [0, 1],
    ['0', 1],
    [-5, 1],
    [-Infinity, 1],
    [86_401, 86_400],
    ['999999999', 86_400],
    ['9'.repeat(400), 86_400],
    [1e308, 86_400],
    [Infinity, 86_400],
    [NaN, undefined],
    ['', undefined],
    ['1.5', undefined],
    ['-1', undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
    [undefined, undefined],
    [null, undefined],
    [[5], undefined],
  ])('%j: %j', (value, seconds) => {
    expect(toRetryAfter(value)).toBe(seconds);
  });
});
