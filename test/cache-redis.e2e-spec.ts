import KeyvRedis from '@keyv/redis';
import Keyv from 'keyv';
import { UnkeyModule, UnkeyService, type UnkeyModuleOptions } from 'nestjs-unkey';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startApp } from './support/app.js';
import { freePort, hasRedis, RedisProcess } from './support/redis.js';
import { useUnkey } from './support/unkey.js';

describe.skipIf(!hasRedis)('two instances of an app with Keyv over a real Redis', () => {
  const server = useUnkey();
  let redis: RedisProcess;
  beforeAll(async () => {
    redis = new RedisProcess(await freePort());
    await redis.start();
  });
  afterAll(() => redis.kill());

  const instance = async (cache: Exclude<UnkeyModuleOptions['cache'], boolean | undefined> = {}) => {
    const store = new Keyv({ store: new KeyvRedis(redis.url) });
    // Keyv tells of a lost connection as an event, which without a listener ends the process.
    store.on('error', () => undefined);
    onTestFinished(() => void store.disconnect().catch(() => undefined));
    const { app } = await startApp('express', {
      imports: [UnkeyModule.forRoot({ ...server.options, timeout: 1000, cache: { store, ...cache } })],
    });
    return app.get(UnkeyService);
  };
  const calls = () => server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

  it('what one asked the other need not', async () => {
    const [first, second] = [await instance(), await instance()];
    const { key } = await server.unkey.createKey({ meta: { plan: 'pro' } });
    expect(await first.verify(key)).toMatchObject({ valid: true });
    await expect.poll(async () => (await (await instance()).verify(key)).source).toBe('cache');
    const before = calls();
    expect(await second.verify(key)).toMatchObject({ valid: true, source: 'cache', meta: { plan: 'pro' } });
    expect(calls()).toBe(before);
  });

  it('what one revoked the other does not find any more', async () => {
    const [first, second] = [await instance({ ttl: 60_000 }), await instance({ ttl: 60_000 })];
    const { key, keyId } = await server.unkey.createKey({});
    await first.verify(key);
    await expect.poll(async () => (await (await instance()).verify(key)).source).toBe('cache');
    await first.client.keys.updateKey({ keyId, enabled: false });
    expect(await second.verify(key)).toMatchObject({ code: 'DISABLED' });
    expect(await first.verify(key)).toMatchObject({ code: 'DISABLED' });
  });

  it('what the other remembers itself it forgets within ttl', async () => {
    const [first, second] = [await instance({ ttl: 300 }), await instance({ ttl: 300 })];
    const { key, keyId } = await server.unkey.createKey({});
    expect(await second.verify(key)).toMatchObject({ valid: true });
    const begun = Date.now();
    await first.client.keys.updateKey({ keyId, enabled: false });
    await expect.poll(async () => (await second.verify(key)).code, { interval: 20 }).toBe('DISABLED');
    expect(Date.now() - begun).toBeLessThan(600);
  });

  it('another root key does not share: it may verify keys of other APIs', async () => {
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
          cache: { store },
        }),
      ],
    });
    expect(await app.get(UnkeyService).verify(key)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each(['killed', 'hung'] as const)(
    'Redis %s and back under load: no error, no deadline missed, nothing revoked revived',
    async (how) => {
      const [first, second] = [await instance({ ttl: 30_000 }), await instance({ ttl: 30_000 })];
      const revoked = await Promise.all(Array.from({ length: 20 }, () => server.unkey.createKey({})));
      const good = await Promise.all(Array.from({ length: 100 }, () => server.unkey.createKey({})));
      const slowest: number[] = [];
      const load = async (keys: readonly { key: string }[]) => {
        const verified = keys.map(async ({ key }, n) => {
          const begun = performance.now();
          const { valid } = await (n % 2 === 0 ? first : second).verify(key);
          slowest.push(performance.now() - begun);
          return valid;
        });
        return Promise.all(verified);
      };
      expect(await load([...revoked, ...good])).not.toContain(false);

      const down = how === 'killed' ? redis.kill() : Promise.resolve(redis.hang());
      await Promise.all([down, load(good)]);
      // Written to a Redis that does not answer, then revoked while it still does not.
      const late = await Promise.all(Array.from({ length: 20 }, () => server.unkey.createKey({})));
      expect(await load(late)).not.toContain(false);
      for (const { keyId } of [...revoked, ...late]) {
        await first.client.keys.updateKey({ keyId, enabled: false });
        await second.invalidate({ keyId });
      }
      expect(await load(good)).not.toContain(false);

      if (how === 'killed') await redis.start();
      else redis.resume();
      // Until the store is asked again, and all that waited in its client has been written.
      const begun = Date.now();
      while (Date.now() - begun < 2500) {
        expect(await load(good)).not.toContain(false);
        expect(await load([...revoked, ...late])).not.toContain(true);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(Math.max(...slowest)).toBeLessThan(1200);
    },
    30_000,
  );
});
