import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Verification } from '../../contracts/verification.js';
import type { VerificationStore } from '../../contracts/verification-store.js';
import type { Outcome } from '../outcome.js';
import { keyHashOf } from './entry-id.js';
import { VerificationCache, type CacheOptions } from './verification-cache.js';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** Instances of an app that share one clock, one store and one Unkey API. */
function setup() {
  const clock = { now: Date.UTC(2027, 0, 1), tick: 0 };
  const advance = (ms: number) => void ((clock.now += ms), (clock.tick += ms));
  const entries = new Map<string, { value: string; until: number }>();
  const names: string[] = [];
  const store = {
    get: async (name: string) => {
      names.push(name);
      const entry = entries.get(name);
      return entry !== undefined && clock.now < entry.until ? entry.value : undefined;
    },
    set: async (name: string, value: string, ttl: number): Promise<unknown> => {
      entries.set(name, { value, until: clock.now + ttl });
      return true;
    },
    delete: async (name: string) => entries.delete(name),
  };
  const unkey = { outcome: valid({}) as Outcome, calls: 0 };
  const instance = (options: Partial<CacheOptions> = {}, over?: VerificationStore) => {
    const cache = new VerificationCache(
      {
        ttl: 10 * SECOND,
        max: 100,
        negativeTtl: 0,
        staleIfError: 0,
        storeTimeout: 20,
        store: over,
        ...options,
      },
      {
        now: () => clock.now,
        tick: () => clock.tick,
        observer: { cached: () => undefined, breakerChanged: () => undefined },
        scope: 'scope',
      },
    );
    const ask = async (): Promise<Outcome> => {
      unkey.calls += 1;
      return unkey.outcome;
    };
    const verify = async (key: string, permissions?: string, timeout = 2000) => {
      const request = permissions === undefined ? { key } : { key, permissions };
      return summarize(await cache.obtain({ request, caller: undefined }, timeout, ask));
    };
    return { cache, verify };
  };
  return { clock, advance, store, names, entries, unkey, instance };
}

function valid(more: Partial<Verification>): Outcome {
  return { verification: { valid: true, code: 'VALID', keyId: 'key_1', ...more } };
}
const denied = (code: string): Outcome => ({ verification: { valid: false, code, keyId: 'key_1' } });
const DOWN: Outcome = { failure: { kind: 'unavailable', reason: 'down' } };

function summarize(outcome: Outcome): string {
  if ('failure' in outcome) return 'down';
  return outcome.verification.valid ? (outcome.source ?? 'unkey') : outcome.verification.code;
}

describe('a stale result never replaces a denial', () => {
  it.each(['NOT_FOUND', 'DISABLED', 'EXPIRED'])(
    'after %s, whatever the requests require, with and without a store',
    async (code) => {
      for (const isShared of [true, false]) {
        const { store, unkey, instance, advance } = setup();
        const [first, second] = [0, 1].map(() =>
          instance({ staleIfError: HOUR }, isShared ? store : undefined),
        );
        await first!.verify('a');
        await first!.verify('a', 'documents.read');
        advance(11 * SECOND);
        unkey.outcome = denied(code);
        expect(await first!.verify('a')).toBe(code);
        unkey.outcome = DOWN;
        advance(60 * SECOND);
        expect(await first!.verify('a')).toBe('down');
        expect(await first!.verify('a', 'documents.read')).toBe('down');
        expect(await second!.verify('a')).toBe('down');
      }
    },
  );

  it('for a permission that the key has lost, but it is used for permissions that the key still has', async () => {
    const { store, unkey, instance, advance } = setup();
    const { verify } = instance({ staleIfError: HOUR }, store);
    await verify('a');
    await verify('a', 'admin');
    advance(11 * SECOND);
    unkey.outcome = denied('INSUFFICIENT_PERMISSIONS');
    expect(await verify('a', 'admin')).toBe('INSUFFICIENT_PERMISSIONS');
    unkey.outcome = DOWN;
    advance(60 * SECOND);
    expect(await verify('a', 'admin')).toBe('down');
    expect(await verify('a')).toBe('stale');
  });

  it('after the key itself has expired', async () => {
    const { clock, unkey, instance, advance } = setup();
    unkey.outcome = valid({ expires: clock.now + 15 * SECOND });
    const { verify } = instance({ staleIfError: HOUR });
    await verify('a');
    unkey.outcome = DOWN;
    advance(14 * SECOND);
    expect(await verify('a')).toBe('stale');
    advance(SECOND);
    expect(await verify('a')).toBe('down');
  });
});

describe('an invalidation by one instance', () => {
  it.each([
    ['by key', { key: 'a' }],
    ['by keyId', { keyId: 'key_1' }],
    ['as everything', 'everything' as const],
  ])('%s also applies to another instance that has the result in memory', async (_, target) => {
    const { store, unkey, instance, advance } = setup();
    const [first, second] = [
      instance({ staleIfError: HOUR }, store),
      instance({ staleIfError: HOUR }, store),
    ];
    await first.verify('a');
    expect(await second.verify('a')).toBe('cache');
    await first.cache.invalidate(target);
    unkey.outcome = DOWN;
    advance(11 * SECOND);
    expect(await second.verify('a')).toBe('down');
  });

  it('is retried if the store reports the mark as written but does not return it', async () => {
    const { store, unkey, instance, advance } = setup();
    const first = instance({ ttl: HOUR }, store);
    await first.verify('a');
    const { set } = store;
    store.set = async () => true;
    await first.cache.invalidate({ keyId: 'key_1' });
    store.set = set;
    unkey.outcome = denied('DISABLED');
    // The store is paused for a second. The next access writes pending marks.
    advance(SECOND);
    await first.verify('another');
    await expect.poll(() => instance({ ttl: HOUR }, store).verify('a')).toBe('DISABLED');
  });

  it('is written when the store works again, even without requests', async () => {
    const { store, entries, instance } = setup();
    const { set } = store;
    store.set = () => Promise.reject(new Error('down'));
    await instance({}, store).cache.invalidate({ keyId: 'key_1' });
    store.set = set;
    await expect
      .poll(() => [...entries.keys()], { timeout: 5000 })
      .toEqual(['nestjs-unkey:1:scope:invalid:key_1']);
  });

  it('is not retried by an app that was closed', async () => {
    const { store, instance } = setup();
    const tries: string[] = [];
    store.set = (name) => (
      tries.push(name.slice(name.lastIndexOf(':') + 1)),
      Promise.reject(new Error('down'))
    );
    const [closed, open] = [instance({}, store), instance({}, store)];
    await closed.cache.invalidate({ keyId: 'closed' });
    await closed.cache.onApplicationShutdown();
    await open.cache.invalidate({ keyId: 'open' });
    // The retry of the open instance comes after the time at which the closed one would have retried.
    await expect.poll(() => tries.at(-1) === 'open' && tries.length > 2, { timeout: 5000 }).toBe(true);
    expect(tries).toEqual(['closed', 'open', 'open']);
  });

  it('is not undone by a mark that is written late', async () => {
    const { store, unkey, instance, advance } = setup();
    const [first, second] = [instance({ ttl: HOUR }, store), instance({ ttl: HOUR }, store)];
    const { set } = store;
    store.set = () => Promise.reject(new Error('down'));
    await first.cache.invalidate({ keyId: 'key_1' });
    store.set = set;
    advance(5 * SECOND);
    await second.verify('a');
    advance(5 * SECOND);
    await second.cache.invalidate({ keyId: 'key_1' });
    unkey.outcome = denied('DISABLED');
    await first.verify('another');
    for (let n = 0; n < 3; n++) expect(await instance({ ttl: HOUR }, store).verify('a')).toBe('DISABLED');
  });

  it('applies to instances with a longer ttl', async () => {
    const { store, unkey, instance, advance } = setup();
    await instance({ ttl: HOUR }, store).verify('a');
    await instance({}, store).cache.invalidate({ keyId: 'key_1' });
    unkey.outcome = denied('DISABLED');
    advance(60 * SECOND);
    expect(await instance({ ttl: HOUR }, store).verify('a')).toBe('DISABLED');
  });

  it('is read before the entry, so that a broken connection cannot return an entry without its mark', async () => {
    const { store, names, instance } = setup();
    await instance({}, store).verify('a');
    names.length = 0;
    await instance({}, store).verify('a');
    const kinds = names.map((name) => name.split(':')[3]);
    expect(kinds).toEqual(['invalid', 'invalid', 'answer', 'invalid', 'invalid', 'answer']);
  });

  it('applies to everything if too many marks are pending', async () => {
    const { store, instance, advance, entries } = setup();
    const first = instance({}, store);
    const { set } = store;
    store.set = () => Promise.reject(new Error('down'));
    for (let n = 0; n < 1500; n++) await first.cache.invalidate({ keyId: `key_${n}` });
    store.set = set;
    advance(SECOND);
    await first.verify('a');
    const marks = () => [...entries.keys()].filter((name) => name.includes(':invalid:'));
    await expect.poll(() => marks().some((name) => name.endsWith(':*'))).toBe(true);
    await expect.poll(() => marks().length).toBe(501);
  });
});

describe('a store', () => {
  it('that is late is paused for a second', async () => {
    const { store, names, instance, advance } = setup();
    const { get } = store;
    const { verify } = instance({ ttl: 1 }, store);
    store.get = (name) => (void get(name), new Promise(() => undefined));
    await verify('a');
    names.length = 0;
    store.get = get;
    advance(SECOND - 1);
    await verify('b');
    expect(names).toEqual([]);
    advance(1);
    await verify('c');
    expect(names).not.toEqual([]);
  });

  it('that hangs leaves half of the time for Unkey, however long storeTimeout is', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { store, unkey, instance } = setup();
    store.get = () => new Promise(() => undefined);
    const answer = instance({ storeTimeout: 10_000 }, store).verify('a', undefined, 100);
    await vi.advanceTimersByTimeAsync(49);
    expect(unkey.calls).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(unkey.calls).toBe(1);
    expect(await answer).toBe('unkey');
  });

  it.each(['get', 'set', 'delete'] as const)(
    'whose %s throws instead of rejecting is a miss',
    async (method) => {
      const { store, unkey, instance, advance } = setup();
      const unhandled: unknown[] = [];
      const listener = (error: unknown) => void unhandled.push(error);
      process.on('unhandledRejection', listener);
      onTestFinished(() => void process.off('unhandledRejection', listener));
      const throwing = {
        ...store,
        [method]: () => {
          throw new Error('thrown synchronously');
        },
      };
      const { cache, verify } = instance({}, throwing);
      expect(await verify('a')).toBe('unkey');
      expect(await verify('a')).toBe('cache');
      unkey.outcome = denied('DISABLED');
      advance(11 * SECOND);
      expect(await verify('a')).toBe('DISABLED');
      advance(SECOND);
      unkey.outcome = valid({ credits: 1 });
      expect(await verify('a', 'documents.read')).toBe('unkey');
      await cache.invalidate({ key: 'a' });
      await cache.onApplicationShutdown();
      // Node reports an unhandled rejection once the microtasks have run.
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).toEqual([]);
    },
  );

  it('with entries of an instance with a longer ttl: they expire after the own ttl', async () => {
    const { store, unkey, instance, advance } = setup();
    await instance({ ttl: HOUR }, store).verify('a');
    advance(11 * SECOND);
    unkey.outcome = denied('DISABLED');
    expect(await instance({ ttl: 10 * SECOND }, store).verify('a')).toBe('DISABLED');
  });
});

describe('an entry in the store is a miss', () => {
  it.each<[string, object]>([
    ['permissions that are null', { permissions: null }],
    ['roles that are not strings', { roles: [1] }],
    ['an expiry that is not a number', { expires: 'x' }],
    ['meta that is an array', { meta: [] }],
    ['an identity without an id', { identity: { externalId: 'alice' } }],
    ['an identity whose meta is a string', { identity: { id: 'id_1', externalId: 'alice', meta: 'x' } }],
    [
      'an identity whose limits are not an array',
      { identity: { id: 'id_1', externalId: 'a', ratelimits: {} } },
    ],
    ['a limit without numbers', { identity: { id: 'i', externalId: 'a', ratelimits: [{ name: 'n' }] } }],
    ['a request id that is not a string', { requestId: 5 }],
  ])('with %s', async (_, members) => {
    const { store, entries, unkey, instance } = setup();
    await instance({}, store).verify('a');
    await expect.poll(() => [...entries.keys()].some((name) => name.includes(':answer:'))).toBe(true);
    for (const [name, entry] of entries) {
      if (!name.includes(':answer:')) continue;
      const stored = JSON.parse(entry.value) as { verification: object };
      Object.assign(stored.verification, members);
      entries.set(name, { ...entry, value: JSON.stringify(stored) });
    }
    expect(await instance({}, store).verify('a')).toBe('unkey');
    expect(unkey.calls).toBe(2);
  });

  it('unless it is well-formed', async () => {
    const { store, entries, instance } = setup();
    await instance({}, store).verify('a');
    await expect.poll(() => entries.size).toBe(2);
    expect(await instance({}, store).verify('a')).toBe('cache');
  });
});

describe('a flood of unknown keys', () => {
  it('writes no marks, and evicts neither invalidations nor valid keys', async () => {
    const { store, entries, unkey, instance } = setup();
    const { cache, verify } = instance({ ttl: HOUR, max: 10 }, store);
    unkey.outcome = valid({ keyId: 'key_2' });
    await verify('invalidated');
    await cache.invalidate({ keyId: 'key_2' });
    unkey.outcome = valid({});
    await verify('valid');
    unkey.outcome = denied('NOT_FOUND');
    for (let n = 0; n < 10_500; n++) await verify(`unknown-${n}`);
    expect(await verify('valid')).toBe('cache');
    expect(await verify('invalidated')).toBe('NOT_FOUND');
    const marks = () => [...entries.keys()].filter((name) => name.includes(':invalid:'));
    await expect
      .poll(() => marks().map((name) => name.split(':').at(-1)))
      .toEqual(['key_2', keyHashOf('invalidated')]);
  });

  it('while the store is unavailable invalidates everything if there are too many', async () => {
    const { store, entries, instance, unkey, advance } = setup();
    const { get } = store;
    const { verify } = instance({}, store);
    unkey.outcome = denied('NOT_FOUND');
    store.get = () => Promise.reject(new Error('down'));
    for (let n = 0; n < 10_001; n++) await verify(`unknown-${n}`);
    store.get = get;
    advance(SECOND);
    await verify('another');
    await expect.poll(() => [...entries.keys()].map((name) => name.split(':').at(-1))).toEqual(['*']);
  });
});

describe('a key that is denied', () => {
  it('gets at most one mark per second, however often it is verified', async () => {
    const { store, unkey, instance, advance } = setup();
    const { verify } = instance({}, store);
    await verify('a');
    let marks = 0;
    const { set } = store;
    store.set = (name, value, ttl) => ((marks += Number(name.includes(':invalid:'))), set(name, value, ttl));
    unkey.outcome = denied('DISABLED');
    advance(11 * SECOND);
    for (let n = 0; n < 100; n++) {
      await verify('a');
      advance(SECOND / 50);
    }
    expect(marks).toBeGreaterThan(0);
    expect(marks).toBeLessThanOrEqual(3);
  });

  it('is also invalidated by a result that is not cacheable', async () => {
    const { unkey, instance } = setup();
    const { cache, verify } = instance({ ttl: HOUR });
    await verify('a');
    unkey.outcome = denied('DISABLED');
    const question = { request: { key: 'a', credits: { cost: 1 } }, caller: undefined };
    await cache.obtain(question, 2000, async () => unkey.outcome);
    expect(await verify('a')).toBe('DISABLED');
  });
});

describe('a result that is nested too deeply to be serialized', () => {
  it('is cached in memory only, and the store is not paused', async () => {
    const { store, names, entries, unkey, instance } = setup();
    const meta = JSON.parse(`${'{"m":'.repeat(50_000)}1${'}'.repeat(50_000)}`) as Record<string, unknown>;
    unkey.outcome = valid({ meta });
    const { verify } = instance({}, store);
    expect([await verify('a'), await verify('a')]).toEqual(['unkey', 'cache']);
    names.length = 0;
    unkey.outcome = valid({});
    await verify('b');
    expect(names).not.toEqual([]);
    expect([...entries.keys()].filter((name) => name.includes(':answer:'))).toHaveLength(1);
  });
});

describe('the cache in memory', () => {
  it('holds at most max entries', async () => {
    const { unkey, instance } = setup();
    const { verify } = instance({ max: 2 });
    for (const key of ['a', 'b', 'c']) await verify(key);
    expect([await verify('b'), await verify('c')]).toEqual(['cache', 'cache']);
    expect(await verify('a')).toBe('unkey');
    expect(unkey.calls).toBe(4);
  });

  it.each([
    ['a valid key', valid({}), 'VALID'],
    ['an unknown key', denied('NOT_FOUND'), 'NOT_FOUND'],
  ])('is not used after the clock was set back: %s', async (_, outcome) => {
    const { clock, unkey, instance } = setup();
    const { verify } = instance({ ttl: HOUR, negativeTtl: HOUR });
    unkey.outcome = outcome;
    await verify('a');
    clock.now -= HOUR;
    await verify('a');
    expect(unkey.calls).toBe(2);
  });
});
