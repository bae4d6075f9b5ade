import type { ServerResponse } from 'node:http';
import {
  Catch,
  Controller,
  Get,
  Inject,
  Module,
  Req,
  UseGuards,
  type ArgumentsHost,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplication,
  type MiddlewareConsumer,
  type NestModule,
  type Type,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyPluginCallback } from 'fastify';
import type { Request as ExpressRequest, Response as ExpressResponse } from 'express';
import {
  fromHeader,
  getVerifiedKey,
  RequirePermissions,
  UnkeyGuard,
  UnkeyKey,
  UnkeyMiddleware,
  UnkeyModule,
  UnkeyService,
  type UnkeyModuleOptions,
  type VerifiedKey,
  type VerifyOptions,
} from 'nestjs-unkey';
import type { CreateKeyBody, Fault } from 'nestjs-unkey/testing';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp, type Adapter, type Answer } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

const server = useUnkey();
const verifications = () =>
  server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

@Controller()
class GuardedController {
  @UseGuards(UnkeyGuard)
  @RequirePermissions('docs.read')
  @Get('guarded')
  read(@UnkeyKey('keyId') keyId: string) {
    return { keyId };
  }
}

/** Mounts what `@nestjs/swagger` and Bull Board mount: routes on the adapter itself, unknown to Nest's router. */
function mountRawRoutes(adapter: Adapter, app: INestApplication): void {
  const http = app.getHttpAdapter();
  for (const path of ['/docs', '/docs/a', '/docsx']) {
    http.get(path, (request: object, response: { send(body: unknown): void }) =>
      response.send({ raw: path, keyId: getVerifiedKey(request)?.keyId }),
    );
  }
  if (adapter === 'express') {
    // As Bull Board's Express router: it sees the path below its own.
    const queues = ({ path }: ExpressRequest, response: ExpressResponse) =>
      response.json({ raw: path === '/' ? 'queues' : 'jobs' });
    app.use('/admin/queues', queues);
    return;
  }
  const board: FastifyPluginCallback = (plugin, _, done) => {
    plugin.get('/', () => Promise.resolve({ raw: 'queues' }));
    plugin.get('/api/jobs', () => Promise.resolve({ raw: 'jobs' }));
    done();
  };
  void (app as NestFastifyApplication).register(board, { prefix: '/admin/queues' });
}

interface Setup {
  demands?: VerifyOptions;
  options?: UnkeyModuleOptions;
  prefix?: string;
  providers?: { provide: unknown; useClass: Type }[];
}

const start = (adapter: Adapter, { demands, options, prefix, providers = [] }: Setup = {}) =>
  startApp(
    adapter,
    {
      imports: [UnkeyModule.forRoot({ ...server.options, breaker: false, ...options })],
      controllers: [GuardedController],
      providers: providers as never,
    },
    (app) => {
      if (prefix !== undefined) app.setGlobalPrefix(prefix);
      app.use('/docs', app.get(UnkeyService).middleware(demands));
      app.use('/admin/queues', app.get(UnkeyService).middleware(demands));
      mountRawRoutes(adapter, app);
    },
  );

/** What an answer has of ours, and of what must be equal to a guard's answer. */
const visible = ({ status, body, headers }: Answer) => ({
  status,
  body: typeof body === 'object' && body !== null ? { ...body, instance: undefined } : body,
  headers: Object.fromEntries(
    [...headers]
      .filter(([name]) => /authenticate|retry|limit|content-type/.test(name))
      // Seconds from now: the next request may come in the next second.
      .map(([name, value]) => [name, name === 'retry-after' ? 'soon' : value.replace(/;t=\d+/, ';t=soon')]),
  ),
});

const ratelimitNames = ({ headers }: ReturnType<typeof visible>) =>
  Object.keys(headers).filter((name) => name.includes('ratelimit'));

describe.each(ADAPTERS)('UnkeyService.middleware() on %s', (adapter) => {
  it.each([
    ['/docs', 401],
    ['/docs/', 401],
    ['/docs/a?x=1', 401],
    ['/DOCS/a', 401],
    ['/docs/%61', 401],
    ['/docs/unknown', 401],
    ['/docsx', 200],
    ['/admin/queues', 401],
    ['/admin/queues/', 401],
    ['/admin/queues/api/jobs', 401],
  ])('in front of %s, without a key: %i, with a global prefix or without', async (path, status) => {
    for (const prefix of [undefined, 'v1']) {
      const { get } = await start(adapter, prefix === undefined ? {} : { prefix });
      expect((await get(path)).status).toBe(status);
    }
  });

  it('lets a good key through to what is mounted after it, which finds the key on the request', async () => {
    const { get } = await start(adapter);
    const { key, keyId } = await server.unkey.createKey({});
    const headers = { 'x-api-key': key };
    expect((await get('/docs', headers)).body).toEqual({ raw: '/docs', keyId });
    expect((await get('/docs/a?x=1', headers)).body).toEqual({ raw: '/docs/a', keyId });
    expect((await get('/admin/queues', headers)).body).toEqual({ raw: 'queues' });
    expect((await get('/admin/queues/api/jobs', headers)).body).toEqual({ raw: 'jobs' });
    expect(verifications()).toBe(4);
  });

  describe.each<[string, UnkeyModuleOptions]>([
    ['Nest’s bodies', {}],
    ['problem details', { problemDetails: true, ratelimitHeaders: 'both', exposeRequiredPermissions: true }],
  ])('with %s', (_, options) => {
    const limit = (size: number) => [{ name: 'burst', limit: size, duration: 60_000, autoApply: true }];
    it.each<[string, CreateKeyBody | string | undefined, Fault?]>([
      ['no key', undefined],
      ['an unknown key', 'unknown_key_1234'],
      ['a text that is no key', 'two words'],
      ['a key without the permission', { permissions: [] }],
      ['a rate limit that is exceeded', { permissions: ['docs.read'], ratelimits: limit(1) }],
      ['an outage of Unkey', {}, { status: 500 }],
      ['a root key that Unkey refuses', {}, { status: 403 }],
    ])('answers %s as a guard does', async (situation, body, fault) => {
      const { get } = await start(adapter, { demands: { permissions: 'docs.read' }, options });
      const key = typeof body === 'object' ? (await server.unkey.createKey(body)).key : body;
      const headers = key === undefined ? {} : { 'x-api-key': key };
      if (situation.startsWith('a rate limit')) await get('/docs', headers);
      if (fault !== undefined) server.unkey.fail(fault);
      const guarded = visible(await get('/guarded', headers));
      const raw = visible(await get('/docs', headers));
      expect(guarded.status).toBeGreaterThanOrEqual(401);
      expect(raw).toEqual(guarded);
      expect(JSON.stringify(raw)).not.toContain(server.unkey.rootKey);
    });

    it('sends a caller what is left of its limits, as a guard does', async () => {
      const { get } = await start(adapter, { demands: { permissions: 'docs.read' }, options });
      const body = { permissions: ['docs.read'], ratelimits: limit(9) };
      const headers = { 'x-api-key': (await server.unkey.createKey(body)).key };
      const answers = [await get('/guarded', headers), await get('/docs', headers)].map(visible);
      const left = (n: number) => ({ status: 200, headers: { 'x-ratelimit-remaining': String(n) } });
      expect(answers).toMatchObject([left(8), left(7)]);
      expect(Object.keys(answers[1]!.headers)).toEqual(expect.arrayContaining(ratelimitNames(answers[0]!)));
    });
  });

  it('answers through the filters of the app', async () => {
    @Catch()
    class Teapot implements ExceptionFilter {
      constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}
      catch(exception: unknown, host: ArgumentsHost) {
        const body = { caught: (exception as Error).constructor.name };
        this.host.httpAdapter.reply(host.switchToHttp().getResponse(), body, 418);
      }
    }
    const { get } = await start(adapter, { providers: [{ provide: APP_FILTER, useClass: Teapot }] });
    expect(await get('/docs')).toMatchObject({ status: 418, body: { caught: 'KeyMissingException' } });
  });

  it('passes on what a key source throws: Nest answers 500, and the next request is served', async () => {
    const throwing = (context: ExecutionContext) => {
      if (context.switchToHttp().getRequest<Request>().url.includes('boom')) throw new Error('boom');
      return fromHeader('x-api-key')(context);
    };
    const { get } = await start(adapter, { options: { keyFrom: throwing } });
    expect((await get('/docs/a?boom')).body).toEqual({ statusCode: 500, message: 'Internal server error' });
    const { key } = await server.unkey.createKey({});
    expect((await get('/docs', { 'x-api-key': key })).status).toBe(200);
  });

  it('requires the option "permissions" too', async () => {
    const { get } = await start(adapter, { options: { permissions: ['app.use'] }, demands: {} });
    const { key } = await server.unkey.createKey({ permissions: ['docs.read'] });
    expect((await get('/docs', { 'x-api-key': key })).body).toMatchObject({
      code: 'INSUFFICIENT_PERMISSIONS',
    });
  });

  it('ignores skipIf and exclude', async () => {
    const { get } = await start(adapter, { options: { skipIf: () => true, exclude: ['/docs', '/guarded'] } });
    expect((await get('/docs')).status).toBe(401);
  });

  it('spends the credits and counts the limits that it requires', async () => {
    const ratelimits = [{ name: 'docs', limit: 2, duration: 60_000 }];
    const { get } = await start(adapter, { demands: { credits: 3, ratelimits } });
    const { key } = await server.unkey.createKey({ credits: { remaining: 100 } });
    const answers = [];
    for (let n = 0; n < 3; n++) answers.push(await get('/docs', { 'x-api-key': key }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    const verify = server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey');
    expect(verify.map(({ body }) => body)).toEqual(
      Array(3).fill({
        key,
        credits: { cost: 3 },
        ratelimits: [{ name: 'docs', limit: 2, duration: 60_000 }],
      }),
    );
  });

  it('sends the caller’s address with the option clientIp', async () => {
    const { get } = await start(adapter, { options: { clientIp: true } });
    await get('/docs', { 'x-api-key': (await server.unkey.createKey({})).key });
    const call = server.unkey.calls.find(({ operation }) => operation === 'keys.verifyKey');
    expect(call?.headers['x-forwarded-for']).toBe('127.0.0.1');
  });

  it('gives sources, checks and userFrom a context of type http', async () => {
    const seen: unknown[] = [];
    const see = (context: ExecutionContext) => {
      const [request, response, next] = context.getArgs<[Request, ServerResponse, unknown]>();
      const http = context.switchToHttp();
      seen.push([context.getType(), context.getClass(), typeof context.getHandler(), typeof next]);
      return http.getRequest() === request && http.getResponse() === response;
    };
    const { get } = await start(adapter, {
      options: {
        keyFrom: (context) => (see(context) ? fromHeader('x-api-key')(context) : undefined),
        checks: [{ check: (_, context) => see(context) }],
        userFrom: (_, context) => ({ isSeen: see(context) }),
      },
    });
    expect((await get('/docs', { 'x-api-key': (await server.unkey.createKey({})).key })).status).toBe(200);
    expect(seen).toEqual(Array(3).fill(['http', UnkeyService, 'function', 'function']));
  });

  it('throws for invalid requirements when it is created', async () => {
    const { app } = await start(adapter);
    const make = (demands: unknown) => () => app.get(UnkeyService).middleware(demands as VerifyOptions);
    const says = (text: string) =>
      expect.objectContaining({ message: expect.stringContaining(text) as string });
    expect(make({ permission: 'a' })).toThrow(says('UnkeyService.middleware(): unknown option "permission"'));
    expect(make({ permissions: [] })).toThrow(says('must name at least one permission'));
    expect(make({ credits: -1 })).toThrow(says('credits must be a whole number'));
    expect(make('docs.read')).toThrow(
      says('an object such as { permissions: \'docs.read\' }, got "docs.read"'),
    );
    expect(make(null)).toThrow(says('got null'));
  });
});

describe.each(ADAPTERS)('a middleware before a guard on %s', (adapter) => {
  @Controller()
  class NestController {
    @UseGuards(UnkeyGuard)
    @Get('same')
    same(@UnkeyKey() key: VerifiedKey) {
      return { source: key.source, keyId: key.keyId };
    }

    @UseGuards(UnkeyGuard)
    @RequirePermissions('docs.read', 'docs.list')
    @Get('demanding')
    demanding(@UnkeyKey('keyId') keyId: string) {
      return { keyId };
    }

    @Get('without-guard')
    withoutGuard(@UnkeyKey('keyId') keyId: string, @Req() request: object) {
      const raw = adapter === 'express' ? request : (request as { raw: object }).raw;
      return { keyId, same: [request, raw].map((one) => getVerifiedKey(one)?.keyId === keyId) };
    }
  }

  function startWith(applied: (consumer: MiddlewareConsumer, unkey: UnkeyService) => void) {
    @Module({ imports: [UnkeyModule.forRoot(server.options)], controllers: [NestController] })
    class AppModule implements NestModule {
      constructor(@Inject(UnkeyService) private readonly unkey: UnkeyService) {}
      configure(consumer: MiddlewareConsumer) {
        applied(consumer, this.unkey);
      }
    }
    return startApp(adapter, { imports: [AppModule] });
  }

  it.each<[string, VerifyOptions, string, number]>([
    ['the same demands', {}, '/same', 1],
    ['the same permissions in a list', { permissions: ['docs.read', 'docs.list'] }, '/demanding', 1],
    [
      'the same permissions as an expression',
      { permissions: { allOf: ['docs.read', 'docs.list'] } },
      '/demanding',
      1,
    ],
    ['other demands', { permissions: 'docs.read' }, '/same', 2],
  ])('with %s: verified as often as needed', async (_, demands, path, calls) => {
    const { get } = await startWith((consumer, unkey) =>
      consumer.apply(unkey.middleware(demands)).forRoutes('{*path}'),
    );
    const { key, keyId } = await server.unkey.createKey({ permissions: ['docs.read', 'docs.list'] });
    expect(await get(path, { 'x-api-key': key })).toMatchObject({ status: 200, body: { keyId } });
    expect(verifications()).toBe(calls);
  });

  it('gives a handler without a guard the key, from either request object', async () => {
    const { get } = await startWith((consumer) => consumer.apply(UnkeyMiddleware).forRoutes('without-guard'));
    const { key, keyId } = await server.unkey.createKey({});
    expect((await get('/without-guard', { 'x-api-key': key })).body).toEqual({ keyId, same: [true, true] });
    expect((await get('/without-guard')).body).toMatchObject({ code: 'MISSING_KEY' });
    expect(verifications()).toBe(1);
  });
});

describe.each(ADAPTERS)('UnkeyMiddleware on %s', (adapter) => {
  it('protects the routes that it is applied to, with the option "permissions"', async () => {
    @Controller('admin/queues')
    class QueuesController {
      @Get()
      board() {
        return 'board';
      }

      @Get('api/jobs')
      jobs() {
        return 'jobs';
      }
    }
    const contexts: unknown[] = [];
    @Module({
      imports: [
        UnkeyModule.forRoot({
          ...server.options,
          permissions: ['queues.read'],
          checks: [{ check: (_, context) => contexts.push(context.getClass()) > 0 }],
        }),
      ],
      controllers: [QueuesController],
    })
    class AppModule implements NestModule {
      configure(consumer: MiddlewareConsumer) {
        consumer.apply(UnkeyMiddleware).forRoutes('admin/queues', 'admin/queues/*splat');
      }
    }
    const { get } = await startApp(adapter, { imports: [AppModule] }, (app) => app.setGlobalPrefix('v1'));
    const good = await server.unkey.createKey({ permissions: ['queues.read'] });
    const bad = await server.unkey.createKey({});
    for (const path of ['/v1/admin/queues', '/v1/admin/queues/api/jobs']) {
      expect((await get(path)).body).toMatchObject({ code: 'MISSING_KEY', statusCode: 401 });
      expect((await get(path, { 'x-api-key': bad.key })).body).toMatchObject({
        code: 'INSUFFICIENT_PERMISSIONS',
      });
      expect((await get(path, { 'x-api-key': good.key })).status).toBe(200);
    }
    expect(contexts).toEqual([UnkeyMiddleware, UnkeyMiddleware]);
  });
});
