import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  UnkeyMisconfiguredException,
  UnkeyModule,
  UnkeyService,
  UnkeyUnavailableException,
  type LimitDemand,
  type UnkeyModuleOptions,
} from 'nestjs-unkey';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { useUnkey } from '../support/unkey.js';

const MINUTE = 60_000;
const server = useUnkey();
beforeEach(() => server.unkey.clock.set(1_700_000_040_000));

async function service(
  options: UnkeyModuleOptions = {},
): Promise<UnkeyService & { app: INestApplicationContext }> {
  class App {}
  const app = await NestFactory.createApplicationContext(
    { module: App, imports: [UnkeyModule.forRoot({ ...server.options, ...options })] },
    { logger: false, abortOnError: false },
  );
  onTestFinished(() => app.close());
  return Object.assign(app.get(UnkeyService), { app });
}

const demand = (more: Partial<LimitDemand> = {}): LimitDemand => ({
  namespace: 'emails',
  identifier: 'alice',
  limit: 2,
  duration: MINUTE,
  ...more,
});

describe('UnkeyService.limit()', () => {
  it('counts one limit', async () => {
    const unkey = await service();
    const entry = { namespace: 'emails', identifier: 'alice', limit: 2, reset: 1_700_000_100_000 };
    expect(await unkey.limit(demand())).toEqual({
      passed: true,
      limits: [{ ...entry, remaining: 1, passed: true }],
    });
    expect(await unkey.limit(demand())).toEqual({
      passed: true,
      limits: [{ ...entry, remaining: 0, passed: true }],
    });
    expect(await unkey.limit(demand())).toEqual({
      passed: false,
      limits: [{ ...entry, remaining: 0, passed: false }],
    });
  });

  it('counts several limits in one call: all or none', async () => {
    const unkey = await service();
    const others = demand({ identifier: 'team', limit: 10, cost: 4 });
    for (let n = 0; n < 2; n++) expect((await unkey.limit([demand(), others])).passed).toBe(true);
    const { passed, limits } = await unkey.limit([demand(), others]);
    expect([passed, limits.map((limit) => limit.passed)]).toEqual([false, [false, false]]);
    expect((await unkey.limit(demand({ identifier: 'team', limit: 10, cost: 2 }))).passed).toBe(true);
    expect(server.unkey.calls).toHaveLength(4);
  });

  it('lets exactly 20 of 50 concurrent calls through', async () => {
    const unkey = await service();
    const answers = await Promise.all(Array.from({ length: 50 }, () => unkey.limit(demand({ limit: 20 }))));
    expect(answers.filter(({ passed }) => passed)).toHaveLength(20);
  });

  it('names the override that replaced a limit', async () => {
    const unkey = await service();
    await unkey.limit(demand());
    const { data } = await unkey.client.ratelimit.setOverride({
      namespace: 'emails',
      identifier: 'alice',
      limit: 100,
      duration: MINUTE,
    });
    expect((await unkey.limit(demand())).limits).toEqual([
      expect.objectContaining({ limit: 100, passed: true, overrideId: data.overrideId }),
    ]);
  });

  it.each<[string, unknown]>([
    ['limit() takes 1 to 100 limits, got 0', []],
    ['limit() takes 1 to 100 limits, got 101', Array.from({ length: 101 }, () => demand())],
    ['"identifier" of a limit must be a string of 1 to 512 characters, got ""', demand({ identifier: '' })],
    ['"limit" of the limit "emails" must be a whole number of at least 1, got 0', demand({ limit: 0 })],
    ['a limit must be an object { namespace, identifier, limit, duration, cost }, got undefined', undefined],
    ['a limit must be an object { namespace, identifier, limit, duration, cost }, got null', [null]],
    [
      'unknown member "by" of a limit; it takes namespace, identifier, limit, duration, cost',
      { ...demand(), by: 'ip' },
    ],
  ])('rejects with a TypeError: %s', async (message, demands) => {
    const unkey = await service();
    await expect(unkey.limit(demands as LimitDemand)).rejects.toThrow(new TypeError(message));
    expect(server.unkey.calls).toEqual([]);
  });

  it('throws UnkeyUnavailableException in an outage, and never repeats a call that may have counted', async () => {
    const unkey = await service();
    server.unkey.fail({ reset: 'midway' }, { operation: 'ratelimit.multiLimit' });
    await expect(unkey.limit(demand())).rejects.toBeInstanceOf(UnkeyUnavailableException);
    expect(server.unkey.calls).toHaveLength(1);
  });

  it('gives up at the deadline', async () => {
    const unkey = await service({ timeout: 50 });
    server.unkey.fail({ hang: true }, { operation: 'ratelimit.multiLimit' });
    await expect(unkey.limit(demand())).rejects.toBeInstanceOf(UnkeyUnavailableException);
  });

  it('throws UnkeyMisconfiguredException with the request id if Unkey rejects the root key', async () => {
    const unkey = await service({ rootKey: 'unkey_wrong' });
    const error: unknown = await unkey.limit(demand()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnkeyMisconfiguredException);
    expect((error as UnkeyMisconfiguredException).requestId).toMatch(/^req_/);
  });

  it('a namespace that exists needs no right to create one', async () => {
    const admin = await service();
    await admin.limit(demand());
    const rootKey = server.unkey.createRootKey({ permissions: ['ratelimit.*.limit'] });
    const unkey = await service({ rootKey });
    expect((await unkey.limit(demand())).passed).toBe(true);
    await expect(unkey.limit(demand({ namespace: 'new' }))).rejects.toBeInstanceOf(
      UnkeyMisconfiguredException,
    );
  });

  it.each<[string, UnkeyModuleOptions]>([
    ["verifier: 'sdk'", { verifier: 'sdk' }],
    ['a verifier of your own', { verifier: async () => ({ valid: false, code: 'NOT_FOUND' }) }],
  ])('calls Unkey over connections of its own with %s, and closes them with the app', async (_, options) => {
    const sockets = new Set<object>();
    const proxy = createServer((incoming, response) => {
      sockets.add(incoming.socket);
      incoming.socket.once('close', () => sockets.delete(incoming.socket));
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          meta: { requestId: 'req_1' },
          data: {
            passed: true,
            limits: [
              { namespace: 'emails', identifier: 'alice', limit: 2, remaining: 1, reset: 1, passed: true },
            ],
          },
        }),
      );
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const baseUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const unkey = await service({ ...options, baseUrl });
    await Promise.all([unkey.limit(demand()), unkey.limit(demand())]);
    expect(sockets.size).toBeGreaterThan(0);
    await unkey.app.close();
    // Resolves only when all connections are closed.
    await new Promise((resolve) => proxy.close(resolve));
  });

  it('throws UnkeyMisconfiguredException without a root key', async () => {
    const client = { keys: { verifyKey: () => Promise.reject(new Error('not asked')) } };
    class App {}
    const app = await NestFactory.createApplicationContext(
      { module: App, imports: [UnkeyModule.forRoot({ client } as unknown as UnkeyModuleOptions)] },
      { logger: false },
    );
    onTestFinished(() => app.close());
    const error: unknown = await app
      .get(UnkeyService)
      .limit(demand())
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnkeyMisconfiguredException);
    expect(String((error as Error).cause)).toContain('there is none: set the option "rootKey"');
  });

  it('shares maxInFlight with verifications', async () => {
    const unkey = await service({ maxInFlight: 1, timeout: 60_000 });
    const hang = server.unkey.fail({ latency: 200 }, { operation: 'ratelimit.multiLimit' });
    const counting = unkey.limit(demand());
    await expect(unkey.verify('any_key')).rejects.toBeInstanceOf(UnkeyUnavailableException);
    await counting;
    hang.clear();
    expect((await unkey.verify('any_key')).code).toBe('NOT_FOUND');
  });
});
