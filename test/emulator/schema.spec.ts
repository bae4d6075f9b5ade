import { describe, expect, test } from 'vitest';
import { useFreshEmulator } from './support/emulator.js';

const emulator = useFreshEmulator();
const repeated = (text: string, times: number): string[] => Array.from({ length: times }, (_, i) => text + i);
const ratelimit = { name: 'requests', limit: 1, duration: 1000, autoApply: true };

/** What the schema refuses, as the locations of the keywords that refuse; none: it passes the schema. */
const VECTORS: [operation: string, body: unknown, locations: string[]][] = [
  ['keys.verifyKey', {}, ['/required']],
  ['keys.verifyKey', [], ['/type']],
  ['keys.verifyKey', null, ['/type']],
  ['keys.verifyKey', 'x', ['/type']],
  ['keys.verifyKey', { key: '' }, ['/properties/key/minLength']],
  ['keys.verifyKey', { key: 5 }, ['/properties/key/type']],
  ['keys.verifyKey', { key: 'x', apiId: 'api_1' }, ['/additionalProperties']],
  ['keys.verifyKey', { key: 'x', foo: 1, bar: 2 }, ['/additionalProperties']],
  ['keys.verifyKey', { Key: 'x' }, ['/additionalProperties', '/required']],
  ['keys.verifyKey', { key: 'x', credits: { cost: -1 } }, ['/properties/credits/properties/cost/minimum']],
  ['keys.verifyKey', { key: 'x', credits: {} }, ['/properties/credits/required']],
  ['keys.verifyKey', { key: 'x', credits: null }, ['/properties/credits/type']],
  ['keys.verifyKey', { key: 'x', credits: { cost: 1.5 } }, ['/properties/credits/properties/cost/type']],
  ['keys.verifyKey', { key: 'x', credits: { cost: '1' } }, ['/properties/credits/properties/cost/type']],
  [
    'keys.verifyKey',
    { key: 'x', credits: { cost: 1e12 + 1 } },
    ['/properties/credits/properties/cost/maximum'],
  ],
  ['keys.verifyKey', { key: 'x', credits: { cost: 1e12 } }, []],
  [
    'keys.verifyKey',
    { key: 'x', credits: { cost: 1, foo: 1 } },
    ['/properties/credits/additionalProperties'],
  ],
  ['keys.verifyKey', { key: '🔑'.repeat(512) }, []],
  ['keys.verifyKey', { key: '🔑'.repeat(513) }, ['/properties/key/maxLength']],
  [
    'keys.verifyKey',
    { key: 'x', ratelimits: [{ name: 'ab' }] },
    ['/properties/ratelimits/items/properties/name/minLength'],
  ],
  ['keys.verifyKey', { key: 'x', ratelimits: [{ name: 'abc', limit: 0, duration: 0, cost: 0, foo: 1 }] }, []],
  [
    'keys.verifyKey',
    { key: 'x', ratelimits: [{ name: 'abc', limit: null }] },
    ['/properties/ratelimits/items/properties/limit/type'],
  ],
  ['keys.verifyKey', { key: 'x', ratelimits: [], tags: [], migrationId: '' }, []],
  ['keys.verifyKey', { key: 'x', permissions: '' }, ['/properties/permissions/minLength']],
  ['keys.verifyKey', { key: 'x', permissions: null }, ['/properties/permissions/type']],
  ['keys.verifyKey', { key: 'x', permissions: ['a'] }, ['/properties/permissions/type']],
  [
    'keys.verifyKey',
    { key: 'x', tags: ['', ''] },
    ['/properties/tags/items/minLength', '/properties/tags/items/minLength'],
  ],
  ['keys.verifyKey', { key: 'x', tags: repeated('t', 21) }, ['/properties/tags/maxItems']],
  ['keys.createKey', { apiId: 'a' }, ['/properties/apiId/minLength']],
  ['keys.createKey', { apiId: 'api-1' }, ['/properties/apiId/pattern']],
  [
    'keys.createKey',
    { apiId: 'api_1', prefix: '' },
    ['/properties/prefix/minLength', '/properties/prefix/pattern'],
  ],
  ['keys.createKey', { apiId: 'api_1', byteLength: 8 }, ['/properties/byteLength/minimum']],
  ['keys.createKey', { apiId: 'api_1', meta: [] }, ['/properties/meta/type']],
  [
    'keys.createKey',
    { apiId: 'api_1', meta: Object.fromEntries(repeated('m', 101).map((name) => [name, 1])) },
    ['/properties/meta/maxProperties'],
  ],
  ['keys.createKey', { apiId: 'api_1', name: null }, ['/properties/name/type']],
  ['keys.createKey', { apiId: 'api_1', externalId: 'a@b' }, ['/properties/externalId/pattern']],
  ['keys.createKey', { apiId: 'api_1', permissions: ['a b'] }, ['/properties/permissions/items/pattern']],
  ['keys.createKey', { apiId: 'api_1', roles: [''] }, ['/properties/roles/items/minLength']],
  ['keys.createKey', { apiId: 'api_1', roles: repeated('r', 101) }, ['/properties/roles/maxItems']],
  ['keys.createKey', { apiId: 'api_1', expires: -1 }, ['/properties/expires/minimum']],
  ['keys.createKey', { apiId: 'api_1', expires: 1.5 }, ['/properties/expires/type']],
  ['keys.createKey', { apiId: 'api_1', expires: 4102444800001 }, ['/properties/expires/maximum']],
  ['keys.createKey', { apiId: 'api_1', credits: null }, ['/properties/credits/type']],
  ['keys.createKey', { apiId: 'api_1', credits: {} }, ['/properties/credits/required']],
  [
    'keys.createKey',
    { apiId: 'api_1', credits: { remaining: 1, refill: null } },
    ['/properties/credits/properties/refill/type'],
  ],
  [
    'keys.createKey',
    { apiId: 'api_1', credits: { remaining: 1, refill: { interval: 'weekly', amount: 1 } } },
    ['/properties/credits/properties/refill/properties/interval/enum'],
  ],
  [
    'keys.createKey',
    { apiId: 'api_1', ratelimits: [{ ...ratelimit, autoApply: undefined }] },
    ['/properties/ratelimits/items/required'],
  ],
  [
    'keys.createKey',
    { apiId: 'api_1', ratelimits: [{ ...ratelimit, limit: 0, duration: 10, foo: 1 }] },
    [
      '/properties/ratelimits/items/properties/duration/minimum',
      '/properties/ratelimits/items/properties/limit/minimum',
    ],
  ],
  [
    'keys.createKey',
    { apiId: 'api_1', ratelimits: repeated('limit', 51).map((name) => ({ ...ratelimit, name })) },
    ['/properties/ratelimits/maxItems'],
  ],
  [
    'keys.updateKey',
    { keyId: 'key_1', name: null, meta: null, externalId: null, expires: null, credits: null },
    [],
  ],
  ['keys.updateKey', { keyId: 'key_1', credits: { remaining: null, refill: null } }, []],
  ['keys.updateKey', { keyId: 'key_1', ratelimits: null }, ['/properties/ratelimits/type']],
  ['keys.updateCredits', { keyId: 'key_1', operation: 'set' }, []],
  ['keys.updateCredits', { keyId: 'key_1', operation: 'foo' }, ['/properties/operation/enum']],
  ['keys.updateCredits', { keyId: 'key_1', operation: 'set', value: -1 }, ['/properties/value/minimum']],
  ['keys.updateCredits', { keyId: 'key_1', operation: 5 }, ['/properties/operation/type']],
  ['keys.updateCredits', { keyId: 'key_1', operation: 'set', value: -1.5 }, ['/properties/value/type']],
  [
    'keys.createKey',
    { apiId: 'api_1', credits: { remaining: -0.5 } },
    ['/properties/credits/properties/remaining/type'],
  ],
  ['keys.rerollKey', { keyId: 'key_1' }, ['/required']],
  ['keys.rerollKey', { keyId: 'key_1', expiration: 0, foo: 1 }, []],
  ['keys.addPermissions', { keyId: 'key_1', permissions: [] }, ['/properties/permissions/minItems']],
  [
    'keys.addPermissions',
    { keyId: 'key_1', permissions: repeated('p', 1001) },
    ['/properties/permissions/maxItems'],
  ],
  ['keys.setPermissions', { keyId: 'key_1', permissions: repeated('p', 1001) }, []],
  ['keys.setRoles', { keyId: 'key_1', roles: [] }, []],
  ['keys.deleteKey', { keyId: 'key_1', permanent: null }, ['/properties/permanent/type']],
  ['keys.migrateKeys', { migrationId: 'mig', apiId: 'api_1', keys: [] }, ['/properties/keys/minItems']],
  [
    'ratelimit.limit',
    { namespace: 'n', identifier: 'i', limit: 0, duration: 1 },
    ['/properties/duration/minimum', '/properties/limit/minimum'],
  ],
  [
    'ratelimit.limit',
    { namespace: 'n', identifier: 'i', limit: 1, duration: 2592000001 },
    ['/properties/duration/maximum'],
  ],
  [
    'ratelimit.limit',
    { namespace: 'n', identifier: 'i', limit: 1, duration: 1000, async: true },
    ['/additionalProperties'],
  ],
  ['ratelimit.multiLimit', [], ['/minItems']],
  ['ratelimit.multiLimit', {}, ['/type']],
  ['ratelimit.setOverride', { namespace: 'n', identifier: 'i', limit: 0, duration: 1000 }, []],
  ['identities.createIdentity', { externalId: 'user', unknown: 1 }, []],
  ['apis.listKeys', { apiId: 'api_1', limit: 0 }, ['/properties/limit/minimum']],
  ['apis.listKeys', { apiId: 'api_1', limit: 1000 }, ['/properties/limit/maximum']],
];

describe('the schema of each operation', () => {
  test.for(VECTORS)('%s %j → %j', async ([operation, body, locations]) => {
    const reply = await emulator.client.call(operation, body, { accept: '*/*' });
    const entries = reply.body.error?.errors ?? [];

    expect(entries.map(({ location }) => location).sort()).toEqual(locations);
    if (locations.length === 0) return;
    expect(reply).toMatchObject({ status: 400, type: 'application/json' });
    expect(reply.body.error).toMatchObject({
      title: 'Bad Request',
      type: 'https://unkey.com/docs/errors/unkey/application/invalid_input',
    });
    expect(entries.every((entry) => entry.message !== '' && entry.fix === undefined)).toBe(true);
  });
});
