import { Controller, Get, Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  getVerifiedKey,
  KeyRatelimit,
  OptionalKey,
  Public,
  Ratelimit,
  UnkeyGuard,
  UnkeyModule,
  UnkeyRatelimitGuard,
  type UnkeyModuleOptions,
} from 'nestjs-unkey';
import { beforeEach, describe, expect, it } from 'vitest';
import { ADAPTERS, startApp, type Adapter } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

const MINUTE = 60_000;
const GLOBAL_LIMITER = { provide: APP_GUARD, useExisting: UnkeyRatelimitGuard };

const planOf = (context: ExecutionContext) => getVerifiedKey(context)?.meta?.['plan'];

@Injectable()
class PartnerGuard extends UnkeyGuard {}

@Ratelimit({ namespace: 'api', limit: 3, duration: MINUTE })
@Ratelimit({ namespace: 'shared', limit: 2, duration: MINUTE, by: 'ip' })
@Controller('both')
class BothController {
  @Get('inherits')
  inherits() {
    return 'inherits';
  }

  @Ratelimit({ namespace: 'shared', limit: 1, duration: MINUTE, by: 'identity' })
  @Get('replaces')
  replaces() {
    return 'replaces';
  }
}

@Controller()
class RoutesController {
  @Ratelimit({ namespace: 'login', limit: 2, duration: MINUTE, by: 'ip' })
  @Public()
  @Get('login')
  login() {
    return 'login';
  }

  @Ratelimit({ namespace: 'by-key', limit: 2, duration: MINUTE })
  @Get('key')
  key() {
    return 'key';
  }

  @Ratelimit({ namespace: 'by-identity', limit: 2, duration: MINUTE, by: 'identity' })
  @Get('identity')
  identity() {
    return 'identity';
  }

  @Ratelimit({ namespace: 'optional', limit: 1, duration: MINUTE })
  @OptionalKey()
  @Get('optional')
  optional() {
    return 'optional';
  }

  @Ratelimit({
    namespace: 'plan',
    limit: async (context) => (planOf(context) === 'pro' ? 3 : 1),
    duration: () => MINUTE,
    cost: () => 1,
    by: (context) =>
      context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-tenant'],
  })
  @Get('plan')
  plan() {
    return 'plan';
  }

  @Ratelimit({ namespace: 'wrong', limit: () => 0, duration: MINUTE })
  @Get('wrong')
  wrong() {
    return 'wrong';
  }

  @Ratelimit({ namespace: 'heavy', limit: 10, duration: MINUTE, cost: 4 })
  @Get('heavy')
  heavy() {
    return 'heavy';
  }

  @Ratelimit({ namespace: 'second', limit: 2, duration: 1000, by: 'ip' })
  @Ratelimit({ namespace: 'second', limit: 3, duration: MINUTE, by: 'ip' })
  @Get('windows')
  windows() {
    return 'windows';
  }

  @KeyRatelimit('of-key', { limit: 1000, duration: MINUTE })
  @Ratelimit({ namespace: 'tight', limit: 5, duration: MINUTE })
  @Get('merged')
  merged() {
    return 'merged';
  }

  @Ratelimit({ namespace: 'subclass', limit: 1, duration: MINUTE })
  @UseGuards(PartnerGuard)
  @Get('subclass')
  subclass() {
    return 'subclass';
  }

  @Ratelimit({ namespace: 'allowed', limit: 1, duration: MINUTE, onUnavailable: 'allow' })
  @Get('allowed')
  allowed() {
    return 'allowed';
  }

  @Ratelimit({ namespace: 'allowed', limit: 1, duration: MINUTE, onUnavailable: 'allow' })
  @Ratelimit({ namespace: 'denied', limit: 1, duration: MINUTE })
  @Get('mixed')
  mixed() {
    return 'mixed';
  }

  @Get('free')
  free() {
    return 'free';
  }
}

const server = useUnkey();
const counted = () => server.unkey.calls.filter(({ operation }) => operation === 'ratelimit.multiLimit');
const verified = () => server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;
const identifiers = () =>
  counted().flatMap(({ body }) => (body as { identifier: string }[]).map(({ identifier }) => identifier));

const start = (adapter: Adapter, options: UnkeyModuleOptions = {}, globals: object[] = []) =>
  startApp(adapter, {
    imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, breaker: false, ...options })],
    controllers: [BothController, RoutesController],
    providers: [PartnerGuard, ...(globals as [])],
  });

// At the start of a window, so that none ends in the middle of a test.
beforeEach(() => server.unkey.clock.set(1_700_000_040_000));

describe.each(ADAPTERS)('@Ratelimit() over HTTP on %s', (adapter) => {
  it('needs no key, and rejects with 429, Retry-After and the headers of the limit', async () => {
    const { get } = await start(adapter, { ratelimitHeaders: 'both' });
    expect((await get('/login')).status).toBe(200);
    const last = await get('/login');
    expect(last.status).toBe(200);
    expect(last.headers.get('x-ratelimit-remaining')).toBe('0');
    const refused = await get('/login');
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual({
      statusCode: 429,
      message: 'The rate limit is exceeded. Please try again later.',
      error: 'Too Many Requests',
      code: 'RATE_LIMITED',
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('x-ratelimit-limit')).toBe('2');
    expect(refused.headers.get('ratelimit')).toMatch(/^"login";r=0;t=\d+$/);
    expect(verified()).toBe(0);
    expect(identifiers()).toEqual(['ip:127.0.0.1', 'ip:127.0.0.1', 'ip:127.0.0.1']);
  });

  it('problem details and statuses apply', async () => {
    const { get } = await start(adapter, { problemDetails: true, statuses: { RATE_LIMITED: 420 } });
    await get('/login');
    await get('/login');
    const { status, body, headers } = await get('/login');
    expect(status).toBe(420);
    expect(headers.get('content-type')).toMatch('application/problem+json');
    expect(body).toMatchObject({ code: 'RATE_LIMITED', status: 420 });
  });

  it('counts by key, by identity and by the address without a key', async () => {
    const { get } = await start(adapter);
    const alice = await server.unkey.createKey({ externalId: 'alice' });
    const second = await server.unkey.createKey({ externalId: 'alice' });
    const lone = await server.unkey.createKey({});
    await get('/key', { 'x-api-key': alice.key });
    await get('/identity', { 'x-api-key': alice.key });
    await get('/identity', { 'x-api-key': second.key });
    expect((await get('/identity', { 'x-api-key': alice.key })).status).toBe(429);
    await get('/identity', { 'x-api-key': lone.key });
    await get('/optional');
    expect(identifiers()).toEqual([
      `key:${alice.keyId}`,
      'identity:alice',
      'identity:alice',
      'identity:alice',
      `key:${lone.keyId}`,
      'ip:127.0.0.1',
    ]);
  });

  it('limit, duration, cost and by can be functions of the request', async () => {
    const { get } = await start(adapter);
    const pro = await server.unkey.createKey({ meta: { plan: 'pro' } });
    const free = await server.unkey.createKey({});
    const call = async (key: string, tenant?: string) =>
      (await get('/plan', { 'x-api-key': key, ...(tenant === undefined ? {} : { 'x-tenant': tenant }) }))
        .status;
    expect([await call(free.key, 'a'), await call(free.key, 'a')]).toEqual([200, 429]);
    expect([
      await call(pro.key, 'b'),
      await call(pro.key, 'b'),
      await call(pro.key, 'b'),
      await call(pro.key, 'b'),
    ]).toEqual([200, 200, 200, 429]);
    await call(pro.key);
    await call(pro.key, 'x'.repeat(600));
    expect(identifiers().slice(-2)).toEqual(['ip:127.0.0.1', expect.stringMatching(/^sha256:/)]);
    expect((await get('/wrong', { 'x-api-key': pro.key })).status).toBe(500);
  });

  it('counts all limits of class and handler in one call, or none; the handler replaces a namespace', async () => {
    const { get } = await start(adapter);
    const { key, keyId } = await server.unkey.createKey({ externalId: 'alice' });
    const headers = { 'x-api-key': key };
    expect((await get('/both/replaces', headers)).status).toBe(200);
    expect(counted()).toHaveLength(1);
    expect(identifiers()).toEqual([`key:${keyId}`, 'identity:alice']);
    // "shared" is used up now, so "api" keeps 2 of 3.
    expect((await get('/both/replaces', headers)).status).toBe(429);
    expect((await get('/both/inherits', headers)).status).toBe(200);
    expect((await get('/both/inherits', headers)).status).toBe(200);
    expect((await get('/both/inherits', headers)).status).toBe(429);
    expect(counted()).toHaveLength(5);
  });

  it('takes several units with cost', async () => {
    const { get } = await start(adapter);
    const { key } = await server.unkey.createKey({});
    const statuses = [];
    for (let n = 0; n < 3; n++) statuses.push((await get('/heavy', { 'x-api-key': key })).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  it('headers name the most restrictive limit, of the key or of the handler', async () => {
    const { get } = await start(adapter, { ratelimitHeaders: 'both' });
    const { key } = await server.unkey.createKey({});
    const { headers } = await get('/merged', { 'x-api-key': key });
    expect(headers.get('x-ratelimit-limit')).toBe('5');
    expect(headers.get('ratelimit')).toMatch(/"of-key";r=999;.*"tight";r=4;/);
  });

  it('lets exactly 20 of 50 concurrent requests through', async () => {
    @Controller()
    class BurstController {
      @Ratelimit({ namespace: 'burst', limit: 20, duration: MINUTE, by: 'ip' })
      @Get('burst')
      burst() {
        return 'ok';
      }
    }
    const { get } = await startApp(adapter, {
      imports: [UnkeyModule.forRoot(server.options)],
      controllers: [BurstController],
    });
    const answers = await Promise.all(Array.from({ length: 50 }, () => get('/burst')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(30);
  });

  describe('with a global UnkeyRatelimitGuard before UnkeyGuard', () => {
    it('a flood of bad keys is stopped before a verification', async () => {
      @Ratelimit({ namespace: 'flood', limit: 3, duration: MINUTE, by: 'ip' })
      @Controller()
      class FloodController {
        @Get('guarded')
        guarded() {
          return 'ok';
        }
      }
      const { get } = await startApp(adapter, {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
        controllers: [FloodController],
        providers: [GLOBAL_LIMITER],
      });
      const statuses = [];
      for (let n = 0; n < 6; n++)
        statuses.push((await get('/guarded', { 'x-api-key': `bad_key_${n}` })).status);
      expect(statuses).toEqual([401, 401, 401, 429, 429, 429]);
      expect(verified()).toBe(3);
      expect(counted()).toHaveLength(6);
    });

    it('limits by key are counted after the verification, and each limit once', async () => {
      const { get } = await start(adapter, {}, [GLOBAL_LIMITER]);
      const { key, keyId } = await server.unkey.createKey({ externalId: 'alice' });
      expect((await get('/both/inherits', { 'x-api-key': key })).status).toBe(200);
      expect(identifiers()).toEqual(['ip:127.0.0.1', `key:${keyId}`]);
      expect(server.unkey.calls.map(({ operation }) => operation)).toEqual([
        'ratelimit.multiLimit',
        'keys.verifyKey',
        'ratelimit.multiLimit',
      ]);
    });

    it('public handlers are counted at once, by address', async () => {
      const { get } = await start(adapter, {}, [GLOBAL_LIMITER]);
      expect((await get('/login')).status).toBe(200);
      expect(counted()).toHaveLength(1);
    });

    it('handlers without limits cost nothing', async () => {
      const { get } = await start(adapter, {}, [GLOBAL_LIMITER]);
      const { key } = await server.unkey.createKey({});
      expect((await get('/free', { 'x-api-key': key })).status).toBe(200);
      expect(counted()).toEqual([]);
    });
  });

  it('a subclass of UnkeyGuard on the handler verifies first', async () => {
    const { get } = await start(adapter, {}, [GLOBAL_LIMITER]);
    const { key, keyId } = await server.unkey.createKey({});
    expect((await get('/subclass', { 'x-api-key': key })).status).toBe(200);
    expect((await get('/subclass', { 'x-api-key': key })).status).toBe(429);
    expect(identifiers()).toEqual([`key:${keyId}`, `key:${keyId}`]);
  });

  describe('if Unkey is unavailable', () => {
    it.each([
      ['/key', 503, 'callers get a 503'],
      ['/allowed', 200, 'callers are let through uncounted'],
      ['/mixed', 503, 'callers get a 503'],
    ])('%s answers %i, and the log says so once', async (path, status, consequence) => {
      const { get, log } = await start(adapter);
      const { key } = await server.unkey.createKey({});
      server.unkey.fail({ status: 500 }, { operation: 'ratelimit.multiLimit' });
      expect((await get(path, { 'x-api-key': key })).status).toBe(status);
      expect((await get(path, { 'x-api-key': key })).status).toBe(status);
      expect(log.of('warn', 'Rate limits cannot be counted')).toEqual([
        `Rate limits cannot be counted; ${consequence}: Unkey returned 500. UnkeyModule`,
      ]);
    });

    it('the 503 has a message of its own and a Retry-After', async () => {
      const { get } = await start(adapter);
      const { key } = await server.unkey.createKey({});
      server.unkey.fail({ status: 500 }, { operation: 'ratelimit.multiLimit' });
      const { body, headers } = await get('/key', { 'x-api-key': key });
      expect(body).toMatchObject({
        code: 'UNKEY_UNAVAILABLE',
        message: 'Rate limits cannot be checked right now. Please try again.',
      });
      expect(headers.get('retry-after')).toBe('1');
    });

    it('if Unkey rejects the app, callers get a 500, with any onUnavailable', async () => {
      const { get, log } = await start(adapter, {
        rootKey: server.unkey.createRootKey({ permissions: ['api.*.verify_key'] }),
      });
      const { key } = await server.unkey.createKey({});
      const { status, body } = await get('/allowed', { 'x-api-key': key });
      expect(status).toBe(500);
      expect(body).toMatchObject({ code: 'UNKEY_MISCONFIGURED' });
      const [line] = log.of('error', 'Rate limits cannot be counted');
      expect(line).toContain('ratelimit.*.limit');
      expect(line).toContain('ratelimit.*.create_namespace');
      expect(line).toContain('allowed');
    });

    it.each([
      ['garbage', { garbage: true }],
      ['a contradiction', { body: { meta: { requestId: 'req_1' }, data: { passed: true, limits: [] } } }],
      [
        'a limit that did not pass in an answer that passed',
        {
          body: {
            meta: { requestId: 'req_1' },
            data: {
              passed: true,
              limits: [
                { namespace: 'by-key', identifier: 'x', limit: 1, remaining: 1, reset: 1, passed: false },
              ],
            },
          },
        },
      ],
    ] as const)('an answer that is %s is a 503', async (_, fault) => {
      const { get } = await start(adapter);
      const { key } = await server.unkey.createKey({});
      server.unkey.fail(fault, { operation: 'ratelimit.multiLimit' });
      expect((await get('/key', { 'x-api-key': key })).status).toBe(503);
    });

    it('its own breaker opens: keys are still verified, and limits fail immediately', async () => {
      const { get } = await start(adapter, { breaker: { consecutiveFailures: 2, openFor: 3_600_000 } });
      const { key } = await server.unkey.createKey({});
      server.unkey.fail({ status: 500 }, { operation: 'ratelimit.multiLimit' });
      for (let n = 0; n < 4; n++) expect((await get('/key', { 'x-api-key': key })).status).toBe(503);
      expect(counted()).toHaveLength(2);
      expect((await get('/free', { 'x-api-key': key })).status).toBe(200);
    });
  });
});
