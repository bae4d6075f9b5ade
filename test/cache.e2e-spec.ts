import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Controller, Get, type INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  Credits,
  KeyRatelimit,
  RequirePermissions,
  UnkeyKey,
  UnkeyModule,
  UnkeyService,
  VerificationTags,
  type UnkeyModuleOptions,
  type Verification,
  type VerifiedKey,
} from 'nestjs-unkey';
import { UnkeyEmulator } from 'nestjs-unkey/testing';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { applySeed } from '../src/emulator/seed/apply-seed.js';
import { startApp } from './support/app.js';
import { useUnkey } from './support/unkey.js';

function succeeds(change: () => unknown): boolean {
  try {
    change();
    return true;
  } catch {
    return false;
  }
}

@Controller()
class AppController {
  @Get()
  plain(@UnkeyKey() key: VerifiedKey) {
    const { source, meta, permissions } = key;
    // All of these throw, so that a handler can't change the key of the next request.
    const changes = [
      () => Object.assign(key, { name: 'changed' }),
      () => Object.assign(key.meta ?? {}, { changedBy: 'a handler' }),
      () => Object.assign(key.identity ?? key, { externalId: 'changed' }),
      () => (key.permissions as string[]).push('changed by a handler'),
      () => (key.roles as string[]).push('changed by a handler'),
    ];
    return { source, meta, permissions: permissions.length, changed: changes.filter(succeeds).length };
  }
  @VerificationTags((context) => context.switchToHttp().getRequest<{ url: string }>().url)
  @Get('tagged')
  tagged() {
    return 'handler';
  }
  @RequirePermissions('documents.read')
  @Get('documents')
  documents() {
    return 'handler';
  }
  @Credits(0)
  @Get('credits')
  credits() {
    return 'handler';
  }
  @KeyRatelimit('burst', { limit: 100, duration: 60_000 })
  @Get('limited')
  limited() {
    return 'handler';
  }
}

const server = useUnkey();
const start = (
  cache: UnkeyModuleOptions['cache'] = true,
  options: Partial<UnkeyModuleOptions> = {},
  configure?: (app: INestApplication) => void,
) =>
  startApp(
    'express',
    {
      imports: [
        UnkeyModule.forRoot({ ...server.options, globalGuard: true, timeout: 500, cache, ...options }),
      ],
      controllers: [AppController],
    },
    configure,
  );
afterEach(() => void vi.useRealTimers());
const calls = () => server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

/** Runs with a frozen clock; timers are not affected. */
function clockAt(start = Date.UTC(2027, 0, 1)): { advance(ms: number): void } {
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  return { advance: (ms) => void vi.setSystemTime(Date.now() + ms) };
}

describe('the cache stores', () => {
  it('a successful verification for ttl, and handlers can never change it', async () => {
    const clock = clockAt();
    const { get } = await start({ ttl: 1000 });
    const { key } = await server.unkey.createKey({
      meta: { plan: 'pro' },
      permissions: ['documents.read'],
      externalId: 'alice',
    });
    const headers = { 'x-api-key': key };
    const answer = (source: string) => ({ source, meta: { plan: 'pro' }, permissions: 1, changed: 0 });
    expect((await get('/', headers)).body).toEqual(answer('unkey'));
    expect((await get('/', headers)).body).toEqual(answer('cache'));
    clock.advance(999);
    expect((await get('/', headers)).body).toEqual(answer('cache'));
    clock.advance(1);
    expect((await get('/', headers)).body).toEqual(answer('unkey'));
    expect(calls()).toBe(2);
  });

  it('nothing beyond the expiry of the key', async () => {
    const clock = clockAt();
    server.unkey.clock.set(Date.now());
    const { get } = await start({ ttl: 60_000, staleIfError: 60_000 });
    const { key } = await server.unkey.createKey({ expires: Date.now() + 5000 });
    expect((await get('/', { 'x-api-key': key })).status).toBe(200);
    clock.advance(5001);
    server.unkey.clock.set(Date.now());
    expect((await get('/', { 'x-api-key': key })).body).toMatchObject({ code: 'EXPIRED' });
  });

  it('one result for all tags, but a separate one for each set of permissions', async () => {
    const { get } = await start();
    const { key } = await server.unkey.createKey({});
    await get('/tagged?1', { 'x-api-key': key });
    await get('/tagged?2', { 'x-api-key': key });
    expect(calls()).toBe(1);
    expect((await get('/documents', { 'x-api-key': key })).status).toBe(403);
    expect(calls()).toBe(2);
  });

  it.each<[string, string, object]>([
    ['a key with credits', '/', { credits: { remaining: 100 } }],
    [
      'a key with a limit that counts',
      '/',
      { ratelimits: [{ name: 'all', limit: 100, duration: 60_000, autoApply: true }] },
    ],
    ['a call with a cost', '/credits', {}],
    ['a call that counts against a limit', '/limited', {}],
  ])('nothing for %s', async (_, path, settings) => {
    const { get } = await start();
    const { key } = await server.unkey.createKey(settings);
    for (let n = 0; n < 3; n++) expect((await get(path, { 'x-api-key': key })).status).toBe(200);
    expect(calls()).toBe(3);
  });

  it.each([
    ['NOT_FOUND', 2000, 1],
    ['NOT_FOUND', 0, 2],
    ['DISABLED', 2000, 2],
  ])('%s with negativeTtl %i: %i calls', async (code, negativeTtl, expected) => {
    const { get } = await start({ negativeTtl });
    const key = code === 'NOT_FOUND' ? 'unknown' : (await server.unkey.createKey({ enabled: false })).key;
    for (let n = 0; n < 2; n++) expect((await get('/', { 'x-api-key': key })).body).toMatchObject({ code });
    expect(calls()).toBe(expected);
  });

  it('invalid keys separately, so that they never evict valid ones', async () => {
    const { app } = await start({ max: 50 });
    const unkey = app.get(UnkeyService);
    const { key } = await server.unkey.createKey({});
    await unkey.verify(key);
    for (let n = 0; n < 300; n++) await unkey.verify(`bad-${n}`);
    expect(await unkey.verify(key)).toMatchObject({ valid: true, source: 'cache' });
  });

  it('a separate result for each address, so that an allowed address does not open a forbidden one', async () => {
    const key = 'acme_inside_only';
    await using unkey = await UnkeyEmulator.startWith(
      {},
      {
        // Allow lists can only be set in Unkey's dashboard, so there is no API operation for it.
        fill: (workspace, now) =>
          applySeed(
            { apis: [{ name: 'inside', ipWhitelist: ['10.0.0.1', '2001:db8::1'], keys: [{ key }] }] },
            workspace,
            now,
          ),
      },
    );
    const { get } = await start(
      true,
      { clientIp: true, rootKey: unkey.rootKey, baseUrl: unkey.url },
      (app) => void (app as NestExpressApplication).set('trust proxy', true),
    );
    const from = async (address: string) => {
      const { status, body } = await get('/', { 'x-api-key': key, 'x-forwarded-for': address });
      return status === 200 ? (body as { source: string }).source : (body as { code: string }).code;
    };
    const addresses = ['10.0.0.1', '10.0.0.2', '::ffff:10.0.0.1', '2001:db8::1', '10.0.0.2', '2001:db8::1'];
    const answers: string[] = [];
    for (const address of addresses) answers.push(await from(address));
    expect(answers).toEqual(['unkey', 'FORBIDDEN', 'cache', 'unkey', 'FORBIDDEN', 'cache']);
    expect(unkey.calls.map(({ headers }) => headers['x-forwarded-for'])).toEqual([
      '10.0.0.1',
      '10.0.0.2',
      '2001:db8::1',
      '10.0.0.2',
    ]);
  });
});

describe('1,000 concurrent requests', () => {
  it.each([
    ['a new key with 10 credits: exactly 10 are allowed', { credits: { remaining: 10 } }, 10, 1000],
    ['a new key without credits: 1 call', {}, 1000, 1],
  ])('with %s', async (_, settings, allowed, expectedCalls) => {
    const { app } = await start(true, { timeout: 10_000 });
    const unkey = app.get(UnkeyService);
    const { key } = await server.unkey.createKey(settings);
    const answers = await Promise.all(Array.from({ length: 1000 }, () => unkey.verify(key)));
    expect(answers.filter(({ valid }) => valid)).toHaveLength(allowed);
    expect(calls()).toBe(expectedCalls);
  });

  it('with a key with credits: only requests before the first result wait for each other', async () => {
    const { app } = await start(true, { timeout: 10_000 });
    const unkey = app.get(UnkeyService);
    const { key } = await server.unkey.createKey({ credits: { remaining: 100 } });
    await Promise.all([unkey.verify(key), unkey.verify(key)]);
    const hanging = server.unkey.fail({ latency: 300 }, { times: 2 });
    const before = calls();
    const second = Promise.all([unkey.verify(key), unkey.verify(key)]);
    // Both are in flight at the same time, without waiting for each other.
    await expect.poll(() => calls() - before, { timeout: 250 }).toBe(2);
    await second;
    hanging.clear();
  });

  it('handlers cannot change the key of other requests that shared the call', async () => {
    const { get } = await start();
    const { key } = await server.unkey.createKey({ meta: { plan: 'pro' }, permissions: ['documents.read'] });
    const answers = await Promise.all(Array.from({ length: 20 }, () => get('/', { 'x-api-key': key })));
    for (const { body } of answers)
      expect(body).toMatchObject({ meta: { plan: 'pro' }, permissions: 1, changed: 0 });
  });

  it('all requests that share a call share its failure', async () => {
    const { app } = await start();
    server.unkey.fail({ status: 500 }, { times: 1 });
    const unkey = app.get(UnkeyService);
    const answers = await Promise.allSettled(Array.from({ length: 100 }, () => unkey.verify('any')));
    expect(answers.every(({ status }) => status === 'rejected')).toBe(true);
    expect(calls()).toBe(1);
  });
});

describe('while Unkey is unreachable', () => {
  it('a cached result is used for staleIfError after its ttl, with the source stale', async () => {
    const clock = clockAt();
    const { get, log } = await start(
      { ttl: 1000, staleIfError: 5000 },
      { breaker: { consecutiveFailures: 2, openFor: 60_000 } },
    );
    const { key } = await server.unkey.createKey({});
    const headers = { 'x-api-key': key };
    await get('/', headers);
    const outage = server.unkey.fail({ status: 500 });
    clock.advance(1000);
    // The first two calls fail. The others are not made, because the breaker is open.
    for (let n = 0; n < 5; n++) expect((await get('/', headers)).body).toMatchObject({ source: 'stale' });
    expect(calls()).toBe(3);
    expect(log.of('warn', 'callers get stale cached results: Unkey returned 500')).toHaveLength(1);
    clock.advance(5000);
    expect((await get('/', headers)).status).toBe(503);
    outage.clear();
  });

  it('but not for a denial, and not if Unkey rejects the app', async () => {
    const clock = clockAt();
    const { app, get } = await start({ ttl: 1000, staleIfError: 60_000 });
    const { key, keyId } = await server.unkey.createKey({});
    await get('/', { 'x-api-key': key });
    clock.advance(1000);
    server.unkey.fail({ status: 403 }, { times: 1 });
    expect((await get('/', { 'x-api-key': key })).status).toBe(500);
    await app.get(UnkeyService).client.keys.updateKey({ keyId, enabled: false });
    expect((await get('/', { 'x-api-key': key })).body).toMatchObject({ code: 'DISABLED' });
    server.unkey.fail({ status: 500 }, { times: 1 });
    expect((await get('/', { 'x-api-key': key })).status).toBe(503);
  });
});

describe('invalidation', () => {
  it.each<[string, (unkey: UnkeyService, key: string, keyId: string) => Promise<unknown>]>([
    ['by key', (unkey, key) => unkey.invalidate({ key })],
    ['by keyId', (unkey, _, keyId) => unkey.invalidate({ keyId })],
    [
      'by a call of the injected client that names the key',
      ({ client }, _, keyId) => client.keys.updateKey({ keyId, name: 'new' }),
    ],
    [
      'by a call of the injected client that does not name the key',
      ({ client }) => client.permissions.createPermission({ name: 'new', slug: 'new' }),
    ],
  ])('%s', async (_, invalidate) => {
    const { app } = await start();
    const unkey = app.get(UnkeyService);
    const { key, keyId } = await server.unkey.createKey({});
    for (let n = 0; n < 2; n++) await unkey.verify(key);
    await invalidate(unkey, key, keyId);
    for (let n = 0; n < 2; n++) await unkey.verify(key);
    expect(calls()).toBe(2);
  });

  it('does not happen after a call that only reads', async () => {
    const { app } = await start();
    const unkey = app.get(UnkeyService);
    const { key, keyId } = await server.unkey.createKey({});
    await unkey.verify(key);
    await unkey.client.keys.getKey({ keyId });
    await unkey.verify(key);
    expect(calls()).toBe(1);
  });

  it.each(['key', 'keyId'] as const)(
    'by %s: an earlier call that is still in flight is neither cached nor shared with later requests',
    async (by) => {
      const keyId = 'key_1';
      const answers: ((verification: Verification) => void)[] = [];
      const verifier = () => new Promise<Verification>((resolve) => answers.push(resolve));
      const { app } = await start(true, { verifier, timeout: 5000 });
      const unkey = app.get(UnkeyService);
      const early = unkey.verify('any');
      await expect.poll(() => answers.length).toBe(1);
      await unkey.invalidate(by === 'key' ? { key: 'any' } : { keyId });
      const late = unkey.verify('any');
      await expect.poll(() => answers.length).toBe(2);
      answers[1]?.({ valid: false, code: 'DISABLED', keyId });
      expect(await late).toMatchObject({ code: 'DISABLED' });
      answers[0]?.({ valid: true, code: 'VALID', keyId });
      expect(await early).toMatchObject({ valid: true });
      const last = unkey.verify('any');
      await expect.poll(() => answers.length).toBe(3);
      answers[2]?.({ valid: false, code: 'DISABLED', keyId });
      expect(await last).toMatchObject({ code: 'DISABLED' });
    },
  );

  it('by a call of the injected client whose response was lost, because it may have been carried out', async () => {
    const { app } = await start();
    const unkey = app.get(UnkeyService);
    const { key, keyId } = await server.unkey.createKey({});
    await unkey.verify(key);
    server.unkey.fail({ reset: 'midway' }, { times: 1 });
    const lost = unkey.client.keys.updateKey({ keyId, enabled: false }, { retries: { strategy: 'none' } });
    await expect(lost).rejects.toBeInstanceOf(Error);
    expect(await unkey.verify(key)).toMatchObject({ code: 'DISABLED' });
  });

  it.each([{ key: undefined }, { keyId: undefined }, { keyId: '' }, {}])(
    'without a key or key id is rejected: %o',
    async (target) => {
      const { app } = await start();
      await expect(app.get(UnkeyService).invalidate(target as { key: string })).rejects.toThrow(
        'invalidate() takes { key } or { keyId }, a string that is not empty',
      );
    },
  );

  it('does nothing without a cache', async () => {
    const { app } = await start(false);
    await expect(app.get(UnkeyService).invalidate({ key: 'any' })).resolves.toBeUndefined();
  });
});

const built = fileURLToPath(new URL('../dist/esm/index.js', import.meta.url));

describe('plain-text keys', () => {
  it.skipIf(!existsSync(built))('are not in memory after the response', async () => {
    const script = fileURLToPath(new URL('support/key-in-memory.mjs', import.meta.url));
    const child = fork(script, [server.unkey.url, server.unkey.rootKey], {
      stdio: 'inherit',
      execArgv: ['--expose-gc'],
    });
    onTestFinished(() => void child.kill());
    await once(child, 'message');
    const { key } = await server.unkey.createKey({ prefix: 'memory' });
    child.send({ start: key.slice(0, 15), end: key.slice(15), other: 'another_key_' });
    const [seen] = await once(child, 'message');
    // The two halves are in the snapshot, so it would also contain the key.
    expect(seen).toEqual({ sources: ['unkey', 'cache'], holds: [true, true], holdsKey: false });
  });

  it('are not in the store', async () => {
    const seen: unknown[] = [];
    const map = new Map<string, string>();
    const store = {
      get: async (name: string) => map.get(name),
      set: async (name: string, value: string, ttl: number) => {
        seen.push(name, value, ttl);
        map.set(name, value);
      },
      delete: async (name: string) => map.delete(name),
    };
    const { app } = await start({ store });
    const unkey = app.get(UnkeyService);
    const { key, keyId } = await server.unkey.createKey({});
    await unkey.verify(key);
    await unkey.invalidate({ key });
    await unkey.invalidate({ keyId });
    // The result, the entry that refers to it, and two invalidation markers.
    expect(seen).toHaveLength(12);
    expect(JSON.stringify(seen)).not.toContain(key);
    expect(JSON.stringify(seen)).not.toContain(server.unkey.rootKey);
  });
});
