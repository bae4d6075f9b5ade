import { Controller, Get } from '@nestjs/common';
import { UnkeyModule, type UnkeyModuleOptions } from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp } from './support/app.js';
import { useUnkey } from './support/unkey.js';

@Controller()
class AppController {
  @Get()
  read() {
    return 'handler';
  }
}

describe.each(ADAPTERS)('the breaker, on %s', (adapter) => {
  const server = useUnkey();
  const start = (breaker: UnkeyModuleOptions['breaker'], cache: UnkeyModuleOptions['cache'] = false) =>
    startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, timeout: 1000, breaker, cache })],
      controllers: [AppController],
    });
  const times = async <T>(count: number, get: () => Promise<T>): Promise<T[]> => {
    const answers: T[] = [];
    for (let n = 0; n < count; n++) answers.push(await get());
    return answers;
  };

  it('keeps callers from waiting for an Unkey that does not answer', async () => {
    const app = await start({ consecutiveFailures: 3, openFor: 60_000 });
    const get = () => app.get('/', { 'x-api-key': 'any' });
    server.unkey.fail({ status: 500 });
    const answers = await times(10, get);
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(503));
    expect(server.unkey.calls).toHaveLength(3);
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(answers.at(-1)?.body).toMatchObject({ code: 'UNKEY_UNAVAILABLE' });
  });

  it('closes when Unkey answers again', async () => {
    const app = await start({ consecutiveFailures: 1, openFor: 1 });
    const { key } = await server.unkey.createKey({});
    server.unkey.fail({ reset: 'before' }, { times: 1 });
    expect((await app.get('/', { 'x-api-key': key })).status).toBe(503);
    await expect.poll(async () => (await app.get('/', { 'x-api-key': key })).status).toBe(200);
  });

  it.each(['without a cache', 'with a stale answer'])(
    'one call finds out whether Unkey answers again, all others are answered at once: %s',
    async (how) => {
      const isStale = how === 'with a stale answer';
      const { get } = await start(
        { consecutiveFailures: 1, openFor: 1 },
        isStale ? { ttl: 1, staleIfError: 60_000 } : false,
      );
      const [probe, other] = [await server.unkey.createKey({}), await server.unkey.createKey({})];
      await get('/', { 'x-api-key': other.key });
      const before = server.unkey.calls.length;
      server.unkey.fail({ reset: 'before' }, { times: 1 });
      server.unkey.fail({ latency: 200 }, { times: 1 });
      expect((await get('/', { 'x-api-key': probe.key })).status).toBe(503);
      // Whoever comes before it is time is answered at once too.
      const untilAsked = async (): Promise<number> => {
        const { status } = await get('/', { 'x-api-key': probe.key });
        return status === 503 ? untilAsked() : status;
      };
      const probed = untilAsked();
      await expect.poll(() => server.unkey.calls.length).toBe(before + 2);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => get('/', { 'x-api-key': other.key })),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(isStale ? 200 : 503));
      expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual(
        Array(20).fill(isStale ? null : '1'),
      );
      expect(server.unkey.calls).toHaveLength(before + 2);
      expect(await probed).toBe(200);
    },
  );

  it('counts no denial, no refusal of us and no limit of the workspace', async () => {
    const app = await start({ consecutiveFailures: 1, openFor: 60_000 });
    const get = () => app.get('/', { 'x-api-key': 'unknown' });
    for (const status of [400, 401, 403, 404, 412, 429]) server.unkey.fail({ status }, { times: 1 });
    const statuses = (await times(7, get)).map(({ status }) => status);
    expect(statuses).toEqual([500, 500, 500, 500, 500, 503, 401]);
  });

  it('false: every caller asks', async () => {
    const app = await start(false);
    server.unkey.fail({ status: 500 });
    await times(12, () => app.get('/', { 'x-api-key': 'any' }));
    expect(server.unkey.calls).toHaveLength(12);
  });
});
