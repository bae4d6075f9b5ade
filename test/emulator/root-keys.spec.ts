import type { CreateKeyBody } from 'nestjs-unkey/emulator';
import { describe, expect, test } from 'vitest';
import { type Client, clientOf, errorType } from './support/client.js';
import { useFreshEmulator } from './support/emulator.js';

const emulator = useFreshEmulator();
const as = (...permissions: string[]): Client =>
  clientOf(emulator.unkey, emulator.unkey.createRootKey({ permissions }));
const data = (operation: string, body: unknown) => emulator.client.data(operation, body);

const world = async () => {
  const { apiId } = await data('apis.createApi', { name: 'mine' });
  const { key, keyId } = await data('keys.createKey', { apiId });
  const other = await data('apis.createApi', { name: 'other' });
  const foreign = await data('keys.createKey', { apiId: other.apiId });
  return { apiId, key, keyId, foreign };
};

describe('a root key verifies', () => {
  test.for<[grants: string[], own: string, foreign: string]>([
    [['api.*.verify_key'], 'VALID', 'VALID'],
    [['api.API.verify_key'], 'VALID', 'NOT_FOUND'],
    [['api.API.*'], 'NOT_FOUND', 'NOT_FOUND'],
    [['*'], 'NOT_FOUND', 'NOT_FOUND'],
    [['api.*.read_key'], 'NOT_FOUND', 'NOT_FOUND'],
    [['unkey:v1:ws_emulator:**#*'], 'VALID', 'VALID'],
    [['unkey:v1:ws_emulator:keyspaces/*/keys/*#verify_key'], 'VALID', 'VALID'],
    [['unkey:v1:ws_emulator:keyspaces/**#verify_key'], 'VALID', 'VALID'],
    [['unkey:v1:ws_emulator:keyspaces/*/keys/KEY#verify_key'], 'VALID', 'NOT_FOUND'],
    [['unkey:v1:ws_emulator:keyspaces/*#verify_key'], 'NOT_FOUND', 'NOT_FOUND'],
    [['unkey:v1:ws_emulator:keyspaces/**#*'], 'NOT_FOUND', 'NOT_FOUND'],
    [['unkey:v1:ws_other:**#*'], 'NOT_FOUND', 'NOT_FOUND'],
  ])('with %j: key of this API %s, of another API %s', async ([grants, own, other]) => {
    const { apiId, key, keyId, foreign } = await world();
    const client = as(...grants.map((grant) => grant.replace('API', apiId).replace('KEY', keyId)));
    expect((await client.data('keys.verifyKey', { key })).code).toBe(own);
    expect((await client.data('keys.verifyKey', { key: foreign.key })).code).toBe(other);
  });
});

describe('without the permission, the response is', () => {
  const keys = [
    'getKey',
    'updateKey',
    'updateCredits',
    'deleteKey',
    'rerollKey',
    'addPermissions',
    'removePermissions',
  ];
  const more = { updateCredits: { operation: 'set' }, rerollKey: { expiration: 0 } };

  test.for([...keys, 'setPermissions', 'addRoles', 'removeRoles', 'setRoles'])(
    'keys.%s: 404 for an unknown key, 403 for one that exists',
    async (name) => {
      const { keyId } = await world();
      const body = {
        ...(name.endsWith('Permissions') && { permissions: ['x'] }),
        ...(name.endsWith('Roles') && { roles: ['x'] }),
        ...Object.entries(more).find(([operation]) => operation === name)?.[1],
      };
      const client = as();
      expect((await client.call(`keys.${name}`, { keyId: 'key_unknown', ...body })).status).toBe(404);
      const reply = await client.call(`keys.${name}`, { keyId, ...body });
      expect(errorType(reply)).toBe('unkey/authorization/insufficient_permissions');
      expect(reply.body.error).toMatchObject({ status: 403, title: 'Insufficient Permissions' });
    },
  );

  test.for<[operation: string, body: object, status: number]>([
    ['apis.getApi', { apiId: 'api_unknown' }, 403],
    ['apis.deleteApi', { apiId: 'api_unknown' }, 403],
    ['apis.listKeys', { apiId: 'api_unknown' }, 404],
    ['keys.createKey', { apiId: 'api_unknown' }, 404],
    ['keys.migrateKeys', { apiId: 'api_unknown', migrationId: 'none', keys: [{ hash: 'abc' }] }, 403],
    ['identities.createIdentity', { externalId: 'x' }, 403],
    ['identities.getIdentity', { identity: 'unknown' }, 404],
    ['identities.listIdentities', {}, 200],
    ['identities.updateIdentity', { identity: 'unknown' }, 403],
    ['identities.deleteIdentity', { identity: 'unknown' }, 403],
    ['permissions.createPermission', { name: 'x', slug: 'x' }, 403],
    ['permissions.getPermission', { permission: 'unknown' }, 403],
    ['permissions.listPermissions', {}, 403],
    ['permissions.deletePermission', { permission: 'unknown' }, 403],
    ['permissions.createRole', { name: 'x' }, 403],
    ['permissions.getRole', { role: 'unknown' }, 403],
    ['permissions.listRoles', {}, 403],
    ['permissions.deleteRole', { role: 'unknown' }, 403],
    ['permissions.setRolePermissions', { roleId: 'role_unknown', permissions: [] }, 403],
    ['ratelimit.limit', { namespace: 'unknown', identifier: 'i', limit: 1, duration: 1000 }, 403],
    ['ratelimit.multiLimit', [{ namespace: 'unknown', identifier: 'i', limit: 1, duration: 1000 }], 403],
    ['ratelimit.setOverride', { namespace: 'unknown', identifier: 'i', limit: 1, duration: 1000 }, 404],
    ['ratelimit.getOverride', { namespace: 'unknown', identifier: 'i' }, 404],
    ['ratelimit.deleteOverride', { namespace: 'unknown', identifier: 'i' }, 404],
    ['ratelimit.listOverrides', { namespace: 'unknown' }, 404],
  ])('%s without a match: %j → %i', async ([operation, body, status]) => {
    expect((await as().call(operation, body)).status).toBe(status);
  });

  test('404 from whoami and listKeys, as if nothing existed', async () => {
    const { apiId, key } = await world();
    expect(errorType(await as().call('keys.whoami', { key }))).toBe('unkey/data/key_not_found');
    expect(errorType(await as('api.*.read_key').call('apis.listKeys', { apiId }))).toBe(
      'unkey/data/api_not_found',
    );
    expect(
      (await as('api.*.read_key', `api.${apiId}.read_api`).call('apis.listKeys', { apiId })).status,
    ).toBe(200);
  });

  test('404 from getOverride, 403 from the others if the namespace exists', async () => {
    const override = { namespace: 'n', identifier: 'i' };
    await data('ratelimit.limit', { ...override, limit: 1, duration: 1000 });
    await data('ratelimit.setOverride', { ...override, limit: 1, duration: 1000 });
    const client = as();
    expect(errorType(await client.call('ratelimit.getOverride', override))).toBe(
      'unkey/data/ratelimit_override_not_found',
    );
    expect((await client.call('ratelimit.deleteOverride', { ...override, identifier: 'none' })).status).toBe(
      403,
    );
    expect((await client.call('ratelimit.listOverrides', { namespace: 'n' })).status).toBe(403);
    expect(
      (await as('ratelimit.*.limit').call('ratelimit.limit', { ...override, limit: 1, duration: 1000 }))
        .status,
    ).toBe(200);
    const unknown = { namespace: 'new', identifier: 'i', limit: 1, duration: 1000 };
    expect((await as('ratelimit.*.limit').call('ratelimit.limit', unknown)).status).toBe(403);
    expect(
      (await as('ratelimit.*.limit', 'ratelimit.*.create_namespace').call('ratelimit.limit', unknown)).status,
    ).toBe(200);
  });
});

describe('a URN grant for everything', () => {
  test('works for keys, identities, listKeys and getOverride, and for nothing else', async () => {
    const { apiId, key, keyId } = await world();
    await data('ratelimit.limit', { namespace: 'n', identifier: 'i', limit: 1, duration: 1000 });
    await data('ratelimit.setOverride', { namespace: 'n', identifier: 'i', limit: 1, duration: 1000 });
    const { roleId } = await data('permissions.createRole', { name: 'role' });
    const client = as('unkey:v1:ws_emulator:**#*');
    const calls: [operation: string, body: unknown, status: number][] = [
      ['keys.createKey', { apiId }, 200],
      ['keys.getKey', { keyId }, 200],
      ['keys.whoami', { key }, 200],
      ['keys.updateKey', { keyId }, 200],
      ['keys.updateCredits', { keyId, operation: 'set', value: 1 }, 200],
      ['keys.addPermissions', { keyId, permissions: ['new'] }, 200],
      ['keys.setPermissions', { keyId, permissions: ['newer'] }, 200],
      ['keys.removePermissions', { keyId, permissions: ['newer'] }, 200],
      ['keys.addRoles', { keyId, roles: ['role'] }, 200],
      ['keys.rerollKey', { keyId, expiration: 0 }, 200],
      ['keys.deleteKey', { keyId }, 200],
      ['apis.listKeys', { apiId }, 200],
      ['identities.createIdentity', { externalId: 'user' }, 200],
      ['identities.getIdentity', { identity: 'user' }, 200],
      ['identities.updateIdentity', { identity: 'user' }, 200],
      ['identities.deleteIdentity', { identity: 'user' }, 200],
      ['ratelimit.getOverride', { namespace: 'n', identifier: 'i' }, 200],
      ['apis.createApi', { name: 'new' }, 403],
      ['apis.getApi', { apiId }, 403],
      ['apis.deleteApi', { apiId }, 403],
      ['keys.migrateKeys', { apiId, migrationId: 'none', keys: [{ hash: 'abc' }] }, 403],
      ['permissions.listRoles', {}, 403],
      ['permissions.setRolePermissions', { roleId, permissions: [] }, 403],
      ['ratelimit.limit', { namespace: 'n', identifier: 'i', limit: 1, duration: 1000 }, 403],
      ['ratelimit.listOverrides', { namespace: 'n' }, 403],
    ];
    const seen: typeof calls = [];
    for (const [operation, body] of calls)
      seen.push([operation, body, (await client.call(operation, body)).status]);
    expect(seen).toEqual(calls);
  });
});

describe('creating permissions implicitly needs a permission of its own', () => {
  test('in addPermissions and for roles, not in createKey', async () => {
    const { apiId, keyId } = await world();
    const attach = ['api.*.update_key', 'rbac.*.add_permission_to_key'];
    const permissions = ['new.one'];
    expect((await as(...attach).call('keys.addPermissions', { keyId, permissions })).status).toBe(403);
    expect((await as('api.*.create_key').call('keys.createKey', { apiId, permissions })).status).toBe(200);
    expect((await as(...attach).call('keys.addPermissions', { keyId, permissions })).status).toBe(200);
    const role = { name: 'role', permissions: ['new.two'] };
    expect((await as('rbac.*.create_role').call('permissions.createRole', role)).status).toBe(403);
    const grants = ['rbac.*.create_role', 'rbac.*.add_permission_to_role'];
    expect((await as(...grants).call('permissions.createRole', role)).status).toBe(403);
    expect(
      (await as(...grants, 'rbac.*.create_permission').call('permissions.createRole', role)).status,
    ).toBe(200);
  });
});

describe('URN grants', () => {
  test.for<[grant: string, status: number]>([
    ['ratelimits/namespaces/*/overrides/*#read_override', 200],
    ['ratelimits/namespaces/*/overrides/OVERRIDE#read_override', 200],
    ['ratelimits/namespaces/*/overrides/rlor_other#read_override', 404],
    ['projects/*/ratelimits/namespaces/*/overrides/*#read', 404],
    ['projects/*/ratelimits/namespaces/*/overrides/*#read_override', 404],
  ])('on overrides: %s → %i', async ([grant, status]) => {
    const limit = { namespace: 'n', identifier: 'a', limit: 1, duration: 60_000 };
    await data('ratelimit.limit', limit);
    const { overrideId } = await data('ratelimit.setOverride', limit);
    const client = as(`unkey:v1:ws_emulator:${grant.replace('OVERRIDE', overrideId)}`);
    const reply = await client.call('ratelimit.getOverride', { namespace: 'n', identifier: 'a' });
    expect(reply.status).toBe(status);
  });

  test.for<[grant: string, status: number]>([
    ['unkey:v1:ws_emulator:projects/*/identities/*#read_identity', 200],
    ['unkey:v1:ws_emulator:projects/*/identities/ID#read_identity', 403],
    ['identity.ID.read_identity', 200],
    ['identity.id_other.read_identity', 403],
  ])('on identities: %s → %i', async ([grant, status]) => {
    const { identityId } = await data('identities.createIdentity', { externalId: 'a' });
    const client = as(grant.replace('ID', identityId));
    expect((await client.call('identities.getIdentity', { identity: 'a' })).status).toBe(status);
    expect((await client.call('identities.listIdentities', {})).status).toBe(status);
  });
});

test.for(['limit', 'multiLimit'])(
  'ratelimit.%s with the permission to create a namespace, but not to count: 403, and the namespace is created',
  async (name) => {
    const limit = { namespace: 'made', identifier: 'a', limit: 1, duration: 60_000 };
    const client = as('ratelimit.*.create_namespace');
    const reply = await client.call(`ratelimit.${name}`, name === 'limit' ? limit : [limit]);
    expect([reply.status, errorType(reply)]).toEqual([403, 'unkey/authorization/insufficient_permissions']);
    const override = await emulator.client.call('ratelimit.getOverride', {
      namespace: 'made',
      identifier: 'a',
    });
    expect(errorType(override)).toBe('unkey/data/ratelimit_override_not_found');
  },
);

describe('an ordinary key as root key', () => {
  test.for<[what: string, body: CreateKeyBody, status: number, type: string, title: string]>([
    ['valid', {}, 401, 'unkey/authentication/key_not_found', 'Unauthorized'],
    ['disabled', { enabled: false }, 403, 'unkey/authorization/key_disabled', 'Key is disabled'],
    [
      'disabled and expired',
      { enabled: false, expires: 1 },
      403,
      'unkey/authorization/key_disabled',
      'Key is disabled',
    ],
    ['expired', { expires: 1 }, 403, 'unkey/authorization/forbidden', 'Forbidden'],
    [
      'with the permission to verify',
      { enabled: false, permissions: ['api.*.verify_key'] },
      403,
      'unkey/authorization/key_disabled',
      'Key is disabled',
    ],
  ])('%s', async ([, body, status, type, title]) => {
    const { key } = await emulator.unkey.createKey(body);
    const reply = await clientOf(emulator.unkey, key).call('keys.verifyKey', { key });
    expect([reply.status, errorType(reply), reply.body.error?.title]).toEqual([status, type, title]);
  });
});
