import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { Controller, Get } from '@nestjs/common';
import {
  CHANNELS,
  KeyRatelimit,
  RequirePermissions,
  UnkeyModule,
  type UnkeyModuleOptions,
  type VerificationMessage,
} from 'nestjs-unkey';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADAPTERS, startApp } from './support/app.js';
import { useUnkey } from './support/unkey.js';

@Controller()
class AppController {
  @Get()
  plain() {
    return 'handler';
  }
  @RequirePermissions('documents.read')
  @KeyRatelimit('burst', { limit: 5, duration: 60_000 })
  @Get('documents')
  documents() {
    return 'handler';
  }
}

/** Everything that is said on a channel while a test runs, as it stood then. */
function listenTo(name: keyof typeof CHANNELS): { messages: unknown[]; objects: unknown[] } {
  const heard = { messages: [] as unknown[], objects: [] as unknown[] };
  const listener = (message: unknown) => {
    heard.messages.push(structuredClone(message));
    heard.objects.push(message);
  };
  subscribe(CHANNELS[name], listener);
  onTestFinished(() => void unsubscribe(CHANNELS[name], listener));
  return heard;
}

/** Until the clock says a later time than this; what lives for a millisecond is over then. */
async function past(time: number): Promise<void> {
  while (Date.now() <= time) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(ADAPTERS)('events, on %s', (adapter) => {
  const server = useUnkey();
  const start = (options: UnkeyModuleOptions = {}) =>
    startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, ...options })],
      controllers: [AppController],
    });

  it('a verification begins and ends with one object', async () => {
    const [begun, ended] = [listenTo('verificationStart'), listenTo('verificationEnd')];
    const { get } = await start();
    const { key, keyId } = await server.unkey.createKey({ permissions: ['documents.read'] });
    await get('/documents', { 'x-api-key': key });
    const demanded = { permissions: 'documents.read', credits: undefined, ratelimits: ['burst'] };
    expect(begun.messages).toEqual([demanded]);
    expect(ended.messages).toEqual([
      {
        ...demanded,
        durationMs: expect.any(Number),
        source: 'unkey',
        code: 'VALID',
        keyId,
        requestId: expect.stringMatching(/^req_/),
      },
    ]);
    expect(ended.objects[0]).toBe(begun.objects[0]);
    expect(JSON.stringify([begun, ended])).not.toContain(key);
  });

  it('one that fails says why', async () => {
    const ended = listenTo('verificationEnd');
    const { get } = await start();
    server.unkey.fail({ status: 500 }, { times: 1 });
    await get('/', { 'x-api-key': 'any' });
    expect(ended.messages).toMatchObject([{ code: 'UNKEY_UNAVAILABLE', reason: 'Unkey returned 500' }]);
  });

  it('a remembered answer', async () => {
    const [cache, ended] = [listenTo('cache'), listenTo('verificationEnd')];
    const { get } = await start({ cache: true });
    const { key, keyId } = await server.unkey.createKey({});
    for (let n = 0; n < 2; n++) await get('/', { 'x-api-key': key });
    expect(cache.messages).toEqual([
      { result: 'miss', keyId: undefined },
      { result: 'hit', keyId },
    ]);
    expect(ended.messages).toMatchObject([{ source: 'unkey' }, { source: 'cache', code: 'VALID', keyId }]);
  });

  it('that we are at fault', async () => {
    const ended = listenTo('verificationEnd');
    const { get } = await start();
    server.unkey.fail({ status: 401 }, { times: 1 });
    await get('/', { 'x-api-key': 'any' });
    expect(ended.messages).toMatchObject([{ code: 'UNKEY_MISCONFIGURED', reason: 'Unkey returned 401' }]);
  });

  it('never holds a key, whatever happens', async () => {
    const names = Object.keys(CHANNELS) as (keyof typeof CHANNELS)[];
    const heard = names.map((name) => listenTo(name));
    const { get } = await start({
      cache: { ttl: 1, staleIfError: 60_000 },
      breaker: { consecutiveFailures: 1, openFor: 1 },
    });
    const { key } = await server.unkey.createKey({});
    await get('/', { 'x-api-key': key });
    await past(Date.now() + 1);
    server.unkey.fail({ status: 500 }, { times: 1 });
    await get('/', { 'x-api-key': key });
    // Until the breaker lets somebody ask again.
    await expect.poll(async () => (await get('/', { 'x-api-key': 'acme_unknown_key' })).status).toBe(401);
    expect(heard.map(({ messages }) => messages.length)).not.toContain(0);
    const told = inspect(heard, { depth: 20, showHidden: true });
    for (const secret of [key, 'acme_unknown_key', server.unkey.rootKey]) expect(told).not.toContain(secret);
  });

  it('misses of the cache, a stale answer, the breaker', async () => {
    const [cache, breaker] = [listenTo('cache'), listenTo('breaker')];
    const { get } = await start({
      cache: { ttl: 1, staleIfError: 60_000 },
      breaker: { consecutiveFailures: 1, openFor: 1 },
    });
    const { key, keyId } = await server.unkey.createKey({});
    await get('/', { 'x-api-key': key });
    await past(Date.now() + 1);
    server.unkey.fail({ status: 500 }, { times: 1 });
    await get('/', { 'x-api-key': key });
    await expect.poll(() => get('/', { 'x-api-key': key }).then(() => breaker.messages.length)).toBe(3);
    expect(cache.messages.slice(0, 3)).toEqual([
      { result: 'miss', keyId: undefined },
      { result: 'miss', keyId: undefined },
      { result: 'stale', keyId },
    ]);
    expect(breaker.messages).toEqual([{ state: 'open' }, { state: 'half-open' }, { state: 'closed' }]);
  });

  it('a denial, and an outage is none', async () => {
    const denials = listenTo('denial');
    const { get } = await start();
    const { key, keyId } = await server.unkey.createKey({ enabled: false });
    await get('/');
    await get('/', { 'x-api-key': key });
    server.unkey.fail({ status: 500 }, { times: 1 });
    await get('/', { 'x-api-key': key });
    expect(denials.messages).toEqual([
      { code: 'MISSING_KEY', status: 401, keyId: undefined, requestId: undefined },
      { code: 'DISABLED', status: 401, keyId, requestId: expect.stringMatching(/^req_/) },
    ]);
  });
});

describe('a subscriber of `verificationStart`', () => {
  const server = useUnkey();
  const subscriber = (listener: (message: unknown, name: string | symbol) => void) => {
    subscribe(CHANNELS.verificationStart, listener);
    onTestFinished(() => void unsubscribe(CHANNELS.verificationStart, listener));
  };
  const start = (seen: unknown[], storage: AsyncLocalStorage<unknown>) =>
    startApp('express', {
      imports: [
        UnkeyModule.forRoot({
          ...server.options,
          globalGuard: true,
          client: false,
          verifier: async () => {
            await Promise.resolve();
            seen.push(storage.getStore());
            return { valid: true, code: 'VALID', keyId: 'key_1' };
          },
        }),
      ],
      controllers: [AppController],
    });

  it('sets the context of the verification by `within`, and the message can still be cloned', async () => {
    const [storage, seen, clones] = [new AsyncLocalStorage(), [] as unknown[], [] as unknown[]];
    subscriber((message) => {
      (message as VerificationMessage).within = (run) => storage.run('span', run);
    });
    subscriber((message) => clones.push(structuredClone(message)));
    const { get } = await start(seen, storage);
    await get('/', { 'x-api-key': 'any' });
    expect(seen).toEqual(['span']);
    expect(clones).toEqual([{ permissions: undefined, credits: undefined, ratelimits: [] }]);
  });

  it('can bind an AsyncLocalStorage to the channel instead', async () => {
    const [storage, seen] = [new AsyncLocalStorage(), [] as unknown[]];
    const startChannel = channel(CHANNELS.verificationStart);
    startChannel.bindStore(storage, () => 'bound');
    onTestFinished(() => void startChannel.unbindStore(storage));
    const { get } = await start(seen, storage);
    await get('/', { 'x-api-key': 'any' });
    expect(seen).toEqual(['bound']);
  });
});
