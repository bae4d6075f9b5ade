import { Controller, Get, Inject, Req, Res, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  OptionalKey,
  UnkeyKey,
  UnkeyModule,
  UnkeyService,
  type UnkeyModuleOptions,
  type VerifiedKey,
  type Verifier,
} from 'nestjs-unkey';
import { fakeVerifier } from 'nestjs-unkey/testing';
import { Unkey } from '@unkey/api';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADAPTERS, bootError, httpAdapter, LogLines, startApp, type Adapter } from './support/app.js';
import { useUnkey } from './support/unkey.js';

const server = useUnkey();

/** A store that several apps share, without a network. */
function mapStore() {
  const map = new Map<string, string>();
  return {
    get: async (name: string) => map.get(name),
    set: async (name: string, value: string) => void map.set(name, value),
    delete: async (name: string) => map.delete(name),
  };
}

async function serviceWith(options: UnkeyModuleOptions): Promise<UnkeyService> {
  const { app } = await startApp('express', { imports: [UnkeyModule.forRoot(options)] });
  return app.get(UnkeyService);
}

/** Returns VALID for one key and NOT_FOUND for all others. */
const verifierOf = (key: string): Verifier => fakeVerifier({ [key]: 'VALID' });

describe('cache.scope', () => {
  const store = mapStore();
  const client = () => new Unkey({ rootKey: 'any', serverURL: server.unkey.url });
  it.each<[string, () => UnkeyModuleOptions, 'verifier' | 'client' | undefined]>([
    ['the built-in HTTP verifier', () => ({}), undefined],
    ['a client that the module creates', () => ({ verifier: 'sdk' }), undefined],
    ['your own client next to the built-in HTTP verifier', () => ({ client: client() }), undefined],
    ['your own client without a root key', () => ({ rootKey: undefined, client: client() }), 'client'],
    ['your own client with a root key', () => ({ verifier: 'sdk', client: client() }), 'client'],
    ['your own verifier', () => ({ verifier: verifierOf('any') }), 'verifier'],
    [
      'your own verifier without a root key',
      () => ({ rootKey: undefined, verifier: verifierOf('any'), client: client() }),
      'verifier',
    ],
  ])('with a store and %s', async (_, options, own) => {
    const given = { ...server.options, ...options() };
    const booted = bootError({ imports: [UnkeyModule.forRoot({ ...given, cache: { store } })] });
    const refusal = `option "cache.scope" is required, because "cache.store" is shared and keys are verified by your own "${own}"`;
    expect(String(await booted.catch(String))).toContain(own === undefined ? 'the app booted' : refusal);
    await serviceWith({ ...given, cache: { store, scope: 'acme' } });
    await serviceWith({ ...given, cache: {} });
  });

  /** Whether app B accepts a key that it does not know itself after app A has verified it. */
  const isAdopted = async (ofA: UnkeyModuleOptions, ofB: UnkeyModuleOptions) => {
    const shared = mapStore();
    const options = ({ cache, ...rest }: UnkeyModuleOptions, key: string): UnkeyModuleOptions => ({
      ...server.options,
      verifier: verifierOf(key),
      ...rest,
      cache: { store: shared, ...(typeof cache === 'object' ? cache : {}) },
    });
    const [a, b] = [await serviceWith(options(ofA, 'key_of_a')), await serviceWith(options(ofB, 'key_of_b'))];
    expect(await a.verify('key_of_a')).toMatchObject({ valid: true });
    return (await b.verify('key_of_a')).valid;
  };
  it.each<[string, boolean, UnkeyModuleOptions, UnkeyModuleOptions]>([
    ['the same scope', true, {}, {}],
    ['another scope', false, { cache: { scope: 'a' } }, { cache: { scope: 'b' } }],
    ['another root key', false, { rootKey: 'a' }, { rootKey: 'b' }],
    ['another URL', false, { baseUrl: 'http://127.0.0.1:1' }, { baseUrl: 'http://127.0.0.1:2' }],
    // The parts of the scope must not be joined ambiguously.
    [
      'the same text in other parts',
      false,
      { rootKey: 'a', cache: { scope: 'b' } },
      { rootKey: 'b', cache: { scope: 'a' } },
    ],
  ])('an app uses results that an app with %s stored: %s', async (_, expected, ofA, ofB) => {
    const withScope = (options: UnkeyModuleOptions) => ({ cache: { scope: 'same' }, ...options });
    expect(await isAdopted(withScope(ofA), withScope(ofB))).toBe(expected);
  });
});

describe.each(ADAPTERS)('an app that passes its request to another app, on %s', (adapter) => {
  const SECOND = Symbol('the second app');

  @Controller()
  class FirstController {
    constructor(@Inject(SECOND) private readonly second: INestApplication) {}
    @Get(':path')
    async handOver(@Req() request: object, @Res() response: object) {
      await handTo(adapter, this.second, request, response);
    }
  }

  @Controller()
  class SecondController {
    @Get('required')
    required(@UnkeyKey() key: VerifiedKey) {
      return { keyId: key.keyId, source: key.source };
    }
    @OptionalKey()
    @Get('optional')
    optional(@UnkeyKey() key: VerifiedKey | undefined, @Req() request: { unkey?: unknown }) {
      return { key: key?.keyId ?? null, attached: request.unkey !== undefined };
    }
  }

  const start = async (ofFirst: UnkeyModuleOptions, ofSecond: UnkeyModuleOptions) => {
    const withDefaults = (options: UnkeyModuleOptions) =>
      UnkeyModule.forRoot({ ...server.options, globalGuard: true, ...options });
    class SecondModule {}
    const app = await NestFactory.create(
      { module: SecondModule, imports: [withDefaults(ofSecond)], controllers: [SecondController] },
      httpAdapter(adapter),
      { logger: new LogLines(), abortOnError: false },
    );
    await app.init();
    if (adapter === 'fastify') await (app as NestFastifyApplication).getHttpAdapter().getInstance().ready();
    onTestFinished(() => app.close());
    return startApp(adapter, {
      imports: [withDefaults(ofFirst)],
      controllers: [FirstController],
      providers: [{ provide: SECOND, useValue: app }],
    });
  };
  const calls = () => server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

  it('a key that was verified with another root key is rejected', async () => {
    const { get } = await start({}, { rootKey: server.unkey.createRootKey({ permissions: [] }) });
    const { key } = await server.unkey.createKey({});
    const { status, body } = await get('/required', { 'x-api-key': key });
    expect({ status, body }).toMatchObject({ status: 401, body: { code: 'NOT_FOUND' } });
  });

  it.each<[string, UnkeyModuleOptions, UnkeyModuleOptions, number]>([
    ['their own verifiers', {}, {}, 401],
    [
      'their own verifiers, with the same scope',
      { cache: { scope: 'acme' } },
      { cache: { scope: 'acme' } },
      200,
    ],
    ['their own verifiers, with different scopes', { cache: { scope: 'a' } }, { cache: { scope: 'b' } }, 401],
    ['another key prefix', { cache: { scope: 'a' } }, { cache: { scope: 'a' }, keyPrefix: 'acme_' }, 401],
  ])('%s', async (_, ofFirst, ofSecond, status) => {
    const { get } = await start(
      { verifier: verifierOf('key_of_a'), ...ofFirst },
      { verifier: verifierOf('key_of_b'), ...ofSecond },
    );
    expect((await get('/required', { 'x-api-key': 'key_of_a' })).status).toBe(status);
  });

  it('the same base URL and root key: the request is verified once', async () => {
    const { get } = await start({}, {});
    const { key, keyId } = await server.unkey.createKey({ credits: { remaining: 10 } });
    expect((await get('/required', { 'x-api-key': key })).body).toEqual({ keyId, source: 'unkey' });
    expect(calls()).toBe(1);
  });

  it('a public handler does not see a key that only the first app verified', async () => {
    const { get } = await start(
      { verifier: verifierOf('key_of_a') },
      { verifier: verifierOf('key_of_b'), keyFrom: () => undefined },
    );
    expect((await get('/optional', { 'x-api-key': 'key_of_a' })).body).toEqual({
      key: null,
      attached: false,
    });
  });
});

/** Passes the Node request and response of one app to another app. */
async function handTo(
  adapter: Adapter,
  app: INestApplication,
  request: object,
  response: object,
): Promise<void> {
  if (adapter === 'express') {
    const express = app.getHttpAdapter().getInstance() as (request: object, response: object) => void;
    express(request, response);
    return;
  }
  const fastify = (app as NestFastifyApplication).getHttpAdapter().getInstance();
  const { raw } = request as { raw: Parameters<typeof fastify.routing>[0] };
  const reply = response as { hijack(): void; raw: Parameters<typeof fastify.routing>[1] };
  reply.hijack();
  fastify.routing(raw, reply.raw);
}
