import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  UseGuards,
  type ExecutionContext,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  Credits,
  Public,
  UNKEY_RESOLVED_OPTIONS,
  UNKEY_SERVICE,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  fromHeader,
  type ResolvedUnkeyOptions,
  type UnkeyException,
  type UnkeyService,
  type VerifiedKey,
  type VerifyOptions,
} from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp } from './support/app.js';
import { useUnkey } from './support/unkey.js';

@Controller('whole')
@UseGuards(UnkeyGuard)
class WholeController {
  @Get()
  read(@UnkeyKey() key: VerifiedKey) {
    return key;
  }
}

@Controller('part')
class PartController {
  @Get('guarded')
  @UseGuards(UnkeyGuard)
  guarded(@UnkeyKey('keyId') keyId: string) {
    return { keyId };
  }

  @Get('open')
  open() {
    return { ok: true };
  }
}

@Module({ controllers: [WholeController, PartController] })
class FeatureModule {}

describe.each(ADAPTERS)('the guard on %s', (adapter) => {
  const server = useUnkey();

  describe('applies where it is declared', () => {
    it('guards a controller and a handler of a module that imports nothing', async () => {
      const { get } = await startApp(adapter, {
        imports: [UnkeyModule.forRoot(server.options), FeatureModule],
      });
      const { key, keyId } = await server.unkey.createKey({});

      expect((await get('/whole')).status).toBe(401);
      expect((await get('/part/guarded')).status).toBe(401);
      expect((await get('/part/open')).status).toBe(200);
      expect((await get('/whole', { 'x-api-key': key })).body).toMatchObject({ keyId, source: 'unkey' });
      expect((await get('/part/guarded', { authorization: `bearer ${key}` })).body).toEqual({ keyId });
    });

    it.each([
      [
        'globalGuard: true',
        (options: object) => ({ imports: [UnkeyModule.forRoot({ ...options, globalGuard: true })] }),
      ],
      [
        'APP_GUARD with useClass',
        (options: object) => ({
          imports: [UnkeyModule.forRoot(options)],
          providers: [{ provide: APP_GUARD, useClass: UnkeyGuard }],
        }),
      ],
      [
        'APP_GUARD with useExisting',
        (options: object) => ({
          imports: [UnkeyModule.forRoot(options)],
          providers: [{ provide: APP_GUARD, useExisting: UnkeyGuard }],
        }),
      ],
    ])('guards the whole app with %s', async (_, metadata) => {
      const { get } = await startApp(adapter, { ...metadata(server.options), controllers: [PartController] });
      expect((await get('/part/open')).status).toBe(401);
      const { key } = await server.unkey.createKey({});
      expect((await get('/part/open', { 'x-api-key': key })).status).toBe(200);
    });

    it('verifies once per request if it is declared everywhere', async () => {
      const { get } = await startApp(adapter, {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true }), FeatureModule],
        providers: [{ provide: APP_GUARD, useClass: UnkeyGuard }],
      });
      const { key } = await server.unkey.createKey({ credits: { remaining: 10 } });
      expect((await get('/whole', { 'x-api-key': key })).body).toMatchObject({ credits: 9 });
      expect(server.unkey.calls.map((call) => call.operation)).toEqual(['keys.verifyKey']);
    });
  });

  describe('makes one call, with any requirements', () => {
    it('attaches the key to the request and names the requestId of Unkey', async () => {
      @Controller()
      class AppController {
        @Get()
        @UseGuards(UnkeyGuard)
        read(
          @UnkeyKey() key: VerifiedKey,
          @UnkeyKey('identity.externalId') user: string,
          @UnkeyKey('meta.plan') plan: string,
        ) {
          return { key, user, plan };
        }
      }
      const { get } = await startApp(adapter, {
        imports: [UnkeyModule.forRoot(server.options)],
        controllers: [AppController],
      });
      const { key, keyId } = await server.unkey.createKey({
        name: 'ci',
        externalId: 'user_7',
        meta: { plan: 'pro' },
        permissions: ['documents.read'],
      });
      const { body } = await get('/', { 'x-api-key': key });
      expect(body).toMatchObject({
        user: 'user_7',
        plan: 'pro',
        key: {
          keyId,
          code: 'VALID',
          valid: true,
          requestId: expect.stringMatching(/^req_/),
          name: 'ci',
          permissions: ['documents.read'],
          roles: [],
          ratelimits: [],
          source: 'unkey',
        },
      });
    });
  });

  describe('can be subclassed with one step changed, its constructor untouched', () => {
    @Injectable()
    class SkippingGuard extends UnkeyGuard {
      protected override skip(context: ExecutionContext) {
        return context.switchToHttp().getRequest<{ url: string }>().url === '/open' || super.skip(context);
      }
    }
    @Injectable()
    class ExtractingGuard extends UnkeyGuard {
      protected override async extractKey(context: ExecutionContext) {
        return fromHeader('x-partner')(context);
      }
    }
    @Injectable()
    class VerifyingGuard extends UnkeyGuard {
      protected override async verify(key: string) {
        return key === 'good'
          ? { valid: true, code: 'VALID', keyId: 'key_own' }
          : { valid: true, code: 'NOT_FOUND' };
      }
    }
    @Injectable()
    class AllowingGuard extends UnkeyGuard {
      protected override allow(): void {
        throw new Error('the allow step broke');
      }
    }
    @Injectable()
    class SilentGuard extends UnkeyGuard {
      protected override deny(_denial: UnkeyException): never {
        return undefined as never;
      }
    }

    @Controller()
    class AppController {
      @Get('open')
      open() {
        return 'open';
      }
      @Get('closed')
      closed(@UnkeyKey() key: VerifiedKey | undefined) {
        return { keyId: key?.keyId };
      }
    }

    const start = (guard: typeof UnkeyGuard) =>
      startApp(adapter, {
        imports: [UnkeyModule.forRoot(server.options)],
        controllers: [AppController],
        providers: [{ provide: APP_GUARD, useClass: guard }],
      });

    it('skip', async () => {
      const { get } = await start(SkippingGuard);
      expect((await get('/open')).status).toBe(200);
      expect((await get('/closed')).status).toBe(401);
    });

    it('extractKey', async () => {
      const { get } = await start(ExtractingGuard);
      const { key, keyId } = await server.unkey.createKey({});
      expect((await get('/closed', { 'x-partner': key })).body).toEqual({ keyId });
      expect((await get('/closed', { 'x-api-key': key })).status).toBe(401);
    });

    it('verify, whose result is still checked strictly', async () => {
      const { get } = await start(VerifyingGuard);
      expect((await get('/closed', { 'x-api-key': 'good' })).body).toEqual({ keyId: 'key_own' });
      expect((await get('/closed', { 'x-api-key': 'contradiction' })).status).toBe(503);
    });

    it('allow: a step that throws lets no request through, and its error is passed on unchanged', async () => {
      const { get, log } = await start(AllowingGuard);
      const { key } = await server.unkey.createKey({});
      expect((await get('/closed', { 'x-api-key': key })).status).toBe(500);
      expect(log.of('error', 'the allow step broke')).toHaveLength(1);
    });

    it('deny: if it does not throw, the request is still denied', async () => {
      const { get } = await start(SilentGuard);
      expect((await get('/closed')).status).toBe(403);
    });
  });

  describe('that runs with another guard has its own requirements', () => {
    const admin: { permissions: string[] } = { permissions: ['admin'] };

    @Injectable()
    class AdminGuard extends UnkeyGuard {
      constructor(
        @Inject(UNKEY_SERVICE) unkey: UnkeyService,
        @Inject(UNKEY_RESOLVED_OPTIONS) options: ResolvedUnkeyOptions,
      ) {
        super(unkey, { ...options, ...admin });
      }
    }
    @Injectable()
    class VerifyingGuard extends UnkeyGuard {
      protected override verify(key: string, options: VerifyOptions, context: ExecutionContext) {
        return super.verify(key, { ...options, ...admin }, context);
      }
    }
    let asked = 0;

    @Controller()
    class AdminController {
      @Get('fixed')
      fixed() {
        return 'handler';
      }
      @Credits(() => ++asked)
      @Get('asked')
      askedFor() {
        return 'handler';
      }
    }

    it.each([
      ['options of its own', AdminGuard],
      ['a verify of its own', VerifyingGuard],
    ])('with %s', async (_, Guard) => {
      for (const clientIp of [false, true]) {
        const { get } = await startApp(adapter, {
          imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, clientIp })],
          controllers: [AdminController],
          providers: [{ provide: APP_GUARD, useClass: Guard }],
        });
        const some = await server.unkey.createKey({});
        const all = await server.unkey.createKey({ permissions: ['admin'] });
        for (const path of ['/fixed', '/asked']) {
          asked = 0;
          expect((await get(path, { 'x-api-key': some.key })).status).toBe(403);
          expect((await get(path, { 'x-api-key': all.key })).status).toBe(200);
          // The function of a handler is asked once a request, however many guards there are.
          expect(asked).toBe(path === '/asked' ? 2 : 0);
        }
      }
    });
  });

  it('ignores what other middleware sets on the request', async () => {
    const shared = {};
    const { get } = await startApp(
      adapter,
      {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
        controllers: [PartController],
      },
      (app) =>
        app.use(
          (request: { raw?: unknown }, _: unknown, next: () => void) => ((request.raw = shared), next()),
        ),
    );
    const { key } = await server.unkey.createKey({ credits: { remaining: 1 } });
    expect((await get('/part/open', { 'x-api-key': key })).status).toBe(200);
    expect((await get('/part/open', { 'x-api-key': key })).status).toBe(429);
  });

  describe('@UnkeyKey()', () => {
    it('throws a clear error if no guard ran', async () => {
      @Controller()
      class AppController {
        @Get()
        read(@UnkeyKey() key: VerifiedKey) {
          return key;
        }
      }
      const { get, log } = await startApp(adapter, {
        imports: [UnkeyModule.forRoot(server.options)],
        controllers: [AppController],
      });
      expect((await get('/')).status).toBe(500);
      expect(log.of('error', '@UnkeyKey() in AppController.read: no UnkeyGuard ran')).toHaveLength(1);
    });

    it('returns what the stub of a test set as request.unkey', async () => {
      const stub = {
        canActivate: (context: ExecutionContext) => {
          context.switchToHttp().getRequest<{ unkey: unknown }>().unkey = { keyId: 'key_stub' };
          return true;
        },
      };
      const { get } = await startApp(adapter, {
        imports: [UnkeyModule.forRoot(server.options), FeatureModule],
        providers: [{ provide: APP_GUARD, useValue: stub }],
        controllers: [StubbedController],
      });
      expect((await get('/stubbed')).body).toEqual({ keyId: 'key_stub' });
    });

    it('is undefined in a public handler', async () => {
      @Controller()
      class AppController {
        @Public()
        @Get()
        read(@UnkeyKey() key: VerifiedKey | undefined) {
          return { key: key === undefined };
        }
      }
      const { get } = await startApp(adapter, {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
        controllers: [AppController],
      });
      expect((await get('/')).body).toEqual({ key: true });
    });
  });
});

@Controller('stubbed')
class StubbedController {
  @Get()
  read(@UnkeyKey('keyId') keyId: string) {
    return { keyId };
  }
}
