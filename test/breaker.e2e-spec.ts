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
  const start = (breaker: UnkeyModuleOptions['breaker'], options: UnkeyModuleOptions = {}) =>
    startApp(adapter, {
      imports: [
        UnkeyModule.forRoot({ ...server.options, globalGuard: true, timeout: 60_000, breaker, ...options }),
      ],
      controllers: [AppController],
    });
  const times = async <T>(count: number, get: () => Promise<T>): Promise<T[]> => {
    const answers: T[] = [];
    for (let n = 0; n < count; n++) answers.push(await get());
    return answers;
  };

  it('rejects calls immediately while Unkey does not respond', async () => {
    const app = await start({ consecutiveFailures: 3, openFor: 60_000 });
    const get = () => app.get('/', { 'x-api-key': 'any' });
    server.unkey.fail({ status: 500 });
    const answers = await times(10, get);
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(503));
    expect(server.unkey.calls).toHaveLength(3);
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(answers.at(-1)?.body).toMatchObject({ code: 'UNKEY_UNAVAILABLE' });
  });

  it('closes when Unkey responds again', async () => {
    const app = await start({ consecutiveFailures: 1, openFor: 1 });
    const { key } = await server.unkey.createKey({});
    server.unkey.fail({ reset: 'before' }, { times: 1 });
    expect((await app.get('/', { 'x-api-key': key })).status).toBe(503);
    await expect
      .poll(async () => (await app.get('/', { 'x-api-key': key })).status, { timeout: 10_000 })
      .toBe(200);
  });

  it.each(['without a cache', 'with a stale result'])(
    'one call is the probe, all others get a response immediately: %s',
    async (how) => {
      const isStale = how === 'with a stale result';
      let isDown = false;
      const held: ServerResponse[] = [];
      const baseUrl = await upstream((request, response) => {
        if (!isDown) yes(response);
        else if (held.push(response) === 1) request.socket.destroy();
      });
      const cache = isStale ? { ttl: 1, staleIfError: 600_000 } : false;
      const { get } = await start({ consecutiveFailures: 1, openFor: 1 }, { baseUrl, cache });
      expect((await get('/', { 'x-api-key': 'other' })).status).toBe(200);
      isDown = true;
      expect((await get('/', { 'x-api-key': 'probe' })).status).toBe(503);
      // A caller before the probe also gets its response immediately.
      const untilAsked = async (): Promise<number> => {
        const { status } = await get('/', { 'x-api-key': 'probe' });
        return status === 503 ? untilAsked() : status;
      };
      const probed = untilAsked();
      await expect.poll(() => held.length, { timeout: 10_000 }).toBe(2);
      const answers = await Promise.all(Array.from({ length: 20 }, () => get('/', { 'x-api-key': 'other' })));
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(isStale ? 200 : 503));
      expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual(
        Array(20).fill(isStale ? null : '1'),
      );
      expect(held).toHaveLength(2);
      yes(held[1]!);
      expect(await probed).toBe(200);
    },
  );

  it('does not count denials, configuration errors and rate limits of the workspace', async () => {
    const app = await start({ consecutiveFailures: 1, openFor: 60_000 });
    const get = () => app.get('/', { 'x-api-key': 'unknown' });
    for (const status of [400, 401, 403, 404, 412, 429]) server.unkey.fail({ status }, { times: 1 });
    const statuses = (await times(7, get)).map(({ status }) => status);
    expect(statuses).toEqual([500, 500, 500, 500, 500, 503, 401]);
  });

  it('false: every request calls Unkey', async () => {
    const app = await start(false);
    server.unkey.fail({ status: 500 });
    await times(12, () => app.get('/', { 'x-api-key': 'any' }));
    expect(server.unkey.calls).toHaveLength(12);
  });
});

/** Responds that a key is valid. */
function yes(response: ServerResponse): void {
  const data = { valid: true, code: 'VALID', keyId: 'key_1' };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ meta: { requestId: 'req_1' }, data }));
}
