import { Controller, Get, Injectable, Module, UseGuards, type ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Unkey } from '@unkey/api';
import {
  Credits,
  InjectUnkey,
  KeyRatelimit,
  OptionalKey,
  Public,
  RequirePermissions,
  UNKEY_OPTIONS,
  UnkeyGuard,
  UnkeyModule,
  UnkeyService,
  VerificationTags,
  anyOf,
  type UnkeyModuleOptions,
  type UnkeyOptionsFactory,
} from 'nestjs-unkey';
import { UnkeyEmulator } from 'nestjs-unkey/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ADAPTERS, bootError, httpAdapter, listen, request, startApp } from './support/app.js';
import { useUnkey } from './support/unkey.js';

type Decorator = MethodDecorator & ClassDecorator;

const server = useUnkey();
const withModule = (options: unknown): ModuleMetadata => ({
  imports: [UnkeyModule.forRoot(options as UnkeyModuleOptions)],
});

beforeEach(() => {
  vi.stubEnv('UNKEY_ROOT_KEY', undefined);
  vi.stubEnv('UNKEY_BASE_URL', undefined);
});
afterEach(() => vi.unstubAllEnvs());

describe('an invalid option stops the app at startup; the error names the option, the value and what is valid', () => {
  const good = { rootKey: 'unkey_secret' };

  it.each<[unknown, string]>([
    [{}, 'no root key: set the option "rootKey" or the environment variable UNKEY_ROOT_KEY'],
    [{ rootKey: undefined }, 'no root key'],
    [{ rootKey: 7 }, 'option "rootKey" must be a root key without whitespace, got 7'],
    [{ rootKey: '' }, 'option "rootKey" must be a root key without whitespace, got an empty string'],
    [{ rootKey: 'unkey_secret\n' }, 'option "rootKey" must be a root key without whitespace, got a string'],
    [{ ...good, rootkey: 'unkey_secret' }, 'unknown option "rootkey"; the options are rootKey, baseUrl'],
    [
      { ...good, skipTransports: ['rmq', 'http'] },
      `option "skipTransports" must not contain 'http'; use @Public(), "public" or "exclude" for routes that need no key`,
    ],
    [
      { ...good, skipTransports: 'rmq' },
      `option "skipTransports" must be a list of context types, such as ['rmq'], got "rmq"`,
    ],
    [{ ...good, skipTransports: [''] }, 'option "skipTransports" must be a list of context types'],
    [{ ...good, cache: 5 }, 'option "cache" must be true, false or an object with ttl, max, negativeTtl'],
    [
      { ...good, cache: { ttl: '5s' } },
      'option "cache.ttl" must be a whole number of milliseconds from 1 to 2147483647, got "5s"',
    ],
    [{ ...good, cache: { lifetime: 5 } }, 'option "cache.lifetime" is unknown; "cache" takes ttl, max'],
    [{ ...good, cache: { scope: '' } }, 'option "cache.scope" must be a non-empty string, got ""'],
    [{ ...good, cache: { scope: 5 } }, 'option "cache.scope" must be a non-empty string, got 5'],
    [
      {
        ...good,
        verifier: async () => ({ valid: false, code: 'NOT_FOUND' }),
        cache: { store: { get() {}, set() {}, delete() {} } },
      },
      'option "cache.scope" is required, because "cache.store" is shared and keys are verified by your own "verifier"',
    ],
    [
      { ...good, cache: { store: new Map() } },
      'option "cache.store" must be a store with get, set and delete that supports a time to live',
    ],
    [{ ...good, breaker: 'on' }, 'option "breaker" must be false or an object with consecutiveFailures'],
    [
      { ...good, breaker: { failureRate: 5 } },
      'option "breaker.failureRate" must be a number above 0 and up to 1',
    ],
    [{ ...good, maxInFlight: 0 }, 'option "maxInFlight" must be a whole number of at least 1, got 0'],
    [{ ...good, clientIp: 'x-real-ip' }, 'option "clientIp" must be true or false, got "x-real-ip"'],
    [{ ...good, verifier: 'fetch' }, `option "verifier" must be 'http', 'sdk' or a function`],
    [{ ...good, dispatcher: {} }, 'option "dispatcher" must be a Dispatcher of undici 7, got an object'],
    [
      { ...good, dispatcher: { dispatch() {} }, verifier: 'sdk' },
      `option "dispatcher" works only with verifier: 'http'`,
    ],
    [{ client: { keys: { verifyKey() {} } }, verifier: 'http' }, 'no root key'],
    [{ ...good, toString: 1 }, 'unknown option "toString"'],
    [
      { ...good, baseUrl: 'api.unkey.com' },
      'option "baseUrl" must be an http or https URL without credentials in it, got "api.unkey.com"',
    ],
    [{ ...good, baseUrl: 'ftp://unkey' }, 'got "ftp://unkey"'],
    [{ ...good, baseUrl: 'http://me:unkey_secret@unkey' }, 'got a string'],
    [
      { ...good, timeout: '5s' },
      'option "timeout" must be a whole number of milliseconds from 1 to 2147483647, got "5s"',
    ],
    [{ ...good, timeout: 0 }, 'got 0'],
    [{ ...good, timeout: Number.NaN }, 'got NaN'],
    [
      { ...good, keyFrom: 'x-api-key' },
      'option "keyFrom" must be a key source such as fromHeader("x-api-key")',
    ],
    [{ ...good, keyFrom: [] }, 'got an empty list'],
    [{ ...good, keyPrefix: '' }, 'option "keyPrefix"'],
    [
      { ...good, permissions: [] },
      'option "permissions" must be a permission, anyOf(…), allOf(…), or a list of them, got an empty list',
    ],
    [{ ...good, permissions: 'a b' }, 'option "permissions": permission "a b" must contain only letters'],
    [{ ...good, permissions: anyOf() }, 'option "permissions": anyOf() must name at least one permission'],
    [
      { ...good, permissions: { anyOf: ['a'], allOf: ['b'] } },
      'option "permissions": a permission cannot have both anyOf and allOf in one object',
    ],
    [
      { ...good, permissions: [{ oneOf: ['a'] }] },
      'option "permissions": a permission must be a name, anyOf(…) or allOf(…); unknown member "oneOf"',
    ],
    [
      { ...good, public: 'HealthController' },
      'option "public" must be a list of controller classes, got "HealthController"',
    ],
    [
      { ...good, exclude: '/admin' },
      'option "exclude" must be a list of route patterns such as "/admin/*", got "/admin"',
    ],
    [{ ...good, exclude: ['GET /admin'] }, 'option "exclude.0" contains whitespace'],
    [{ ...good, exclude: ['/adm*'] }, 'has a wildcard inside the segment "adm*"'],
    [{ ...good, skipIf: true }, 'option "skipIf" must be a function (context) => boolean, got true'],
    [
      { ...good, statuses: { EXPIRED: 200 } },
      'option "statuses.EXPIRED" must be an HTTP status from 400 to 599, got 200',
    ],
    [
      { ...good, statuses: { EXPIERD: 403 } },
      'option "statuses.EXPIERD" is not a code; the codes are MISSING_KEY, MALFORMED_KEY',
    ],
    [{ ...good, problemDetails: 'yes' }, 'option "problemDetails" must be true or false, got "yes"'],
    [
      { ...good, ratelimitHeaders: true },
      `option "ratelimitHeaders" must be 'legacy', 'ietf', 'both' or false, got true`,
    ],
    [{ ...good, realm: 'a\nb' }, 'option "realm" must be a string of printable ASCII characters'],
    [
      { ...good, client: {} },
      'option "client" must be an Unkey client of @unkey/api, or false, got an object',
    ],
    [{ ...good, client: false, verifier: 'sdk' }, 'option "client" is false'],
    [{ client: false }, 'no root key'],
    [
      { ...good, clientOptions: { rootKey: 'unkey_secret' } },
      'option "clientOptions" must not contain "rootKey"; use the module option "rootKey"',
    ],
    [
      { ...good, client: { keys: { verifyKey() {} } }, clientOptions: {} },
      'option "clientOptions" cannot be combined with "client"',
    ],
  ])('%j', async (options, sentence) => {
    const { message, name } = await bootError(withModule(options));
    expect(name).toBe('UnkeyConfigError');
    expect(message).toMatch(/^UnkeyModule: /);
    expect(message).toContain(sentence);
    expect(message).not.toContain('unkey_secret');
  });

  it.each(['isGlobal', 'globalGuard'])(
    '%s in the result of a factory, with a hint where to set it',
    async (name) => {
      const { message } = await bootError({
        imports: [UnkeyModule.forRootAsync({ useFactory: () => ({ ...good, [name]: true }) })],
      });
      expect(message).toContain(`set it next to useFactory, as in forRootAsync({ ${name}: …, useFactory })`);
    },
  );

  it('also if a factory returns nothing', async () => {
    const nothing = (() => undefined) as unknown as () => UnkeyModuleOptions;
    const { message } = await bootError({ imports: [UnkeyModule.forRootAsync({ useFactory: nothing })] });
    expect(message).toContain('there are no options');
  });

  it('also for an invalid UNKEY_BASE_URL in the environment', async () => {
    vi.stubEnv('UNKEY_BASE_URL', 'nonsense');
    expect((await bootError(withModule(good))).message).toContain('option "baseUrl"');
  });
});

describe('the options of forRoot() itself are checked too', () => {
  it.each<[string, unknown, string]>([
    [
      'globalGuard: null',
      { rootKey: 'any', globalGuard: null },
      'option "globalGuard" must be true or false, got null',
    ],
    [
      'globalGuard: "no"',
      { rootKey: 'any', globalGuard: 'no' },
      'option "globalGuard" must be true or false, got "no"',
    ],
    ['isGlobal: 1', { rootKey: 'any', isGlobal: 1 }, 'option "isGlobal" must be true or false, got 1'],
    ['null', null, 'the options must be an object, got null'],
    ['a string', 'unkey', 'the options must be an object, got unkey'],
  ])('%s', (_, options, sentence) => {
    expect(() => UnkeyModule.forRoot(options as UnkeyModuleOptions)).toThrow(sentence);
    expect(() =>
      UnkeyModule.forRootAsync({
        useFactory: () => ({}),
        ...(options as object),
        ...(typeof options === 'object' && options !== null ? {} : { isGlobal: 'x' as unknown as boolean }),
      }),
    ).toThrow('UnkeyModule: ');
  });

  it('a root key that is given as the URL is not shown', async () => {
    vi.stubEnv('UNKEY_BASE_URL', 'unkey_3ZsecretRootKey');
    vi.stubEnv('UNKEY_ROOT_KEY', 'https://api.unkey.com');
    const { message } = await bootError(withModule({}));
    expect(message).toContain('option "baseUrl"');
    expect(message).not.toContain('secret');
  });

  it('options of a class with getters are read', async () => {
    class Options {
      get rootKey() {
        return server.unkey.rootKey;
      }
      get baseUrl() {
        return server.unkey.url;
      }
    }
    const { app } = await startApp('express', {
      imports: [UnkeyModule.forRootAsync({ useFactory: () => new Options() })],
    });
    const { key } = await server.unkey.createKey({});
    expect(await app.get(UnkeyService).verify(key)).toMatchObject({ valid: true });
  });
});

describe('invalid or contradictory decorators stop the app at startup; the error names the handler', () => {
  const none: Decorator = () => {};
  const boot = (onHandler: Decorator[], onClass: Decorator = none) => {
    class DocumentsController {
      list() {}
    }
    const method = Object.getOwnPropertyDescriptor(DocumentsController.prototype, 'list')!;
    for (const decorate of [...onHandler, Get()]) decorate(DocumentsController.prototype, 'list', method);
    onClass(DocumentsController);
    Controller()(DocumentsController);
    return bootError({ imports: [UnkeyModule.forRoot(server.options)], controllers: [DocumentsController] });
  };

  it.each<[string, Decorator[], Decorator | undefined, string]>([
    [
      'a name that Unkey rejects',
      [RequirePermissions('documents read')],
      undefined,
      'permission "documents read" must contain only letters, digits and . _ - * : /',
    ],
    [
      'a query as a name',
      [RequirePermissions('a AND b')],
      undefined,
      'combine permissions with anyOf() and allOf()',
    ],
    ['an operator as a name', [RequirePermissions('or')], undefined, 'cannot be named "or"'],
    [
      'a name that is not ASCII',
      [RequirePermissions('dokumente.öffnen')],
      undefined,
      'must contain only letters',
    ],
    [
      'no permission',
      [RequirePermissions()],
      undefined,
      '@RequirePermissions() must name at least one permission',
    ],
    ['an empty anyOf', [RequirePermissions(anyOf())], undefined, 'anyOf() must name at least one permission'],
    [
      'anyOf and allOf in one object',
      [RequirePermissions({ anyOf: ['a'], allOf: ['b'] } as never)],
      undefined,
      'a permission cannot have both anyOf and allOf in one object; nest them',
    ],
    [
      'anyOf and allOf in one object on the class',
      [],
      RequirePermissions('c', anyOf('d', { anyOf: ['a'], allOf: ['b'] } as never)),
      'a permission cannot have both anyOf and allOf in one object; nest them',
    ],
    [
      'an object of permissions with an unknown member',
      [RequirePermissions({ anyOf: ['a'], oneOf: ['b'] } as never)],
      undefined,
      'unknown member "oneOf"',
    ],
    [
      'more permissions than Unkey accepts',
      [RequirePermissions('p'.repeat(1001))],
      undefined,
      'result in a query of 1001 characters; Unkey accepts at most 1000',
    ],
    ['an invalid name on the class', [], RequirePermissions('a b'), 'must contain only letters'],
    [
      'negative credits',
      [Credits(-1)],
      undefined,
      'credits must be a whole number from 0 to 1000000000000, got -1',
    ],
    ['credits that are not a number', [Credits('5' as unknown as number)], undefined, 'got 5'],
    ['credits that are not given', [Credits(undefined as unknown as number)], undefined, 'got null'],
    [
      'credits twice in the same place',
      [Credits(1), Credits(2)],
      undefined,
      '@Credits() is used twice in the same place',
    ],
    [
      'an unknown option of a rate limit',
      [KeyRatelimit('burst', { limt: 1 } as object)],
      undefined,
      'unknown option "limt" of rate limit "burst"; it takes cost, limit and duration',
    ],
    [
      'a limit with a short name',
      [KeyRatelimit('ab')],
      undefined,
      'the name of a rate limit must have 3 to 255 characters, got "ab"',
    ],
    [
      'an ad-hoc limit without a duration',
      [KeyRatelimit('burst', { limit: 5 })],
      undefined,
      'must have both limit and duration, or neither',
    ],
    [
      'an ad-hoc limit of 0, which would disable all limits',
      [KeyRatelimit('burst', { limit: 0, duration: 1000 })],
      undefined,
      'must be a whole number of at least 1, got 0',
    ],
    [
      'an ad-hoc limit with a window below a second',
      [KeyRatelimit('burst', { limit: 5, duration: 500 })],
      undefined,
      'must be a whole number of at least 1000 (ms), got 500',
    ],
    [
      'a limit twice in the same place',
      [KeyRatelimit('burst'), KeyRatelimit('burst', { cost: 2 })],
      undefined,
      'names the same limit twice',
    ],
    [
      'an empty tag',
      [VerificationTags('')],
      undefined,
      'a tag must be a string of 1 to 512 characters, got ""',
    ],
    [
      'more tags than Unkey accepts',
      [VerificationTags(...Array.from({ length: 21 }, (_, n) => `t${n}`))],
      undefined,
      'at most 20 tags are allowed, got 21',
    ],
    [
      '@Public() with permissions',
      [Public(), RequirePermissions('a')],
      undefined,
      'the handler is public, so its @RequirePermissions() has no effect',
    ],
    ['@Public() with credits', [Public(), Credits(1)], undefined, 'its @Credits() has no effect'],
    [
      '@Public() on the class with a limit on the handler',
      [KeyRatelimit('burst')],
      Public(),
      'its @KeyRatelimit() has no effect',
    ],
    [
      '@Public() with @OptionalKey()',
      [Public(), OptionalKey()],
      undefined,
      '@Public() and @OptionalKey() contradict each other',
    ],
  ])('%s', async (_, onHandler, onClass, sentence) => {
    const { message } = await boot(onHandler, onClass);
    expect(message).toMatch(/^DocumentsController\.list: /);
    expect(message).toContain(sentence);
  });
});

describe('a class in the option "public"', () => {
  /** A controller with these decorators on its handler and on its class, in an app that lists it in the option. */
  const metadata = (onHandler: Decorator[], onClass: Decorator[] = []): ModuleMetadata => {
    class HealthController {
      read() {
        return 'handler';
      }
    }
    const method = Object.getOwnPropertyDescriptor(HealthController.prototype, 'read')!;
    for (const decorate of [...onHandler, Get()]) decorate(HealthController.prototype, 'read', method);
    for (const decorate of [...onClass, Controller()]) decorate(HealthController);
    return {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, public: [HealthController] })],
      controllers: [HealthController],
    };
  };

  it.each<[string, Decorator[], Decorator[]]>([
    ['@RequirePermissions()', [RequirePermissions('a')], []],
    ['@Credits()', [Credits(1)], []],
    ['@KeyRatelimit()', [KeyRatelimit('burst')], []],
    ['@Credits()', [Credits(1)], [RequirePermissions('a')]],
  ])('fails at startup if a handler has %s of its own', async (decorator, onHandler, onClass) => {
    const { name, message } = await bootError(metadata(onHandler, onClass));
    expect(name).toBe('UnkeyConfigError');
    expect(message).toBe(
      `HealthController.read: the handler is public by the option "public", so its ${decorator} has no effect; remove one of them, or use @Public(false).`,
    );
  });

  it.each<[string, Decorator[], Decorator[], number]>([
    ['demands of the class do not reach its handlers', [], [RequirePermissions('a'), Credits(1)], 200],
    ['tags of a handler ask for nothing', [VerificationTags('health')], [], 200],
    ['@Public(false) on the handler beats the option', [Public(false), RequirePermissions('a')], [], 401],
    ['@Public(false) on the class beats the option', [RequirePermissions('a')], [Public(false)], 401],
    ['@OptionalKey() on the handler beats the option', [OptionalKey(), RequirePermissions('a')], [], 200],
  ])('%s', async (_, onHandler, onClass, status) => {
    for (const adapter of ADAPTERS) {
      const { get } = await startApp(adapter, metadata(onHandler, onClass));
      expect((await get('/')).status).toBe(status);
    }
  });
});

describe('requirements of class and handler are combined', () => {
  it.each(ADAPTERS)(
    'permissions with AND, limits by name, the credits of the handler, all tags; on %s',
    async (adapter) => {
      @RequirePermissions('class')
      @Credits(9)
      @KeyRatelimit('shared', { limit: 10, duration: 1000 })
      @KeyRatelimit('class', { limit: 10, duration: 1000 })
      @VerificationTags('class')
      @Controller()
      class AppController {
        @RequirePermissions(anyOf('one', 'two'))
        @RequirePermissions('three')
        @Credits(async () => 0)
        @KeyRatelimit('shared', { limit: 20, duration: 2000, cost: 2 })
        @VerificationTags('handler', () => ['', 'x'.repeat(600)], () => undefined as unknown as string)
        @Get()
        read() {
          return 'ok';
        }
        @Public()
        @Get('public')
        open() {
          return 'ok';
        }
      }
      const { get } = await startApp(adapter, {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, permissions: 'module' })],
        controllers: [AppController],
      });
      const { key } = await server.unkey.createKey({ permissions: ['module', 'class', 'two', 'three'] });
      expect((await get('/', { 'x-api-key': key })).status).toBe(200);
      expect(server.unkey.calls.map(({ body }) => body)).toEqual([
        {
          key,
          permissions: 'module AND class AND (one OR two) AND three',
          credits: { cost: 0 },
          ratelimits: [
            { name: 'shared', limit: 20, duration: 2000, cost: 2 },
            { name: 'class', limit: 10, duration: 1000 },
          ],
          tags: ['class', 'handler', 'x'.repeat(512)],
        },
      ]);
      expect((await get('/public')).status).toBe(200);
    },
  );
});

describe('functions in decorators', () => {
  it.each([undefined, null, '3', -5, 2.5])(
    'credits of %j end the request with a 500, without a call',
    async (cost) => {
      @Controller()
      class AppController {
        @Credits(() => cost as number)
        @Get()
        read() {
          return 'handler';
        }
      }
      const { get, log } = await startApp('express', {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
        controllers: [AppController],
      });
      expect((await get('/', { 'x-api-key': 'any' })).status).toBe(500);
      expect(log.of('error', 'credits must be a whole number from 0')).toHaveLength(1);
      expect(server.unkey.calls).toHaveLength(0);
    },
  );
});

describe('registration', () => {
  it('twice in one app fails with a clear error', async () => {
    const { message } = await bootError({
      imports: [UnkeyModule.forRoot(server.options), UnkeyModule.forRoot(server.options)],
    });
    expect(message).toContain(
      'UnkeyModule is registered 2 times in this app; call forRoot() or forRootAsync() once',
    );
  });

  it('without forRoot fails with a clear error', async () => {
    expect((await bootError({ imports: [UnkeyModule] })).message).toContain('import UnkeyModule.forRoot()');
  });

  it('forRoot() without an argument reads the environment at startup', async () => {
    const module = UnkeyModule.forRoot();
    vi.stubEnv('UNKEY_ROOT_KEY', server.unkey.rootKey);
    vi.stubEnv('UNKEY_BASE_URL', server.unkey.url);
    const { app } = await startApp('express', { imports: [module] });
    const { key } = await server.unkey.createKey({});
    expect(await app.get(UnkeyService).verify(key)).toMatchObject({ valid: true });
  });

  it('isGlobal: false provides the guard only to modules that import it', async () => {
    const registered = UnkeyModule.forRoot({ ...server.options, isGlobal: false });
    @Injectable()
    class Wanting {
      constructor(@InjectUnkey() readonly unkey: Unkey) {}
    }
    @Module({ providers: [Wanting] })
    class Outside {}
    expect((await bootError({ imports: [registered, Outside] })).message).toContain(
      "can't resolve dependencies",
    );
    @Module({ imports: [registered], providers: [Wanting], exports: [Wanting] })
    class Inside {}
    const { app } = await startApp('express', { imports: [registered, Inside] });
    expect(app.get(Wanting).unkey.keys).toBeDefined();
  });

  describe('forRootAsync', () => {
    @Injectable()
    class Options implements UnkeyOptionsFactory {
      async createUnkeyOptions() {
        await Promise.resolve();
        return server.options;
      }
    }
    @Module({ providers: [Options], exports: [Options] })
    class OptionsModule {}

    it.each<[string, () => ReturnType<typeof UnkeyModule.forRootAsync>]>([
      [
        'useFactory that awaits',
        () =>
          UnkeyModule.forRootAsync({
            globalGuard: true,
            imports: [OptionsModule],
            inject: [Options],
            useFactory: async (options: Options) => options.createUnkeyOptions(),
          }),
      ],
      ['useClass', () => UnkeyModule.forRootAsync({ globalGuard: true, useClass: Options })],
      [
        'useExisting',
        () => UnkeyModule.forRootAsync({ globalGuard: true, imports: [OptionsModule], useExisting: Options }),
      ],
    ])('%s', async (_, module) => {
      const { get } = await startApp('express', { imports: [module()], controllers: [PingController] });
      const { key } = await server.unkey.createKey({});
      expect((await get('/ping')).status).toBe(401);
      expect((await get('/ping', { 'x-api-key': key })).status).toBe(200);
    });
  });
});

describe('the client', () => {
  @Injectable()
  class Admin {
    constructor(@InjectUnkey() readonly unkey: Unkey) {}
  }

  it('is the official SDK, with the root key of the module', async () => {
    const { app } = await startApp('express', { ...withModule(server.options), providers: [Admin] });
    const { unkey } = app.get(Admin);
    const { data } = await unkey.apis.createApi({ name: 'payments' });
    expect(data.apiId).toMatch(/^api_/);
    expect(app.get(UnkeyService).client).toBe(unkey);
  });

  it('false: the app starts with its own verifier and without a root key; using the client throws', async () => {
    const { app, get } = await startApp('express', {
      imports: [
        UnkeyModule.forRoot({
          client: false,
          globalGuard: true,
          verifier: async ({ key }) =>
            key === 'good'
              ? { valid: true, code: 'VALID', keyId: 'key_1' }
              : { valid: false, code: 'NOT_FOUND' },
        }),
      ],
      controllers: [PingController],
      providers: [Admin],
    });
    expect((await get('/ping', { 'x-api-key': 'good' })).status).toBe(200);
    expect((await get('/ping', { 'x-api-key': 'bad' })).status).toBe(401);
    expect(() => app.get(Admin).unkey.keys).toThrow(
      'unkey.keys: the Unkey client is turned off with `client: false`',
    );
  });

  it('can be given, and then verifies too', async () => {
    const { Unkey: Client } = await import('@unkey/api');
    const client = new Client({ rootKey: server.unkey.rootKey, serverURL: server.unkey.url });
    const { app, get } = await startApp('express', {
      imports: [UnkeyModule.forRoot({ client, globalGuard: true })],
      controllers: [PingController],
    });
    const { key } = await server.unkey.createKey({});
    expect((await get('/ping', { 'x-api-key': key })).status).toBe(200);
    expect(app.get(UnkeyService).client).toBe(client);
  });

  it('gets the clientOptions', async () => {
    const { app } = await startApp(
      'express',
      withModule({ ...server.options, clientOptions: { userAgent: 'acme/1' } }),
    );
    await app.get(UnkeyService).client.apis.createApi({ name: 'payments' });
    expect(server.unkey.calls[0]?.headers['user-agent']).toBe('acme/1');
  });
});

describe('a test can override', () => {
  const allow = { canActivate: () => true };
  @Controller('guarded')
  class GuardedController {
    @Get()
    read() {
      return 'ok';
    }
  }

  it('UNKEY_OPTIONS, for an app whose module calls forRoot', async () => {
    const elsewhere = await UnkeyEmulator.start();
    const testing = Test.createTestingModule({
      imports: [UnkeyModule.forRoot({ rootKey: 'production', globalGuard: true })],
      controllers: [PingController],
    });
    const module = await testing
      .overrideProvider(UNKEY_OPTIONS)
      .useValue({ rootKey: elsewhere.rootKey, baseUrl: elsewhere.url })
      .compile();
    const app = module.createNestApplication(httpAdapter('fastify'));
    const url = await listen(app);
    const { key } = await elsewhere.createKey({});
    expect((await request(`${url}/ping`, { headers: { 'x-api-key': key } })).status).toBe(200);
    await app.close();
    await elsewhere.close();
  });

  it('the guard of @UseGuards with overrideGuard', async () => {
    const testing = Test.createTestingModule({
      imports: [UnkeyModule.forRoot(server.options)],
      controllers: [useGuard(GuardedController)],
    });
    const module = await testing.overrideGuard(UnkeyGuard).useValue(allow).compile();
    const app = module.createNestApplication(httpAdapter('express'));
    expect((await request(`${await listen(app)}/guarded`)).status).toBe(200);
    await app.close();
  });

  it('the guard of globalGuard with overrideProvider', async () => {
    const testing = Test.createTestingModule({
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
      controllers: [PingController],
    });
    const module = await testing.overrideProvider(UnkeyGuard).useValue(allow).compile();
    const app = module.createNestApplication(httpAdapter('express'));
    expect((await request(`${await listen(app)}/ping`)).status).toBe(200);
    await app.close();
  });
});

@Controller('ping')
class PingController {
  @Get()
  ping() {
    return 'pong';
  }
}

function useGuard<T extends new () => object>(controller: T): T {
  UseGuards(UnkeyGuard)(controller);
  return controller;
}
