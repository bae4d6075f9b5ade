import { Controller, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Context, Query, Resolver } from '@nestjs/graphql';
import { MessagePattern } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { ConnectedSocket, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  CheckKey,
  Credits,
  KeyFrom,
  RequirePermissions,
  UnkeyGuard,
  UnkeyModule,
  fromHeader,
  fromPayload,
  type UnkeyModuleOptions,
  type VerifiedKey,
} from 'nestjs-unkey';
import { describe, expect, it, onTestFinished } from 'vitest';
import { httpAdapter, listen, LogLines } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';
import { connectSocketIo, connectWs } from '../support/ws-clients.js';
import {
  addressOf,
  microserviceClient,
  outcome,
  startMicroservice,
  TCP,
} from '../rpc/support/microservice.js';
import { GRAPHQL_SERVERS, startGraphql } from '../transports/graphql-app.js';

const server = useUnkey();
const isPro = (key: VerifiedKey) => key.meta?.['plan'] === 'pro';
const PLAN_REQUIRED = { code: 'PLAN_REQUIRED', status: 402 };
const options = (more: UnkeyModuleOptions = {}): UnkeyModuleOptions => ({
  ...server.options,
  exposeRequiredPermissions: true,
  userFrom: ({ identity }) => ({ id: identity?.externalId }),
  ...more,
});

@Resolver()
class AppResolver {
  @Query(() => String)
  user(@Context('req') incoming: { user?: unknown }) {
    return JSON.stringify(incoming.user);
  }

  @RequirePermissions('a', 'b')
  @Query(() => String, { nullable: true })
  permitted() {
    return 'handler';
  }

  @CheckKey(isPro, PLAN_REQUIRED)
  @Query(() => String, { nullable: true })
  pro() {
    return 'handler';
  }

  @KeyFrom(fromHeader('x-partner-key'))
  @Query(() => String, { nullable: true })
  partner() {
    return 'handler';
  }
}

describe.each(GRAPHQL_SERVERS)('GraphQL, $name', (graphql) => {
  const start = async (more?: UnkeyModuleOptions) => {
    const running = await startGraphql(graphql, {
      imports: [UnkeyModule.forRoot({ ...options(more), globalGuard: true })],
      providers: [AppResolver],
    });
    onTestFinished(() => running.app.close());
    return running;
  };

  it("the user of a key is set on the operation's request, once per operation", async () => {
    let made = 0;
    const { send } = await start({
      userFrom: ({ identity }) => ({ id: identity?.externalId, made: ++made }),
    });
    const { key } = await server.unkey.createKey({ externalId: 'alice' });
    const answer = await send({ query: '{ one: user two: user }' }, { 'x-api-key': key });
    const user = JSON.stringify({ id: 'alice', made: 1 });
    expect(answer.body).toEqual({ data: { one: user, two: user } });
  });

  it('rejections contain the requirements, and the code of a check', async () => {
    const { send } = await start();
    const { key } = await server.unkey.createKey({});
    const extensionsOf = async (query: string) => {
      const { body } = await send({ query }, { 'x-api-key': key });
      return (body as { errors: { extensions: object }[] }).errors[0]?.extensions;
    };
    expect(await extensionsOf('{ permitted }')).toMatchObject({
      reason: 'INSUFFICIENT_PERMISSIONS',
      required: 'a AND b',
    });
    const refused = await extensionsOf('{ pro }');
    expect(refused).toMatchObject({ code: 'PLAN_REQUIRED', reason: 'PLAN_REQUIRED', status: 402 });
    expect(refused).not.toHaveProperty('required');
  });

  it('@KeyFrom() is for its field alone', async () => {
    const { send } = await start();
    const { key } = await server.unkey.createKey({});
    const both = await send({ query: '{ partner permitted }' }, { 'x-partner-key': key });
    expect(both.body).toMatchObject({
      data: { partner: 'handler', permitted: null },
      errors: [{ extensions: { reason: 'MISSING_KEY' } }],
    });
  });
});

@UseGuards(UnkeyGuard)
@WebSocketGateway()
class Gateway {
  @SubscribeMessage('user')
  user(@ConnectedSocket() client: { data?: { user?: unknown } }) {
    return { event: 'answer', data: { user: client.data?.user ?? null } };
  }

  @KeyFrom(fromPayload('key'))
  @SubscribeMessage('of-payload')
  ofPayload(@ConnectedSocket() client: { data?: { user?: unknown } }) {
    return { event: 'answer', data: { user: client.data?.user ?? null } };
  }

  @RequirePermissions('a', 'b')
  @SubscribeMessage('permitted')
  permitted() {
    return { event: 'answer', data: {} };
  }

  @CheckKey(isPro, PLAN_REQUIRED)
  @Credits(0)
  @SubscribeMessage('pro')
  pro() {
    return { event: 'answer', data: {} };
  }
}

describe.each(['socket.io', 'ws'] as const)('messages on %s', (library) => {
  async function start(more?: UnkeyModuleOptions) {
    class App {}
    Module({ imports: [UnkeyModule.forRoot(options(more))], providers: [Gateway] })(App);
    const app = await NestFactory.create(App, httpAdapter('express'), { logger: new LogLines() });
    if (library === 'ws') app.useWebSocketAdapter(new WsAdapter(app));
    onTestFinished(() => app.close());
    const url = await listen(app);
    return async (key?: string) => {
      const places = key === undefined ? {} : { 'x-api-key': key };
      const client = library === 'ws' ? await connectWs(url, places) : await connectSocketIo(url, places);
      onTestFinished(() => client.close());
      return async (event: string, data: unknown = {}) => {
        client.emit(event, data);
        return client.next();
      };
    };
  }

  it('the user of a key of the handshake is in client.data on socket.io, and nowhere on ws', async () => {
    let made = 0;
    const connect = await start({ userFrom: ({ identity }) => ({ id: identity?.externalId, made: ++made }) });
    const { key } = await server.unkey.createKey({ externalId: 'alice' });
    const ask = await connect(key);
    const user = library === 'ws' ? null : { id: 'alice', made: 1 };
    expect(await ask('user')).toEqual({ event: 'answer', data: { user } });
    expect(made).toBe(library === 'ws' ? 0 : 1);
  });

  it('no user is made of a key in a message', async () => {
    let made = 0;
    const connect = await start({ userFrom: () => ++made });
    const { key } = await server.unkey.createKey({ externalId: 'alice' });
    const ask = await connect();
    expect(await ask('of-payload', { key })).toEqual({ event: 'answer', data: { user: null } });
    expect(made).toBe(0);
  });

  it('rejections contain the requirements, and the code of a check', async () => {
    const connect = await start();
    const { key } = await server.unkey.createKey({});
    const ask = await connect(key);
    expect(await ask('permitted')).toMatchObject({
      event: 'exception',
      data: { code: 'INSUFFICIENT_PERMISSIONS', statusCode: 403, required: 'a AND b' },
    });
    for (let n = 0; n < 2; n++) {
      expect(await ask('pro')).toMatchObject({
        event: 'exception',
        data: { code: 'PLAN_REQUIRED', statusCode: 402 },
      });
    }
  });
});

@UseGuards(UnkeyGuard)
@KeyFrom(fromPayload('key'))
@Controller()
class Messages {
  @RequirePermissions('a', 'b')
  @MessagePattern('permitted')
  permitted() {
    return {};
  }

  @CheckKey(isPro, PLAN_REQUIRED)
  @MessagePattern('pro')
  pro() {
    return {};
  }
}

describe('messages over TCP', () => {
  it('rejections contain the requirements and the code of a check; no user is created', async () => {
    let made = 0;
    const { app } = await startMicroservice(TCP, {
      imports: [UnkeyModule.forRoot(options({ userFrom: () => ++made }))],
      controllers: [Messages],
    });
    const client = microserviceClient(TCP.transport, addressOf(app));
    const { key } = await server.unkey.createKey({});
    const good = await server.unkey.createKey({ permissions: ['a', 'b'] });
    expect(await outcome(client.send('permitted', { key }))).toMatchObject({
      refused: { code: 'INSUFFICIENT_PERMISSIONS', statusCode: 403, required: 'a AND b' },
    });
    expect(await outcome(client.send('pro', { key }))).toMatchObject({
      refused: { code: 'PLAN_REQUIRED', statusCode: 402 },
    });
    expect(await outcome(client.send('permitted', { key: good.key }))).toEqual({});
    expect(made).toBe(0);
  });
});
