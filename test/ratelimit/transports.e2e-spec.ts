import 'reflect-metadata';
import { Controller, UseGuards, type Type } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { GrpcStreamCall } from '@nestjs/microservices';
import { Public, Ratelimit, UnkeyGuard, UnkeyModule } from 'nestjs-unkey';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { GrpcClient, grpcOptions, protoFile } from '../rpc/support/grpc.js';
import { startMicroservice } from '../rpc/support/microservice.js';
import { useUnkey } from '../support/unkey.js';
import type { ContractParts, HandlerName } from '../transports/contract.js';
import { DRIVERS } from '../transports/drivers.js';
import { GRAPHQL_SERVERS, startGraphql } from '../transports/graphql-app.js';

const MINUTE = 60_000;
const server = useUnkey();
beforeEach(() => server.unkey.clock.set(1_700_000_040_000));

const identifiers = () =>
  server.unkey.calls
    .filter(({ operation }) => operation === 'ratelimit.multiLimit')
    .flatMap(({ body }) => (body as { identifier: string }[]).map(({ identifier }) => identifier));

const handlers: ContractParts['handlers'] = (on, answer = (value) => value): Type => {
  const ok = (handler: HandlerName) => answer({ handler, isSameKey: true });

  @UseGuards(UnkeyGuard)
  class LimitedHandlers {
    @Ratelimit({ namespace: 'limited', limit: 1, duration: MINUTE })
    @on('limited')
    limited() {
      return ok('limited');
    }

    @Ratelimit({ namespace: 'plain', limit: 1, duration: MINUTE, by: () => 'everyone' })
    @Public()
    @on('plain')
    plain() {
      return ok('plain');
    }

    @Ratelimit({ namespace: 'open', limit: 1, duration: MINUTE })
    @Public()
    @on('open')
    open() {
      return ok('open');
    }
  }
  return LimitedHandlers;
};

describe.each(DRIVERS)('@Ratelimit() on every transport: $name', (driver) => {
  const start = async () => {
    const imports = [UnkeyModule.forRoot({ ...server.options, ...driver.options })];
    const running = await driver.start({ imports, handlers });
    onTestFinished(() => running.close());
    return running;
  };
  const refused = (code: string, status: number, hasRetryAfter: boolean) => ({
    code,
    status: driver.passesNoStatus ? undefined : status,
    retryAfter: hasRetryAfter ? (expect.any(Number) as unknown) : undefined,
  });

  it('counts by key and rejects in the way of the transport', async () => {
    const app = await start();
    const { key, keyId } = await server.unkey.createKey({});
    expect((await app.call('limited', key)).answer).toBeDefined();
    const { refusal, received } = await app.call('limited', key);
    expect(refusal).toEqual(refused('RATE_LIMITED', 429, true));
    expect(received).not.toContain(keyId);
    expect(identifiers()).toEqual([`key:${keyId}`, `key:${keyId}`]);
  });

  it('counts by a function, without a key', async () => {
    const app = await start();
    expect((await app.call('plain')).answer).toBeDefined();
    expect((await app.call('plain')).refusal).toEqual(refused('RATE_LIMITED', 429, true));
    expect(identifiers()).toEqual(['everyone', 'everyone']);
  });

  it('counts by the address of the caller, and is a 500 where there is none', async () => {
    const app = await start();
    const hasAddress = !/TCP|Redis|gRPC/.test(driver.name);
    const [first, second] = [await app.call('open'), await app.call('open')];
    const unknown = refused('UNKEY_MISCONFIGURED', 500, false);
    expect(first.refusal).toEqual(hasAddress ? undefined : unknown);
    expect(second.refusal).toEqual(hasAddress ? refused('RATE_LIMITED', 429, true) : unknown);
    expect(identifiers()).toEqual(hasAddress ? ['ip:127.0.0.1', 'ip:127.0.0.1'] : []);
  });

  it('an outage is a 503', async () => {
    const app = await start();
    server.unkey.fail({ status: 500 }, { operation: 'ratelimit.multiLimit' });
    expect((await app.call('plain')).refusal).toEqual(refused('UNKEY_UNAVAILABLE', 503, true));
  });
});

describe.each(GRAPHQL_SERVERS)('one GraphQL operation on $name', (graphql) => {
  @Resolver()
  class SearchResolver {
    @Ratelimit({ namespace: 'search', limit: 1, duration: MINUTE, by: 'ip' })
    @Query(() => String)
    @Reflect.metadata('design:paramtypes', [String])
    search(@Args('text', { type: () => String }) text: string) {
      return text;
    }

    @Ratelimit({
      namespace: 'reset',
      limit: 1,
      duration: MINUTE,
      by: (context) => `email:${context.getArgByIndex<{ email: string }>(1).email}`,
    })
    @Query(() => String)
    @Reflect.metadata('design:paramtypes', [String])
    reset(@Args('email', { type: () => String }) email: string) {
      return email;
    }
  }
  const start = () =>
    startGraphql(graphql, { imports: [UnkeyModule.forRoot(server.options)], providers: [SearchResolver] });

  it('counts a handler once, however many aliases call it', async () => {
    const { send } = await start();
    const query = '{ a: search(text: "a") b: search(text: "b") }';
    expect((await send({ query })).body).toEqual({ data: { a: 'a', b: 'b' } });
    expect(identifiers()).toEqual(['ip:127.0.0.1']);
    expect((await send({ query })).body).toMatchObject({
      errors: [
        { extensions: { code: 'RATE_LIMITED', status: 429, retryAfter: expect.any(Number) as unknown } },
      ],
    });
  });

  it('counts each identifier that a function gives', async () => {
    const { send } = await start();
    const query = '{ a: reset(email: "a") again: reset(email: "a") b: reset(email: "b") }';
    expect((await send({ query })).body).toEqual({ data: { a: 'a', again: 'a', b: 'b' } });
    expect(identifiers().sort()).toEqual(['email:a', 'email:b']);
  });
});

it('a rejected call of @GrpcStreamCall() ends with its status, and the process keeps running', async () => {
  const file = protoFile('documents.proto');
  const grpc = grpcOptions(file, 'documents');
  @Controller()
  class StreamController {
    @Ratelimit({ namespace: 'stream', limit: 1, duration: MINUTE, by: () => 'everyone' })
    @GrpcStreamCall('Documents', 'WatchCall')
    chat(call: {
      on(event: string, listener: (value: unknown) => void): void;
      write(value: unknown): void;
      end(): void;
    }) {
      call.on('data', (value) => call.write(value));
      call.on('end', () => call.end());
    }
  }
  await startMicroservice(grpc, {
    imports: [UnkeyModule.forRoot(server.options)],
    controllers: [StreamController],
  });
  const client = new GrpcClient(grpc.options.url, file, 'documents.Documents');
  onTestFinished(() => client.close());
  expect((await client.call('WatchCall', [{}, {}])).code).toBe(0);
  const { code, trailers } = await client.call('WatchCall', [{}, {}]);
  expect([code, trailers['unkey-code']]).toEqual([8, 'RATE_LIMITED']);
});
