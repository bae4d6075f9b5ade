import { Controller, Get } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { Unkey } from '@unkey/api';
import { UnkeyModule } from 'nestjs-unkey';
import type { CreateKeyBody } from 'nestjs-unkey/testing';
import { describe, expect, it } from 'vitest';
import { AdminModule } from '../../sample-app/src/admin/admin.module.js';
import { KeysModule } from '../../sample-app/src/keys/keys.module.js';
import { ADAPTERS, request, startApp, type Adapter } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

@Controller('documents')
class DocumentsController {
  @Get()
  list() {
    return [];
  }
}

interface Created {
  key: string;
  keyId: string;
}

const server = useUnkey();

/** What the root key needs for each operation, as docs/self-service.md lists it. */
const rootKeyPermissions = (apiId: string) =>
  ['verify_key', 'read_api', 'read_key', 'create_key', 'update_key', 'delete_key'].map(
    (action) => `api.${apiId}.${action}`,
  );

/** An app with the sample app's modules, a cache, and a root key that may do no more than the docs say. */
async function start(adapter: Adapter = 'express') {
  const { unkey } = server;
  const client = new Unkey({ rootKey: unkey.rootKey, serverURL: unkey.url });
  const newApi = async (name: string) => (await client.apis.createApi({ name })).data.apiId;
  const apiId = await newApi('documents');
  const rootKey = unkey.createRootKey({ permissions: rootKeyPermissions(apiId) });
  const { url, log } = await startApp(adapter, {
    imports: [
      ConfigModule.forRoot({
        isGlobal: true,
        ignoreEnvFile: true,
        load: [() => ({ UNKEY_API_ID: apiId })],
      }),
      UnkeyModule.forRoot({
        ...server.options,
        rootKey,
        globalGuard: true,
        cache: { ttl: 10 * MINUTE },
        clientOptions: { retryConfig: { strategy: 'none' } },
      }),
      KeysModule,
      AdminModule,
    ],
    controllers: [DocumentsController],
  });
  const call = (key: string, method: string, path: string, body?: unknown) =>
    request(url + path, {
      method,
      headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const newKey = (body: CreateKeyBody = {}) => unkey.createKey({ apiId, externalId: 'acme', ...body });
  return {
    apiId,
    client,
    log,
    rootKey,
    newApi,
    newKey,
    call,
    /** A key that manages keys, and has every permission that customers may give. */
    newManager: (body: CreateKeyBody = {}) =>
      newKey({
        name: 'Manager',
        permissions: ['documents.read', 'documents.list', 'documents.write', 'keys.manage'],
        ...body,
      }),
    use: async (key: string) => {
      const { status, body } = await call(key, 'GET', '/documents');
      return status === 200 ? 'VALID' : (body as { code: string }).code;
    },
    keysOf: async (manager: string) => {
      const { body } = await call(manager, 'GET', '/keys');
      return (body as { keys: { keyId: string; name?: string; expires?: number }[] }).keys;
    },
    dataOf: async (keyId: string) => (await client.keys.getKey({ keyId })).data,
  };
}

const wanted = { name: 'CI', permissions: ['documents.read'] };

describe.each(ADAPTERS)('self-service keys on %s', (adapter) => {
  it('a customer creates a key, sees it once, rerolls it and deletes it', async () => {
    const { call, newManager, keysOf, use } = await start(adapter);
    const { key: manager, keyId: managerId } = await newManager();
    const created = await call(manager, 'POST', '/keys', wanted);
    expect(created).toMatchObject({ status: 201, body: { key: expect.any(String) } });
    expect(created.headers.get('cache-control')).toBe('no-store');
    const { key, keyId } = created.body as Created;
    expect(await use(key)).toBe('VALID');

    const listed = await call(manager, 'GET', '/keys');
    expect((listed.body as { keys: Created[] }).keys.map((own) => own.keyId).toSorted()).toEqual(
      [managerId, keyId].toSorted(),
    );
    expect(listed.text).not.toContain(key);

    const rerolled = await call(manager, 'POST', `/keys/${keyId}/reroll`, { graceMinutes: 0 });
    expect(rerolled.status).toBe(201);
    expect(rerolled.headers.get('cache-control')).toBe('no-store');
    const next = rerolled.body as Created;
    expect([await use(key), await use(next.key)]).toEqual(['EXPIRED', 'VALID']);

    expect((await call(manager, 'DELETE', `/keys/${next.keyId}`)).status).toBe(204);
    expect(await use(next.key)).toBe('NOT_FOUND');
    expect((await keysOf(manager)).map((own) => own.keyId)).not.toContain(next.keyId);
  });

  it.each<[path: string, body: unknown]>([
    ['/keys', { ...wanted, permissions: ['keys.manage'] }],
    ['/keys', { ...wanted, permissions: ['admin'] }],
    ['/keys', { ...wanted, permissions: [] }],
    ['/keys', { ...wanted, permissions: 'documents.read' }],
    ['/keys', { ...wanted, name: '  ' }],
    ['/keys', { ...wanted, name: 'x'.repeat(101) }],
    ['/keys', { ...wanted, expiresInDays: 0 }],
    ['/keys', { ...wanted, expiresInDays: 1.5 }],
    ['/keys', { ...wanted, meta: { plan: 'pro' } }],
    ['/keys', { ...wanted, ratelimits: [] }],
    ['/keys', { ...wanted, externalId: 'globex' }],
    ['/keys', { ...wanted, roles: ['admin'] }],
    ['/keys', []],
    ['/keys', undefined],
    ['/keys/:own/reroll', { graceMinutes: -1 }],
    ['/keys/:own/reroll', { graceMinutes: 10_081 }],
    ['/keys/:own/reroll', { graceMinutes: '5' }],
    ['/keys/:own/reroll', { keyId: 'key_other' }],
  ])('POST %s with %j is rejected, and changes nothing', async (path, body) => {
    const { call, newManager, keysOf } = await start(adapter);
    const { key, keyId } = await newManager();
    const answer = await call(key, 'POST', path.replace(':own', keyId), body);
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringMatching(/^.+\.$/) } });
    expect(await keysOf(key)).toEqual([expect.not.objectContaining({ expires: expect.anything() })]);
  });

  it('reroll without a body has a grace period of an hour, in which both keys work', async () => {
    const { call, newKey, newManager, use, dataOf } = await start(adapter);
    const { key: manager } = await newManager();
    const old = await newKey();
    const now = server.unkey.clock.now();
    server.unkey.clock.set(now);
    const { status, body } = await call(manager, 'POST', `/keys/${old.keyId}/reroll`);
    expect(status).toBe(201);
    expect([await use(old.key), await use((body as Created).key)]).toEqual(['VALID', 'VALID']);
    // Unkey rounds up to a full minute.
    const grace = (await dataOf(old.keyId)).expires! - now;
    expect(Math.floor(grace / MINUTE)).toBe(60);
  });
});

describe("other customers' keys", () => {
  type App = Awaited<ReturnType<typeof start>>;

  it.each<[whose: string, make: (app: App) => Promise<Created>]>([
    ['another customer', ({ newKey }) => newKey({ externalId: 'globex' })],
    ['nobody', ({ apiId }) => server.unkey.createKey({ apiId })],
    [
      'the same customer in another API',
      async ({ newApi, newKey }) => newKey({ apiId: await newApi('internal') }),
    ],
  ])('a key of %s is not listed, rerolled or deleted: 404, as for an unknown key', async (_, make) => {
    const app = await start();
    const { key: manager, keyId: managerId } = await app.newManager();
    const { keyId } = await make(app);
    expect((await app.keysOf(manager)).map((own) => own.keyId)).toEqual([managerId]);
    const unknown = await app.call(manager, 'DELETE', '/keys/key_unknown');
    for (const [method, path] of [
      ['POST', `/keys/${keyId}/reroll`],
      ['DELETE', `/keys/${keyId}`],
    ] as const) {
      const answer = await app.call(manager, method, path);
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual(unknown.body);
    }
    expect(await app.dataOf(keyId)).toMatchObject({ enabled: true });
    expect(await app.dataOf(keyId)).not.toHaveProperty('expires');
  });

  it('a customer with more than a page of keys finds all of them', async () => {
    const { call, newKey, newManager, keysOf } = await start();
    const { key: manager } = await newManager();
    const keys = [];
    for (let count = 0; count < 101; count++) keys.push(await newKey());
    expect(await keysOf(manager)).toHaveLength(102);
    for (const { keyId } of [keys.at(0)!, keys.at(-1)!]) {
      expect((await call(manager, 'DELETE', `/keys/${keyId}`)).status).toBe(204);
    }
  });

  it.each<[method: string, path: string, body?: unknown]>([
    ['GET', '/keys'],
    ['POST', '/keys', wanted],
    ['POST', '/keys/key_any/reroll'],
    ['DELETE', '/keys/key_any'],
  ])('%s %s with a key without an identity gets a 403', async (method, path, body) => {
    const { apiId, call } = await start();
    const { key } = await server.unkey.createKey({ apiId, permissions: ['keys.manage', 'documents.read'] });
    expect(await call(key, method, path, body)).toMatchObject({
      status: 403,
      body: { message: 'This key belongs to no customer.' },
    });
  });
});

describe('a customer gets no more than the calling key has', () => {
  it('a key without keys.manage gets a 403', async () => {
    const { call, newKey } = await start();
    const { key } = await newKey({ permissions: ['documents.read'] });
    expect(await call(key, 'GET', '/keys')).toMatchObject({
      status: 403,
      body: { code: 'INSUFFICIENT_PERMISSIONS' },
    });
  });

  it('permissions that the calling key lacks cannot be given', async () => {
    const { call, newManager } = await start();
    const { key } = await newManager({ permissions: ['documents.read', 'keys.manage'] });
    const permissions = ['documents.read', 'documents.write'];
    expect(await call(key, 'POST', '/keys', { ...wanted, permissions })).toMatchObject({
      status: 403,
      body: { message: 'Your key does not have these permissions itself: documents.write.' },
    });
  });

  it.each<[what: string, body: CreateKeyBody]>([
    ['permissions of its own', { permissions: ['admin'] }],
    ['permissions of a role', { roles: ['administrators'] }],
  ])('a key with more %s cannot be rerolled', async (_, body) => {
    const { call, client, newKey, newManager, use } = await start();
    await client.permissions.createPermission({ name: 'admin', slug: 'admin' });
    const { data: role } = await client.permissions.createRole({ name: 'administrators' });
    await client.permissions.setRolePermissions({ roleId: role.roleId, permissions: ['admin'] });
    const { key: manager } = await newManager();
    const stronger = await newKey(body);
    const answer = await call(manager, 'POST', `/keys/${stronger.keyId}/reroll`, { graceMinutes: 0 });
    expect(answer).toMatchObject({ status: 403, body: { message: expect.stringContaining('admin') } });
    expect(await use(stronger.key)).toBe('VALID');
  });

  it('plan and limits of a created key are those of the plan of the calling key', async () => {
    const { call, newManager, dataOf } = await start();
    for (const [meta, plan, limit] of [
      [{ plan: 'pro' }, 'pro', 600],
      [{ plan: 'toString' }, 'free', 60],
      [undefined, 'free', 60],
    ] as const) {
      const { key } = await newManager(meta === undefined ? {} : { meta });
      const { keyId } = (await call(key, 'POST', '/keys', wanted)).body as Created;
      expect(await dataOf(keyId)).toMatchObject({
        name: 'CI',
        meta: { plan },
        identity: { externalId: 'acme' },
        permissions: ['documents.read'],
        ratelimits: [{ name: 'requests', limit, duration: MINUTE, autoApply: true }],
      });
    }
  });

  it.each<[calling: number | undefined, days: number | undefined, expected: number | undefined]>([
    [undefined, undefined, undefined],
    [undefined, 30, 30],
    [10, 30, 10],
    [30, 10, 10],
    [10, undefined, 10],
  ])('calling key: %s days, wanted: %s days, created key: %s days', async (calling, days, expected) => {
    const { call, newManager, dataOf } = await start();
    const { key } = await newManager(calling === undefined ? {} : { expires: Date.now() + calling * DAY });
    const { keyId } = (await call(key, 'POST', '/keys', { ...wanted, expiresInDays: days })).body as Created;
    const { expires } = await dataOf(keyId);
    expect(expires && Math.round((expires - Date.now()) / DAY)).toBe(expected);
  });

  it('a grace period does not extend the life of a key that expires earlier', async () => {
    const { call, newKey, newManager, dataOf } = await start();
    const { key: manager } = await newManager();
    for (const [left, at] of [
      [30 * MINUTE, 30 * MINUTE],
      [MINUTE / 2, 0],
    ] as const) {
      const { keyId } = await newKey({ expires: Date.now() + left });
      const before = (await dataOf(keyId)).expires!;
      expect((await call(manager, 'POST', `/keys/${keyId}/reroll`, { graceMinutes: 600 })).status).toBe(201);
      expect((await dataOf(keyId)).expires).toBeLessThanOrEqual(before);
      expect((await dataOf(keyId)).expires).toBeGreaterThan(Date.now() + at - 3 * MINUTE);
    }
  });

  it.each<[what: string, body: CreateKeyBody]>([
    ['a disabled key', { enabled: false }],
    ['an expired key', { expires: Date.now() - DAY }],
  ])('%s is not rerolled', async (_, body) => {
    const { call, newKey, newManager, keysOf } = await start();
    const { key: manager } = await newManager();
    const { keyId } = await newKey(body);
    expect((await call(manager, 'POST', `/keys/${keyId}/reroll`, { graceMinutes: 0 })).status).toBe(409);
    expect(await keysOf(manager)).toHaveLength(2);
  });

  it('a key with credits is rerolled only without a grace period, because both keys would have them', async () => {
    const { call, newKey, newManager, dataOf } = await start();
    const { key: manager } = await newManager();
    const { keyId } = await newKey({ credits: { remaining: 7 } });
    expect((await call(manager, 'POST', `/keys/${keyId}/reroll`)).status).toBe(409);
    const answer = await call(manager, 'POST', `/keys/${keyId}/reroll`, { graceMinutes: 0 });
    expect(answer.status).toBe(201);
    expect((await dataOf((answer.body as Created).keyId)).credits).toMatchObject({ remaining: 7 });
  });

  it('a customer has at most 20 keys; expired keys do not count, and a reroll without grace still works', async () => {
    const { call, newKey, newManager } = await start();
    const { key: manager, keyId } = await newManager();
    await newKey({ expires: Date.now() - DAY });
    for (let count = 2; count < 20; count++) await newKey();
    expect((await call(manager, 'POST', '/keys', wanted)).status).toBe(201);
    expect((await call(manager, 'POST', '/keys', wanted)).status).toBe(409);
    expect((await call(manager, 'POST', `/keys/${keyId}/reroll`)).status).toBe(409);
    expect((await call(manager, 'POST', `/keys/${keyId}/reroll`, { graceMinutes: 0 })).status).toBe(201);
  });
});

describe("the caller's own key", () => {
  it('is not deleted, so that nobody is locked out', async () => {
    const { call, newManager, use } = await start();
    const { key, keyId } = await newManager();
    expect(await call(key, 'DELETE', `/keys/${keyId}`)).toMatchObject({
      status: 409,
      body: { message: 'You are using this key. Delete it with another key, or reroll it.' },
    });
    expect(await use(key)).toBe('VALID');
  });

  it('is rerolled to a key that manages keys too', async () => {
    const { call, newManager, use } = await start();
    const { key, keyId } = await newManager();
    const next = (await call(key, 'POST', `/keys/${keyId}/reroll`, { graceMinutes: 0 })).body as Created;
    expect(await use(key)).toBe('EXPIRED');
    expect((await call(next.key, 'DELETE', `/keys/${keyId}`)).status).toBe(204);
  });
});

describe('with a cache, a change takes effect at once', () => {
  /** Counts the verifications that Unkey was asked for. */
  const verifications = () =>
    server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

  it.each<
    [
      what: string,
      code: string,
      change: (app: Awaited<ReturnType<typeof start>>, keyId: string) => Promise<unknown>,
    ]
  >([
    [
      'a deleted key',
      'NOT_FOUND',
      async ({ call, newManager }, keyId) => call((await newManager()).key, 'DELETE', `/keys/${keyId}`),
    ],
    [
      'a rerolled key',
      'EXPIRED',
      async ({ call, newManager }, keyId) =>
        call((await newManager()).key, 'POST', `/keys/${keyId}/reroll`, { graceMinutes: 0 }),
    ],
    [
      'a key that an administrator disables',
      'DISABLED',
      async ({ call, newKey }, keyId) => {
        const { key } = await newKey({ permissions: ['admin'] });
        return call(key, 'PATCH', `/admin/keys/${keyId}`, { enabled: false });
      },
    ],
  ])('%s: %s', async (_, code, change) => {
    const app = await start();
    const { key, keyId } = await app.newKey();
    expect(await app.use(key)).toBe('VALID');
    const before = verifications();
    expect(await app.use(key)).toBe('VALID');
    expect(verifications()).toBe(before);
    await change(app, keyId);
    expect(await app.use(key)).toBe(code);
  });
});

describe('administrators', () => {
  it('look a key up by its id, and by the key itself', async () => {
    const { call, newKey } = await start();
    const { key: admin } = await newKey({ permissions: ['admin'], externalId: 'staff' });
    const { key, keyId } = await newKey({ name: 'CI' });
    const expected = { keyId, name: 'CI', identity: { externalId: 'acme' } };
    const byId = await call(admin, 'GET', `/admin/keys/${keyId}`);
    const byKey = await call(admin, 'POST', '/admin/keys/whoami', { key });
    expect(byId).toMatchObject({ status: 200, body: expected });
    expect(byKey).toMatchObject({ status: 200, body: expected });
    expect(byId.text + byKey.text).not.toContain(key);
  });

  it.each<[method: string, path: string, body: unknown, status: number]>([
    ['GET', '/admin/keys/key_unknown', undefined, 404],
    ['GET', '/admin/keys/a', undefined, 400],
    ['POST', '/admin/keys/whoami', { key: 'docs_unknown' }, 404],
    ['POST', '/admin/keys/whoami', {}, 400],
    ['PATCH', '/admin/keys/key_unknown', { enabled: true }, 404],
  ])('%s %s with %j: %i', async (method, path, body, status) => {
    const { call, newKey } = await start();
    const { key } = await newKey({ permissions: ['admin'] });
    expect((await call(key, method, path, body)).status).toBe(status);
  });

  it('are told apart from customers who manage their own keys', async () => {
    const { call, newManager } = await start();
    const { key, keyId } = await newManager();
    expect((await call(key, 'GET', `/admin/keys/${keyId}`)).status).toBe(403);
  });
});

describe("errors of Unkey's client", () => {
  it.each([
    [{ status: 500 }, 503],
    [{ status: 429 }, 503],
    [{ status: 403 }, 500],
    [{ reset: 'before' }, 503],
    [{ oversize: 10_000 }, 503],
    [{ body: { meta: {} } }, 503],
  ] as const)('%j becomes a %i; no secret is sent or logged', async (fault, status) => {
    const { call, newManager, log, rootKey } = await start();
    const { key } = await newManager();
    server.unkey.fail(fault, { operation: 'keys.createKey', times: 1 });
    const answer = await call(key, 'POST', '/keys', wanted);
    expect(answer.status).toBe(status);
    const output = answer.text + JSON.stringify(log.lines);
    expect(output).toContain('Keys cannot be managed');
    expect(output).not.toContain(rootKey);
    expect(output).not.toContain(key);
  });
});
