import {
  Catch,
  HttpException,
  Injectable,
  UseGuards,
  type ArgumentsHost,
  type CallHandler,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import {
  Args,
  Context,
  Field,
  Int,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import {
  Credits,
  fromBearer,
  fromCookie,
  fromHeader,
  fromQuery,
  getVerifiedKey,
  isUnkeyException,
  KeyRatelimit,
  OptionalKey,
  Public,
  RequirePermissions,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  type UnkeyModuleExtras,
  type UnkeyModuleOptions,
  type VerifiedKey,
} from 'nestjs-unkey';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { bootError } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';
import {
  graphqlModule,
  GRAPHQL_SERVERS,
  startGraphql,
  type GraphqlOptions,
  type RunningGraphql,
} from './graphql-app.js';

const text = (value: unknown) => JSON.stringify(value ?? null);

/** What a field costs, by its own argument. */
const byArgument = (context: ExecutionContext) => context.getArgs<[unknown, { n: number }]>()[1].n;

@ObjectType()
class Item {
  @Field(() => String)
  id!: string;
}

@Resolver(() => Item)
class ItemResolver {
  @Query(() => [Item])
  items() {
    return [{ id: '1' }, { id: '2' }, { id: '3' }];
  }
  @Public()
  @Query(() => [Item])
  publicItems() {
    return [{ id: '1' }];
  }
  @ResolveField(() => String)
  owner(@Parent() item: Item, @UnkeyKey('keyId') keyId: string | undefined) {
    return `${item.id} ${keyId}`;
  }
  @RequirePermissions('items.secret')
  @ResolveField(() => String, { nullable: true })
  secret(@UnkeyKey('keyId') keyId: string) {
    return keyId;
  }
}

@Resolver()
class AppResolver {
  @Query(() => String)
  credits(@UnkeyKey('credits') credits: number | undefined) {
    return text(credits);
  }
  @Query(() => String)
  keyId(@UnkeyKey('keyId') keyId: string) {
    return keyId;
  }
  @UseGuards(UnkeyGuard)
  @Query(() => String)
  guardedTwice(@UnkeyKey('keyId') keyId: string) {
    return keyId;
  }
  @Mutation(() => String)
  change(@UnkeyKey('keyId') keyId: string) {
    return keyId;
  }
  @RequirePermissions('documents.read')
  @Query(() => String, { nullable: true })
  documents(@UnkeyKey('requestId') requestId: string) {
    return requestId;
  }
  @Query(() => String)
  requestId(@UnkeyKey('requestId') requestId: string) {
    return requestId;
  }
  // As the compiler would write it; vitest writes no types.
  @Reflect.metadata('design:paramtypes', [Number, Object])
  @Credits(byArgument)
  @Query(() => String, { name: 'export' })
  exported(@Args('n', { type: () => Int }) n: number, @UnkeyKey('credits') credits: number) {
    return `${n} ${credits}`;
  }
  @KeyRatelimit('burst', { cost: 2 })
  @Query(() => String, { nullable: true })
  limited() {
    return 'handler';
  }
  @Public()
  @Query(() => String)
  open(@UnkeyKey() key: VerifiedKey | undefined) {
    return text(key);
  }
  @OptionalKey()
  @Query(() => String)
  optional(@UnkeyKey('keyId') keyId: string | undefined) {
    return text(keyId);
  }
  @Query(() => String)
  request(@Context('req') request: { unkey?: unknown; raw?: { unkey?: unknown } }) {
    return text([request.unkey, request.raw?.unkey]);
  }
}

interface GraphqlBody {
  data: Record<string, unknown> | null;
  errors?: { message: string; path?: unknown; extensions: Record<string, unknown> }[];
}

describe.each(GRAPHQL_SERVERS)('GraphQL, $name', (graphql) => {
  const server = useUnkey();
  const verifications = () =>
    server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

  /** Apps by their options, each booted once. */
  const apps = new Map<string, Promise<RunningGraphql>>();
  const appWith = (
    unkey: UnkeyModuleOptions & UnkeyModuleExtras = {},
    options: GraphqlOptions = {},
  ): Promise<RunningGraphql> => {
    const id = JSON.stringify([unkey, options]);
    const app = apps.get(id) ?? start(unkey, options);
    apps.set(id, app);
    return app;
  };
  const start = (unkey: UnkeyModuleOptions & UnkeyModuleExtras, options: GraphqlOptions) =>
    startGraphql(
      graphql,
      {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, breaker: false, ...unkey })],
        providers: [AppResolver, ItemResolver],
      },
      { batches: true, ...options },
    );
  afterAll(async () => {
    for (const app of apps.values()) await (await app).app.close();
  });

  async function ask(query: string, key?: string, app = appWith()): Promise<GraphqlBody> {
    const { send } = await app;
    const { status, body } = await send({ query }, key === undefined ? {} : { 'x-api-key': key });
    expect(status).toBe(200);
    return body as GraphqlBody;
  }
  const reasonsOf = ({ errors }: GraphqlBody) => errors?.map(({ extensions }) => extensions['reason']);

  describe('an operation is verified once, whatever it holds', () => {
    it.each([
      ['several root fields', '{ credits keyId }'],
      ['aliases', '{ credits b: credits c: credits }'],
      ['stacked guards', '{ credits guardedTwice }'],
      ['a list with field resolvers', '{ credits items { owner } }'],
    ])('%s', async (_, query) => {
      const { key } = await server.unkey.createKey({ credits: { remaining: 10 } });
      expect(await ask(query, key)).toMatchObject({ data: { credits: '9' } });
      expect(await ask(query, key)).toMatchObject({ data: { credits: '8' } });
      expect(verifications()).toBe(2);
    });

    it('mutations', async () => {
      const { key, keyId } = await server.unkey.createKey({});
      const { data } = await ask('mutation { a: change b: change }', key);
      expect(data).toEqual({ a: keyId, b: keyId });
      expect(verifications()).toBe(1);
    });

    it('but once for each set of requirements, and each field gets its own verification', async () => {
      const { key } = await server.unkey.createKey({ permissions: ['documents.read'] });
      const { data } = await ask('{ documents requestId again: documents }', key);
      expect(verifications()).toBe(2);
      expect(data?.['documents']).toBe(data?.['again']);
      expect(data?.['documents']).not.toBe(data?.['requestId']);
    });

    it('so an alias with other arguments pays for itself', async () => {
      const { key } = await server.unkey.createKey({ credits: { remaining: 1000 } });
      const { data } = await ask('{ a: export(n: 1) b: export(n: 100) c: export(n: 1) }', key);
      expect(verifications()).toBe(2);
      expect((await ask('{ credits }', key)).data).toEqual({ credits: String(1000 - 1 - 100 - 1) });
      expect(data?.['a']).toBe(data?.['c']);
    });

    it('each operation of a batch by itself', async () => {
      const { key } = await server.unkey.createKey({ credits: { remaining: 10 } });
      const { send } = await appWith();
      const batch = [{ query: '{ credits }' }, { query: '{ credits }' }, { query: '{ credits b: credits }' }];
      const { body } = await send(batch, { 'x-api-key': key });
      const bodies = body as GraphqlBody[];
      expect(new Set(bodies.map(({ data }) => data?.['credits']))).toEqual(new Set(['9', '8', '7']));
      expect(verifications()).toBe(3);
    });

    it('each operation of a batch by itself if some are rejected', async () => {
      const { key, keyId } = await server.unkey.createKey({});
      const { send } = await appWith();
      const { body } = await send([{ query: '{ documents }' }, { query: '{ keyId }' }], { 'x-api-key': key });
      const [refused, answered] = body as [GraphqlBody, GraphqlBody];
      expect(reasonsOf(refused)).toEqual(['INSUFFICIENT_PERMISSIONS']);
      expect(answered).toEqual({ data: { keyId } });
    });
  });

  describe('a field sees the key that its own guard let through', () => {
    it('and none if it is public, next to any other field', async () => {
      const { key, keyId } = await server.unkey.createKey({});
      expect(await ask('{ keyId open optional }', key)).toEqual({
        data: { keyId, open: 'null', optional: text(keyId) },
      });
      expect(await ask('{ open optional }')).toEqual({ data: { open: 'null', optional: 'null' } });
    });

    it('a field below a root field sees the key of the root field', async () => {
      const { key, keyId } = await server.unkey.createKey({});
      expect(await ask('{ items { owner } publicItems { owner } }', key)).toEqual({
        data: {
          items: ['1', '2', '3'].map((id) => ({ owner: `${id} ${keyId}` })),
          publicItems: [{ owner: '1 undefined' }],
        },
      });
    });

    it('the HTTP request, which a batch shares, carries no key', async () => {
      const { key } = await server.unkey.createKey({});
      expect(await ask('{ request }', key)).toEqual({ data: { request: '[null,null]' } });
    });

    it('interceptors and filters see it too', async () => {
      const seen: (string | undefined)[] = [];
      @Injectable()
      class KeyInterceptor implements NestInterceptor {
        intercept(context: ExecutionContext, next: CallHandler) {
          seen.push(getVerifiedKey(context)?.keyId);
          return next.handle();
        }
      }
      @Catch(RangeError)
      class KeyFilter implements ExceptionFilter {
        catch(error: RangeError, host: ArgumentsHost) {
          seen.push(getVerifiedKey(host)?.keyId);
          return error;
        }
      }
      @Resolver()
      class FailingResolver {
        @Query(() => String)
        fail() {
          throw new RangeError('handler');
        }
      }
      const { app, send } = await startGraphql(graphql, {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
        providers: [
          FailingResolver,
          { provide: APP_INTERCEPTOR, useClass: KeyInterceptor },
          { provide: APP_FILTER, useClass: KeyFilter },
        ],
      });
      onTestFinished(() => app.close());
      const { key, keyId } = await server.unkey.createKey({});
      await send({ query: '{ fail }' }, { 'x-api-key': key });
      expect(seen).toEqual([keyId, keyId]);
    });
  });

  describe("with fieldResolverEnhancers: ['guards']", () => {
    const options: GraphqlOptions = { fieldResolverEnhancers: ['guards'] };

    it('guards run for each field of each item, and the operation is still verified once', async () => {
      const { key } = await server.unkey.createKey({ credits: { remaining: 10 } });
      const { data } = await ask('{ credits items { owner } }', key, appWith({}, options));
      expect(data).toMatchObject({ credits: '9', items: [{}, {}, {}] });
      expect(verifications()).toBe(1);
    });

    it('a field can require more than its root field: once for all items', async () => {
      const app = appWith({}, options);
      const some = await server.unkey.createKey({});
      const refused = await ask('{ items { id secret } }', some.key, app);
      expect(refused.data).toEqual({ items: ['1', '2', '3'].map((id) => ({ id, secret: null })) });
      expect(reasonsOf(refused)).toEqual(Array<string>(3).fill('INSUFFICIENT_PERMISSIONS'));
      expect(verifications()).toBe(2);

      const all = await server.unkey.createKey({ permissions: ['items.secret'] });
      const { data } = await ask('{ items { secret } }', all.key, app);
      expect(data).toEqual({ items: Array<object>(3).fill({ secret: all.keyId }) });
      expect(verifications()).toBe(4);
    });

    it('a field below a public root field is guarded', async () => {
      const refused = await ask('{ publicItems { owner } }', undefined, appWith({}, options));
      expect(reasonsOf(refused)).toEqual(['MISSING_KEY']);
    });
  });

  describe('a rejection', () => {
    it.each([
      ['no key', undefined, { code: 'UNAUTHENTICATED', reason: 'MISSING_KEY', status: 401 }],
      ['an unknown key', 'unknown_key_1234', { code: 'UNAUTHENTICATED', reason: 'NOT_FOUND', status: 401 }],
      ['two words', 'two words', { code: 'UNAUTHENTICATED', reason: 'MALFORMED_KEY', status: 401 }],
    ])('has our code, status and sentence: %s', async (_, key, extensions) => {
      const { data, errors } = await ask('{ documents }', key);
      expect(data).toEqual({ documents: null });
      expect(errors).toEqual([
        expect.objectContaining({
          path: ['documents'],
          message: expect.stringMatching(/key/),
          extensions: expect.objectContaining(extensions),
        }),
      ]);
    });

    it('says with whom Unkey can find it, and when to try again', async () => {
      const { key } = await server.unkey.createKey({
        ratelimits: [{ name: 'burst', limit: 1, duration: 60_000, autoApply: true }],
      });
      const { errors } = await ask('{ documents limited }', key);
      const extensions = errors?.map((error) => error.extensions);
      expect(extensions).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            code: 'FORBIDDEN',
            reason: 'INSUFFICIENT_PERMISSIONS',
            status: 403,
            requestId: expect.stringMatching(/^req_/),
          }),
          expect.objectContaining({
            code: 'RATE_LIMITED',
            reason: 'RATE_LIMITED',
            status: 429,
            retryAfter: expect.any(Number),
          }),
        ]),
      );
    });

    it('is no error of the app: it is not logged, and sets no header', async () => {
      const { send, log } = await appWith();
      const { headers, body } = await send({ query: '{ keyId }' });
      expect((body as GraphqlBody).data).toBeNull();
      expect([...headers.keys()].filter((name) => /authenticate|retry|ratelimit/.test(name))).toEqual([]);
      expect(log.of('error')).toEqual([]);
    });

    it('leaves the other fields alone', async () => {
      const { key, keyId } = await server.unkey.createKey({});
      const body = await ask('{ keyId documents }', key);
      expect(body.data).toEqual({ keyId, documents: null });
      expect(reasonsOf(body)).toEqual(['INSUFFICIENT_PERMISSIONS']);
    });

    it('reaches filters as an error that is no HttpException, with ours as its cause, which nothing prints', async () => {
      const caught: unknown[] = [];
      @Catch()
      class EveryFilter implements ExceptionFilter {
        catch(error: unknown) {
          caught.push(error);
          return error;
        }
      }
      const { app, send } = await startGraphql(graphql, {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, problemDetails: true })],
        providers: [AppResolver, { provide: APP_FILTER, useClass: EveryFilter }],
      });
      onTestFinished(() => app.close());
      await send({ query: '{ keyId }' });
      const [error] = caught as [Error];
      expect(caught).toHaveLength(1);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(HttpException);
      expect(isUnkeyException(error.cause)).toBe(true);
      expect(Object.keys(error).sort()).toEqual(['extensions', 'name']);
    });

    it('has the status of the option "statuses"', async () => {
      const app = appWith({ statuses: { MISSING_KEY: 403, NOT_FOUND: 418 } });
      expect((await ask('{ keyId }', undefined, app)).errors?.[0]?.extensions).toMatchObject({
        code: 'FORBIDDEN',
        reason: 'MISSING_KEY',
        status: 403,
      });
      expect((await ask('{ keyId }', 'unknown_key_1234', app)).errors?.[0]?.extensions).toMatchObject({
        code: 'NOT_FOUND',
        reason: 'NOT_FOUND',
        status: 418,
      });
    });
  });

  describe('key sources read the HTTP request', () => {
    const sources = {
      keyFrom: [fromHeader('x-acme'), fromBearer(), fromCookie('session'), fromQuery('api_key')],
    };

    it.each<[string, (key: string) => Record<string, string>, (key: string) => string]>([
      ['a header', (key) => ({ 'X-ACME': key }), () => '/graphql'],
      ['a bearer token', (key) => ({ authorization: `bearer ${key}` }), () => '/graphql'],
      ['a cookie', (key) => ({ cookie: `a=b; session=${key}` }), () => '/graphql'],
      ['a query parameter', () => ({}), (key) => `/graphql?api_key=${key}`],
    ])('%s', async (_, headers, path) => {
      const app = await start(sources, {});
      onTestFinished(() => app.app.close());
      const { key, keyId } = await server.unkey.createKey({});
      const { body } = await app.send({ query: '{ keyId }' }, headers(key), path(key));
      expect(body).toEqual({ data: { keyId } });
    });

    it("the caller's address goes to Unkey with clientIp", async () => {
      const { key } = await server.unkey.createKey({});
      await ask('{ keyId }', key, appWith({ clientIp: true }));
      expect(server.unkey.calls.map(({ headers }) => headers['x-forwarded-for'])).toEqual(['127.0.0.1']);
    });
  });

  it('"exclude" speaks of HTTP routes and opens no resolver', async () => {
    expect(reasonsOf(await ask('{ keyId }', undefined, appWith({ exclude: ['/graphql'] })))).toEqual([
      'MISSING_KEY',
    ]);
  });

  describe('the options "public" and "skipIf" open resolvers', () => {
    @Resolver()
    class ClosedResolver {
      @Query(() => String)
      closed() {
        return 'handler';
      }
    }
    @Resolver()
    class OpenResolver {
      @Query(() => String)
      opened(@UnkeyKey() key: VerifiedKey | undefined) {
        return text(key);
      }
    }
    it.each<[string, UnkeyModuleOptions]>([
      ['public', { public: [OpenResolver] }],
      ['skipIf', { skipIf: (context) => context.getClass() === OpenResolver }],
    ])('%s', async (_, options) => {
      const { app, send } = await startGraphql(graphql, {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, ...options })],
        providers: [ClosedResolver, OpenResolver],
      });
      onTestFinished(() => app.close());
      expect((await send({ query: '{ opened }' })).body).toEqual({ data: { opened: 'null' } });
      expect(reasonsOf((await send({ query: '{ closed }' })).body as GraphqlBody)).toEqual(['MISSING_KEY']);
    });
  });

  it('skipTransports lets every operation through, and there is no key', async () => {
    // Its context may be one object then: nobody is taken for anybody.
    const { app, send } = await startGraphql(
      graphql,
      {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, skipTransports: ['graphql'] })],
        providers: [AppResolver, ItemResolver],
      },
      { context: { db: 'db' } },
    );
    onTestFinished(() => app.close());
    const { key } = await server.unkey.createKey({});
    const { body } = await send({ query: '{ optional open documents }' }, { 'x-api-key': key });
    expect(body).toEqual({ data: { optional: 'null', open: 'null', documents: null } });
    expect(verifications()).toBe(0);
  });

  it('@UnkeyKey() without a guard says so, whatever guards ran beside it', async () => {
    @Resolver()
    class PartResolver {
      @UseGuards(UnkeyGuard)
      @Query(() => String)
      guarded(@UnkeyKey('keyId') keyId: string) {
        return keyId;
      }
      @Query(() => String, { nullable: true })
      unguarded(@UnkeyKey('keyId') keyId: string) {
        return keyId;
      }
    }
    const { app, send } = await startGraphql(graphql, {
      imports: [UnkeyModule.forRoot(server.options)],
      providers: [PartResolver],
    });
    onTestFinished(() => app.close());
    const { key, keyId } = await server.unkey.createKey({});
    const { body } = await send({ query: '{ guarded unguarded }' }, { 'x-api-key': key });
    expect((body as GraphqlBody).data).toEqual({ guarded: keyId, unguarded: null });
    expect((body as GraphqlBody).errors?.[0]?.message).toMatch(/no UnkeyGuard ran before this handler/);
  });

  it("a test's own guard may put the key on the request", async () => {
    @Injectable()
    class StubGuard {
      canActivate(context: ExecutionContext) {
        context.getArgs<[unknown, unknown, { req: { unkey?: object } }]>()[2].req.unkey = {
          keyId: 'key_stub',
        };
        return true;
      }
    }
    @Resolver()
    class StubbedResolver {
      @UseGuards(StubGuard)
      @Query(() => String)
      keyId(@UnkeyKey('keyId') keyId: string) {
        return keyId;
      }
    }
    const { app, send } = await startGraphql(graphql, {
      imports: [UnkeyModule.forRoot(server.options)],
      providers: [StubbedResolver],
    });
    onTestFinished(() => app.close());
    expect((await send({ query: '{ keyId }' })).body).toEqual({ data: { keyId: 'key_stub' } });
  });
});

describe('a query that Mercurius compiled', () => {
  const server = useUnkey();

  it('is verified as any other', async () => {
    const { app, send } = await startGraphql(
      GRAPHQL_SERVERS[2],
      {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
        providers: [AppResolver, ItemResolver],
      },
      { jit: 1 },
    );
    onTestFinished(() => app.close());
    const query = '{ a: export(n: 1) b: export(n: 100) open keyId items { owner } }';
    for (let time = 1; time <= 4; time++) {
      const { key, keyId } = await server.unkey.createKey({ credits: { remaining: 1000 } });
      const { body } = await send({ query }, { 'x-api-key': key });
      expect(body).toMatchObject({
        data: { open: 'null', keyId, items: ['1', '2', '3'].map((id) => ({ owner: `${id} ${keyId}` })) },
      });
      const costs = server.unkey.calls
        .slice(3 * (time - 1))
        .map((call) => (call.body as { credits?: { cost: number } }).credits?.cost ?? 'default');
      expect(costs).toHaveLength(3);
      expect(new Set(costs)).toEqual(new Set(['default', 1, 100]));
      expect((await send({ query }, {})).body).toMatchObject({ data: null });
    }
  });
});

describe('a resolver whose decorators contradict each other', () => {
  const server = useUnkey();

  it('stops the app at startup, by its name', async () => {
    @Resolver()
    class PublicResolver {
      @Public()
      @Credits(5)
      @Query(() => String)
      read() {
        return 'handler';
      }
    }
    const error = await bootError({
      imports: [UnkeyModule.forRoot(server.options), graphqlModule(GRAPHQL_SERVERS[0], {})],
      providers: [PublicResolver],
    });
    expect(error.name).toBe('UnkeyConfigError');
    expect(error.message).toMatch(/PublicResolver\.read/);
  });
});

describe('an app without the SDK client', () => {
  it('boots with client: false', async () => {
    @Resolver()
    class OpenResolver {
      @Query(() => String)
      read() {
        return 'handler';
      }
    }
    const { app, send } = await startGraphql(GRAPHQL_SERVERS[0], {
      imports: [UnkeyModule.forRoot({ rootKey: 'unkey_test', client: false })],
      providers: [OpenResolver],
    });
    onTestFinished(() => app.close());
    expect((await send({ query: '{ read }' })).body).toEqual({ data: { read: 'handler' } });
  });
});
