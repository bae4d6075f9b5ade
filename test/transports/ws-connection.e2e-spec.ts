import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { Inject, Module, UseGuards, type ExecutionContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import {
  Credits,
  fromHeader,
  fromPayload,
  Public,
  RequirePermissions,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  UnkeyService,
  type UnkeyModuleOptions,
  type Verification,
  type VerifiedKey,
  type VerifyOptions,
} from 'nestjs-unkey';
import type { CreateKeyBody, Fault } from 'nestjs-unkey/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADAPTERS, httpAdapter, listen, LogLines, type Adapter } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';
import { connectSocketIo, connectWs, type SocketClient } from '../support/ws-clients.js';

const LIBRARIES = ['socket.io', 'ws'] as const;
type Library = (typeof LIBRARIES)[number];

const server = useUnkey();
const verifications = () =>
  server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

interface Setup {
  /** What `verifyConnection` is given as its third argument. */
  demands?: VerifyOptions;
  options?: UnkeyModuleOptions;
  /** A port of its own for the gateway. */
  port?: number;
  adapter?: Adapter;
  /** In place of `verifyConnection(client, request, demands)`. */
  onConnection?: (unkey: UnkeyService, client: object, request: IncomingMessage) => Promise<unknown>;
  providers?: Type[];
}

async function start(library: Library, setup: Setup = {}) {
  const { demands, options, port, adapter = 'express', providers = [] } = setup;
  const connected: (VerifiedKey | undefined)[] = [];
  const ran: string[] = [];
  const onConnection =
    setup.onConnection ??
    (async (unkey: UnkeyService, client: object, request: IncomingMessage) =>
      void connected.push(await unkey.verifyConnection(client, request, demands)));

  @UseGuards(UnkeyGuard)
  @WebSocketGateway()
  class Gateway {
    constructor(@Inject(UnkeyService) private readonly unkey: UnkeyService) {}

    async handleConnection(client: object, request: IncomingMessage) {
      await onConnection(this.unkey, client, request);
    }

    @SubscribeMessage('who')
    who(@UnkeyKey() key: VerifiedKey, @MessageBody() data: unknown) {
      ran.push('who');
      return { event: 'answer', data: { keyId: key.keyId, source: key.source, data } };
    }

    @RequirePermissions('chat.write')
    @SubscribeMessage('write')
    write() {
      ran.push('write');
      return { event: 'answer', data: 'written' };
    }

    @Credits(0)
    @SubscribeMessage('free')
    free() {
      return { event: 'answer', data: 'free' };
    }

    @Public()
    @SubscribeMessage('open')
    open() {
      return { event: 'answer', data: 'open' };
    }
  }
  if (port !== undefined) WebSocketGateway(port)(Gateway);

  class App {}
  Module({
    imports: [UnkeyModule.forRoot({ ...server.options, breaker: false, ...options })],
    providers: [Gateway, ...providers],
  })(App);
  const log = new LogLines();
  const app = await NestFactory.create(App, httpAdapter(adapter), { logger: log });
  if (library === 'ws') app.useWebSocketAdapter(new WsAdapter(app));
  onTestFinished(() => app.close());
  const url = await listen(app);
  return { app, log, ran, connected, Gateway, url: port === undefined ? url : `http://127.0.0.1:${port}` };
}

async function connect(library: Library, url: string, key?: string): Promise<SocketClient> {
  const headers = key === undefined ? {} : { 'x-api-key': key };
  const client = library === 'ws' ? await connectWs(url, headers) : await connectSocketIo(url, headers);
  onTestFinished(() => client.close());
  return client;
}

async function ask(client: SocketClient, event: string, data: unknown = {}) {
  client.emit(event, data);
  return client.next();
}

/** How a client sees that the server closed its connection. */
const closedWith = (library: Library, code: number, reason: string) =>
  library === 'ws' ? { code, reason } : { reason: 'io server disconnect' };

const limit = (size: number) => [{ name: 'burst', limit: size, duration: 60_000, autoApply: true }];
const A_NUMBER: unknown = expect.any(Number);

describe.each(LIBRARIES)('verifyConnection() on %s', (library) => {
  it.each(ADAPTERS)(
    'returns the key, and guards reuse its result for equal requirements (%s)',
    async (adapter) => {
      const { url, connected } = await start(library, { adapter });
      const { key, keyId } = await server.unkey.createKey({ permissions: ['chat.write'] });
      const client = await connect(library, url, key);
      expect(await ask(client, 'who', 1)).toEqual({
        event: 'answer',
        data: { keyId, source: 'cache', data: 1 },
      });
      expect(connected).toMatchObject([{ keyId, source: 'unkey', permissions: ['chat.write'] }]);
      expect(verifications()).toBe(1);
      await ask(client, 'write');
      expect(verifications()).toBe(2);
    },
  );

  it.each<[string, number, string, CreateKeyBody | string | undefined, Setup, Fault?]>([
    ['no key', 4401, 'MISSING_KEY', undefined, {}],
    ['an unknown key', 4401, 'NOT_FOUND', 'unknown_key_1234', {}],
    ['a disabled key', 4401, 'DISABLED', { enabled: false }, {}],
    [
      'a key without the permission',
      4403,
      'INSUFFICIENT_PERMISSIONS',
      {},
      { demands: { permissions: 'chat.join' } },
    ],
    [
      'a key without a permission of the option',
      4403,
      'INSUFFICIENT_PERMISSIONS',
      {},
      { options: { permissions: ['app.use'] } },
    ],
    ['too few credits', 4429, 'USAGE_EXCEEDED', { credits: { remaining: 4 } }, { demands: { credits: 5 } }],
    [
      'too few credits, as 402',
      4429,
      'USAGE_EXCEEDED',
      { credits: { remaining: 4 } },
      { demands: { credits: 5 }, options: { statuses: { USAGE_EXCEEDED: 402 } } },
    ],
    [
      'an exceeded rate limit',
      4429,
      'RATE_LIMITED',
      { ratelimits: limit(1) },
      { demands: { ratelimits: [{ name: 'burst', cost: 2 }] } },
    ],
    ['an outage of Unkey', 1013, 'UNKEY_UNAVAILABLE', {}, {}, { status: 500 }],
    ['a root key that Unkey refuses', 1011, 'UNKEY_MISCONFIGURED', {}, {}, { status: 403 }],
  ])('refuses %s: closed with %i %s', async (_, closeCode, code, body, setup, fault) => {
    const { url, connected, ran, log } = await start(library, setup);
    const key = typeof body === 'object' ? (await server.unkey.createKey(body)).key : body;
    if (fault !== undefined) server.unkey.fail(fault);
    const client = await connect(library, url, key);
    client.emit('who', {});
    const told = await client.next();
    expect(told).toMatchObject({
      event: 'exception',
      data: { status: 'error', code, statusCode: A_NUMBER, message: expect.any(String) as string },
    });
    expect(await client.closed).toEqual(closedWith(library, closeCode, code));
    expect(connected).toEqual([undefined]);
    expect(ran).toEqual([]);
    for (const secret of [server.unkey.rootKey, key ?? server.unkey.rootKey]) {
      expect(JSON.stringify(told)).not.toContain(secret);
      expect(JSON.stringify(log.lines)).not.toContain(secret);
    }
  });

  describe('while it is under way', () => {
    /** An app whose only verification is answered when the test says so. */
    async function startWaiting() {
      let answer: (verification: Verification) => void = () => {};
      const asked = new Promise<Verification>((resolve) => (answer = resolve));
      let calls = 0;
      const verifier = () => (calls++, asked);
      const running = await start(library, { options: { verifier, timeout: 60_000 } });
      return { ...running, answer, calls: () => calls };
    }

    it('no guarded message runs, and all run once it is granted', async () => {
      const { url, ran, answer, calls } = await startWaiting();
      const client = await connect(library, url, 'a_key_of_alice');
      for (let n = 0; n < 3; n++) client.emit('who', n);
      // Messages arrive in order, and a public handler does not wait.
      expect(await ask(client, 'open')).toEqual({ event: 'answer', data: 'open' });
      expect(ran).toEqual([]);
      answer({ valid: true, code: 'VALID', keyId: 'key_1' });
      for (let n = 0; n < 3; n++) {
        expect(await client.next()).toMatchObject({ data: { keyId: 'key_1', data: n } });
      }
      expect(calls()).toBe(1);
    });

    it('no guarded message runs, and none runs once it is rejected', async () => {
      const { url, ran, answer, calls } = await startWaiting();
      const client = await connect(library, url, 'a_key_of_alice');
      for (let n = 0; n < 3; n++) client.emit('who', n);
      await ask(client, 'open');
      answer({ valid: false, code: 'DISABLED' });
      expect(await client.next()).toMatchObject({ event: 'exception', data: { code: 'DISABLED' } });
      await client.closed;
      expect(ran).toEqual([]);
      expect(calls()).toBe(1);
    });
  });

  it('rejects a client if one of two verifications rejects it', async () => {
    const results: unknown[] = [];
    const { url, ran } = await start(library, {
      async onConnection(unkey, client, request) {
        results.push(
          ...(await Promise.all([
            unkey.verifyConnection(client, request, { permissions: 'chat.join' }),
            unkey.verifyConnection(client, request),
          ])),
        );
      },
    });
    const client = await connect(library, url, (await server.unkey.createKey({})).key);
    client.emit('who', 1);
    await client.closed;
    await expect.poll(() => results).toMatchObject([undefined, { code: 'VALID' }]);
    expect(ran).toEqual([]);
  });

  it('closes the connection and logs the error if a key source throws; the process lives', async () => {
    const keyFrom = () => {
      throw new Error('the source broke');
    };
    const { url, log, connected } = await start(library, { options: { keyFrom } });
    for (let n = 0; n < 2; n++) {
      const client = await connect(library, url);
      expect(await client.next()).toEqual({
        event: 'exception',
        data: { status: 'error', message: 'Internal server error' },
      });
      expect(await client.closed).toEqual(closedWith(library, 1011, 'INTERNAL_ERROR'));
    }
    expect(connected).toEqual([undefined, undefined]);
    expect(log.of('error', 'the source broke')).toHaveLength(2);
  });

  it.each<[string, Setup['onConnection'], string]>([
    [
      'demands in place of the request',
      (unkey, client) => unkey.verifyConnection(client, { permissions: 'a' } as never),
      'takes the request of handleConnection(client, request) as its second argument, and the requirements as its third, got an object',
    ],
    [
      'demands that Unkey does not know',
      (unkey, client) => unkey.verifyConnection(client, undefined, { permission: 'a' } as never),
      'UnkeyService.verifyConnection(): unknown option "permission"',
    ],
  ])('refuses everybody and says so in the log, given %s', async (_, onConnection, message) => {
    const { url, log } = await start(library, { onConnection: onConnection! });
    const client = await connect(library, url, (await server.unkey.createKey({})).key);
    expect(await client.closed).toEqual(closedWith(library, 1011, 'INTERNAL_ERROR'));
    expect(log.of('error', message)).toHaveLength(1);
  });

  it('takes the credits of one verification, or none with { credits: 0 }', async () => {
    const { key, keyId } = await server.unkey.createKey({ credits: { remaining: 10 } });
    const { url } = await start(library);
    const client = await connect(library, url, key);
    await ask(client, 'who');
    expect(verifications()).toBe(2);

    const free = await start(library, { demands: { credits: 0 } });
    await ask(await connect(library, free.url, key), 'free');
    expect(verifications()).toBe(3);
    const left = server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey');
    expect(left.at(-1)?.body).toMatchObject({ credits: { cost: 0 } });
    expect(keyId).toBeDefined();
  });

  it("leaves nothing for messages with verifyOn: 'message'", async () => {
    const { url } = await start(library, { options: { verifyOn: 'message' } });
    const client = await connect(library, url, (await server.unkey.createKey({})).key);
    expect(await ask(client, 'who')).toMatchObject({ data: { source: 'unkey' } });
    expect(verifications()).toBe(2);
  });

  it('closes the connection later, if its key is disabled', async () => {
    const { app, url, connected } = await start(library);
    const { key, keyId } = await server.unkey.createKey({});
    const client = await connect(library, url, key);
    await expect.poll(() => connected).toHaveLength(1);
    await app.get(UnkeyService).client.keys.updateKey({ keyId, enabled: false });
    expect(await ask(client, 'who')).toMatchObject({ data: { code: 'DISABLED' } });
    expect(await client.closed).toEqual(closedWith(library, 4401, 'DISABLED'));
  });

  it('reads no key from a payload, and sends the address of the socket', async () => {
    const { url } = await start(library, {
      options: { clientIp: true, keyFrom: [fromPayload('url'), fromHeader('x-api-key')] },
    });
    const { key, keyId } = await server.unkey.createKey({});
    const client = await connect(library, url, key);
    expect(await ask(client, 'who')).toMatchObject({ data: { keyId } });
    const [call, ...others] = server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey');
    expect(call?.headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(others).toEqual([]);
  });

  it('gives sources a context of type ws with the class of the gateway, if only one is possible', async () => {
    const seen: unknown[] = [];
    const keyFrom = (context: ExecutionContext) => {
      const client: unknown = context.switchToWs().getClient();
      seen.push([
        context.getType(),
        context.getClass(),
        context.getArgs().length,
        client === context.getArgs()[0],
      ]);
      return fromHeader('x-api-key')(context);
    };
    const { url, Gateway, connected } = await start(library, { options: { keyFrom } });
    const { key } = await server.unkey.createKey({});
    await connect(library, url, key);
    await expect.poll(() => connected).toHaveLength(1);

    @WebSocketGateway()
    class Another {
      handleConnection() {}
    }
    const several = await start(library, { options: { keyFrom }, providers: [Another] });
    await connect(library, several.url, key);
    await expect.poll(() => several.connected).toHaveLength(1);
    expect(seen).toEqual([
      ['ws', Gateway, 2, true],
      ['ws', UnkeyService, 2, true],
    ]);
  });
});

describe('a gateway with a port of its own on ws', () => {
  it('has the headers of its clients after verifyConnection(client, request), also for later messages', async () => {
    const { url } = await start('ws', { port: await freePort(), options: { verifyOn: 'message' } });
    const { key, keyId } = await server.unkey.createKey({});
    const client = await connect('ws', url, key);
    expect(await ask(client, 'who', 1)).toMatchObject({ data: { keyId, source: 'unkey' } });
    expect((await ask(await connect('ws', url), 'who', 1)).data).toMatchObject({ code: 'MISSING_KEY' });
  });

  it('has none without the request', async () => {
    const { url } = await start('ws', {
      port: await freePort(),
      onConnection: (unkey, client) => unkey.verifyConnection(client),
    });
    const client = await connect('ws', url, (await server.unkey.createKey({})).key);
    expect(await client.closed).toEqual({ code: 4401, reason: 'MISSING_KEY' });
  });
});

describe('socketMiddleware()', () => {
  async function startWith(demands?: VerifyOptions, options: UnkeyModuleOptions = {}) {
    const log = new LogLines();
    const events: unknown[] = [];

    @UseGuards(UnkeyGuard)
    @WebSocketGateway()
    class Gateway {
      constructor(@Inject(UnkeyService) private readonly unkey: UnkeyService) {}

      afterInit(io: Server) {
        io.use(this.unkey.socketMiddleware(demands));
      }

      handleConnection(client: Socket) {
        events.push(client.data);
      }

      @SubscribeMessage('who')
      who(@UnkeyKey() key: VerifiedKey) {
        return { event: 'answer', data: { keyId: key.keyId, source: key.source } };
      }
    }
    class App {}
    Module({
      imports: [UnkeyModule.forRoot({ ...server.options, breaker: false, ...options })],
      providers: [Gateway],
    })(App);
    const app = await NestFactory.create(App, httpAdapter('express'), { logger: log });
    onTestFinished(() => app.close());
    return { url: await listen(app), unkey: app.get(UnkeyService), log, events, Gateway };
  }

  const refused = async (url: string, key?: string) =>
    connectSocketIo(url, key === undefined ? {} : { 'x-api-key': key }).then(
      () => undefined,
      (error: Error & { data?: unknown }) => error,
    );

  it.each<[string, VerifyOptions, string | CreateKeyBody | undefined, string, number]>([
    ['no key', {}, undefined, 'MISSING_KEY', 401],
    ['an unknown key', {}, 'unknown_key_1234', 'NOT_FOUND', 401],
    ['a key without the permission', { permissions: 'chat.join' }, {}, 'INSUFFICIENT_PERMISSIONS', 403],
    [
      'an exceeded rate limit',
      { ratelimits: [{ name: 'burst', cost: 2 }] },
      { ratelimits: limit(1) },
      'RATE_LIMITED',
      429,
    ],
  ])('never lets %s connect', async (_, demands, body, code, statusCode) => {
    const { url, events } = await startWith(demands);
    const key = typeof body === 'object' ? (await server.unkey.createKey(body)).key : body;
    const error = await refused(url, key);
    expect(error?.data).toEqual({
      status: 'error',
      message: error?.message,
      code,
      statusCode,
      ...(code === 'RATE_LIMITED' ? { retryAfter: A_NUMBER } : {}),
    });
    expect(error?.message).not.toBe('');
    expect(events).toEqual([]);
  });

  it('connects a good key, and guards use its answer', async () => {
    const { url, events } = await startWith(undefined, { userFrom: ({ keyId }) => ({ keyId }) });
    const { key, keyId } = await server.unkey.createKey({});
    const client = await connect('socket.io', url, key);
    expect(await ask(client, 'who')).toEqual({ event: 'answer', data: { keyId, source: 'cache' } });
    expect(events).toEqual([{ user: { keyId } }]);
    expect(verifications()).toBe(1);
  });

  it('hides an unexpected error from the client, and logs it', async () => {
    const { url, log, events } = await startWith(undefined, {
      keyFrom: () => {
        throw new Error('the source broke');
      },
    });
    expect(await refused(url)).toMatchObject({
      message: 'Internal server error',
      data: { status: 'error', message: 'Internal server error' },
    });
    expect(log.of('error', 'the source broke')).toHaveLength(1);
    expect(events).toEqual([]);
  });

  it('gives sources the class of the gateway', async () => {
    const seen: unknown[] = [];
    const { url, Gateway } = await startWith(undefined, {
      keyFrom: (context) => void seen.push(context.getClass()),
    });
    await refused(url);
    expect(seen).toEqual([Gateway]);
  });

  it('throws for invalid requirements when it is created', async () => {
    const { unkey } = await startWith();
    expect(() => unkey.socketMiddleware({ credit: 1 } as never)).toThrow(
      'UnkeyService.socketMiddleware(): unknown option "credit"',
    );
  });
});

/** Nest takes a number for a gateway's port, and 0 for the port of the app. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

describe.each(LIBRARIES)('a client of %s whose code of yours is too long for a close reason', (library) => {
  it.each(['É'.repeat(100), `${'x'.repeat(119)}😀`, 'x'.repeat(300)])('is closed: %s', async (code) => {
    const { url } = await start(library, { options: { checks: [{ check: () => false, code }] } });
    const client = await connect(library, url, (await server.unkey.createKey({})).key);
    expect(await client.next()).toMatchObject({ event: 'exception', data: { code } });
    const { reason, code: closeCode } = await client.closed;
    if (library === 'socket.io') return;
    expect(closeCode).toBe(4403);
    expect(code.startsWith(reason)).toBe(true);
    expect(Buffer.byteLength(reason)).toBeGreaterThan(100);
  });
});
