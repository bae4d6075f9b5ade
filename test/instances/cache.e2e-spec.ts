import { Controller, Get, Req } from '@nestjs/common';
import {
  getUnkeyToken,
  getVerifiedKey,
  UnkeyModule,
  UseUnkey,
  type UnkeyModuleOptions,
  type VerificationStore,
} from 'nestjs-unkey';
import type { Unkey } from '@unkey/api';
import { describe, expect, it } from 'vitest';
import { startApp } from '../support/app.js';
import { INTERNAL, useTwoUnkeys } from './support/two-unkeys.js';

const { customers, internal } = useTwoUnkeys();

@Controller('customer')
class CustomerController {
  @Get()
  read(@Req() incoming: object) {
    const key = getVerifiedKey(incoming);
    return { keyId: key?.keyId, source: key?.source };
  }
}

@UseUnkey(INTERNAL)
@Controller('internal')
class InternalController {
  @Get()
  read(@Req() incoming: object) {
    const key = getVerifiedKey(incoming);
    return { keyId: key?.keyId, source: key?.source };
  }
}

function memoryStore(): VerificationStore & { entries: Map<string, unknown> } {
  const entries = new Map<string, unknown>();
  return {
    entries,
    get: async (key) => entries.get(key),
    set: async (key, value) => entries.set(key, value),
    delete: async (key) => entries.delete(key),
  };
}

function start(unnamed: UnkeyModuleOptions, named: UnkeyModuleOptions) {
  return startApp('express', {
    imports: [
      UnkeyModule.forRoot({ ...customers.options, globalGuard: true, ...unnamed }),
      UnkeyModule.forRoot({ name: INTERNAL, ...internal.options, ...named }),
    ],
    controllers: [CustomerController, InternalController],
  });
}

const verifications = ({ unkey }: typeof customers) =>
  unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

describe('the caches of two instances', () => {
  it('are separate: only one of them can cache', async () => {
    const { get } = await start({}, { cache: true });
    const customer = await customers.unkey.createKey({});
    const employee = await internal.unkey.createKey({});
    const sources = async (path: string, key: string) => {
      const answers = [await get(path, { 'x-api-key': key }), await get(path, { 'x-api-key': key })];
      return answers.map(({ body }) => (body as { source: string }).source);
    };
    expect(await sources('/customer', customer.key)).toEqual(['unkey', 'unkey']);
    expect(await sources('/internal', employee.key)).toEqual(['unkey', 'cache']);
  });

  it.each([true, false])('are separate in one store (with the same root key: %s)', async (isSameRootKey) => {
    const store = memoryStore();
    const shared = isSameRootKey ? customers : internal;
    const { get } = await start({ cache: { store } }, { ...shared.options, cache: { store } });
    const customer = await customers.unkey.createKey({});
    expect((await get('/customer', { 'x-api-key': customer.key })).body).toMatchObject({ source: 'unkey' });
    expect((await get('/customer', { 'x-api-key': customer.key })).body).toMatchObject({ source: 'cache' });
    expect(verifications(customers)).toBe(1);
    const atInternal = await get('/internal', { 'x-api-key': customer.key });
    expect(atInternal.status).toBe(isSameRootKey ? 200 : 401);
    expect(verifications(shared)).toBe(isSameRootKey ? 2 : 1);
  });

  it('are shared by the same instance in two processes of an app', async () => {
    const store = memoryStore();
    const first = await start({}, { cache: { store } });
    const second = await start({}, { cache: { store } });
    const { key } = await internal.unkey.createKey({});
    expect((await first.get('/internal', { 'x-api-key': key })).body).toMatchObject({ source: 'unkey' });
    expect((await second.get('/internal', { 'x-api-key': key })).body).toMatchObject({ source: 'cache' });
  });

  it('forget a key that the client of their own instance changes', async () => {
    const { app, get } = await start({ cache: true }, { cache: true });
    const { key, keyId } = await internal.unkey.createKey({});
    expect((await get('/internal', { 'x-api-key': key })).status).toBe(200);
    await app.get<Unkey>(getUnkeyToken(INTERNAL)).keys.deleteKey({ keyId });
    expect((await get('/internal', { 'x-api-key': key })).status).toBe(401);
  });
});
