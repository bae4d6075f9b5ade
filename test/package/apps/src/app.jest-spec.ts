import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { useEmulator, UnkeyEmulator } from 'nestjs-unkey/testing';
import { AppModule } from './app.module';

describe('the app under Jest', () => {
  let unkey: UnkeyEmulator;
  let app: INestApplication;

  beforeAll(async () => {
    unkey = await UnkeyEmulator.start();
    const builder = Test.createTestingModule({ imports: [AppModule] });
    const module = await useEmulator(builder, unkey).compile();
    app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
  });

  afterAll(async () => {
    await app.close();
    await unkey.close();
  });

  const ask = (key: string) => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    return fetch(`http://127.0.0.1:${port}/documents`, { headers: { authorization: `Bearer ${key}` } });
  };

  it('lets a good key in and keeps a bad one out', async () => {
    const { key } = await unkey.createKey({ externalId: 'alice', permissions: ['documents.read'] });
    const allowed = await ask(key);
    expect(allowed.status).toBe(200);
    expect(await allowed.json()).toEqual({ user: 'alice', documents: ['Price list'] });

    expect((await ask('unknown')).status).toBe(401);
    expect(unkey.calls.map(({ operation }) => operation)).toEqual(['keys.verifyKey', 'keys.verifyKey']);
  });
});
