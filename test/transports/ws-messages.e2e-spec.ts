import {
  Injectable,
  Module,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { WsAdapter } from '@nestjs/platform-ws';
import { ConnectedSocket, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  fromHeader,
  fromPayload,
  KeyFrom,
  Public,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  UnkeyService,
  type UnkeyModuleOptions,
  type VerifiedKey,
} from 'nestjs-unkey';
import { useEmulator } from 'nestjs-unkey/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpAdapter, listen, LogLines } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';
import { connectSocketIo, connectWs, type SocketClient } from '../support/ws-clients.js';

/** Holds messages between the guard and the handler until another message lets them go on. */
class Gate {
  #open: () => void = () => {};
  #passed: Promise<void> = Promise.resolve();
  #reached: () => void = () => {};
  reached: Promise<void> = Promise.resolve();

  close(): void {
    this.#passed = new Promise((resolve) => (this.#open = resolve));
    this.reached = new Promise((resolve) => (this.#reached = resolve));
  }
  open(): void {
    this.#open();
  }
  async pass(): Promise<void> {
    this.#reached();
    await this.#passed;
  }
}
const gate = new Gate();

@Injectable()
class Waiting implements NestInterceptor {
  async intercept(_context: ExecutionContext, next: CallHandler) {
    await gate.pass();
    return next.handle();
  }
}

const answer = (key: VerifiedKey | undefined) => ({
  event: 'answer',
  data: { keyId: key?.keyId ?? null, source: key?.source ?? null },
});

@WebSocketGateway()
class Gateway {
  @UseGuards(UnkeyGuard)
  @SubscribeMessage('who')
  who(@UnkeyKey() key: VerifiedKey) {
    return answer(key);
  }

  @UseGuards(UnkeyGuard)
  @UseInterceptors(Waiting)
  @SubscribeMessage('slow')
  slow(@UnkeyKey() key: VerifiedKey) {
    return answer(key);
  }

  @UseGuards(UnkeyGuard)
  @KeyFrom(fromHeader('x-partner-key'))
  @SubscribeMessage('partner')
  partner(@UnkeyKey() key: VerifiedKey) {
    return answer(key);
  }

  @Public()
  @UseGuards(UnkeyGuard)
  @SubscribeMessage('public')
  public(@UnkeyKey() key: VerifiedKey | undefined) {
    return answer(key);
  }

  @SubscribeMessage('unguarded')
  unguarded(@UnkeyKey() key: VerifiedKey) {
    return { ...answer(key), event: 'unguarded' };
  }

  @SubscribeMessage('user')
  user(@ConnectedSocket() client: { data?: { user?: unknown } }) {
    return { event: 'answer', data: { user: client.data?.user ?? null } };
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

async function connect(library: Library, url: string, headers: Record<string, string> = {}) {
  const client: SocketClient =
    library === 'ws' ? await connectWs(url, headers) : await connectSocketIo(url, headers);
  onTestFinished(() => client.close());
  return client;
}

async function ask(client: SocketClient, event: string, data: unknown = {}) {
  client.emit(event, data);
  return client.next();
}

const verifications = () =>
  server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

describe.each(LIBRARIES)('messages of one client with equal data, on %s', (library) => {
  it('to handlers with different keys never see each other’s key', async () => {
    const { url } = await start(library);
    const [own, partner] = await Promise.all([server.unkey.createKey({}), server.unkey.createKey({})]);
    const client = await connect(library, url, { 'x-api-key': own.key, 'x-partner-key': partner.key });
    gate.close();
    client.emit('slow', 'text');
    await gate.reached;
    expect(await ask(client, 'partner', 'text')).toMatchObject({ data: { keyId: partner.keyId } });
    gate.open();
    expect(await client.next()).toMatchObject({ data: { keyId: own.keyId } });
  });

  it('to a public handler take no key away from a protected one', async () => {
    const { url } = await start(library);
    const { key, keyId } = await server.unkey.createKey({});
    const client = await connect(library, url, { 'x-api-key': key });
    gate.close();
    client.emit('slow', 'text');
    await gate.reached;
    expect(await ask(client, 'public', 'text')).toMatchObject({ data: { keyId: null } });
    gate.open();
    expect(await client.next()).toMatchObject({ data: { keyId } });
  });

  it('to a handler without a guard do not get the key of an earlier one', async () => {
    const { url, log } = await start(library);
    const { key } = await server.unkey.createKey({});
    const client = await connect(library, url, { 'x-api-key': key });
    await ask(client, 'who', 'text');
    client.emit('unguarded', 'text');
    client.emit('who', 'text');
    // Nest 11 sends no exception to a `ws` client.
    const received = await client.next();
    const { event } = received.event === 'exception' ? await client.next() : received;
    expect(event).toBe('answer');
    expect(log.of('error', 'no UnkeyGuard ran before this handler')).toHaveLength(1);
  });
});

describe.each(LIBRARIES)('a key in the data of a message, on %s', (library) => {
  it('is verified for each message, with blanks around it too', async () => {
    const { url } = await start(library, {
      keyFrom: [fromPayload('key')],
      userFrom: ({ keyId }) => keyId,
    });
    const { key, keyId } = await server.unkey.createKey({});
    const client = await connect(library, url);
    await ask(client, 'who', { key: ` ${key} ` });
    expect(await ask(client, 'who', { key: ` ${key} ` })).toMatchObject({ data: { keyId, source: 'unkey' } });
    expect(verifications()).toBe(2);
    expect(await ask(client, 'user')).toMatchObject({ data: { user: null } });
  });

  it.each([[42], [{ text: 'key' }], [['key']]])(
    'is malformed if a source of your own gives %j',
    async (key) => {
      const { url, log } = await start(library, {
        keyFrom: (context) => context.switchToWs().getData<{ key: string }>().key,
      });
      const client = await connect(library, url);
      expect(await ask(client, 'who', { key })).toMatchObject({
        event: 'exception',
        data: { code: 'MALFORMED_KEY', statusCode: 401 },
      });
      expect(log.of('error')).toEqual([]);
    },
  );
});

describe.each(LIBRARIES)('a connection that sent many keys, on %s', (library) => {
  it('is closed when the key of its handshake is revoked', async () => {
    const { app, url } = await start(library, { keyFrom: [fromPayload('key'), fromHeader('x-api-key')] });
    const { key, keyId } = await server.unkey.createKey({});
    const keys = await Promise.all(Array.from({ length: 100 }, () => server.unkey.createKey({})));
    const client = await connect(library, url, { 'x-api-key': key });
    for (const { key: other } of keys) await ask(client, 'who', { key: other });
    await ask(client, 'who');
    await app.get(UnkeyService).client.keys.updateKey({ keyId, enabled: false });
    expect(await ask(client, 'who')).toMatchObject({ data: { code: 'DISABLED' } });
    expect(await client.closed).toBeDefined();
  });
});

describe.each(LIBRARIES)('a clock that is set back, on %s', (library) => {
  it('does not hold a verification for longer', async () => {
    class App {}
    Module({ imports: [UnkeyModule.forRoot(server.options)], providers: [Gateway] })(App);
    const module = await useEmulator(Test.createTestingModule({ imports: [App] }), server.unkey).compile();
    const app = module.createNestApplication(httpAdapter('express'), { logger: false });
    if (library === 'ws') app.useWebSocketAdapter(new WsAdapter(app));
    onTestFinished(() => app.close());
    const { key } = await server.unkey.createKey({});
    const client = await connect(library, await listen(app), { 'x-api-key': key });
    expect(await ask(client, 'who')).toMatchObject({ data: { source: 'unkey' } });
    server.unkey.clock.set(server.unkey.clock.now() - 60_000);
    expect(await ask(client, 'who')).toMatchObject({ data: { source: 'unkey' } });
  });
});

describe.each(LIBRARIES)('concurrent messages of one client, on %s', (library) => {
  it('share one verification', async () => {
    const { url } = await start(library);
    const { key, keyId } = await server.unkey.createKey({});
    const client = await connect(library, url, { 'x-api-key': key });
    for (let n = 0; n < 10; n++) client.emit('who', { n });
    for (let n = 0; n < 10; n++) expect(await client.next()).toMatchObject({ data: { keyId } });
    expect(verifications()).toBe(1);
  });

  it('share a failure as well, so that each ends within its timeout', async () => {
    const { url } = await start(library, { breaker: false });
    const { key } = await server.unkey.createKey({});
    const client = await connect(library, url, { 'x-api-key': key });
    server.unkey.fail({ status: 500 }, { operation: 'keys.verifyKey' });
    for (let n = 0; n < 10; n++) client.emit('who', { n });
    for (let n = 0; n < 10; n++) {
      expect(await client.next()).toMatchObject({ data: { code: 'UNKEY_UNAVAILABLE', statusCode: 503 } });
    }
    expect(verifications()).toBe(1);
  });
});
