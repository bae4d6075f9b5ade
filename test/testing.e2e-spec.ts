import { Controller, Get, Module, type INestApplication, type Type } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import {
  RequirePermissions,
  UnkeyKey,
  UnkeyModule,
  UnkeyService,
  fromHeader,
  type VerifiedKey,
} from 'nestjs-unkey';
import {
  UnkeyTestingModule,
  fakeVerifier,
  useEmulator,
  useVerifier,
  verifiedKey,
} from 'nestjs-unkey/testing';
import { Keyv } from 'keyv';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADAPTERS, httpAdapter, listen, request, type Adapter } from './support/app.js';
import { AMPLE } from './support/deadline.js';
import { useUnkey } from './support/unkey.js';

@Controller('documents')
class DocumentsController {
  @Get()
  list(@UnkeyKey() key: VerifiedKey) {
    return { keyId: key.keyId, meta: key.meta };
  }
  @RequirePermissions('documents.write')
  @Get('write')
  write() {
    return 'written';
  }
}

const OPTIONS = {
  rootKey: 'the one of production',
  keyFrom: fromHeader('x-acme'),
  statuses: { EXPIRED: 403 },
  timeout: AMPLE,
};

/** An app as users have it: its own module registers UnkeyModule, in each of the ways there are. */
function appModule(imports: ReturnType<typeof UnkeyModule.forRoot>): Type {
  @Module({ imports: [imports], controllers: [DocumentsController] })
  class AppModule {}
  return AppModule;
}

async function start(adapter: Adapter, builder: TestingModuleBuilder) {
  const app: INestApplication = (await builder.compile()).createNestApplication(httpAdapter(adapter));
  onTestFinished(() => app.close());
  const url = await listen(app);
  return { app, get: (path: string, key: string) => request(url + path, { headers: { 'x-acme': key } }) };
}

describe.each(ADAPTERS)('an end-to-end test of an app, on %s', (adapter) => {
  const server = useUnkey();

  describe('useEmulator points an app at an emulator and leaves its other options alone', () => {
    it.each([
      ['forRoot', () => UnkeyModule.forRoot({ ...OPTIONS, globalGuard: true })],
      [
        'forRootAsync',
        () => UnkeyModule.forRootAsync({ globalGuard: true, useFactory: async () => ({ ...OPTIONS }) }),
      ],
      [
        'forRoot without a root key',
        () => UnkeyModule.forRoot({ ...OPTIONS, rootKey: undefined, globalGuard: true }),
      ],
      [
        'a verifier of its own',
        () => UnkeyModule.forRoot({ ...OPTIONS, globalGuard: true, verifier: fakeVerifier({}) }),
      ],
      [
        'a verifier of its own and no client',
        () =>
          UnkeyModule.forRoot({ ...OPTIONS, globalGuard: true, verifier: fakeVerifier({}), client: false }),
      ],
    ])('%s', async (_, registered) => {
      const builder = Test.createTestingModule({ imports: [appModule(registered())] });
      expect(useEmulator(builder, server.unkey)).toBe(builder);
      const { get } = await start(adapter, builder);
      const { key, keyId } = await server.unkey.createKey({ meta: { plan: 'pro' } });
      const expired = await server.unkey.createKey({ expires: 1 });
      expect((await get('/documents', key)).body).toEqual({ keyId, meta: { plan: 'pro' } });
      expect((await get('/documents', expired.key)).status).toBe(403);
      expect((await get('/documents/write', key)).status).toBe(403);
      expect(server.unkey.calls).toHaveLength(3);
    });
  });

  it('UnkeyTestingModule.forEmulator replaces UnkeyModule', async () => {
    const { get } = await start(
      adapter,
      Test.createTestingModule({
        imports: [
          UnkeyTestingModule.forEmulator(server.unkey, { keyFrom: fromHeader('x-acme'), globalGuard: true }),
        ],
        controllers: [DocumentsController],
      }),
    );
    const { key, keyId } = await server.unkey.createKey({});
    expect((await get('/documents', key)).body).toEqual({ keyId });
    expect((await get('/documents', 'unknown')).status).toBe(401);
  });

  describe('useVerifier replaces Unkey by a function', () => {
    const verifier = () =>
      fakeVerifier({
        'alice-key': verifiedKey({ keyId: 'key_alice', meta: { plan: 'pro' } }),
        old: 'EXPIRED',
        plain: 'VALID',
        limited: { valid: false, code: 'RATE_LIMITED', keyId: 'key_limited' },
      });

    it('which returns the given results, and records its calls', async () => {
      const fake = verifier();
      const builder = Test.createTestingModule({
        imports: [appModule(UnkeyModule.forRoot({ ...OPTIONS, rootKey: undefined, globalGuard: true }))],
      });
      expect(useVerifier(builder, fake)).toBe(builder);
      const { get, app } = await start(adapter, builder);
      expect((await get('/documents', 'alice-key')).body).toEqual({
        keyId: 'key_alice',
        meta: { plan: 'pro' },
      });
      expect((await get('/documents', 'plain')).body).toMatchObject({ keyId: 'key_test' });
      expect((await get('/documents', 'old')).status).toBe(403);
      expect((await get('/documents', 'limited')).status).toBe(429);
      expect((await get('/documents/write', 'constructor')).body).toMatchObject({ code: 'NOT_FOUND' });
      expect(fake.calls.map(({ key }) => key)).toEqual([
        'alice-key',
        'plain',
        'old',
        'limited',
        'constructor',
      ]);
      expect(fake.calls.at(-1)).toEqual({ key: 'constructor', permissions: 'documents.write' });
      expect(() => app.get(UnkeyService).client.keys).toThrow('`client: false`');
    });

    it('in an app whose cache has a store, too', async () => {
      const options = { ...OPTIONS, rootKey: 'unkey_of_production', globalGuard: true };
      for (const store of [new Keyv(), () => new Keyv()]) {
        const module = UnkeyModule.forRoot({ ...options, cache: { store } });
        const builder = Test.createTestingModule({ imports: [appModule(module)] });
        const { get } = await start(adapter, useVerifier(builder, verifier()));
        expect((await get('/documents', 'plain')).status).toBe(200);
      }
    });

    it('or is the verifier of forRoot itself', async () => {
      const { get } = await start(
        adapter,
        Test.createTestingModule({
          imports: [
            appModule(
              UnkeyModule.forRoot({
                ...OPTIONS,
                rootKey: undefined,
                verifier: verifier(),
                client: false,
                globalGuard: true,
              }),
            ),
          ],
        }),
      );
      expect((await get('/documents', 'plain')).status).toBe(200);
    });
  });
});
