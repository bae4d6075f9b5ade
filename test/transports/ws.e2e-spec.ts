import { Module, UseGuards, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  Credits,
  fromBearer,
  fromHeader,
  fromPayload,
  fromQuery,
  OptionalKey,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  UnkeyService,
  type UnkeyModuleOptions,
  type VerifiedKey,
} from 'nestjs-unkey';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpAdapter, listen, LogLines } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';
import { connectSocketIo, connectWs, type SocketClient } from '../support/ws-clients.js';

@UseGuards(UnkeyGuard)
@WebSocketGateway()
class Gateway {
  @SubscribeMessage('who')
  who(@UnkeyKey() key: VerifiedKey, @MessageBody() data: unknown) {
    return { event: 'answer', data: { keyId: key.keyId, source: key.source, data } };
  }

  @Credits(0)
  @SubscribeMessage('free')
  free(@UnkeyKey('keyId') keyId: string) {
    return { event: 'answer', data: { keyId } };
  }

  @OptionalKey()
  @SubscribeMessage('optional')
  optional(@UnkeyKey('keyId') keyId: string | undefined) {
    return { event: 'answer', data: { keyId } };
  }
}

const LIBRARIES = ['socket.io', 'ws'] as const;
type Library = (typeof LIBRARIES)[number];

const server = useUnkey();

async function start(library: Library, options: UnkeyModuleOptions = {}) {
  class App {}
  Module({
    imports: [UnkeyModule.forRoot({ ...server.options, ...options })],
    providers: [Gateway],
  })(App);
  const log = new LogLines();
  const app = await NestFactory.create(App, httpAdapter('express'), { logger: log });
  if (library === 'ws') app.useWebSocketAdapter(new WsAdapter(app));
  onTestFinished(() => app.close());
  return { app, url: await listen(app), log };
}

async function connect(library: Library, url: string, key?: string): Promise<SocketClient> {
  const places = key === undefined ? {} : { 'x-api-key': key };
  const client = library === 'ws' ? await connectWs(url, places) : await connectSocketIo(url, places);
  onTestFinished(() => client.close());
  return client;
}

async function ask(client: SocketClient, event: string, data: unknown = {}) {
  client.emit(event, data);
  return client.next();
}

const verifications = () =>
  server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

describe.each(LIBRARIES)('messages of one client on %s', (library) => {
  it('share one verification for the same key and requirements', async () => {
    const { url } = await start(library);
    const { key, keyId } = await server.unkey.createKey({});
    const client = await connect(library, url, key);
    expect(await ask(client, 'who', 1)).toEqual({
      event: 'answer',
      data: { keyId, source: 'unkey', data: 1 },
    });
    expect(await ask(client, 'who', 2)).toEqual({
      event: 'answer',
      data: { keyId, source: 'cache', data: 2 },
    });
    expect(verifications()).toBe(1);
    await ask(client, 'free');
    await ask(client, 'free');
    expect(verifications()).toBe(2);
  });

  it("are verified one by one with verifyOn: 'message'", async () => {
    const { url } = await start(library, { verifyOn: 'message' });
    const client = await connect(library, url, (await server.unkey.createKey({})).key);
    await ask(client, 'who');
    await ask(client, 'who');
    expect(verifications()).toBe(2);
  });

  it('spend a credit each, unless they cost 0', async () => {
    const { url } = await start(library);
    const { key, keyId } = await server.unkey.createKey({ credits: { remaining: 2 } });
    const client = await connect(library, url, key);
    await ask(client, 'who');
    await ask(client, 'who');
    expect(await ask(client, 'who')).toMatchObject({ event: 'exception', data: { code: 'USAGE_EXCEEDED' } });
    expect(await ask(client, 'free')).toEqual({ event: 'answer', data: { keyId } });
    await ask(client, 'free');
    expect(verifications()).toBe(4);
  });

  it('count against an automatic limit each', async () => {
    const { url } = await start(library);
    const { key } = await server.unkey.createKey({
      ratelimits: [{ name: 'burst', limit: 2, duration: 60_000, autoApply: true }],
    });
    const client = await connect(library, url, key);
    await ask(client, 'who');
    await ask(client, 'who');
    expect(await ask(client, 'who')).toMatchObject({
      event: 'exception',
      data: {
        status: 'error',
        code: 'RATE_LIMITED',
        statusCode: 429,
        retryAfter: expect.any(Number) as number,
      },
    });
  });

  it('are verified anew after an invalidation, and the connection of a key that is gone is closed', async () => {
    const { app, url } = await start(library);
    const { key, keyId } = await server.unkey.createKey({});
    const client = await connect(library, url, key);
    await ask(client, 'who');
    await app.get(UnkeyService).client.keys.updateKey({ keyId, enabled: false });
    expect(await ask(client, 'who')).toMatchObject({ event: 'exception', data: { code: 'DISABLED' } });
    expect(await client.closed).toMatchObject(
      library === 'ws' ? { code: 4401, reason: 'DISABLED' } : { reason: 'io server disconnect' },
    );
  });

  it('are rejected one by one if the key was never valid, and the connection stays open', async () => {
    const { url } = await start(library);
    const client = await connect(library, url, 'unknown_key_1234');
    expect(await ask(client, 'who')).toMatchObject({ event: 'exception', data: { code: 'NOT_FOUND' } });
    expect(await ask(client, 'who')).toMatchObject({ event: 'exception', data: { code: 'NOT_FOUND' } });
  });

  it('that come at once with different keys in their data never see each other’s key', async () => {
    const { url } = await start(library, { keyFrom: [fromPayload('auth.key')], timeout: 60_000 });
    const keys = await Promise.all(Array.from({ length: 50 }, () => server.unkey.createKey({})));
    const client = await connect(library, url);
    for (let round = 0; round < 20; round++) {
      keys.forEach(({ key, keyId }) => client.emit('who', { auth: { key }, keyId }));
    }
    for (let message = 0; message < 1000; message++) {
      const { data } = await client.next();
      const { keyId, data: sent } = data as { keyId: string; data: { keyId: string } };
      expect(keyId).toBe(sent.keyId);
    }
    expect(verifications()).toBe(1000);
  });

  it('may be without a key where the handler says so', async () => {
    const { url } = await start(library);
    const client = await connect(library, url);
    expect(await ask(client, 'optional', 'text')).toEqual({ event: 'answer', data: {} });
    expect(await ask(client, 'who', 'text')).toMatchObject({
      data: { code: 'MISSING_KEY', statusCode: 401 },
    });
  });

  it('carry no secret in what the client or the log gets', async () => {
    const { url, log } = await start(library);
    const { key } = await server.unkey.createKey({ enabled: false });
    const client = await connect(library, url, key);
    const received = JSON.stringify(await ask(client, 'who', { key }));
    expect(received).toContain('DISABLED');
    for (const secret of [key, server.unkey.rootKey]) {
      expect(received).not.toContain(secret);
      expect(JSON.stringify(log.lines)).not.toContain(secret);
    }
  });
});

describe('where a key is read in a handshake of socket.io', () => {
  const key = 'a_key_of_nobody';
  it.each<[string, Record<string, unknown>, Record<string, string>, string]>([
    ['in auth, its name in any case', { 'X-API-KEY': key }, {}, 'NOT_FOUND'],
    ['as a bearer token in auth', { Authorization: `Bearer ${key}` }, {}, 'NOT_FOUND'],
    ['in a header', {}, { 'x-api-key': key }, 'NOT_FOUND'],
    ['in both places, with one value', { 'x-api-key': key }, { 'x-api-key': key }, 'NOT_FOUND'],
    ['in both places, with two values', { 'x-api-key': key }, { 'x-api-key': 'another' }, 'MALFORMED_KEY'],
    ['twice in auth, with two values', { 'x-api-key': key, 'X-Api-Key': 'another' }, {}, 'MALFORMED_KEY'],
    ['as a number', { 'x-api-key': 12 }, {}, 'MALFORMED_KEY'],
    ['as an object', { 'x-api-key': { key } }, {}, 'MALFORMED_KEY'],
    ['nowhere', {}, {}, 'MISSING_KEY'],
  ])('%s', async (_, auth, headers, code) => {
    const { url } = await start('socket.io');
    const client = await connectSocketIo(url, auth, { headers });
    onTestFinished(() => client.close());
    expect(await ask(client, 'who')).toMatchObject({ event: 'exception', data: { code } });
  });

  it('in the query', async () => {
    const { url } = await start('socket.io', { keyFrom: [fromQuery('key')] });
    const created = await server.unkey.createKey({});
    const client = await connectSocketIo(url, {}, { query: { key: created.key } });
    onTestFinished(() => client.close());
    expect(await ask(client, 'who')).toMatchObject({ data: { keyId: created.keyId } });
  });
});

describe('where a key is read in an upgrade request of ws', () => {
  it.each<[string, string, Record<string, string | string[]>, string]>([
    ['in a header', '', { 'x-api-key': 'a_key_of_nobody' }, 'NOT_FOUND'],
    ['as a bearer token', '', { authorization: 'bearer a_key_of_nobody' }, 'NOT_FOUND'],
    ['in the query', '/?key=a_key_of_nobody', {}, 'NOT_FOUND'],
    ['in a header that is sent twice', '', { 'x-api-key': ['one', 'two'] }, 'MALFORMED_KEY'],
    ['nowhere', '', {}, 'MISSING_KEY'],
  ])('%s', async (_, path, headers, code) => {
    const { url } = await start('ws', { keyFrom: [fromHeader('x-api-key'), fromBearer(), fromQuery('key')] });
    const client = await connectWs(url + path, headers);
    onTestFinished(() => client.close());
    expect(await ask(client, 'who')).toMatchObject({ event: 'exception', data: { code } });
  });
});

describe('an app without gateways', () => {
  it('does not leave an upgrade request hanging', async () => {
    class App {}
    Module({ imports: [UnkeyModule.forRoot(server.options)] })(App);
    const app: INestApplication = await NestFactory.create(App, httpAdapter('express'), { logger: false });
    onTestFinished(() => app.close());
    const url = await listen(app);
    await expect(connectWs(url)).rejects.toThrow(/404|hang up|reset/);
  });
});
