import { describe, expect, it } from 'vitest';
import type { RatelimitState } from '../contracts/verification.js';
import { RatelimitExceededException } from './ratelimit-exceeded.exception.js';

const LIMIT: RatelimitState = {
  id: '',
  name: 'api',
  limit: 1,
  duration: 1000,
  autoApply: false,
  exceeded: true,
  remaining: 0,
  reset: 1,
};

describe('RatelimitExceededException', () => {
  it('is a 429 with the code RATE_LIMITED, and contains the exceeded limit', () => {
    const exception = new RatelimitExceededException([LIMIT], { retryAfter: 3, requestId: 'req_1' });
    expect(exception).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfter: 3,
      requestId: 'req_1',
      ratelimits: [LIMIT],
    });
    expect(exception.getStatus()).toBe(429);
  });

  it('prints no limits', () => {
    expect(Object.keys(new RatelimitExceededException([LIMIT]))).not.toContain('ratelimits');
    expect(JSON.stringify(new RatelimitExceededException([LIMIT]))).not.toContain('api');
  });
});
