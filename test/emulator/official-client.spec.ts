import { Unkey } from '@unkey/api';
import type * as errors from '@unkey/api/models/errors';
import { beforeEach, describe, expect, test } from 'vitest';
import { useFreshEmulator } from './support/emulator.js';

const emulator = useFreshEmulator();
let client: Unkey;
beforeEach(() => {
  const { url: serverURL, rootKey } = emulator.unkey;
  client = new Unkey({ serverURL, rootKey, retryConfig: { strategy: 'none' } });
});

describe('the official client works with the emulator', () => {
  test('keys, from creation to deletion', async () => {
    const { data: api } = await client.apis.createApi({ name: 'sdk' });
    const refill = { interval: 'monthly', amount: 10, refillDay: 1 } as const;
    const { data: created } = await client.keys.createKey({
      apiId: api.apiId,
      prefix: 'sk',
      externalId: 'user',
      meta: { plan: 'pro' },
      permissions: ['docs.read'],
      credits: { remaining: 10, refill },
      ratelimits: [{ name: 'calls', limit: 5, duration: 60_000, autoApply: true }],
    });
    const verified = await client.keys.verifyKey({
      key: created.key,
      permissions: 'docs.read',
      credits: { cost: 2 },
    });
    expect(verified.data).toMatchObject({ valid: true, code: 'VALID', credits: 8, meta: { plan: 'pro' } });
    const { keyId } = created;
    expect((await client.keys.getKey({ keyId })).data.credits).toEqual({ remaining: 8, refill });
    expect((await client.keys.whoami({ key: created.key })).data.keyId).toBe(keyId);
    expect(
      (await client.keys.updateCredits({ keyId, operation: 'set', value: null })).data.remaining,
    ).toBeNull();
    await client.keys.updateKey({ keyId, enabled: false });
    expect((await client.keys.verifyKey({ key: created.key })).data.code).toBe('DISABLED');
    expect((await client.keys.addPermissions({ keyId, permissions: ['docs.write'] })).data).toHaveLength(2);
    expect((await client.keys.setPermissions({ keyId, permissions: ['docs.read'] })).data).toHaveLength(1);
    expect((await client.keys.removePermissions({ keyId, permissions: ['docs.read'] })).data).toEqual([]);
    await client.permissions.createRole({ name: 'reader', permissions: ['docs.read'] });
    expect((await client.keys.addRoles({ keyId, roles: ['reader'] })).data).toMatchObject([
      { name: 'reader' },
    ]);
    expect((await client.keys.setRoles({ keyId, roles: ['reader'] })).data).toHaveLength(1);
    expect((await client.keys.removeRoles({ keyId, roles: ['reader'] })).data).toEqual([]);
    const rerolled = await client.keys.rerollKey({ keyId, expiration: 0 });
    const pages = await client.apis.listKeys({ apiId: api.apiId, limit: 1 });
    const listed: string[] = [];
    for await (const page of pages) listed.push(...page.result.data.map((key) => key.keyId));
    expect(listed.sort()).toEqual([keyId, rerolled.data.keyId].sort());
    await client.keys.deleteKey({ keyId });
    expect((await client.apis.getApi({ apiId: api.apiId })).data.name).toBe('sdk');
    await client.apis.deleteApi({ apiId: api.apiId });
  });

  test('identities', async () => {
    const { data } = await client.identities.createIdentity({ externalId: 'user', meta: { a: 1 } });
    expect((await client.identities.getIdentity({ identity: 'user' })).data.id).toBe(data.identityId);
    const limits = [{ name: 'calls', limit: 1, duration: 1000 }];
    await client.identities.updateIdentity({ identity: 'user', ratelimits: limits });
    const listed: string[] = [];
    for await (const page of await client.identities.listIdentities({})) {
      listed.push(...page.result.data.map((identity) => identity.externalId));
    }
    expect(listed).toEqual(['user']);
    expect((await client.identities.deleteIdentity({ identity: 'user' })).meta.requestId).toMatch(/^req_/);
  });

  test('permissions and roles', async () => {
    const { data: permission } = await client.permissions.createPermission({
      name: 'Read',
      slug: 'docs.read',
    });
    const { data: role } = await client.permissions.createRole({ name: 'reader' });
    const set = await client.permissions.setRolePermissions({
      roleId: role.roleId,
      permissions: ['docs.read', 'a'],
    });
    expect(set.data.map(({ slug }) => slug)).toEqual(['a', 'docs.read']);
    expect((await client.permissions.getRole({ role: 'reader' })).data.permissions).toHaveLength(2);
    expect((await client.permissions.getPermission({ permission: 'docs.read' })).data.id).toBe(
      permission.permissionId,
    );
    expect((await client.permissions.listRoles({})).result.data).toHaveLength(1);
    expect((await client.permissions.listPermissions({})).result.data).toHaveLength(2);
    await client.permissions.deleteRole({ role: 'reader' });
    await client.permissions.deletePermission({ permission: 'docs.read' });
  });

  test('the standalone limiter', async () => {
    const request = { namespace: 'n', identifier: 'i', limit: 1, duration: 1000 };
    expect((await client.ratelimit.limit(request)).data).toMatchObject({ success: true, remaining: 0 });
    expect((await client.ratelimit.multiLimit([request])).data.passed).toBe(false);
    await client.ratelimit.setOverride({ ...request, limit: 5 });
    expect((await client.ratelimit.getOverride(request)).data.limit).toBe(5);
    expect((await client.ratelimit.listOverrides({ namespace: 'n' })).result.data).toHaveLength(1);
    await client.ratelimit.deleteOverride(request);
  });

  test.for<[name: keyof typeof errors, provoke: () => Promise<unknown>]>([
    ['NotFoundErrorResponse', () => client.keys.getKey({ keyId: 'key_unknown' })],
    ['BadRequestErrorResponse', () => client.keys.verifyKey({ key: '' })],
    [
      'UnauthorizedErrorResponse',
      () => new Unkey({ serverURL: emulator.unkey.url, rootKey: 'x' }).keys.verifyKey({ key: 'x' }),
    ],
    [
      'ConflictErrorResponse',
      async () => {
        await client.identities.createIdentity({ externalId: 'user' });
        await client.identities.createIdentity({ externalId: 'user' });
      },
    ],
  ])('and reads its refusals: %s', async ([name, provoke]) => {
    await expect(provoke()).rejects.toHaveProperty('name', name);
  });
});
