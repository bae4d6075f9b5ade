import KeyvRedis from '@keyv/redis';
import Keyv from 'keyv';
import { UnkeyModule, UnkeyService, type UnkeyModuleOptions } from 'nestjs-unkey';
import { Agent } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startApp } from './support/app.js';
import { freePort, hasRedis, RedisProcess } from './support/redis.js';
import { useUnkey } from './support/unkey.js';

/** More ms than a working Redis takes, even on a busy machine. */
const STORE_TIMEOUT = 20_000;

afterEach(() => void vi.useRealTimers());

describe.skipIf(!hasRedis)('two instances of an app with Keyv over a real Redis', () => {
  const server = useUnkey();
  let redis: RedisProcess;
  beforeAll(async () => {
    redis = new RedisProcess(await freePort());
    await redis.start();
  });
  afterAll(() => redis.kill());

  const instance = async (
    cache: Exclude<UnkeyModuleOptions['cache'], boolean | undefined> = {},
    options: UnkeyModuleOptions = {},
  ) => {
    const store = new Keyv({ store: new KeyvRedis(redis.url) });
    // Keyv reports a lost connection as an `error` event, which ends the process without a listener.
    store.on('error', () => undefined);
    onTestFinished(() => void store.disconnect().catch(() => undefined));
    const { app } = await startApp('express', {
      imports: [
        UnkeyModule.forRoot({
          ...server.options,
          breaker: false,
          cache: { store, storeTimeout: STORE_TIMEOUT, ...cache },
          ...options,
        }),
      ],
    });
    return app.get(UnkeyService);
  };
  const operation = async (name: string, body: object) => {
    const { status } = await fetch(`${server.unkey.url}/v2/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.unkey.rootKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(status).toBe(200);
  };
  const deleteKey = (keyId: string) => operation('keys.deleteKey', { keyId });
  const disableKey = (keyId: string) => operation('keys.updateKey', { keyId, enabled: false });
  const calls = () => server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

  it('a result of one instance is a cache hit in the other', async () => {
    const [first, second] = [await instance(), await instance()];
    const { key } = await server.unkey.createKey({ meta: { plan: 'pro' } });
    expect(await first.verify(key)).toMatchObject({ valid: true });
    await expect.poll(async () => (await (await instance()).verify(key)).source).toBe('cache');
    const before = calls();
    expect(await second.verify(key)).toMatchObject({ valid: true, source: 'cache', meta: { plan: 'pro' } });
    expect(calls()).toBe(before);
  });

  it('an invalidation by one instance also applies to the other', async () => {
    const [first, second] = [await instance({ ttl: 60_000 }), await instance({ ttl: 60_000 })];
    const { key, keyId } = await server.unkey.createKey({});
    await first.verify(key);
    await expect.poll(async () => (await (await instance()).verify(key)).source).toBe('cache');
    await first.client.keys.updateKey({ keyId, enabled: false });
    expect(await second.verify(key)).toMatchObject({ code: 'DISABLED' });
    expect(await first.verify(key)).toMatchObject({ code: 'DISABLED' });
  });

  it('the other instance uses a result in its own memory for at most ttl', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const [first, second] = [await instance({ ttl: 60_000 }), await instance({ ttl: 60_000 })];
    const { key, keyId } = await server.unkey.createKey({});
    expect(await second.verify(key)).toMatchObject({ valid: true });
    await first.client.keys.updateKey({ keyId, enabled: false });
    vi.setSystemTime(Date.now() + 60_000);
    expect(await second.verify(key)).toMatchObject({ code: 'DISABLED' });
  });

  it('apps with different root keys do not share results, because they can verify keys of different APIs', async () => {
    const first = await instance();
    const { key } = await server.unkey.createKey({});
    await first.verify(key);
    await expect.poll(async () => (await (await instance()).verify(key)).source).toBe('cache');
    const store = new Keyv({ store: new KeyvRedis(redis.url) });
    onTestFinished(() => void store.disconnect());
    const { app } = await startApp('express', {
      imports: [
        UnkeyModule.forRoot({
          ...server.options,
          rootKey: server.unkey.createRootKey({ permissions: [] }),
          cache: { store, storeTimeout: STORE_TIMEOUT },
        }),
      ],
    });
    expect(await app.get(UnkeyService).verify(key)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(['NOT_FOUND', 'DISABLED'] as const)(
    'after %s, an instance uses no older result of another instance, whatever the request requires',
    async (code) => {
      const long = { ttl: 60_000, staleIfError: 60_000, negativeTtl: 0 };
      const [first, second] = [await instance(long), await instance(long)];
      for (let n = 0; n < 20; n++) {
        const { key, keyId } = await server.unkey.createKey({ permissions: ['a', 'b'] });
        expect(await second.verify(key, { permissions: 'a' })).toMatchObject({ valid: true });
        // Not through the client of the module, whose calls are observed.
        await (code === 'NOT_FOUND' ? deleteKey(keyId) : disableKey(keyId));
        expect(await first.verify(key, { permissions: 'b' })).toMatchObject({ code });
        expect(await first.verify(key, { permissions: 'a' })).toMatchObject({ code });
        const outage = server.unkey.fail({ status: 500 });
        await expect(first.verify(key)).rejects.toThrow('cannot be verified right now');
        await expect(first.verify(key, { permissions: 'a' })).rejects.toThrow('cannot be verified right now');
        // Neither does an instance that Unkey did not tell, after the mark is in Redis.
        const third = async () => (await instance(long)).verify(key, { permissions: 'a' });
        await expect.poll(() => third().catch(() => 'no answer'), { timeout: 5000 }).toBe('no answer');
        outage.clear();
      }
    },
    60_000,
  );

  it('an invalidation that Redis rejected is written when Redis accepts writes again', async () => {
    const first = await instance({ ttl: 60_000 });
    const { key, keyId } = await server.unkey.createKey({});
    await first.verify(key);
    await expect.poll(async () => (await (await instance()).verify(key)).source).toBe('cache');
    // Keyv and its adapter do not report this.
    await redis.command('CONFIG SET maxmemory 1');
    await first.client.keys.updateKey({ keyId, enabled: false });
    await redis.command('CONFIG SET maxmemory 0');
    await expect
      .poll(async () => (await (await instance({ ttl: 60_000 })).verify(key)).code)
      .toBe('DISABLED');
  });

  it.each(['killed', 'hung'] as const)(
    'a verification waits at most storeTimeout for a Redis that is %s',
    async (how) => {
      const agent = new Agent();
      onTestFinished(() => agent.close());
      let calls = 0;
      const dispatcher = agent.compose((dispatch) => (options, handler) => {
        calls += 1;
        return dispatch(options, handler);
      });
      const storeTimeout = 4321;
      const unkey = await instance({ storeTimeout }, { dispatcher });
      const [before, during] = [await server.unkey.createKey({}), await server.unkey.createKey({})];
      await unkey.verify(before.key);
      const callsBefore = calls;

      if (how === 'killed') await redis.kill();
      else redis.hang();
      onTestFinished(() => (how === 'killed' ? redis.start() : redis.resume()));
      const timers = holdTimers(storeTimeout);
      const answer = unkey.verify(during.key);
      expect(calls - callsBefore).toBe(0);
      // Nothing else ends the wait: a Redis that hangs never answers.
      expect(timers.elapse()).toBe(1);
      expect(await answer).toMatchObject({ valid: true });
      expect(calls - callsBefore).toBe(1);
    },
  );

  it.each(['killed', 'hung'] as const)(
    'Redis %s and back under load: no error, no missed deadline, no invalidated result',
    async (how) => {
      const long = { ttl: 3_600_000, storeTimeout: 500 };
      const [first, second] = [await instance(long), await instance(long)];
      const makeKeys = (count: number) =>
        Promise.all(Array.from({ length: count }, () => server.unkey.createKey({})));
      const [revoked, good] = [await makeKeys(20), await makeKeys(100)];
      const ask = async (service: UnkeyService, keys: readonly { key: string }[]) =>
        Promise.all(keys.map(async ({ key }) => (await service.verify(key)).valid));
      /** Verifies all keys repeatedly, with both instances and with a new one whose memory is empty. */
      const load = async (ms: number) => {
        const until = performance.now() + ms;
        while (performance.now() < until) {
          for (const service of [first, second, await instance(long)]) {
            expect(await ask(service, good)).not.toContain(false);
          }
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      await load(300);
      for (const service of [first, second]) expect(await ask(service, revoked)).not.toContain(false);

      const down = how === 'killed' ? redis.kill() : Promise.resolve(redis.hang());
      await Promise.all([down, load(500)]);
      // Stored and then invalidated while Redis does not respond.
      const late = await makeKeys(20);
      expect(await ask(first, late)).not.toContain(false);
      const gone = [...revoked, ...late];
      const revoking = gone.map(({ keyId }) => first.client.keys.updateKey({ keyId, enabled: false }));
      await Promise.all([...revoking, load(500)]);
      expect(await ask(first, gone)).not.toContain(true);

      if (how === 'killed') await redis.start();
      else redis.resume();
      const fresh = async () => ask(await instance(long), gone);
      await load(500);
      await expect.poll(fresh).not.toContain(true);
      // Also after all writes that waited in the Redis clients are done.
      await load(1500);
      expect(await fresh()).not.toContain(true);
      expect(await ask(first, gone)).not.toContain(true);
    },
  );

  it('a store from a function is closed with the app', async () => {
    const opened: Keyv[] = [];
    const store = () => {
      const keyv = new Keyv({ store: new KeyvRedis(redis.url) });
      opened.push(keyv);
      return keyv;
    };
    const { app } = await startApp('express', {
      imports: [UnkeyModule.forRoot({ ...server.options, cache: { store } })],
    });
    const { key } = await server.unkey.createKey({});
    await app.get(UnkeyService).verify(key);
    await expect.poll(async () => (await (await instance()).verify(key)).source).toBe('cache');
    await app.close();
    const adapters = opened.map((keyv): unknown => keyv.store);
    expect(adapters).toEqual([
      expect.objectContaining({ client: expect.objectContaining({ isOpen: false }) }),
    ]);
  });
});

/** Holds the timers with this delay, in ms, until the test lets that time elapse. All others run as ever. */
function holdTimers(delay: number): { elapse(): number } {
  const held: (() => void)[] = [];
  const { setTimeout: start } = globalThis;
  const hold = (callback: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) => {
    if (ms !== delay) return start(callback, ms, ...given);
    const timer = start(callback, 2 ** 30, ...given).unref();
    held.push(() => {
      clearTimeout(timer);
      callback(...given);
    });
    return timer;
  };
  vi.stubGlobal('setTimeout', hold);
  onTestFinished(() => void vi.unstubAllGlobals());
  return {
    elapse: () => {
      for (const callback of held) callback();
      return held.length;
    },
  };
}
