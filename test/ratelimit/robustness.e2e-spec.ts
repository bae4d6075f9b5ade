import { Controller, Get, Injectable, Scope, UseGuards, type CanActivate } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  Ratelimit,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  UnkeyRatelimitGuard,
  UnkeyService,
  type VerifiedKey,
} from 'nestjs-unkey';
import { beforeEach, describe, expect, it } from 'vitest';
import { ADAPTERS, startApp } from '../support/app.js';
import { connectSocketIo } from '../support/ws-clients.js';
import { useUnkey } from '../support/unkey.js';

const MINUTE = 60_000;
const server = useUnkey();
beforeEach(() => server.unkey.clock.set(1_700_000_040_000));
const identifiers = () =>
  server.unkey.calls
    .filter(({ operation }) => operation === 'ratelimit.multiLimit')
    .flatMap(({ body }) => (body as { identifier: string }[]).map(({ identifier }) => identifier));

describe.each(ADAPTERS)('what a limiter must withstand, on %s', (adapter) => {
  it('a caller cannot choose its address by X-Forwarded-For, unless the app trusts a proxy', async () => {
    @Controller()
    class AddressController {
      @Ratelimit({ namespace: 'address', limit: 1, duration: MINUTE, by: 'ip' })
      @Get()
      read() {
        return 'ok';
      }
    }
    const { get } = await startApp(adapter, {
      imports: [UnkeyModule.forRoot(server.options)],
      controllers: [AddressController],
    });
    const statuses = [];
    for (const address of ['203.0.113.1', '203.0.113.2']) {
      statuses.push((await get('/', { 'x-forwarded-for': address })).status);
    }
    expect(statuses).toEqual([200, 429]);
    expect(new Set(identifiers())).toEqual(new Set(['ip:127.0.0.1']));
  });

  it('functions are called once per request with any number of guards, and their errors are passed on', async () => {
    let asked = 0;
    @Ratelimit({ namespace: 'class', limit: 9, duration: MINUTE, by: 'ip' })
    @UseGuards(UnkeyRatelimitGuard)
    @Controller()
    class StackedController {
      @Ratelimit({ namespace: 'handler', limit: 9, duration: MINUTE, by: () => `caller-${(asked += 1)}` })
      @UseGuards(UnkeyRatelimitGuard, UnkeyRatelimitGuard)
      @Get('stacked')
      stacked() {
        return 'ok';
      }

      @Ratelimit({
        namespace: 'throws',
        limit: 9,
        duration: MINUTE,
        by: () => {
          throw new Error('of the app');
        },
      })
      @Get('throws')
      throws() {
        return 'ok';
      }

      @Ratelimit({ namespace: 'number', limit: 9, duration: MINUTE, by: () => 7 as unknown as string })
      @Get('number')
      number() {
        return 'ok';
      }
    }
    const { get, log } = await startApp(adapter, {
      imports: [UnkeyModule.forRoot(server.options)],
      controllers: [StackedController],
      providers: [
        { provide: APP_GUARD, useExisting: UnkeyRatelimitGuard },
        { provide: APP_GUARD, useClass: UnkeyRatelimitGuard },
      ],
    });
    expect((await get('/stacked')).status).toBe(200);
    expect(asked).toBe(1);
    expect(identifiers()).toEqual(['ip:127.0.0.1', 'caller-1']);
    expect((await get('/throws')).status).toBe(500);
    expect(log.of('error', 'of the app')).toHaveLength(1);
    expect((await get('/number')).status).toBe(500);
    expect(log.of('error', '"by" must return a string or undefined, got 7')).toHaveLength(1);
  });

  it('a request-scoped controller and request-scoped global guards', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class ScopedGuard implements CanActivate {
      canActivate() {
        return true;
      }
    }
    @Controller({ scope: Scope.REQUEST })
    class ScopedController {
      @Ratelimit({ namespace: 'scoped', limit: 1, duration: MINUTE })
      @UseGuards(UnkeyGuard)
      @Get('scoped')
      read(@UnkeyKey() key: VerifiedKey) {
        return key.keyId;
      }
    }
    const { get } = await startApp(adapter, {
      imports: [UnkeyModule.forRoot(server.options)],
      controllers: [ScopedController],
      providers: [
        { provide: APP_GUARD, useClass: ScopedGuard },
        { provide: APP_GUARD, useExisting: UnkeyRatelimitGuard },
      ],
    });
    const { key, keyId } = await server.unkey.createKey({});
    expect((await get('/scoped', { 'x-api-key': key })).status).toBe(200);
    expect((await get('/scoped', { 'x-api-key': key })).status).toBe(429);
    expect(identifiers()).toEqual([`key:${keyId}`, `key:${keyId}`]);
  });

  it('a middleware that verified the key counts as a decision', async () => {
    @Controller()
    class MountedController {
      @Ratelimit({ namespace: 'mounted', limit: 5, duration: MINUTE })
      @Get('mounted')
      read() {
        return 'ok';
      }
    }
    const { get } = await startApp(
      adapter,
      {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
        controllers: [MountedController],
        providers: [{ provide: APP_GUARD, useExisting: UnkeyRatelimitGuard }],
      },
      (app) => app.use(app.get(UnkeyService).middleware()),
    );
    const { key, keyId } = await server.unkey.createKey({});
    expect((await get('/mounted', { 'x-api-key': key })).status).toBe(200);
    expect(identifiers()).toEqual([`key:${keyId}`]);
    expect(server.unkey.calls).toHaveLength(2);
  });

  it('no identifier and no key is in a response, an error or the log', async () => {
    @Controller()
    class SecretController {
      @Ratelimit({ namespace: 'secret', limit: 1, duration: MINUTE, by: 'identity' })
      @UseGuards(UnkeyGuard)
      @Get('secret')
      read() {
        return 'ok';
      }
    }
    const { get, log } = await startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, ratelimitHeaders: 'both' })],
      controllers: [SecretController],
    });
    const { key, keyId } = await server.unkey.createKey({ externalId: 'alice-of-acme' });
    await get('/secret', { 'x-api-key': key });
    const refused = await get('/secret', { 'x-api-key': key });
    server.unkey.fail({ status: 403 }, { operation: 'ratelimit.multiLimit' });
    const misconfigured = await get('/secret', { 'x-api-key': key });
    expect([refused.status, misconfigured.status]).toEqual([429, 500]);
    const told = JSON.stringify([
      refused.text,
      [...refused.headers],
      misconfigured.text,
      [...misconfigured.headers],
      log.lines,
    ]);
    expect(told).toContain('secret');
    for (const secret of [key, keyId, 'alice-of-acme', server.unkey.rootKey])
      expect(told).not.toContain(secret);
  });
});

it('skipTransports leaves messages uncounted', async () => {
  @WebSocketGateway()
  class ChatGateway {
    @Ratelimit({ namespace: 'chat', limit: 1, duration: MINUTE, by: 'ip' })
    @SubscribeMessage('chat')
    chat() {
      return { event: 'answer', data: 'ok' };
    }
  }
  const { url } = await startApp('express', {
    imports: [UnkeyModule.forRoot({ ...server.options, skipTransports: ['ws'] })],
    providers: [ChatGateway],
  });
  const client = await connectSocketIo(url);
  client.emit('chat', {});
  expect(await client.next()).toEqual({ event: 'answer', data: 'ok' });
  client.emit('chat', {});
  expect(await client.next()).toEqual({ event: 'answer', data: 'ok' });
  client.close();
  expect(server.unkey.calls).toEqual([]);
});

it('a gateway with its own guards counts by key, whether global guards run for it (Nest 12) or not (Nest 11)', async () => {
  @WebSocketGateway()
  class ChatGateway {
    @Ratelimit({ namespace: 'chat', limit: 1, duration: MINUTE })
    @UseGuards(UnkeyGuard)
    @SubscribeMessage('chat')
    chat() {
      return { event: 'answer', data: 'ok' };
    }
  }
  const { url } = await startApp('express', {
    imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
    providers: [ChatGateway, { provide: APP_GUARD, useExisting: UnkeyRatelimitGuard }],
  });
  const { key, keyId } = await server.unkey.createKey({});
  const client = await connectSocketIo(url, { 'x-api-key': key });
  client.emit('chat', {});
  expect((await client.next()).event).toBe('answer');
  client.emit('chat', {});
  expect(await client.next()).toMatchObject({
    event: 'exception',
    data: { code: 'RATE_LIMITED', statusCode: 429 },
  });
  client.close();
  expect(identifiers()).toEqual([`key:${keyId}`, `key:${keyId}`]);
});
