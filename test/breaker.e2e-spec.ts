import type { ServerResponse } from 'node:http';
import { Controller, Get } from '@nestjs/common';
import { UnkeyModule, type UnkeyModuleOptions } from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp } from './support/app.js';
import { useUnkey } from './support/unkey.js';
import { upstream } from './support/upstream.js';

@Controller()
class AppController {
  @Get()
  read() {
    return 'handler';
  }
}

describe.each(ADAPTERS)('the breaker, on %s', (adapter) => {
  const server = useUnkey();
  const start = (
    breaker: UnkeyModuleOptions['breaker'],
    cache: UnkeyModuleOptions['cache'] = false,
    options: UnkeyModuleOptions = {},
  ) =>
    startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, breaker, cache, ...options })],
      controllers: [AppController],
    });
  const times = async <T>(count: number, get: () => Promise<T>): Promise<T[]> => {
    const answers: T[] = [];
    for (let n = 0; n < count; n++) answers.push(await get());
    return answers;
  };

  it('keeps callers from waiting for an Unkey that does not answer', async () => {
    const app = await start({ consecutiveFailures: 3, openFor: 3_600_000 });
    const get = () => app.get('/', { 'x-api-key': 'any' });
    server.unkey.fail({ status: 500 });
    const answers = await times(10, get);
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(503));
    expect(server.unkey.calls).toHaveLength(3);
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(3000);
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
      // The first call is answered, the second breaks off, and the third is answered when the test says so.
      const calls: ServerResponse[] = [];
      const valid = (response: ServerResponse) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end('{"meta":{"requestId":"req_1"},"data":{"valid":true,"code":"VALID","keyId":"key_1"}}');
      const baseUrl = await upstream((_, response) => {
        calls.push(response);
        if (calls.length === 1) valid(response);
        if (calls.length === 2) response.destroy();
      });
      const { get } = await start(
        { consecutiveFailures: 1, openFor: 1 },
        isStale ? { ttl: 1, staleIfError: 3_600_000 } : false,
        { baseUrl },
      );
      expect((await get('/', { 'x-api-key': 'other' })).status).toBe(200);
      expect((await get('/', { 'x-api-key': 'probe' })).status).toBe(503);
      // The breaker may still be open, which is answered at once too.
      const untilAsked = async (): Promise<number> => {
        const { status } = await get('/', { 'x-api-key': 'probe' });
        return status === 503 ? untilAsked() : status;
      };
      const probed = untilAsked();
      await expect.poll(() => calls.length).toBe(3);
      const answers = await Promise.all(Array.from({ length: 20 }, () => get('/', { 'x-api-key': 'other' })));
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(isStale ? 200 : 503));
      expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual(
        Array(20).fill(isStale ? null : '1'),
      );
      expect(calls).toHaveLength(3);
      valid(calls[2]!);
      expect(await probed).toBe(200);
    },
  );

  it('counts no denial, no refusal of us and no limit of the workspace', async () => {
    const app = await start({ consecutiveFailures: 1, openFor: 3_600_000 });
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
