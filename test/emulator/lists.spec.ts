import { describe, expect, test } from 'vitest';
import { useFreshEmulator } from './support/emulator.js';

const emulator = useFreshEmulator();
const data = (operation: string, body: unknown) => emulator.client.data(operation, body);

/** Creates so many of something and knows how to list it. */
const LISTS: Record<string, (count: number) => Promise<{ operation: string; body: object; id: string }>> = {
  keys: async (count) => {
    const { apiId } = await data('apis.createApi', { name: 'list' });
    for (let i = 0; i < count; i++) await data('keys.createKey', { apiId });
    return { operation: 'apis.listKeys', body: { apiId }, id: 'keyId' };
  },
  identities: async (count) => {
    for (let i = 0; i < count; i++) await data('identities.createIdentity', { externalId: `user_${i}` });
    return { operation: 'identities.listIdentities', body: {}, id: 'id' };
  },
  permissions: async (count) => {
    for (let i = 0; i < count; i++) await data('permissions.createPermission', { name: 'n', slug: `p${i}` });
    return { operation: 'permissions.listPermissions', body: {}, id: 'id' };
  },
  roles: async (count) => {
    for (let i = 0; i < count; i++) await data('permissions.createRole', { name: `r${i}` });
    return { operation: 'permissions.listRoles', body: {}, id: 'id' };
  },
  overrides: async (count) => {
    await data('ratelimit.limit', { namespace: 'n', identifier: 'i', limit: 1, duration: 1000 });
    for (let i = 0; i < count; i++) {
      await data('ratelimit.setOverride', { namespace: 'n', identifier: `o${i}`, limit: 1, duration: 1000 });
    }
    return { operation: 'ratelimit.listOverrides', body: { namespace: 'n' }, id: 'overrideId' };
  },
};

describe.for(Object.keys(LISTS))('a list of %s', (name) => {
  const make = (count: number) => LISTS[name]!(count);

  test('returns each row once over all pages', async () => {
    const { operation, body, id } = await make(7);
    const seen: string[] = [];
    const sizes: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await emulator.client.call(operation, { ...body, limit: 3, ...(cursor && { cursor }) });
      sizes.push(page.body.data.length);
      seen.push(...page.body.data.map((row: Record<string, string>) => row[id]));
      cursor = page.body.pagination?.cursor;
      expect(page.body.pagination?.hasMore).toBe(cursor !== undefined);
    } while (cursor !== undefined);
    expect(sizes).toEqual([3, 3, 1]);
    expect(new Set(seen).size).toBe(7);
  });

  test('has no cursor after a last page that is exactly full', async () => {
    const { operation, body } = await make(3);
    const page = await emulator.client.call(operation, { ...body, limit: 3 });
    expect(page.body.pagination).toEqual({ hasMore: false });
  });

  test('accepts any text as cursor, as a lower bound', async () => {
    const { operation, body } = await make(2);
    expect(await data(operation, { ...body, cursor: 'zzzz' })).toEqual([]);
    expect(await data(operation, { ...body, cursor: '' })).toHaveLength(2);
    expect(await data(operation, { ...body, cursor: 'A' })).toHaveLength(2);
  });
});

test('the default page size is 50 for overrides, 100 for other lists', async () => {
  const overrides = await LISTS['overrides']!(51);
  expect(await data(overrides.operation, overrides.body)).toHaveLength(50);
  const roles = await LISTS['roles']!(101);
  expect(await data(roles.operation, roles.body)).toHaveLength(100);
});

describe('a search', () => {
  test.for<[search: string, found: string[]]>([
    ['  ADMIN ', ['Admin', 'café admin']],
    ['cafe', ['café admin']],
    ['%', ['100%']],
    ['_', ['under_score']],
    ['tells', ['Admin']],
    ['   ', ['100%', 'Admin', 'café admin', 'under_score']],
  ])('for %j', async ([search, found]) => {
    await data('permissions.createRole', { name: 'Admin', description: 'tells all' });
    for (const name of ['café admin', '100%', 'under_score']) await data('permissions.createRole', { name });
    const roles: { name: string; id: string }[] = await data('permissions.listRoles', { search });
    // Searches match ids too, and every id contains `_`.
    const byName = roles.filter(({ name }) => search.trim() !== '_' || name.includes('_'));
    expect(byName.map(({ name }) => name).sort()).toEqual(found);
  });
});

describe('listKeys', () => {
  test('filters by external id and returns the id of a deleted identity', async () => {
    const { apiId } = await data('apis.createApi', { name: 'list' });
    const other = await data('apis.createApi', { name: 'other' });
    const { keyId } = await data('keys.createKey', { apiId, externalId: 'user' });
    await data('keys.createKey', { apiId });
    await data('keys.createKey', { apiId: other.apiId, externalId: 'user' });
    const [row, ...rest] = await data('apis.listKeys', {
      apiId,
      externalId: 'user',
      revalidateKeysCache: true,
    });
    expect([row.keyId, rest]).toEqual([keyId, []]);
    await data('identities.deleteIdentity', { identity: 'user' });
    expect(await data('apis.listKeys', { apiId, externalId: 'user' })).toEqual([]);
    const listed = (await data('apis.listKeys', { apiId })).find(
      (key: { keyId: string }) => key.keyId === keyId,
    );
    expect(listed.identity).toEqual({ id: row.identity.id, externalId: '' });
    expect(await data('keys.getKey', { keyId })).not.toHaveProperty('identity');
  });

  test('omits deleted keys', async () => {
    const { apiId } = await data('apis.createApi', { name: 'list' });
    const { keyId } = await data('keys.createKey', { apiId });
    await data('keys.deleteKey', { keyId });
    expect(await data('apis.listKeys', { apiId })).toEqual([]);
  });
});
