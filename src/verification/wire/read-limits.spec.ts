import { describe, expect, it } from 'vitest';
import { readLimits } from './read-limits.js';

const LIMIT = { namespace: 'api', identifier: 'a', limit: 5, remaining: 4, reset: 1000, passed: true };

function response(data: unknown, status = 200) {
  const text = JSON.stringify({ meta: { requestId: 'req_1' }, data });
  return { status, contentType: 'application/json', retryAfter: undefined, text };
}

describe('an answer to ratelimit.multiLimit', () => {
  it('is read, without what is not known', () => {
    const limits = [{ ...LIMIT, overrideId: 'rlor_1', since: 'later' }];
    expect(readLimits(response({ passed: true, limits }), 1)).toEqual({
      answer: { passed: true, limits: [{ ...LIMIT, overrideId: 'rlor_1' }] },
      requestId: 'req_1',
    });
  });

  it.each<[string, unknown]>([
    ['without limits', { passed: true }],
    ['with too few limits', { passed: true, limits: [] }],
    ['with too many limits', { passed: true, limits: [LIMIT, LIMIT] }],
    ['that passed though a limit did not', { passed: true, limits: [{ ...LIMIT, passed: false }] }],
    ['that did not pass though all limits did', { passed: false, limits: [LIMIT] }],
    ['that does not say whether it passed', { limits: [LIMIT] }],
    ['with a limit that is a text', { passed: true, limits: [{ ...LIMIT, limit: '5' }] }],
    ['with a limit that says nothing', { passed: false, limits: [{ ...LIMIT, passed: null }] }],
    ['that is a list', [LIMIT]],
  ])('%s cannot be read', (_, data) => {
    expect(() => readLimits(response(data), 1)).toThrow('the response cannot be read');
  });

  it('with another status is no answer', () => {
    expect(() => readLimits(response({ passed: true, limits: [LIMIT] }, 403), 1)).toThrow(
      'Unkey returned 403',
    );
  });
});
