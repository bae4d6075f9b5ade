import { Controller, Get } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { UnkeyKey, UnkeyModule, UnkeyService, type UnkeyModuleOptions } from 'nestjs-unkey';
import { UnkeyTestingModule, useEmulator } from 'nestjs-unkey/testing';
import { describe, expect, it } from 'vitest';
import { startApp } from '../support/app.js';
import { keyspaceServer } from '../support/keyspace-server.js';
import { useUnkey } from '../support/unkey.js';

@Controller()
class AppController {
  @Get()
  read(@UnkeyKey('keyspaceId') keyspaceId: string) {
    return { keyspaceId };
  }
}

const start = (options: UnkeyModuleOptions) =>
  startApp('express', {
    imports: [UnkeyModule.forRoot({ rootKey: 'unkey_root', globalGuard: true, ...options })],
    controllers: [AppController],
  });

describe('the option keyspaces', () => {
  const server = useUnkey();

  it('is sent with every verification, and the keyspace of a key reaches handlers', async () => {
    const { url, calls } = await keyspaceServer({ a: 'ks_a', b: 'ks_b' });
    const { get, app } = await start({ baseUrl: url, keyspaces: ['ks_a', 'ks_c'] });
    expect((await get('/', { 'x-api-key': 'a' })).body).toEqual({ keyspaceId: 'ks_a' });
    expect(await app.get(UnkeyService).verify('b')).toMatchObject({ valid: false, code: 'NOT_FOUND' });
    expect(calls.map(({ keyspaces }) => keyspaces)).toEqual([
      ['ks_a', 'ks_c'],
      ['ks_a', 'ks_c'],
    ]);
  });

  it('is not sent unless given; the keyspace is known all the same', async () => {
    const { url, calls } = await keyspaceServer({ a: 'ks_a' });
    const { get } = await start({ baseUrl: url });
    expect((await get('/', { 'x-api-key': 'a' })).body).toEqual({ keyspaceId: 'ks_a' });
    expect(calls).toEqual([{ key: 'a' }]);
  });

  it('rejects a valid key of another keyspace as NOT_FOUND, also if a custom verifier does not check it', async () => {
    const { get } = await start({
      keyspaces: ['ks_a'],
      verifier: async ({ key }) => ({ valid: true, code: 'VALID', keyId: 'key_1', keyspaceId: `ks_${key}` }),
    });
    expect((await get('/', { 'x-api-key': 'a' })).status).toBe(200);
    expect(await get('/', { 'x-api-key': 'b' })).toMatchObject({ status: 401, body: { code: 'NOT_FOUND' } });
  });

  it('is looked at again after the cache, and apps with other keyspaces share no entry', async () => {
    const { url, calls } = await keyspaceServer({ a: 'ks_a' });
    const entries = new Map<string, string>();
    const store = {
      get: (name: string) => entries.get(name),
      set: (name: string, value: string) => entries.set(name, value.replaceAll('ks_a', 'ks_stolen')),
      delete: (name: string) => entries.delete(name),
    };
    const cache = { store, ttl: 60_000 };
    const first = await start({ baseUrl: url, keyspaces: ['ks_a'], cache });
    expect((await first.get('/', { 'x-api-key': 'a' })).status).toBe(200);
    await expect.poll(() => entries.size).toBeGreaterThan(0);
    const second = await start({ baseUrl: url, keyspaces: ['ks_a'], cache });
    expect(await second.get('/', { 'x-api-key': 'a' })).toMatchObject({
      status: 401,
      body: { code: 'NOT_FOUND' },
    });
    expect(calls).toHaveLength(1);
    const third = await start({ baseUrl: url, keyspaces: ['ks_a', 'ks_b'], cache });
    expect((await third.get('/', { 'x-api-key': 'a' })).status).toBe(200);
    expect(calls).toHaveLength(2);
  });

  it('treats a valid key without a keyspace as a configuration error, and logs the reason', async () => {
    const { url } = await keyspaceServer({ old: undefined });
    const { get, log } = await start({ baseUrl: url, keyspaces: ['ks_a'] });
    expect(await get('/', { 'x-api-key': 'old' })).toMatchObject({
      status: 500,
      body: { code: 'UNKEY_MISCONFIGURED' },
    });
    expect(log.of('error', 'does not know "keyspaces" yet')).toHaveLength(1);
  });

  it('makes the 400 of a server that does not know it one too, and the log says why', async () => {
    const { key } = await server.unkey.createKey({});
    const { get, log } = await start({ ...server.options, keyspaces: ['ks_a'] });
    for (let n = 0; n < 2; n++) {
      expect(await get('/', { 'x-api-key': key })).toMatchObject({
        status: 500,
        body: { code: 'UNKEY_MISCONFIGURED' },
      });
    }
    expect(log.of('error', 'does not know "keyspaces" yet')).toHaveLength(1);
  });

  it('is left out by the helpers for tests, unless their server takes it', async () => {
    const { url, calls } = await keyspaceServer({ a: 'ks_a' });
    const options = { rootKey: 'unkey_other', keyspaces: ['ks_a'] };
    for (const keyspaces of [undefined, true]) {
      const address = { url, rootKey: 'unkey_root', ...(keyspaces ? { keyspaces } : {}) };
      const modules = [
        useEmulator(Test.createTestingModule({ imports: [UnkeyModule.forRoot(options)] }), address),
        Test.createTestingModule({ imports: [UnkeyTestingModule.forEmulator(address, options)] }),
      ];
      for (const builder of modules) {
        const module = await builder.compile();
        await module.get(UnkeyService, { strict: false }).verify('a');
        await module.close();
      }
    }
    expect(calls.map(({ keyspaces }) => keyspaces)).toEqual([undefined, undefined, ['ks_a'], ['ks_a']]);
  });
});
