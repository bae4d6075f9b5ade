import { describe, expect, test } from 'vitest';
import { clientOf, errorType } from './support/client.js';
import { NOON, useFreshEmulator } from './support/emulator.js';

const emulator = useFreshEmulator();
const MINUTE = 60_000;
const data = (operation: string, body: unknown) => emulator.client.data(operation, body);
const refusal = async (operation: string, body: unknown) => {
  const reply = await emulator.client.call(operation, body);
  return [reply.status, errorType(reply)];
};
const createKey = async (body: object = {}): Promise<{ key: string; keyId: string }> => {
  const { apiId } = await data('apis.createApi', { name: 'keys' });
  return data('keys.createKey', { apiId, ...body });
};
const code = async (key: string, more: object = {}) => (await data('keys.verifyKey', { key, ...more })).code;
const limit = (name: string, autoApply: boolean, most = 3) => ({
  name,
  limit: most,
  duration: 3_600_000,
  autoApply,
});

describe('verifyKey', () => {
  test('counts everything before the check that fails, and nothing after it', async () => {
    const { key, keyId } = await createKey({ credits: { remaining: 1 }, ratelimits: [limit('calls', true)] });
    const credits = { cost: 2 };
    expect(await data('keys.verifyKey', { key, credits })).toMatchObject({
      code: 'USAGE_EXCEEDED',
      credits: 1,
      ratelimits: [{ remaining: 2, exceeded: false }],
    });
    expect(await code(key, { ratelimits: [{ name: 'calls', cost: 3 }] })).toBe('RATE_LIMITED');
    expect(await code(key, { permissions: 'none' })).toBe('INSUFFICIENT_PERMISSIONS');
    expect((await data('keys.getKey', { keyId })).credits).toEqual({ remaining: 1 });
    expect((await data('keys.verifyKey', { key })).ratelimits).toMatchObject([{ remaining: 1 }]);
  });

  test('reports an unknown limit only if limits are counted', async () => {
    const ratelimits = [{ name: 'unknown' }];
    const disabled = await createKey({ enabled: false });
    expect(await code(disabled.key, { ratelimits })).toBe('DISABLED');
    const { key } = await createKey();
    expect(await code(key, { ratelimits, permissions: 'none' })).toBe('INSUFFICIENT_PERMISSIONS');
    expect(await refusal('keys.verifyKey', { key, ratelimits })).toEqual([
      412,
      'unkey/application/precondition_failed',
    ]);
  });

  test('counts only the last of two entries with the same name', async () => {
    const { key } = await createKey({ ratelimits: [limit('heavy', false, 5)] });
    const adHoc = { name: 'heavy', limit: 9, duration: 60_000 };
    const states = async (...ratelimits: object[]) =>
      (await data('keys.verifyKey', { key, ratelimits })).ratelimits;
    expect(await states(adHoc, { name: 'heavy', cost: 2 })).toMatchObject([{ limit: 5, remaining: 3 }]);
    expect(await states({ name: 'heavy', cost: 2 }, adHoc)).toMatchObject([
      { id: '', limit: 9, remaining: 8 },
    ]);
  });

  test("an ad-hoc limit shares the counter of the key's limit with the same name and duration", async () => {
    const { key } = await createKey({ ratelimits: [limit('heavy', false, 5)] });
    const ratelimits = [{ name: 'heavy', limit: 4, duration: 3_600_000, cost: 3 }];
    expect((await data('keys.verifyKey', { key, ratelimits })).ratelimits).toMatchObject([{ remaining: 1 }]);
    const named = await data('keys.verifyKey', { key, ratelimits: [{ name: 'heavy', cost: 1 }] });
    expect(named.ratelimits).toMatchObject([{ limit: 5, remaining: 1 }]);
  });

  test('an ad-hoc limit that the limiter rejects disables all limits of the call', async () => {
    const { key } = await createKey({ ratelimits: [limit('calls', true, 1)] });
    const ratelimits = [{ name: 'off', limit: 0, duration: 60_000 }];
    for (let i = 0; i < 3; i++)
      expect(await data('keys.verifyKey', { key, ratelimits })).not.toHaveProperty('ratelimits');
    expect(await code(key)).toBe('VALID');
    expect(await code(key)).toBe('RATE_LIMITED');
  });

  test('lists a permission twice if the key has it directly and through a role', async () => {
    await data('permissions.createRole', { name: 'reader', permissions: ['docs.read'] });
    const { key, keyId } = await createKey({ permissions: ['docs.read'], roles: ['reader'] });
    expect((await data('keys.verifyKey', { key })).permissions).toEqual(['docs.read', 'docs.read']);
    expect((await data('keys.getKey', { keyId })).permissions).toEqual(['docs.read']);
  });

  test('NOT_FOUND for a key with white space around it, and for a root key', async () => {
    const { key } = await createKey();
    expect(await code(` ${key}`)).toBe('NOT_FOUND');
    expect(await code(emulator.unkey.rootKey)).toBe('NOT_FOUND');
  });

  test('deletions take effect immediately', async () => {
    await data('permissions.createRole', { name: 'reader', permissions: ['docs.read'] });
    await data('identities.createIdentity', { externalId: 'user', ratelimits: [limit('shared', true)] });
    const { key } = await createKey({ permissions: ['docs.write'], roles: ['reader'], externalId: 'user' });
    await data('permissions.deletePermission', { permission: 'docs.write' });
    expect(await data('keys.verifyKey', { key })).toMatchObject({
      permissions: ['docs.read'],
      roles: ['reader'],
    });
    await data('permissions.deleteRole', { role: 'reader' });
    await data('identities.deleteIdentity', { identity: 'user' });
    const answer = await data('keys.verifyKey', { key });
    expect(Object.keys(answer).sort()).toEqual(['code', 'enabled', 'keyId', 'valid']);
  });
});

describe('a new key', () => {
  test('in a deleted API is created and never verifies', async () => {
    const { apiId } = await data('apis.createApi', { name: 'gone' });
    await data('apis.deleteApi', { apiId });
    const { key, keyId } = await data('keys.createKey', { apiId });
    expect(await code(key)).toBe('NOT_FOUND');
    expect(await refusal('keys.getKey', { keyId })).toEqual([404, 'unkey/data/key_not_found']);
    expect(await refusal('keys.whoami', { key })).toEqual([404, 'unkey/data/key_not_found']);
  });

  test('that is rejected creates no identity and no permission', async () => {
    const { apiId } = await data('apis.createApi', { name: 'keys' });
    const body = { apiId, externalId: 'left', permissions: ['left.behind'], roles: ['nobody'] };
    expect(await refusal('keys.createKey', body)).toEqual([404, 'unkey/data/role_not_found']);
    expect(await refusal('identities.getIdentity', { identity: 'left' })).toEqual([
      404,
      'unkey/data/identity_not_found',
    ]);
    expect(await data('permissions.listPermissions', {})).toEqual([]);
  });

  test.for<[byteLength: number, shortest: number, longest: number]>([
    [16, 20, 22],
    [24, 31, 33],
    [64, 86, 88],
    [255, 346, 349],
  ])('of %i bytes has %i to %i characters', async ([byteLength, shortest, longest]) => {
    const { length } = (await createKey({ byteLength })).key;
    expect(length).toBeGreaterThanOrEqual(shortest);
    expect(length).toBeLessThanOrEqual(longest);
  });

  test('with a daily refill and a day: the day is dropped; updateKey rejects it', async () => {
    const refill = { interval: 'daily', amount: 1, refillDay: 5 };
    const { keyId } = await createKey({ credits: { remaining: 1, refill } });
    expect((await data('keys.getKey', { keyId })).credits.refill).toEqual({ interval: 'daily', amount: 1 });
    expect(await refusal('keys.updateKey', { keyId, credits: { refill } })).toEqual([
      400,
      'unkey/application/invalid_input',
    ]);
  });
});

describe('updateKey', () => {
  test('absent keeps, null clears, a value sets', async () => {
    const refill = { interval: 'daily', amount: 7 };
    const { keyId } = await createKey({
      name: 'one',
      meta: { a: 1 },
      externalId: 'user',
      expires: NOON + MINUTE,
      credits: { remaining: 7, refill },
    });
    const before = await data('keys.getKey', { keyId });
    await data('keys.updateKey', { keyId, credits: {} });
    expect(await data('keys.getKey', { keyId })).toEqual({ ...before, updatedAt: NOON });
    await data('keys.updateKey', { keyId, credits: { remaining: null, refill } });
    expect(await data('keys.getKey', { keyId })).not.toHaveProperty('credits');
    await data('keys.updateKey', { keyId, credits: { remaining: 5 } });
    expect((await data('keys.getKey', { keyId })).credits).toEqual({ remaining: 5, refill });
    await data('keys.updateKey', {
      keyId,
      credits: { refill: null },
      name: null,
      meta: null,
      externalId: null,
      expires: null,
    });
    expect(await data('keys.getKey', { keyId })).toEqual({
      createdAt: NOON,
      credits: { remaining: 5 },
      enabled: true,
      keyId,
      start: before.start,
      updatedAt: NOON,
    });
  });

  test('replaces limits by name and keeps their ids', async () => {
    const { keyId } = await createKey({ ratelimits: [limit('a_limit', true), limit('b_limit', true)] });
    const ids = async () => {
      const { ratelimits } = await data('keys.getKey', { keyId });
      return Object.fromEntries(ratelimits.map((one: { name: string; id: string }) => [one.name, one.id]));
    };
    const before = await ids();
    await data('keys.updateKey', {
      keyId,
      ratelimits: [limit('b_limit', false, 9), limit('c_limit', false)],
    });
    const after = await ids();
    expect(Object.keys(after)).toEqual(['b_limit', 'c_limit']);
    expect(after.b_limit).toBe(before.b_limit);
  });
});

describe('rerollKey', () => {
  test('copies a key, and the old one expires at the next full minute', async () => {
    const old = await createKey({
      prefix: 'sk_live',
      byteLength: 32,
      name: 'n',
      ratelimits: [limit('calls', true)],
    });
    emulator.unkey.clock.advance(1);
    const { key, keyId } = await data('keys.rerollKey', { keyId: old.keyId, expiration: MINUTE });
    expect(key).toMatch(/^sk_[1-9A-HJ-NP-Za-km-z]{20,22}$/);
    expect(await data('keys.getKey', { keyId: old.keyId })).toMatchObject({ expires: NOON + 2 * MINUTE });
    const copy = await data('keys.getKey', { keyId });
    expect(copy).toMatchObject({ name: 'n', createdAt: NOON + 1, ratelimits: [{ name: 'calls' }] });
    expect(copy).not.toHaveProperty('expires');
  });

  test('with expiration 0 the old key expires immediately, also if the clock is frozen', async () => {
    const old = await createKey();
    await data('keys.rerollKey', { keyId: old.keyId, expiration: 0 });
    expect(await code(old.key)).toBe('EXPIRED');
  });

  test('of an expired key: the old key is valid again, the new one is expired', async () => {
    const old = await createKey({ expires: NOON - 1 });
    const { key } = await data('keys.rerollKey', { keyId: old.keyId, expiration: MINUTE });
    expect(await code(old.key)).toBe('VALID');
    expect(await code(key)).toBe('EXPIRED');
  });
});

describe('letter case', () => {
  test('of a permission: ignored for uniqueness, significant in queries', async () => {
    await data('permissions.createPermission', { name: 'n', slug: 'Docs.Read' });
    expect(await refusal('permissions.createPermission', { name: 'n', slug: 'docs.read' })).toEqual([
      409,
      'unkey/data/permission_already_exists',
    ]);
    expect((await data('permissions.getPermission', { permission: 'DOCS.READ' })).slug).toBe('Docs.Read');
    const { keyId } = await createKey();
    expect(await refusal('keys.addPermissions', { keyId, permissions: ['docs.read'] })).toEqual([
      409,
      'unkey/data/permission_already_exists',
    ]);
    expect(await refusal('keys.removePermissions', { keyId, permissions: ['docs.read'] })).toEqual([
      404,
      'unkey/data/permission_not_found',
    ]);
  });

  test('of a role: ignored for uniqueness, as are accents; significant in lookups', async () => {
    const { roleId } = await data('permissions.createRole', { name: 'Éditeur' });
    expect(await refusal('permissions.createRole', { name: 'editeur' })).toEqual([
      409,
      'unkey/data/role_already_exists',
    ]);
    expect((await data('permissions.getRole', { role: 'EDITEUR' })).id).toBe(roleId);
    const { keyId } = await createKey();
    expect(await refusal('keys.addRoles', { keyId, roles: ['éditeur'] })).toEqual([
      404,
      'unkey/data/role_not_found',
    ]);
    expect(await data('keys.addRoles', { keyId, roles: ['Éditeur', 'Éditeur'] })).toHaveLength(1);
    expect((await emulator.client.call('permissions.createRole', { name: 'Éditeur ' })).status).toBe(200);
  });

  test('of an external id, a limit and a namespace: significant', async () => {
    await data('identities.createIdentity', { externalId: 'User' });
    expect((await emulator.client.call('identities.createIdentity', { externalId: 'user' })).status).toBe(
      200,
    );
    const take = (identifier: string) =>
      data('ratelimit.limit', { namespace: 'n', identifier, limit: 1, duration: 1000 });
    expect([(await take('a')).success, (await take('A')).success, (await take('a')).success]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('operations that need a vault or an analytics store return 412', () => {
  test('recoverable, decrypt, analytics', async () => {
    const failed = [412, 'unkey/application/precondition_failed'];
    const { apiId } = await data('apis.createApi', { name: 'keys' });
    const { keyId } = await data('keys.createKey', { apiId });
    expect(await refusal('keys.createKey', { apiId, recoverable: true })).toEqual(failed);
    expect(await refusal('keys.getKey', { keyId, decrypt: true })).toEqual(failed);
    expect(await refusal('apis.listKeys', { apiId, decrypt: true })).toEqual(failed);
  });

  test('analytics, after the permission check', async () => {
    const query = { query: 'SELECT 1' };
    const unconfigured = [412, 'unkey/data/analytics_not_configured'];
    expect(await refusal('analytics.getVerifications', query)).toEqual(unconfigured);
    for (const [permission, expected] of [
      ['api.*.read_analytics', unconfigured],
      ['api.api_1.read_analytics', unconfigured],
      ['api.*.read_key', [403, 'unkey/authorization/insufficient_permissions']],
    ] as const) {
      const rootKey = emulator.unkey.createRootKey({ permissions: [permission] });
      const reply = await clientOf(emulator.unkey, rootKey).call('analytics.getVerifications', query);
      expect([reply.status, errorType(reply)]).toEqual(expected);
    }
  });
});

describe('a list with both the id and the name of a role or permission counts it once', () => {
  const world = async () => {
    const { keyId } = await createKey();
    const { roleId } = await data('permissions.createRole', { name: 'reader' });
    const { permissionId } = await data('permissions.createPermission', { name: 'Read', slug: 'read' });
    return { keyId, roleId, permissionId };
  };

  test.for(['addRoles', 'setRoles', 'removeRoles'])(
    'keys.%s: 200, but 404 for an id without the name',
    async (name) => {
      const { keyId, roleId } = await world();
      const rest = name === 'removeRoles' ? [] : [{ id: roleId, name: 'reader' }];
      expect(await data(`keys.${name}`, { keyId, roles: ['reader', roleId] })).toEqual(rest);
      expect(await data(`keys.${name}`, { keyId, roles: [roleId, 'reader'] })).toEqual(rest);
      for (const roles of [[roleId], ['Reader'], ['reader', 'Reader']]) {
        expect(await refusal(`keys.${name}`, { keyId, roles })).toEqual([404, 'unkey/data/role_not_found']);
      }
    },
  );

  test.for(['addPermissions', 'setPermissions'])(
    'keys.%s creates no permission with the id as its slug',
    async (name) => {
      const { keyId, permissionId } = await world();
      const permissions = [permissionId, 'read'];
      expect(await data(`keys.${name}`, { keyId, permissions })).toMatchObject([
        { id: permissionId, slug: 'read' },
      ]);
      expect(await data('permissions.listPermissions', {})).toHaveLength(1);
    },
  );

  test('keys.removePermissions', async () => {
    const { keyId, permissionId } = await world();
    await data('keys.addPermissions', { keyId, permissions: ['read', 'write'] });
    const left = await data('keys.removePermissions', { keyId, permissions: ['read', permissionId] });
    expect(left).toMatchObject([{ slug: 'write' }]);
    const permissions = [permissionId];
    expect(await refusal('keys.removePermissions', { keyId, permissions })).toEqual([
      404,
      'unkey/data/permission_not_found',
    ]);
  });
});

test("updateIdentity returns the request's -0, which is stored as 0", async () => {
  await data('identities.createIdentity', { externalId: 'a' });
  const response = await fetch(`${emulator.unkey.url}/v2/identities.updateIdentity`, {
    method: 'POST',
    headers: { authorization: `Bearer ${emulator.unkey.rootKey}`, 'content-type': 'application/json' },
    body: '{"identity":"a","meta":{"n":-0}}',
  });
  expect(await response.text()).toContain('"meta":{"n":-0}');
  expect((await data('identities.getIdentity', { identity: 'a' })).meta).toEqual({ n: 0 });
});
