import type { INestApplication } from '@nestjs/common';
import { UnkeyEmulator } from 'nestjs-unkey/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp } from './start-app.js';

let unkey: UnkeyEmulator;
let app: INestApplication;
let url: string;
let apiId: string;
beforeAll(async () => {
  unkey = await UnkeyEmulator.start();
  ({ app, url, apiId } = await startApp(unkey));
});
afterAll(() => Promise.all([app.close(), unkey.close()]));

const newManager = (externalId: string) =>
  unkey.createKey({ apiId, externalId, permissions: ['documents.read', 'keys.manage'] });

const call = (key: string, method: string, path: string, body?: unknown) =>
  fetch(url + path, {
    method,
    headers: { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: JSON.stringify(body),
  });

it('a customer creates a key and deletes it', async () => {
  const { key: manager } = await newManager('acme');
  const created = await call(manager, 'POST', '/keys', { name: 'CI', permissions: ['documents.read'] });
  expect(created.status).toBe(201);
  const { key, keyId } = (await created.json()) as { key: string; keyId: string };
  expect((await call(key, 'GET', '/documents')).status).toBe(200);
  expect((await call(manager, 'DELETE', `/keys/${keyId}`)).status).toBe(204);
  expect((await call(key, 'GET', '/documents')).status).toBe(401);
});

it("a customer cannot delete another customer's key", async () => {
  const { key: manager } = await newManager('acme');
  const { keyId } = await newManager('globex');
  expect((await call(manager, 'DELETE', `/keys/${keyId}`)).status).toBe(404);
});
