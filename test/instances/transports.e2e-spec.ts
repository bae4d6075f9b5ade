import type { IncomingMessage } from 'node:http';
import { Controller, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Query, Resolver } from '@nestjs/graphql';
import { MessagePattern } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayInit,
} from '@nestjs/websockets';
import {
  Credits,
  InjectUnkeyService,
  KeyFrom,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  type UnkeyService,
  UseUnkey,
  fromHeader,
  fromPayload,
} from 'nestjs-unkey';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  addressOf,
  microserviceClient,
  outcome,
  startMicroservice,
  TCP,
} from '../rpc/support/microservice.js';
import { httpAdapter, listen, LogLines } from '../support/app.js';
import { connectSocketIo, connectWs } from '../support/ws-clients.js';
import { GRAPHQL_SERVERS, startGraphql } from '../transports/graphql-app.js';
import { INTERNAL, useTwoUnkeys } from './support/two-unkeys.js';

const { customers, internal } = useTwoUnkeys();
const instances = (globalGuard = false) => [
  UnkeyModule.forRoot({ ...customers.options, globalGuard }),
  UnkeyModule.forRoot({ name: INTERNAL, ...internal.options, keyFrom: fromHeader('x-staff-key') }),
];

@Resolver()
class AppResolver {
  @Query(() => String, { nullable: true })
  customer(@UnkeyKey('keyId') keyId: string) {
    return keyId;
  }

  @Credits(1)
  @UseUnkey(INTERNAL)
  @Query(() => String, { nullable: true })
  staff(@UnkeyKey('keyId') keyId: string) {
    return keyId;
  }
}

describe.each(GRAPHQL_SERVERS)('GraphQL, $name', (graphql) => {
  it('verifies each field with its instance, once per operation', async () => {
    const { app, send } = await startGraphql(graphql, {
      imports: instances(true),
      providers: [AppResolver],
    });
    onTestFinished(() => app.close());
    const customer = await customers.unkey.createKey({});
    const employee = await internal.unkey.createKey({ credits: { remaining: 10 } });
    const before = internal.unkey.calls.length;
    const query = { query: '{ one: staff two: staff customer }' };
    const both = await send(query, { 'x-api-key': customer.key, 'x-staff-key': employee.key });
    expect(both.body).toEqual({
      data: { one: employee.keyId, two: employee.keyId, customer: customer.keyId },
    });
    expect(internal.unkey.calls.length - before).toBe(1);
    const swapped = await send(query, { 'x-api-key': employee.key, 'x-staff-key': customer.key });
    expect(swapped.body).toMatchObject({
      data: { one: null, two: null, customer: null },
      errors: [1, 2, 3].map(() => ({ extensions: { reason: 'NOT_FOUND' } })),
    });
  });
});

@UseGuards(UnkeyGuard)
@WebSocketGateway()
class Gateway implements OnGatewayConnection, OnGatewayInit {
  /** Which instance verifies the connection, and how. */
  static connection: 'none' | 'handleConnection' | 'middleware' = 'none';

  constructor(@InjectUnkeyService(INTERNAL) private readonly staff: UnkeyService) {}

  afterInit(server: { use?: (middleware: unknown) => void }) {
    if (Gateway.connection === 'middleware') server.use?.(this.staff.socketMiddleware());
  }

  async handleConnection(client: object, request: IncomingMessage) {
    if (Gateway.connection === 'handleConnection') await this.staff.verifyConnection(client, request);
  }

  @SubscribeMessage('customer')
  customer(@UnkeyKey('keyId') keyId: string) {
    return { event: 'answer', data: keyId };
  }

  @UseUnkey(INTERNAL)
  @SubscribeMessage('staff')
  atStaff(@UnkeyKey('keyId') keyId: string) {
    return { event: 'answer', data: keyId };
  }

  @KeyFrom(fromHeader('x-api-key'))
  @UseUnkey(INTERNAL)
  @SubscribeMessage('staff-by-api-key')
  byApiKey(@UnkeyKey('keyId') keyId: string) {
    return { event: 'answer', data: keyId };
  }
}

async function startGateway(library: 'socket.io' | 'ws', connection: typeof Gateway.connection = 'none') {
  Gateway.connection = connection;
  class App {}
  Module({ imports: instances(), providers: [Gateway] })(App);
  const app = await NestFactory.create(App, httpAdapter('express'), { logger: new LogLines() });
  if (library === 'ws') app.useWebSocketAdapter(new WsAdapter(app));
  onTestFinished(() => app.close());
  const url = await listen(app);
  return async (headers: Record<string, string>) => {
    const client = library === 'ws' ? await connectWs(url, headers) : await connectSocketIo(url, headers);
    onTestFinished(() => client.close());
    return {
      ask: async (event: string) => {
        client.emit(event, {});
        return client.next();
      },
      client,
    };
  };
}

describe.each(['socket.io', 'ws'] as const)('messages on %s', (library) => {
  it('are verified by the instance of their handler', async () => {
    const connect = await startGateway(library);
    const customer = await customers.unkey.createKey({});
    const employee = await internal.unkey.createKey({});
    const { ask } = await connect({ 'x-api-key': customer.key, 'x-staff-key': employee.key });
    for (let n = 0; n < 2; n++) {
      expect(await ask('customer')).toEqual({ event: 'answer', data: customer.keyId });
      expect(await ask('staff')).toEqual({ event: 'answer', data: employee.keyId });
    }
    const of = ({ unkey }: typeof customers) =>
      unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;
    expect([of(customers), of(internal)]).toEqual([1, 1]);
  });

  it('keep their connection if one instance rejects a key that the other one accepted', async () => {
    const connect = await startGateway(library);
    const { key, keyId } = await customers.unkey.createKey({});
    const { ask } = await connect({ 'x-api-key': key });
    expect(await ask('customer')).toEqual({ event: 'answer', data: keyId });
    expect(await ask('staff-by-api-key')).toMatchObject({ event: 'exception', data: { code: 'NOT_FOUND' } });
    expect(await ask('customer')).toEqual({ event: 'answer', data: keyId });
  });

  it('use only the result of verifyConnection() of their own instance', async () => {
    const connect = await startGateway(library, 'handleConnection');
    const customer = await customers.unkey.createKey({});
    const employee = await internal.unkey.createKey({});
    const { ask } = await connect({ 'x-api-key': customer.key, 'x-staff-key': employee.key });
    expect(await ask('staff')).toEqual({ event: 'answer', data: employee.keyId });
    expect(await ask('customer')).toEqual({ event: 'answer', data: customer.keyId });
    const of = ({ unkey }: typeof customers) =>
      unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;
    expect([of(customers), of(internal)]).toEqual([1, 1]);
  });
});

it('clients of socket.io do not connect past socketMiddleware() of a named instance', async () => {
  const connect = await startGateway('socket.io', 'middleware');
  const customer = await customers.unkey.createKey({});
  const employee = await internal.unkey.createKey({});
  await expect(connect({ 'x-staff-key': customer.key })).rejects.toThrow(/key/i);
  const { ask } = await connect({ 'x-staff-key': employee.key });
  expect(await ask('staff')).toEqual({ event: 'answer', data: employee.keyId });
});

@UseUnkey(INTERNAL)
@KeyFrom(fromPayload('key'))
@Controller()
class Messages {
  @MessagePattern('staff')
  staff(@UnkeyKey('keyId') keyId: string) {
    return { keyId };
  }
}

describe('messages over TCP', () => {
  it('are verified by the instance of their handler', async () => {
    const { app } = await startMicroservice(TCP, { imports: instances(), controllers: [Messages] });
    const client = microserviceClient(TCP.transport, addressOf(app));
    const customer = await customers.unkey.createKey({});
    const employee = await internal.unkey.createKey({});
    expect(await outcome(client.send('staff', { key: employee.key }))).toEqual({ keyId: employee.keyId });
    expect(await outcome(client.send('staff', { key: customer.key }))).toMatchObject({
      refused: { code: 'NOT_FOUND', statusCode: 401 },
    });
  });

  it('pass without a key if their own instance skips them', async () => {
    const { app } = await startMicroservice(TCP, {
      imports: [
        UnkeyModule.forRoot(customers.options),
        UnkeyModule.forRoot({ name: INTERNAL, ...internal.options, skipTransports: ['rpc'] }),
      ],
      controllers: [Messages],
    });
    const client = microserviceClient(TCP.transport, addressOf(app));
    expect(await outcome(client.send('staff', {}))).toEqual({});
  });

  it('are rejected if only the other instance skips them', async () => {
    const { app } = await startMicroservice(TCP, {
      imports: [
        UnkeyModule.forRoot({ ...customers.options, skipTransports: ['rpc'] }),
        UnkeyModule.forRoot({ name: INTERNAL, ...internal.options }),
      ],
      controllers: [Messages],
    });
    const client = microserviceClient(TCP.transport, addressOf(app));
    expect(await outcome(client.send('staff', {}))).toMatchObject({ refused: { code: 'MISSING_KEY' } });
  });
});
