import type { IncomingMessage } from 'node:http';
import { Controller, Inject, Module, UseGuards, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Query, Resolver, Subscription } from '@nestjs/graphql';
import { MessagePattern } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  KeyFrom,
  OptionalKey,
  RequirePermissions,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  UnkeyService,
  fromHandshake,
  fromHeader,
  fromPayload,
  type UnkeyModuleOptions,
  type VerifiedKey,
} from 'nestjs-unkey';
import { principalHeader, UnkeyTestingModule, verifiedKey } from 'nestjs-unkey/testing';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import {
  addressOf,
  microserviceClient,
  outcome,
  startMicroservice,
  TCP,
} from '../rpc/support/microservice.js';
import { ADAPTERS, httpAdapter, listen, LogLines, type Adapter } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';
import { connectSocketIo, connectWs } from '../support/ws-clients.js';
import { GRAPHQL_SERVERS, startGraphql } from '../transports/graphql-app.js';
import { SocketClient, type SocketOptions } from '../transports/graphql-ws-client.js';

const PRINCIPAL = 'x-unkey-principal';
const server = useUnkey();
beforeEach(() => vi.stubEnv('UNKEY_ROOT_KEY', undefined));
afterEach(() => vi.unstubAllEnvs());

const alice = verifiedKey({ keyId: 'key_alice', permissions: ['a'], name: 'Zoë' });
const DENY: UnkeyModuleOptions = { gateway: { trust: 'always' } };
const verifying = (): UnkeyModuleOptions => ({
  ...server.options,
  gateway: { trust: 'always', otherwise: 'verify' },
});

async function* events<T>(...values: T[]) {
  yield* values;
}

@Resolver()
class AppResolver {
  @Query(() => String)
  who(@UnkeyKey() { keyId, name, source }: VerifiedKey) {
    return `${keyId} ${name ?? ''} ${source}`;
  }
  @RequirePermissions('a')
  @Query(() => String, { nullable: true })
  permitted() {
    return 'handler';
  }
  @RequirePermissions('b')
  @Query(() => String, { nullable: true })
  forbidden() {
    return 'handler';
  }
  @OptionalKey()
  @Query(() => String)
  optional(@UnkeyKey('keyId') keyId: string | undefined) {
    return String(keyId);
  }
  @Subscription(() => String)
  events(@UnkeyKey('keyId') keyId: string) {
    return events({ events: keyId });
  }
}

@Resolver()
class PartnerResolver {
  @KeyFrom(fromHandshake('partner'))
  @Subscription(() => String)
  partner(@UnkeyKey('keyId') keyId: string) {
    return events({ partner: keyId });
  }
}

describe.each(GRAPHQL_SERVERS)('a principal in GraphQL, $name', (graphql) => {
  const start = async (options: UnkeyModuleOptions, resolvers: Type[] = []) => {
    const running = await startGraphql(
      graphql,
      {
        imports: [UnkeyModule.forRoot({ globalGuard: true, ...options })],
        providers: [AppResolver, ...resolvers],
      },
      { subscriptions: {} },
    );
    onTestFinished(() => running.app.close());
    return {
      ...running,
      connect: (socket: SocketOptions) => {
        const client = new SocketClient(running.url, socket);
        onTestFinished(() => client.close());
        return client;
      },
    };
  };

  it('is read from the request, and permissions are compared for each root field', async () => {
    const { send } = await start(DENY);
    expect(await send({ query: '{ who permitted forbidden }' }, principalHeader(alice))).toMatchObject({
      body: {
        data: { who: 'key_alice Zoë gateway', permitted: 'handler', forbidden: null },
        errors: [{ extensions: { reason: 'INSUFFICIENT_PERMISSIONS', status: 403 } }],
      },
    });
    expect(await send({ query: '{ who }' })).toMatchObject({
      body: { errors: [{ extensions: { reason: 'MISSING_KEY', status: 401 } }] },
    });
    expect(await send({ query: '{ who }' }, { [PRINCIPAL]: '{' })).toMatchObject({
      body: { errors: [{ extensions: { reason: 'UNKEY_UNAVAILABLE', status: 503 } }] },
    });
  });

  it('is read from the upgrade request of graphql-ws, and never from connectionParams', async () => {
    const { connect } = await start(DENY);
    const query = 'subscription { events }';
    const good = connect({ headers: principalHeader(alice) });
    expect(await good.run(query)).toEqual({ data: [{ events: 'key_alice' }], extensions: [] });
    for (const connectionParams of [
      principalHeader(alice),
      { 'X-Unkey-Principal': principalHeader(alice)[PRINCIPAL] },
      { headers: principalHeader(alice) },
      { request: { headers: principalHeader(alice) } },
      { extra: { request: { headers: principalHeader(alice) } } },
    ]) {
      const forged = connect({ connectionParams });
      expect(await forged.run(query)).toMatchObject({ data: [], extensions: [{ reason: 'MISSING_KEY' }] });
    }
  });

  it('a key that looks as the principal is remembered is no key', async () => {
    const { connect } = await start(verifying(), [PartnerResolver]);
    const headers = principalHeader(alice);
    const partner = `\0gateway  ${headers[PRINCIPAL]}`;
    const client = connect({ headers, connectionParams: { partner } });
    expect(await client.run('subscription { partner }')).toMatchObject({
      data: [],
      extensions: [{ reason: 'MALFORMED_KEY' }],
    });
  });
});

@UseGuards(UnkeyGuard)
@WebSocketGateway()
class Gateway {
  constructor(@Inject(UnkeyService) private readonly unkey: UnkeyService) {}

  verifies = false;
  readonly metas: unknown[] = [];

  async handleConnection(client: object, incoming: IncomingMessage) {
    if (this.verifies) await this.unkey.verifyConnection(client, incoming);
  }

  @SubscribeMessage('who')
  who(@UnkeyKey() key: VerifiedKey) {
    this.metas.push(key.meta);
    return { event: 'answer', data: { keyId: key.keyId, name: key.name, source: key.source } };
  }

  @RequirePermissions('b')
  @SubscribeMessage('forbidden')
  forbidden() {
    return { event: 'answer', data: {} };
  }
}

interface Setup {
  adapter?: Adapter;
  verifies?: boolean;
}

describe.each(['socket.io', 'ws'] as const)('a principal on %s', (library) => {
  async function start(module: DynamicModule, { adapter = 'express', verifies = false }: Setup = {}) {
    class App {}
    Module({ imports: [module], providers: [Gateway] })(App);
    const app = await NestFactory.create(App, httpAdapter(adapter), { logger: new LogLines() });
    if (library === 'ws') app.useWebSocketAdapter(new WsAdapter(app));
    onTestFinished(() => app.close());
    const url = await listen(app);
    app.get(Gateway).verifies = verifies;
    const connect = async (headers: Record<string, string>, elsewhere: Record<string, string> = {}) => {
      const query = new URLSearchParams(elsewhere).toString();
      const client =
        library === 'ws'
          ? await connectWs(`${url}/?${query}`, headers)
          : await connectSocketIo(url, elsewhere, { headers, query: elsewhere });
      onTestFinished(() => client.close());
      const ask = async (event: string) => {
        client.emit(event, {});
        return client.next();
      };
      return { ask, client };
    };
    return { app, connect };
  }
  const WHO = { event: 'answer', data: { keyId: 'key_alice', name: 'Zoë', source: 'gateway' } };

  it.each(ADAPTERS)('is read from the handshake, for each message (%s)', async (adapter) => {
    const { connect } = await start(UnkeyModule.forRoot(DENY), { adapter });
    const { ask } = await connect(principalHeader(alice));
    expect(await ask('who')).toEqual(WHO);
    expect(await ask('who')).toEqual(WHO);
    expect(await ask('forbidden')).toMatchObject({
      event: 'exception',
      data: { code: 'INSUFFICIENT_PERMISSIONS', statusCode: 403 },
    });
    const { ask: anonymous } = await connect({});
    expect(await anonymous('who')).toMatchObject({ event: 'exception', data: { code: 'MISSING_KEY' } });
  });

  it('is never read from handshake.auth or the query', async () => {
    const { connect } = await start(UnkeyModule.forRoot(DENY));
    const forged = principalHeader(alice);
    for (const elsewhere of [forged, { 'X-Unkey-Principal': forged[PRINCIPAL] }]) {
      const { ask } = await connect({}, elsewhere);
      expect(await ask('who')).toMatchObject({ event: 'exception', data: { code: 'MISSING_KEY' } });
    }
  });

  it('closes the connection when the principal expires', async () => {
    const { clock } = server.unkey;
    const { connect } = await start(UnkeyTestingModule.forEmulator(server.unkey, DENY));
    const { ask, client } = await connect(principalHeader({ ...alice, expires: clock.now() + 60_000 }));
    expect(await ask('who')).toEqual(WHO);
    clock.advance(60_001);
    expect(await ask('who')).toMatchObject({ event: 'exception', data: { code: 'EXPIRED' } });
    expect(await client.closed).toMatchObject(
      library === 'ws' ? { code: 4401, reason: 'EXPIRED' } : { reason: 'io server disconnect' },
    );
  });

  it('verifyConnection() accepts it, and rejects a client without one', async () => {
    const { connect } = await start(UnkeyModule.forRoot(DENY), { verifies: true });
    const { ask } = await connect(principalHeader(alice));
    expect(await ask('who')).toEqual(WHO);
    const { client } = await connect({});
    expect(await client.next()).toMatchObject({ event: 'exception', data: { code: 'MISSING_KEY' } });
    expect(await client.closed).toMatchObject(
      library === 'ws' ? { code: 4401 } : { reason: 'io server disconnect' },
    );
  });

  it("with 'verify', the key is verified where there is no principal", async () => {
    const { connect } = await start(UnkeyModule.forRoot(verifying()));
    const { key, keyId } = await server.unkey.createKey({});
    const { ask } = await connect({ ...principalHeader(alice), 'x-api-key': key });
    expect(await ask('who')).toEqual(WHO);
    const { ask: askWithKey } = await connect({ 'x-api-key': key });
    expect(await askWithKey('who')).toMatchObject({ data: { keyId, source: 'unkey' } });
  });

  it('schemas apply to each message, to a held answer of a key too', async () => {
    const metaSchema = z.object({ since: z.string() }).transform(({ since }) => ({ since: new Date(since) }));
    const { app, connect } = await start(UnkeyModule.forRoot({ ...verifying(), metaSchema }));
    const meta = { since: '2026-01-01T00:00:00.000Z' };
    const { key, keyId } = await server.unkey.createKey({ meta });
    const holder = await connect({ 'x-api-key': key });
    expect(await holder.ask('who')).toMatchObject({ data: { keyId, source: 'unkey' } });
    expect(await holder.ask('who')).toMatchObject({ data: { keyId, source: 'cache' } });
    const { ask } = await connect(principalHeader({ ...alice, meta }));
    expect(await ask('who')).toEqual(WHO);
    const { metas } = app.get(Gateway);
    expect(metas).toEqual(Array.from({ length: 3 }, () => ({ since: new Date(meta.since) })));
    expect(new Set(metas).size).toBe(3);
    expect(metas.some((one) => Object.isFrozen(one))).toBe(false);
  });
});

@UseGuards(UnkeyGuard)
@Controller()
class Messages {
  @MessagePattern('who')
  who(@UnkeyKey() { keyId, source }: VerifiedKey) {
    return { keyId, source };
  }
}

describe('a microservice, which has no HTTP gateway in front of it', () => {
  const start = async (options: UnkeyModuleOptions) => {
    const { app } = await startMicroservice(TCP, {
      imports: [UnkeyModule.forRoot({ ...options, keyFrom: [fromHeader('x-api-key'), fromPayload('key')] })],
      controllers: [Messages],
    });
    // Nest 11 does not transport metadata.
    return microserviceClient(TCP.transport, addressOf(app), principalHeader(alice));
  };

  it('ignores the header in the metadata of a message', async () => {
    const client = await start(DENY);
    expect(await outcome(client.send('who', {}))).toMatchObject({ refused: { code: 'MISSING_KEY' } });
  });

  it("verifies its keys with 'verify'", async () => {
    const client = await start(verifying());
    const { key, keyId } = await server.unkey.createKey({});
    expect(await outcome(client.send('who', { key }))).toEqual({ keyId, source: 'unkey' });
  });
});
