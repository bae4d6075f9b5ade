import { Controller, Sse, UseGuards } from '@nestjs/common';
import {
  Credits,
  KeyRatelimit,
  RequirePermissions,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  type VerifiedKey,
} from 'nestjs-unkey';
import { from, map } from 'rxjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { ADAPTERS, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

const subscribed: string[] = [];

@UseGuards(UnkeyGuard)
@Controller('events')
class EventsController {
  @Sse('plain')
  plain(@UnkeyKey() key: VerifiedKey) {
    subscribed.push(key.keyId);
    return from([1, 2, 3]).pipe(map((n) => ({ data: { n, keyId: key.keyId } })));
  }

  @RequirePermissions('events.read')
  @Sse('permission')
  permission(@UnkeyKey() key: VerifiedKey) {
    return this.plain(key);
  }

  @Credits(5)
  @KeyRatelimit('streams', { limit: 1, duration: 60_000 })
  @Sse('limited')
  limited(@UnkeyKey() key: VerifiedKey) {
    return this.plain(key);
  }
}

const server = useUnkey();
beforeEach(() => void (subscribed.length = 0));

describe.each(ADAPTERS)('server-sent events on %s', (adapter) => {
  const start = (globalGuard: boolean) =>
    startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard, breaker: false })],
      controllers: [EventsController],
    });

  it.each<[string, string, Record<string, string>]>([
    ['no key', 'MISSING_KEY', {}],
    ['an unknown key', 'NOT_FOUND', { 'x-api-key': 'unknown_key_1234' }],
    ['a text that is no key', 'MALFORMED_KEY', { 'x-api-key': 'two words' }],
  ])('refuse %s before the stream begins', async (_, code, headers) => {
    const { get } = await start(true);
    const answer = await get('/events/plain', { ...headers, accept: 'text/event-stream' });
    expect(answer).toMatchObject({ status: 401, body: { statusCode: 401, code } });
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="api"/);
    expect(subscribed).toEqual([]);
  });

  it('reject a missing permission, an exceeded limit and an outage before the stream begins', async () => {
    const { get } = await start(false);
    const { key } = await server.unkey.createKey({ credits: { remaining: 50 } });
    const ask = (path: string) => get(`/events/${path}`, { 'x-api-key': key, accept: 'text/event-stream' });
    expect((await ask('permission')).body).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS' });
    expect((await ask('limited')).status).toBe(200);
    const limited = await ask('limited');
    expect(limited).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
    expect(limited.headers.get('retry-after')).toMatch(/^\d+$/);
    server.unkey.fail({ status: 500 });
    expect((await ask('plain')).body).toMatchObject({ statusCode: 503, code: 'UNKEY_UNAVAILABLE' });
    expect(subscribed).toHaveLength(1);
  });

  it('are verified once, not per event, and the handler has the key', async () => {
    const { get } = await start(true);
    const { key, keyId } = await server.unkey.createKey({ credits: { remaining: 50 } });
    const answer = await get('/events/limited', { 'x-api-key': key, accept: 'text/event-stream' });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(answer.headers.get('x-ratelimit-limit')).toBe('1');
    expect(answer.text.match(/^data: .*$/gm)).toEqual(
      [1, 2, 3].map((n) => `data: ${JSON.stringify({ n, keyId })}`),
    );
    const calls = server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey');
    expect(calls.map(({ body }) => body)).toMatchObject([{ credits: { cost: 5 } }]);
    expect(subscribed).toEqual([keyId]);
  });
});
