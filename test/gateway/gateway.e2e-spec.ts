import { request as nodeRequest } from 'node:http';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import {
  Controller,
  Get,
  Injectable,
  Req,
  UseGuards,
  type ExecutionContext,
  type INestApplication,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  CHANNELS,
  CheckKey,
  Credits,
  KeyFrom,
  KeyRatelimit,
  OptionalKey,
  Public,
  RequirePermissions,
  UnkeyGuard,
  UnkeyKey,
  UnkeyMisconfiguredException,
  UnkeyModule,
  UnkeyService,
  anyOf,
  fromHeader,
  getUnkeyServiceToken,
  permissionQuery,
  type KeyDeniedException,
  type UnkeyModuleOptions,
  type VerifiedKey,
} from 'nestjs-unkey';
import { principalHeader, useEmulator, verifiedKey } from 'nestjs-unkey/testing';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { ADAPTERS, bootError, listen, request, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

const PRINCIPAL = 'x-unkey-principal';

@Controller()
class AppController {
  @Get()
  whole(@UnkeyKey() key: VerifiedKey, @Req() incoming: { unkey: unknown }) {
    return { key, isRequestKey: incoming.unkey === key };
  }
  @RequirePermissions('documents.read', anyOf('admin', permissionQuery('owner AND (editor OR author)')))
  @Get('permitted')
  permitted() {
    return 'handler';
  }
  @RequirePermissions('documents.*')
  @Get('star')
  star() {
    return 'handler';
  }
  @OptionalKey()
  @Get('optional')
  optional(@UnkeyKey('keyId') keyId: string | undefined) {
    return { keyId: keyId ?? null };
  }
  @Public()
  @Get('public')
  public(@UnkeyKey('keyId') keyId: string | undefined) {
    return { keyId: keyId ?? null };
  }
  @CheckKey((key) => key.meta?.['plan'] === 'pro', { code: 'PLAN_REQUIRED', status: 402 })
  @Get('checked')
  checked() {
    return 'handler';
  }
  @Get('user')
  user(@Req() incoming: { user?: unknown }) {
    return { user: incoming.user };
  }
}

/** What the gateway sends, written by hand. */
const wire = (key: object = {}, rest: object = {}) => ({
  version: 'v1',
  subject: 'key_1',
  type: 'API_KEY',
  source: { key: { keyId: 'key_1', keySpaceId: 'ks_1', meta: {}, ...key } },
  ...rest,
});
const JWT = {
  version: 'v1',
  subject: 'user_1',
  type: 'JWT',
  source: { jwt: { header: {}, payload: {}, signature: 'x' } },
};
const sent = (principal: unknown) => ({
  [PRINCIPAL]: Buffer.from(JSON.stringify(principal)).toString('latin1'),
});

describe.each(ADAPTERS)('the option gateway, on %s', (adapter) => {
  const server = useUnkey();
  beforeEach(() => {
    vi.stubEnv('UNKEY_ROOT_KEY', undefined);
    vi.stubEnv('UNKEY_BASE_URL', undefined);
  });
  afterEach(() => vi.unstubAllEnvs());

  const start = (options: UnkeyModuleOptions = {}, configure?: (app: INestApplication) => void) =>
    startApp(
      adapter,
      {
        imports: [UnkeyModule.forRoot({ globalGuard: true, gateway: { trust: 'always' }, ...options })],
        controllers: [AppController],
      },
      configure,
    );

  describe('a trusted principal', () => {
    it('is a verified key, without a root key and without a call to Unkey', async () => {
      const { get } = await start();
      const principal = wire(
        {
          name: 'production',
          expiresAt: 4_000_000_000_000,
          credits: 0,
          meta: { plan: 'pro' },
          roles: ['editor'],
          permissions: ['documents.read', 'documents.read'],
        },
        { subject: 'acme', identity: { externalId: 'acme', meta: { seats: 5 } } },
      );
      const headers = { ...sent(principal), 'x-unkey-request-id': 'req_gateway' };
      expect((await get('/', headers)).body).toEqual({
        isRequestKey: true,
        key: {
          keyId: 'key_1',
          code: 'VALID',
          valid: true,
          requestId: 'req_gateway',
          keyspaceId: 'ks_1',
          name: 'production',
          meta: { plan: 'pro' },
          expires: 4_000_000_000_000,
          credits: 0,
          identity: { id: '', externalId: 'acme', meta: { seats: 5 } },
          permissions: ['documents.read'],
          roles: ['editor'],
          ratelimits: [],
          source: 'gateway',
        },
      });
    });

    it('has no meta where the gateway sends {}, as Unkey answers for such a key', async () => {
      const { get } = await start();
      const principal = wire({}, { identity: { externalId: 'acme', meta: {} } });
      expect((await get('/', sent(principal))).body).toMatchObject({
        key: { requestId: '', identity: { id: '', externalId: 'acme' }, permissions: [], roles: [] },
      });
      const { key } = (await get('/', sent(principal))).body as { key: VerifiedKey };
      expect([key.meta, key.identity?.meta]).toEqual([undefined, undefined]);
    });

    it.each(['Zoë', '日本', '🔑', 'a"b\\c', '\u007f\u0085\u2028', 'Ä\u0122"'])(
      'is read as UTF-8: %j',
      async (externalId) => {
        const { get } = await start();
        const key = verifiedKey({ name: externalId, identity: { id: 'id_1', externalId } });
        expect((await get('/', principalHeader(key))).body).toMatchObject({
          key: { name: externalId, identity: { externalId } },
        });
      },
    );

    it('may be as long as Node lets headers be', async () => {
      const { get } = await start();
      const note = 'x'.repeat(12_000);
      const answer = await get('/', principalHeader(verifiedKey({ meta: { note } })));
      expect(answer.body).toMatchObject({ key: { meta: { note } } });
    });

    it('beyond that is answered by Node itself, with 431', async () => {
      const { get } = await start();
      const headers = principalHeader(verifiedKey({ meta: { note: 'x'.repeat(20_000) } }));
      expect((await get('/', headers)).status).toBe(431);
    });

    it('with members that a later gateway adds is read', async () => {
      const { get } = await start();
      const principal = wire({ region: 'eu' }, { tenant: { id: 1 } });
      expect((await get('/', sent(principal))).status).toBe(200);
    });

    it('is what principalHeader() makes of a verified key', async () => {
      const { get } = await start();
      const key = verifiedKey({
        keyId: 'key_alice',
        keyspaceId: 'ks_a',
        name: 'alice',
        meta: { plan: 'pro' },
        expires: 4_000_000_000_000,
        credits: 3,
        identity: { id: 'id_1', externalId: 'alice', meta: { seats: 1 } },
        permissions: ['documents.read'],
        roles: ['reader'],
      });
      const { enabled: _, ...known } = key;
      expect((await get('/', principalHeader(key))).body).toMatchObject({
        key: {
          ...known,
          requestId: '',
          source: 'gateway',
          identity: { id: '', externalId: 'alice', meta: { seats: 1 } },
        },
      });
    });

    it('is frozen deeply', async () => {
      let seen: VerifiedKey | undefined;
      const { get } = await start({ checks: [{ check: (key) => (seen = key) === key }] });
      await get('/', principalHeader(verifiedKey({ meta: { tags: ['a'] } })));
      expect(Object.isFrozen(seen)).toBe(true);
      expect(Object.isFrozen(seen?.meta?.['tags'])).toBe(true);
    });

    it('takes precedence over a key in the same request, which is not verified', async () => {
      const { get } = await start({
        ...server.options,
        gateway: { trust: 'always', otherwise: 'verify' },
      });
      const { key } = await server.unkey.createKey({});
      const answer = await get('/', { ...principalHeader(verifiedKey()), 'x-api-key': key });
      expect(answer.body).toMatchObject({ key: { keyId: 'key_test', source: 'gateway' } });
      expect(server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey')).toEqual([]);
    });

    it('applies to @OptionalKey() and not to @Public()', async () => {
      const { get } = await start();
      const headers = principalHeader(verifiedKey());
      expect((await get('/optional', headers)).body).toEqual({ keyId: 'key_test' });
      expect((await get('/optional')).body).toEqual({ keyId: null });
      expect((await get('/public', headers)).body).toEqual({ keyId: null });
    });

    it('goes through checks, userFrom and schemas as a key does', async () => {
      const { get, log } = await start({
        metaSchema: z.object({ plan: z.enum(['free', 'pro']).default('free') }),
        identityMetaSchema: z.object({ seats: z.coerce.number() }),
        userFrom: (key) => ({ id: key.identity?.externalId, seats: key.identity?.meta?.['seats'] }),
      });
      const identity = { id: '', externalId: 'acme', meta: { seats: '5' } };
      const pro = principalHeader(verifiedKey({ meta: { plan: 'pro' }, identity }));
      expect((await get('/checked', pro)).text).toBe('handler');
      expect(await get('/checked', principalHeader(verifiedKey()))).toMatchObject({
        status: 402,
        body: { code: 'PLAN_REQUIRED' },
      });
      expect((await get('/user', pro)).body).toEqual({ user: { id: 'acme', seats: 5 } });
      const wrong = principalHeader(verifiedKey({ meta: { plan: 'ultra-secret' } }));
      expect((await get('/', wrong)).status).toBe(500);
      expect(log.of('error', 'key_test')).toHaveLength(1);
      expect(inspect(log.lines)).not.toContain('ultra-secret');
    });
  });

  describe('permissions are compared here', () => {
    it.each<[number, string[]]>([
      [200, ['documents.read', 'admin']],
      [200, ['documents.read', 'owner', 'author']],
      [403, ['documents.read', 'owner']],
      [403, ['documents.read', 'ADMIN']],
      [403, ['documents.*', '*', 'admin']],
      [403, []],
    ])('%i for %j', async (status, permissions) => {
      const { get } = await start();
      const answer = await get('/permitted', principalHeader(verifiedKey({ permissions })));
      expect(answer.status).toBe(status);
    });

    it('and a rejection contains the requirements, if the option is set', async () => {
      const { get } = await start({ exposeRequiredPermissions: true });
      expect((await get('/permitted', principalHeader(verifiedKey()))).body).toMatchObject({
        code: 'INSUFFICIENT_PERMISSIONS',
        required: 'documents.read AND (admin OR owner AND (editor OR author))',
      });
    });

    it('and * is an ordinary character', async () => {
      const { get } = await start();
      const of = (permission: string) => principalHeader(verifiedKey({ permissions: [permission] }));
      expect((await get('/star', of('documents.read'))).status).toBe(403);
      expect((await get('/star', of('documents.*'))).status).toBe(200);
    });

    it('those of the option "permissions" too', async () => {
      const { get } = await start({ permissions: 'app.use' });
      expect((await get('/', principalHeader(verifiedKey()))).status).toBe(403);
      expect((await get('/', principalHeader(verifiedKey({ permissions: ['app.use'] })))).status).toBe(200);
    });
  });

  describe('a trusted principal is rejected', () => {
    const twoOf = (values: string[], app: { url: string }) =>
      new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
        const outgoing = nodeRequest(app.url, (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => resolve({ status: response.statusCode, text }));
        });
        outgoing.on('error', reject);
        outgoing.setHeader('X-Unkey-Principal', values);
        outgoing.end();
      });

    const unreadable: readonly [string, string][] = [
      ['no JSON', 'key_1'],
      ['half a JSON', '{"version":"v1"'],
      ['null', 'null'],
      ['a list', '[]'],
      ['a text', '"key_1"'],
      ['another version', JSON.stringify({ ...wire(), version: 'v2' })],
      ['a version that is a number', JSON.stringify({ ...wire(), version: 1 })],
      ['no version', JSON.stringify({ ...wire(), version: undefined })],
      ['another type', JSON.stringify({ ...wire(), type: 'api_key' })],
      ['no subject', JSON.stringify({ ...wire(), subject: undefined })],
      ['no source', JSON.stringify({ ...wire(), source: undefined })],
      ['a source without a key', JSON.stringify({ ...wire(), source: {} })],
      ['a key and a JWT', JSON.stringify({ ...wire(), source: { ...wire().source, ...JWT.source } })],
      ['an identity that is a text', JSON.stringify(wire({}, { identity: 'acme' }))],
      ['an identity without an id', JSON.stringify(wire({}, { identity: { meta: {} } }))],
      [
        'bytes that are not UTF-8',
        Buffer.from([...Buffer.from('{"version":"v1"}'), 0xeb]).toString('latin1'),
      ],
      ...[
        { keyId: undefined },
        { keyId: 7 },
        { keyId: '' },
        { keySpaceId: undefined },
        { name: 7 },
        { expiresAt: '4000000000000' },
        { expiresAt: 1.5 },
        { expiresAt: null },
        { credits: '3' },
        { meta: [] },
        { meta: 'plan' },
        { roles: 'admin' },
        { roles: [1] },
        { permissions: 'admin' },
        { permissions: [['admin']] },
        { permissions: { admin: true } },
      ].map((member): [string, string] => [inspect(member), JSON.stringify(wire(member))]),
    ];
    it.each(unreadable)('with 503, for %s', async (_, value) => {
      for (const otherwise of ['deny', 'verify'] as const) {
        const { get, log } = await start({ ...server.options, gateway: { trust: 'always', otherwise } });
        const { key } = await server.unkey.createKey({});
        const answer = await get('/', { [PRINCIPAL]: value, 'x-api-key': key });
        expect(answer).toMatchObject({ status: 503, body: { code: 'UNKEY_UNAVAILABLE' } });
        expect(answer.headers.get('retry-after')).toBe('1');
        expect(log.of('error', 'X-Unkey-Principal')).toHaveLength(1);
        expect(inspect(log.lines)).not.toContain('key_1');
        expect((await get('/optional', { [PRINCIPAL]: value })).status).toBe(503);
      }
    });

    it('with 503, if two headers differ, and not if they are equal', async () => {
      const app = await start();
      const [one, another] = [JSON.stringify(wire()), JSON.stringify(wire({ keyId: 'key_2' }))];
      expect(await twoOf([one, another], app)).toMatchObject({ status: 503 });
      expect(await twoOf([one, ''], app)).toMatchObject({ status: 503 });
      const same = await twoOf([one, one], app);
      expect(same.status).toBe(200);
      expect(JSON.parse(same.text)).toMatchObject({ key: { keyId: 'key_1' } });
    });

    it('with 403 FORBIDDEN for a JWT, optional or not', async () => {
      const { get } = await start();
      for (const path of ['/', '/optional']) {
        expect(await get(path, sent(JWT))).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
      }
    });

    it('with 401 EXPIRED after expiresAt, by the clock of the app', async () => {
      const { get } = await start();
      const past = sent(wire({ expiresAt: Date.now() - 1 }));
      const answer = await get('/', past);
      expect(answer).toMatchObject({ status: 401, body: { code: 'EXPIRED' } });
      expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
    });

    it('with 401 NOT_FOUND, if its keyspace is not one of the option "keyspaces"', async () => {
      const { get } = await start({ keyspaces: ['ks_1', 'ks_2'] });
      expect((await get('/', sent(wire()))).status).toBe(200);
      expect(await get('/', sent(wire({ keySpaceId: 'ks_3' })))).toMatchObject({
        status: 401,
        body: { code: 'NOT_FOUND' },
      });
    });

    it('with the statuses of the option', async () => {
      const statuses = { FORBIDDEN: 404, EXPIRED: 403, UNKEY_UNAVAILABLE: 502, MISSING_KEY: 403 };
      const { get } = await start({ statuses });
      expect((await get('/', sent(JWT))).status).toBe(404);
      expect((await get('/', sent(wire({ expiresAt: 1 })))).status).toBe(403);
      expect((await get('/', { [PRINCIPAL]: '{' })).status).toBe(502);
      expect((await get('/')).status).toBe(403);
    });

    it('and published on the denial channel, with the requirements', async () => {
      const heard: unknown[] = [];
      const listener = (message: unknown) => heard.push(message);
      subscribe(CHANNELS.denial, listener);
      onTestFinished(() => void unsubscribe(CHANNELS.denial, listener));
      let denial: unknown;
      @Injectable()
      class Guard extends UnkeyGuard {
        protected override deny(error: KeyDeniedException, context: ExecutionContext) {
          denial = error;
          return super.deny(error, context);
        }
      }
      @UseGuards(Guard)
      @RequirePermissions('documents.read')
      @Controller()
      class Guarded {
        @Get()
        read() {
          return 'handler';
        }
      }
      const { get } = await startApp(adapter, {
        imports: [UnkeyModule.forRoot({ gateway: { trust: 'always' } })],
        controllers: [Guarded],
        providers: [Guard],
      });
      await get('/', { ...sent(wire()), 'x-unkey-request-id': 'req_1' });
      expect(heard).toEqual([
        { code: 'INSUFFICIENT_PERMISSIONS', status: 403, keyId: 'key_1', requestId: 'req_1' },
      ]);
      expect(denial).toMatchObject({ demands: { permissions: 'documents.read' } });
    });
  });

  describe('trust', () => {
    it.each<[string, unknown]>([
      ['false', false],
      ['undefined', undefined],
      ['1', 1],
      ["'true'", 'true'],
      ["'always'", 'always'],
      ['an object', {}],
      ['new Boolean(true)', Object(true)],
      ['a promise of 1', Promise.resolve(1)],
      ['a promise of false', Promise.resolve(false)],
    ])('%s is none: the header is as not sent', async (_, answer) => {
      const trust = () => answer as boolean;
      const denying = await start({ gateway: { trust } });
      const headers = principalHeader(verifiedKey());
      expect(await denying.get('/', headers)).toMatchObject({ status: 401, body: { code: 'MISSING_KEY' } });
      expect((await denying.get('/optional', headers)).body).toEqual({ keyId: null });
      expect((await denying.get('/', { [PRINCIPAL]: '{' })).status).toBe(401);
      expect((await denying.get('/', sent(JWT))).status).toBe(401);
      const verifying = await start({ ...server.options, gateway: { trust, otherwise: 'verify' } });
      const { key, keyId } = await server.unkey.createKey({});
      expect((await verifying.get('/', headers)).status).toBe(401);
      expect((await verifying.get('/', { ...headers, 'x-api-key': key })).body).toMatchObject({
        key: { keyId, source: 'unkey' },
      });
      expect((await verifying.get('/', { [PRINCIPAL]: '{', 'x-api-key': key })).status).toBe(200);
    });

    it('true is, sync or async, and the function gets the context', async () => {
      const seen: unknown[] = [];
      for (const trust of [
        (context: ExecutionContext) => seen.push(context.getHandler().name) > 0,
        async (context: ExecutionContext) => seen.push(context.getClass().name) > 0,
      ]) {
        const { get } = await start({ gateway: { trust } });
        expect((await get('/', principalHeader(verifiedKey()))).status).toBe(200);
      }
      expect(seen).toEqual(['whole', 'AppController']);
    });

    it('what it throws is passed on, and no handler runs', async () => {
      const { get } = await start({
        gateway: {
          trust: () => {
            throw new Error('no');
          },
          otherwise: 'deny',
        },
      });
      expect((await get('/', principalHeader(verifiedKey()))).status).toBe(500);
      expect((await get('/optional')).status).toBe(500);
    });

    it('without the option, the header means nothing', async () => {
      const { get } = await start({ ...server.options, gateway: undefined });
      expect((await get('/', principalHeader(verifiedKey()))).status).toBe(401);
      expect((await get('/optional', principalHeader(verifiedKey()))).body).toEqual({ keyId: null });
    });

    it.each([
      ['removed', (headers: Record<string, unknown>) => delete headers[PRINCIPAL], 401],
      ['changed', (headers: Record<string, unknown>) => (headers[PRINCIPAL] = JSON.stringify(wire())), 503],
      ['added', (headers: Record<string, unknown>) => (headers[PRINCIPAL] = JSON.stringify(wire())), 401],
    ] as const)(
      'a header that a middleware of the app has %s is not trusted',
      async (what, change, status) => {
        const { get } = await start({}, (app) =>
          app.use((incoming: { headers: Record<string, unknown> }, _: unknown, next: () => void) => {
            change(incoming.headers);
            next();
          }),
        );
        const headers = what === 'added' ? {} : principalHeader(verifiedKey());
        expect((await get('/', headers)).status).toBe(status);
      },
    );
  });

  describe("otherwise: 'deny'", () => {
    it('rejects a request without a principal, with any key', async () => {
      const { get } = await start({ ...server.options });
      const { key } = await server.unkey.createKey({});
      for (const headers of [{}, { 'x-api-key': key }, { [PRINCIPAL]: '' }, { [PRINCIPAL]: ' ' }]) {
        expect(await get('/', headers)).toMatchObject({ status: 401, body: { code: 'MISSING_KEY' } });
      }
      expect(server.unkey.calls).toEqual([]);
    });

    it('without a root key verify() and client throw UnkeyMisconfiguredException', async () => {
      const { app } = await start({ statuses: { UNKEY_MISCONFIGURED: 501 } });
      const service = app.get(UnkeyService);
      const error: unknown = await service.verify('key_1').catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UnkeyMisconfiguredException);
      expect(error).toMatchObject({
        status: 501,
        cause: { message: expect.stringContaining('no root key') },
      });
      expect(() => service.client).toThrow(UnkeyMisconfiguredException);
    });

    it('without a root key checkRootKey() says so', async () => {
      const { app } = await start();
      expect(await app.get(UnkeyService).checkRootKey()).toEqual({
        ok: 'unknown',
        reason: 'There is no root key: set the option "rootKey" or the environment variable UNKEY_ROOT_KEY.',
      });
    });

    it('without a root key errors of a named instance do not name UNKEY_ROOT_KEY as a place for it', async () => {
      const { app } = await startApp(adapter, {
        imports: [
          UnkeyModule.forRoot(server.options),
          UnkeyModule.forRoot({ name: 'partners', gateway: { trust: 'always' } }),
        ],
      });
      const service = app.get<UnkeyService>(getUnkeyServiceToken('partners'));
      const limit = { namespace: 'api', identifier: 'alice', limit: 1, duration: 1000 };
      const causes = [service.verify('key_1'), service.limit(limit)].map((call) =>
        call.then(
          () => undefined,
          (error: Error) => error.cause,
        ),
      );
      const { reason } = await service.checkRootKey();
      const cure = 'set the option "rootKey" of the instance "partners", which does not read UNKEY_ROOT_KEY';
      for (const cause of await Promise.all(causes)) {
        expect(cause).toMatchObject({ message: expect.stringContaining(cure) });
      }
      expect(reason).toBe(`There is no root key: ${cure}.`);
    });

    it('with a root key both work', async () => {
      const { app } = await start(server.options);
      const { key, keyId } = await server.unkey.createKey({});
      expect(await app.get(UnkeyService).verify(key)).toMatchObject({ valid: true, keyId });
      expect(app.get(UnkeyService).client.keys).toBeDefined();
    });

    it.each([
      ['@Credits()', Credits(1)],
      ['@Credits()', Credits(() => 1)],
      ['@KeyRatelimit()', KeyRatelimit('heavy')],
      ['@KeyFrom()', KeyFrom(fromHeader('x-partner-key'))],
    ])('%s on a handler or class fails at startup, except on a public handler', async (name, decorate) => {
      const imports = [UnkeyModule.forRoot({ globalGuard: true, gateway: { trust: 'always' } })];
      @Controller('own')
      class OnHandler {
        @Get()
        read() {}
      }
      decorate(OnHandler.prototype, 'read', Object.getOwnPropertyDescriptor(OnHandler.prototype, 'read'));
      @decorate
      @Controller('class')
      class OnClass {
        @Get()
        read() {}
      }
      @Public()
      @decorate
      @Controller('open')
      class Open {
        @Get()
        read() {
          return 'handler';
        }
      }
      for (const controller of [OnHandler, OnClass]) {
        const error = await bootError({ imports, controllers: [controller] }, adapter);
        expect(error.message).toContain(`${controller.name}.read: ${name}`);
        expect(error.message).toContain("gateway.otherwise to 'verify'");
      }
      expect((await (await startApp(adapter, { imports, controllers: [Open] })).get('/open')).status).toBe(
        200,
      );
    });

    it('middleware() with credits fails where it is called', async () => {
      const { app } = await start();
      expect(() => app.get(UnkeyService).middleware({ credits: 1 })).toThrow(/middleware\(\): .*credits/);
    });

    it('a guard that reads or verifies keys itself fails at startup', async () => {
      @Injectable()
      class KeyGuard extends UnkeyGuard {
        protected override extractKey() {
          return 'key';
        }
      }
      const error = await bootError(
        { imports: [UnkeyModule.forRoot({ gateway: { trust: 'always' } })], providers: [KeyGuard] },
        adapter,
      );
      expect(error.message).toContain('KeyGuard overrides extractKey() or verify()');
    });
  });

  describe("otherwise: 'verify'", () => {
    @Controller()
    class VerifyController {
      @Get()
      plain(@UnkeyKey() { keyId, source }: VerifiedKey) {
        return { keyId, source };
      }
      @Credits(2)
      @Get('credits')
      credits(@UnkeyKey() { keyId, source }: VerifiedKey) {
        return { keyId, source };
      }
      @KeyRatelimit('heavy', { limit: 5, duration: 60_000 })
      @Get('ratelimit')
      ratelimit(@UnkeyKey() { keyId, source }: VerifiedKey) {
        return { keyId, source };
      }
      @KeyFrom(fromHeader('x-partner-key'))
      @Get('partner')
      partner(@UnkeyKey() { keyId, source }: VerifiedKey) {
        return { keyId, source };
      }
    }
    const startVerifying = (more: object = {}) =>
      startApp(adapter, {
        imports: [
          UnkeyModule.forRoot({
            ...server.options,
            globalGuard: true,
            gateway: { trust: 'always', otherwise: 'verify' },
          }),
        ],
        controllers: [VerifyController],
        ...more,
      });

    it('needs a root key', async () => {
      const gateway = { trust: 'always', otherwise: 'verify' } as const;
      const error = await bootError({ imports: [UnkeyModule.forRoot({ gateway })] }, adapter);
      expect(error.message).toContain('no root key');
    });

    it('verifies the key of a request without a principal', async () => {
      const { get } = await startVerifying();
      const { key, keyId } = await server.unkey.createKey({});
      expect((await get('/', { 'x-api-key': key })).body).toEqual({ keyId, source: 'unkey' });
      expect((await get('/')).body).toMatchObject({ code: 'MISSING_KEY' });
    });

    it.each(['credits', 'ratelimit', 'partner'])(
      'a handler that needs the key itself always verifies it: %s',
      async (path) => {
        const { get } = await startVerifying();
        const { key, keyId } = await server.unkey.createKey({ credits: { remaining: 10 } });
        const name = path === 'partner' ? 'x-partner-key' : 'x-api-key';
        const headers = principalHeader(verifiedKey());
        expect((await get(`/${path}`, { ...headers, [name]: key })).body).toEqual({ keyId, source: 'unkey' });
        expect((await get(`/${path}`, headers)).status).toBe(401);
        expect((await get(`/${path}`, { [PRINCIPAL]: '{', [name]: key })).status).toBe(200);
      },
    );

    it('a guard that reads or verifies keys itself always does', async () => {
      @Injectable()
      class StrictGuard extends UnkeyGuard {
        protected override verify(...[key, options, context]: Parameters<UnkeyGuard['verify']>) {
          return super.verify(key, { ...options, permissions: 'partner' }, context);
        }
      }
      @UseGuards(StrictGuard)
      @Controller('strict')
      class StrictController {
        @Get()
        read() {
          return 'handler';
        }
      }
      const { get } = await startVerifying({ controllers: [StrictController], providers: [StrictGuard] });
      const { key } = await server.unkey.createKey({ permissions: ['partner'] });
      expect((await get('/strict', principalHeader(verifiedKey()))).status).toBe(401);
      expect((await get('/strict', { ...principalHeader(verifiedKey()), 'x-api-key': key })).status).toBe(
        200,
      );
    });
  });

  it('is read once a request, by however many guards: checks and schemas run once', async () => {
    const ran = { checks: 0, schemas: 0, users: 0 };
    @UseGuards(UnkeyGuard)
    @Controller('twice')
    class Twice {
      @UseGuards(UnkeyGuard)
      @Get()
      read(@UnkeyKey('source') source: string) {
        return { source };
      }
    }
    const { get } = await startApp(adapter, {
      imports: [
        UnkeyModule.forRoot({
          globalGuard: true,
          gateway: { trust: 'always' },
          metaSchema: z.object({}).transform((meta) => {
            ran.schemas += 1;
            return meta;
          }),
          checks: [{ check: () => (ran.checks += 1) > 0 }],
          userFrom: () => (ran.users += 1),
        }),
      ],
      controllers: [Twice],
    });
    expect((await get('/twice', principalHeader(verifiedKey()))).body).toEqual({ source: 'gateway' });
    expect(ran).toEqual({ checks: 1, schemas: 1, users: 1 });
  });

  it('middleware() accepts a principal, and checks its permissions', async () => {
    const { get } = await start({}, (app) => {
      app.use('/docs', app.get(UnkeyService).middleware({ permissions: 'docs.read' }));
      app
        .getHttpAdapter()
        .get('/docs', (_: object, response: { send(body: unknown): void }) => response.send({ raw: 'docs' }));
    });
    const of = (permissions: string[]) => principalHeader(verifiedKey({ permissions }));
    expect((await get('/docs', of(['docs.read']))).body).toEqual({ raw: 'docs' });
    expect((await get('/docs', of([]))).status).toBe(403);
    expect((await get('/docs')).status).toBe(401);
  });

  it('under useEmulator, expiresAt goes by the clock of the emulator', async () => {
    class AppModule {}
    const builder = Test.createTestingModule({
      imports: [
        {
          module: AppModule,
          imports: [UnkeyModule.forRoot({ globalGuard: true, gateway: { trust: 'always' } })],
          controllers: [AppController],
        },
      ],
    });
    const testing = await useEmulator(builder, server.unkey).compile();
    const app = testing.createNestApplication();
    onTestFinished(() => app.close());
    const url = await listen(app);
    const headers = principalHeader(verifiedKey({ expires: server.unkey.clock.now() + 60_000 }));
    expect((await request(url, { headers })).status).toBe(200);
    server.unkey.clock.advance(60_001);
    expect((await request(url, { headers })).body).toMatchObject({ code: 'EXPIRED' });
  });

  it.each<[unknown, string]>([
    [true, 'option "gateway" must be an object with trust and otherwise'],
    [{}, 'option "gateway.trust" must be \'always\' or a function (context) => boolean, got undefined'],
    [
      { trust: true },
      'option "gateway.trust" must be \'always\' or a function (context) => boolean, got true',
    ],
    [{ trust: 'never' }, 'option "gateway.trust" must be'],
    [{ trust: 'always', otherwise: 'allow' }, "option \"gateway.otherwise\" must be 'deny' or 'verify'"],
    [{ trust: 'always', header: 'x' }, 'option "gateway.header" is unknown'],
  ])('fails at startup for %j', async (gateway, message) => {
    const options = { gateway } as UnkeyModuleOptions;
    const error = await bootError({ imports: [UnkeyModule.forRoot(options)] }, adapter);
    expect(error.message).toContain(message);
  });
});
