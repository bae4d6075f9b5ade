import { UnkeyEmulator } from 'nestjs-unkey/emulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, clientOf, errorType } from './support/client.js';
import { call, useShells } from './support/shell.js';

const shells = useShells();
let emulators: UnkeyEmulator[];
beforeAll(async () => {
  emulators = [await UnkeyEmulator.start({ keyspaces: true }), await UnkeyEmulator.start()];
});
afterAll(async () => {
  for (const unkey of emulators) await unkey.close();
});
const unkey = (keyspaces: boolean): UnkeyEmulator => {
  const found = emulators.find((one) => one.keyspaces === keyspaces);
  if (!found) throw new Error('There is no such emulator.');
  return found;
};

describe('with keyspaces', () => {
  const createKey = async (client: Client, keyspaceId: string, body: object = {}) => {
    const { apiId } = await client.data('apis.createApi', { name: 'mine', keyspaceId });
    return client.data('keys.createKey', { apiId, ...body });
  };

  test('verifyKey returns keyspaceId with every code but NOT_FOUND', async () => {
    const client = clientOf(unkey(true));
    const verify = (key: string, more: object = {}) => client.data('keys.verifyKey', { key, ...more });
    const { key } = await createKey(client, 'ks_codes', { credits: { remaining: 1 } });
    const disabled = await createKey(client, 'ks_codes', { enabled: false });
    const keyspaceId = 'ks_codes';
    expect(await verify(key, { permissions: 'x' })).toMatchObject({
      code: 'INSUFFICIENT_PERMISSIONS',
      keyspaceId,
    });
    expect(await verify(key)).toMatchObject({ code: 'VALID', keyspaceId });
    expect(await verify(key)).toMatchObject({ code: 'USAGE_EXCEEDED', keyspaceId });
    expect(await verify(disabled.key)).toMatchObject({ code: 'DISABLED', keyspaceId });
    expect(await verify('unknown')).toEqual({ code: 'NOT_FOUND', valid: false });
  });

  test('a key of another keyspace is NOT_FOUND and costs nothing, whatever the request contains', async () => {
    const client = clientOf(unkey(true));
    const { key } = await createKey(client, 'ks_mine', {
      credits: { remaining: 2 },
      ratelimits: [{ name: 'calls', limit: 2, duration: 2_592_000_000, autoApply: true }],
    });
    const verify = (more: object) => client.data('keys.verifyKey', { key, ...more });
    const notFound = { code: 'NOT_FOUND', valid: false };
    expect(await verify({ keyspaces: ['ks_other'] })).toEqual(notFound);
    expect(await verify({ keyspaces: ['KS_MINE'] })).toEqual(notFound);
    expect(await verify({ keyspaces: ['ks_other'], permissions: 'no query (' })).toEqual(notFound);
    expect(await verify({ keyspaces: ['ks_other', 'ks_mine'] })).toMatchObject({
      code: 'VALID',
      credits: 1,
      keyspaceId: 'ks_mine',
      ratelimits: [{ remaining: 1 }],
    });
  });

  test('an API without a keyspaceId gets a random one', async () => {
    const { key } = await unkey(true).createKey();
    const { keyspaceId } = await clientOf(unkey(true)).data('keys.verifyKey', { key });
    expect(keyspaceId).toMatch(/^ks_\w{9}$/);
  });

  test.for<[keyspaces: unknown, location: string]>([
    [[], '/properties/keyspaces/minItems'],
    [Array.from({ length: 6 }, () => 'ks'), '/properties/keyspaces/maxItems'],
    [[''], '/properties/keyspaces/items/minLength'],
    ['ks_mine', '/properties/keyspaces/type'],
  ])('keyspaces: %j is rejected', async ([keyspaces, location]) => {
    const reply = await clientOf(unkey(true)).call('keys.verifyKey', { key: 'x', keyspaces });
    expect(reply.body.error?.errors).toMatchObject([{ location }]);
  });

  test('dev --keyspaces accepts a keyspaceId in a seed', async () => {
    const keys = [{ key: 'shop_alice' }];
    const seed = shells.seedFile({ apis: [{ name: 'shop', keyspaceId: 'ks_shop', keys }] });
    const emulator = await shells.dev('--keyspaces', '--seed', seed).listening();
    const verified = await call(emulator, 'keys.verifyKey', { key: 'shop_alice', keyspaces: ['ks_shop'] });
    expect(verified).toMatchObject({ code: 'VALID', keyspaceId: 'ks_shop' });
  });
});

describe('without keyspaces', () => {
  test.for<[operation: string, body: object]>([
    ['keys.verifyKey', { key: 'x', keyspaces: ['ks_1'] }],
    ['apis.createApi', { name: 'mine', keyspaceId: 'ks_1' }],
  ])('%s rejects %j', async ([operation, body]) => {
    const reply = await clientOf(unkey(false)).call(operation, body);
    expect([reply.status, errorType(reply)]).toEqual([400, 'unkey/application/invalid_input']);
    expect(reply.body.error?.errors).toMatchObject([{ location: '/additionalProperties' }]);
  });

  test('verifyKey returns no keyspaceId', async () => {
    const { key } = await unkey(false).createKey();
    expect(await clientOf(unkey(false)).data('keys.verifyKey', { key })).not.toHaveProperty('keyspaceId');
  });

  test('dev does not start with a seed that has a keyspaceId', async () => {
    const shell = shells.dev('--seed', shells.seedFile({ apis: [{ name: 'shop', keyspaceId: 'ks_shop' }] }));
    expect(await shell.ends()).toBe(1);
    expect(shell.errors).toContain('apis[0]: keyspaceId needs --keyspaces.\n');
  });
});
