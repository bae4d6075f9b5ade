import { describe, expect, test } from 'vitest';
import { clientOf } from './support/client.js';
import { useFreshEmulator } from './support/emulator.js';

const emulator = useFreshEmulator();
const data = (operation: string, body: unknown) => emulator.client.data(operation, body);
const HOUR = 3_600_000;

describe('role names are unique under the collation of the database', () => {
  test.for<[name: string, other: string, status: number]>([
    ['straße', 'STRASSE', 409],
    ['reader', 'ｒｅａｄｅｒ', 409],
    ['reader', 're\u00adad\u200ber', 409],
    ['reader', 'rea\u0000der', 409],
    ['カード', 'ｶｰﾄﾞ', 409],
    ['かな', 'カナ', 409],
    ['level 1', 'level ١', 409],
    ['й', 'и', 200],
    ['أ', 'ا', 200],
    ['reader', 'reader ', 200],
    ['reader', 'read er', 200],
  ])('%j and %j: createRole → %i', async ([name, other, status]) => {
    const { roleId } = await data('permissions.createRole', { name });
    expect((await emulator.client.call('permissions.createRole', { name: other })).status).toBe(status);
    const found = await data('permissions.getRole', { role: other });
    expect(found).toMatchObject(status === 409 ? { id: roleId, name } : { name: other });
  });
});

describe('namespaces, override identifiers and limit names: case and accents matter, ignorable characters do not', () => {
  const limit = (namespace: string, identifier = 'a') => ({
    namespace,
    identifier,
    limit: 9,
    duration: HOUR,
  });

  test('namespaces', async () => {
    await data('ratelimit.limit', limit('mail'));
    expect(await data('ratelimit.limit', limit('ma\u200bil'))).toMatchObject({ remaining: 7 });
    const rootKey = emulator.unkey.createRootKey({ permissions: ['ratelimit.*.limit'] });
    const client = clientOf(emulator.unkey, rootKey);
    expect((await client.call('ratelimit.limit', limit('ma\u200bil'))).status).toBe(200);
    expect((await client.call('ratelimit.multiLimit', [limit('mail')])).status).toBe(200);
    expect((await client.call('ratelimit.multiLimit', [limit('ma\u200bil')])).status).toBe(403);
    expect(await data('ratelimit.multiLimit', [limit('ma\u200bil')])).toMatchObject({
      limits: [{ remaining: 4 }],
    });
    for (const other of ['Mail', 'máil', 'ｍail']) {
      expect(await data('ratelimit.limit', limit(other))).toMatchObject({ remaining: 8 });
    }
  });

  test('override identifiers are unique that way, but applied only to exactly equal identifiers', async () => {
    await data('ratelimit.limit', limit('mail'));
    const first = await data('ratelimit.setOverride', { ...limit('mail', 'vip'), limit: 50 });
    expect(await data('ratelimit.setOverride', { ...limit('mail', 'v\u00adip'), limit: 60 })).toEqual(first);
    expect(await data('ratelimit.setOverride', limit('mail', 'VIP'))).not.toEqual(first);
    expect(await data('ratelimit.listOverrides', { namespace: 'mail' })).toHaveLength(2);
    expect(await data('ratelimit.limit', limit('mail', 'vip'))).toMatchObject({ limit: 60 });
    expect(await data('ratelimit.limit', limit('mail', 'v\u00adip'))).toMatchObject({ limit: 9 });
  });

  test('limit names', async () => {
    const ratelimits = ['calls', 'ca\u200blls', 'Calls'].map((name, index) => ({
      name,
      limit: index + 1,
      duration: HOUR,
      autoApply: false,
    }));
    const { keyId } = await emulator.unkey.createKey({ ratelimits });
    const shown = await data('keys.getKey', { keyId });
    expect(shown.ratelimits).toMatchObject([
      { name: 'calls', limit: 2 },
      { name: 'Calls', limit: 3 },
    ]);
  });
});
