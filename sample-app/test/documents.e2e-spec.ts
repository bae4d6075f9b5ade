import type { INestApplication } from '@nestjs/common';
import { UnkeyEmulator } from 'nestjs-unkey/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from './start-app.js';

let unkey: UnkeyEmulator;
let app: INestApplication;
let url: string;
beforeAll(async () => {
  unkey = await UnkeyEmulator.start();
  ({ app, url } = await startApp(unkey));
});
afterAll(() => Promise.all([app.close(), unkey.close()]));

const get = (path: string, key?: string) =>
  fetch(url + path, key === undefined ? {} : { headers: { 'x-api-key': key } });

describe('GET /documents', () => {
  it("returns the customer's documents and plan", async () => {
    const { key } = await unkey.createKey({
      externalId: 'acme',
      permissions: ['documents.read'],
      meta: { plan: 'pro' },
    });
    const response = await get('/documents', key);
    expect(await response.json()).toMatchObject({
      documents: [{ title: 'Road map' }, { title: 'Price list' }],
      key: { plan: 'pro' },
    });
  });

  it('needs a key', async () => {
    expect((await get('/documents')).status).toBe(401);
  });

  it('needs the permission documents.read', async () => {
    const { key } = await unkey.createKey({ externalId: 'acme' });
    expect((await get('/documents', key)).status).toBe(403);
  });

  it('refuses a key that has expired', async () => {
    const { key } = await unkey.createKey({
      permissions: ['documents.read'],
      expires: unkey.clock.now() + 60_000,
    });
    expect((await get('/documents', key)).status).toBe(200);
    unkey.clock.advance(61_000);
    expect((await get('/documents', key)).status).toBe(401);
  });

  it('answers 503 while Unkey is down', async () => {
    const { key } = await unkey.createKey({ permissions: ['documents.read'] });
    const fault = unkey.fail({ status: 500 });
    expect((await get('/documents', key)).status).toBe(503);
    fault.clear();
  });
});

describe('GET /health', () => {
  it('needs no key', async () => {
    expect(await (await get('/health')).json()).toMatchObject({ info: { unkey: { status: 'up' } } });
  });
});
