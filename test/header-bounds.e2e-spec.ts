import { Controller, Get } from '@nestjs/common';
import { UnkeyModule, type UnkeyModuleOptions, type Verifier } from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp } from './support/app.js';
import { upstream } from './support/upstream.js';

@Controller()
class AppController {
  @Get()
  read() {
    return 'handler';
  }
}

/** Numbers as JSON text. `JSON.stringify` could write neither `1e999` nor `-1e20`. */
const NUMBERS = ['-1e20', '-1', '-0', '0', '0.5', '2.5', '1e20', '1e308', '1e999', '-1e999'];
const MEMBERS = ['limit', 'remaining', 'reset', 'duration'] as const;
const NAMES = {
  legacy: ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'],
  ietf: ['ratelimit-policy', 'ratelimit'],
};
const FORMS = {
  legacy: /^x-ratelimit-limit: \d{1,15}\nx-ratelimit-remaining: \d{1,15}\nx-ratelimit-reset: \d{1,12}$/,
  ietf: /^ratelimit-policy: "burst";q=\d{1,15};w=\d{1,15}\nratelimit: "burst";r=\d{1,15};t=\d{1,15}$/,
};
const DAY = 86_400;

const json = { 'content-type': 'application/json' };

describe.each(ADAPTERS)('numbers in headers, on %s', (adapter) => {
  const start = async (options: Partial<UnkeyModuleOptions>) => {
    const { get } = await startApp(adapter, {
      imports: [UnkeyModule.forRoot({ rootKey: 'unkey_any', globalGuard: true, breaker: false, ...options })],
      controllers: [AppController],
    });
    return () => get('/', { 'x-api-key': 'any' });
  };

  describe.each(['legacy', 'ietf'] as const)('of a limit, %s', (ratelimitHeaders) => {
    it.each(MEMBERS.flatMap((member) => NUMBERS.map((number): [string, string] => [member, number])))(
      '%s: %s never ends in a 500 and is written as a whole number',
      async (member, number) => {
        let isExceeded = false;
        const baseUrl = await upstream((_, response) => {
          const state = { limit: '10', remaining: '5', reset: '1', duration: '60000', [member]: number };
          const numbers = Object.entries(state).map(([name, value]) => `"${name}":${value}`);
          const limit = `{"id":"rl_1","name":"burst","autoApply":true,"exceeded":${isExceeded},${numbers.join()}}`;
          const verdict = isExceeded ? '"valid":false,"code":"RATE_LIMITED"' : '"valid":true,"code":"VALID"';
          response.writeHead(200, json);
          response.end(
            `{"meta":{"requestId":"r"},"data":{${verdict},"keyId":"key_1","ratelimits":[${limit}]}}`,
          );
        });
        const get = await start({ baseUrl, ratelimitHeaders });
        const written = async (status: number) => {
          isExceeded = status === 429;
          const answer = await get();
          expect(answer.status).toBe(status);
          return NAMES[ratelimitHeaders].map((name) => `${name}: ${answer.headers.get(name)}`).join('\n');
        };
        expect(await written(200)).toMatch(FORMS[ratelimitHeaders]);
        expect(await written(429)).toMatch(FORMS[ratelimitHeaders]);
        const retryAfter = (await get()).headers.get('retry-after') ?? '';
        expect(retryAfter).toMatch(/^\d+$/);
        expect(Number(retryAfter)).toBeGreaterThanOrEqual(1);
        expect(Number(retryAfter)).toBeLessThanOrEqual(DAY);
      },
    );
  });

  it.each<[string, string]>([
    ['0', '1'],
    ['7', '7'],
    ['999999999', '86400'],
    ['9'.repeat(20), '86400'],
    ['1.5', '1'],
    ['-5', '1'],
    ['Infinity', '1'],
  ])("a proxy's Retry-After: %s reaches the caller as %s", async (given, passedOn) => {
    for (const verifier of ['http', 'sdk'] as const) {
      const baseUrl = await upstream((_, response) =>
        response.writeHead(503, { ...json, 'retry-after': given }).end('{}'),
      );
      const { status, headers } = await (await start({ baseUrl, verifier }))();
      expect(status).toBe(503);
      expect(headers.get('retry-after')).toBe(passedOn);
    }
  });

  it.each<[unknown, string]>([
    [NaN, '1'],
    [-1, '1'],
    [0.5, '1'],
    [7.2, '8'],
    [1e308, '86400'],
    [Infinity, '86400'],
    ['soon', '1'],
  ])(
    "a retryAfter of %s from your verifier's error reaches the caller as %s",
    async (retryAfter, passedOn) => {
      const verifier: Verifier = () =>
        Promise.reject(Object.assign(new Error('busy'), { statusCode: 503, retryAfter }));
      const { status, headers } = await (await start({ verifier }))();
      expect(status).toBe(503);
      expect(headers.get('retry-after')).toBe(passedOn);
    },
  );
});
