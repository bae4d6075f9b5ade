import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { UnkeyEmulator, useEmulator } from 'nestjs-unkey/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppModule } from './app.module.js';

let unkey: UnkeyEmulator;
let app: INestApplication;
beforeAll(async () => {
  unkey = await UnkeyEmulator.start();
  const builder = Test.createTestingModule({ imports: [AppModule] });
  app = (await useEmulator(builder, unkey).compile()).createNestApplication();
  await app.listen(0);
});
afterAll(() => Promise.all([app.close(), unkey.close()]));

it('shows documents to whom they belong', async () => {
  const { key } = await unkey.createKey({ externalId: 'alice', permissions: ['documents.read'] });
  const answer = await fetch(`${await app.getUrl()}/documents`, { headers: { 'x-api-key': key } });
  expect(await answer.json()).toEqual({ user: 'alice' });
});
