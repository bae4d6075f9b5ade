import { Field, ObjectType, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { MercuriusDriver } from '@nestjs/mercurius';
import {
  fromBearer,
  fromCookie,
  fromHandshake,
  fromHeader,
  fromQuery,
  OptionalKey,
  Public,
  RequirePermissions,
  UnkeyKey,
  UnkeyModule,
  type UnkeyModuleOptions,
} from 'nestjs-unkey';
import { describe, expect, it, onTestFinished } from 'vitest';
import { useUnkey } from '../support/unkey.js';
import { GRAPHQL_SERVERS, startGraphql, type GraphqlOptions, type GraphqlServer } from './graphql-app.js';
import { SocketClient, type SocketOptions } from './graphql-ws-client.js';

async function* events<T>(...values: T[]) {
  yield* values;
}

@ObjectType()
class Item {
  @Field(() => String)
  id!: string;
}

@Resolver(() => Item)
class AppResolver {
  @Query(() => String)
  keyId(@UnkeyKey('keyId') keyId: string) {
    return keyId;
  }
  @Subscription(() => String)
  keys(@UnkeyKey('keyId') keyId: string) {
    return events({ keys: `1 ${keyId}` }, { keys: `2 ${keyId}` });
  }
  @Subscription(() => Item)
  items() {
    return events({ items: { id: '1' } }, { items: { id: '2' } });
  }
  @ResolveField(() => String)
  owner(@Parent() item: Item, @UnkeyKey('keyId') keyId: string) {
    return `${item.id} ${keyId}`;
  }
  @RequirePermissions('documents.read')
  @Subscription(() => String)
  documents() {
    return events({ documents: 'handler' });
  }
  @Public()
  @Subscription(() => String)
  open(@UnkeyKey('keyId') keyId: string | undefined) {
    return events({ open: String(keyId) });
  }
  @OptionalKey()
  @Subscription(() => String)
  optional(@UnkeyKey('keyId') keyId: string | undefined) {
    return events({ optional: String(keyId) });
  }
}

const SUBSCRIBE = 'subscription { keys }';

/** graphql-ws's own context, or what a driver gives over HTTP. */
interface First {
  req?: object;
  connectionParams?: object;
  extra?: { request: object };
}

describe.each(GRAPHQL_SERVERS)('GraphQL over graphql-ws, $name', (graphql) => {
  const server = useUnkey();
  const verifications = () =>
    server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

  const start = async (options: GraphqlOptions = {}, unkey: UnkeyModuleOptions = {}) => {
    const running = await startGraphql(
      graphql,
      {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, breaker: false, ...unkey })],
        providers: [AppResolver],
      },
      { subscriptions: {}, ...options },
    );
    onTestFinished(() => running.app.close());
    return {
      ...running,
      connect: (socket: SocketOptions = {}) => {
        const client = new SocketClient(running.url, socket);
        // Sockets first: an app waits for them when it closes.
        onTestFinished(() => client.close());
        return client;
      },
    };
  };
  const eventsOf = (keyId: string) => [{ keys: `1 ${keyId}` }, { keys: `2 ${keyId}` }];

  describe('the key', () => {
    it.each<[string, (key: string) => SocketOptions]>([
      ['in connectionParams', (key) => ({ connectionParams: { 'x-api-key': key } })],
      ['in connectionParams, in any case', (key) => ({ connectionParams: { 'X-Api-Key': key } })],
      [
        'in connectionParams, as a bearer token',
        (key) => ({ connectionParams: { Authorization: `Bearer ${key}` } }),
      ],
      [
        'in connectionParams beside names of other types',
        (key) => ({ connectionParams: { n: 1, o: {}, authorization: null, 'x-api-key': key } }),
      ],
      ['in the upgrade request', (key) => ({ headers: { 'x-api-key': key } })],
      [
        'in the upgrade request, as a bearer token',
        (key) => ({ headers: { authorization: `Bearer ${key}` } }),
      ],
      [
        'the same in both',
        (key) => ({ connectionParams: { 'x-api-key': key }, headers: { 'x-api-key': key } }),
      ],
    ])('is found %s', async (_, socket) => {
      const { connect } = await start();
      const { key, keyId } = await server.unkey.createKey({});
      const client = connect(socket(key));
      expect(await client.run(SUBSCRIBE)).toEqual({ data: eventsOf(keyId), extensions: [] });
      expect(client.frames.join()).not.toContain(key);
    });

    it.each<[string, string, (key: string) => SocketOptions]>([
      ['there is none', 'MISSING_KEY', () => ({})],
      ['there is none among others', 'MISSING_KEY', () => ({ connectionParams: { user: 'alice' } })],
      ['it is null', 'MISSING_KEY', () => ({ connectionParams: { 'x-api-key': null } })],
      ['it is a number', 'MALFORMED_KEY', () => ({ connectionParams: { 'x-api-key': 42 } })],
      ['it is a list', 'MALFORMED_KEY', (key) => ({ connectionParams: { 'x-api-key': [key] } })],
      ['it is an object', 'MALFORMED_KEY', (key) => ({ connectionParams: { 'x-api-key': { key } } })],
      ['it is huge', 'MALFORMED_KEY', () => ({ connectionParams: { 'x-api-key': 'k'.repeat(100_000) } })],
      [
        'two names differ in case and value',
        'MALFORMED_KEY',
        (key) => ({ connectionParams: { 'x-api-key': key, 'X-API-KEY': 'another' } }),
      ],
      [
        'it is another one in the upgrade request',
        'MALFORMED_KEY',
        (key) => ({ connectionParams: { 'x-api-key': key }, headers: { 'x-api-key': 'another' } }),
      ],
      ['nobody knows it', 'NOT_FOUND', () => ({ connectionParams: { 'x-api-key': 'unknown_key_1234' } })],
    ])('is refused if %s: %s', async (_, reason, socket) => {
      const { connect, log } = await start();
      const { key } = await server.unkey.createKey({});
      const client = connect(socket(key));
      const { data, extensions } = await client.run(SUBSCRIBE);
      expect(data).toEqual([]);
      expect(extensions).toEqual([expect.objectContaining({ code: 'UNAUTHENTICATED', reason, status: 401 })]);
      expect(client.frames.join()).not.toContain(key);
      expect(client.frames.join()).not.toContain(server.unkey.rootKey);
      expect(log.of('error')).toEqual([]);
    });

    it.each<[string, UnkeyModuleOptions['keyFrom'] & object, (key: string) => SocketOptions]>([
      ['fromHeader', fromHeader('x-acme'), (key) => ({ connectionParams: { 'X-ACME': key } })],
      ['fromBearer', fromBearer(), (key) => ({ connectionParams: { authorization: `bearer ${key}` } })],
      ['fromCookie', fromCookie('session'), (key) => ({ headers: { cookie: `a=b; session=${key}` } })],
      ['fromQuery', fromQuery('api_key'), (key) => ({ path: `/graphql?a=b&api_key=${key}` })],
      ['fromHandshake', fromHandshake('apiKey'), (key) => ({ connectionParams: { apiKey: key } })],
    ])('is found by %s', async (_, keyFrom, socket) => {
      const { connect } = await start({}, { keyFrom });
      const { key, keyId } = await server.unkey.createKey({});
      expect((await connect(socket(key)).run(SUBSCRIBE)).data).toEqual(eventsOf(keyId));
    });

    it.each([
      ['a name in another case', { APIKEY: 'any_key_1234' }, 'MISSING_KEY'],
      ['a name of all objects', {}, 'MISSING_KEY'],
      ['a number', { apiKey: 42 }, 'MALFORMED_KEY'],
    ])('is not found by fromHandshake under %s', async (_, connectionParams, reason) => {
      const { connect } = await start(
        {},
        { keyFrom: [fromHandshake('apiKey'), fromHandshake('constructor')] },
      );
      expect((await connect({ connectionParams }).run(SUBSCRIBE)).extensions[0]?.['reason']).toBe(reason);
    });
  });

  describe('is verified', () => {
    it('once for a subscription, and not for its events', async () => {
      const { connect } = await start();
      const { key, keyId } = await server.unkey.createKey({ credits: { remaining: 10 } });
      const client = connect({ connectionParams: { 'x-api-key': key } });
      expect(await client.run(SUBSCRIBE)).toEqual({ data: eventsOf(keyId), extensions: [] });
      expect(verifications()).toBe(1);
    });

    it('once for each operation on a socket', async () => {
      const { connect } = await start();
      const { key, keyId } = await server.unkey.createKey({});
      const client = connect({ connectionParams: { 'x-api-key': key } });
      await Promise.all([client.run(SUBSCRIBE), client.run(SUBSCRIBE)]);
      expect(await client.run('{ keyId again: keyId }')).toEqual({
        data: [{ keyId, again: keyId }],
        extensions: [],
      });
      expect(verifications()).toBe(3);
      // One connection for all of it.
      expect(client.frames.filter((frame) => frame.includes('connection_ack'))).toHaveLength(1);
    });

    it.each([
      ['without guards on fields', {}],
      ['with guards on fields', { fieldResolverEnhancers: ['guards' as const] }],
    ])('once for a subscription whose events have fields, which see its key: %s', async (_, options) => {
      const { connect } = await start(options);
      const { key, keyId } = await server.unkey.createKey({});
      const client = connect({ connectionParams: { 'x-api-key': key } });
      expect(await client.run('subscription { items { owner } }')).toEqual({
        data: [{ items: { owner: `1 ${keyId}` } }, { items: { owner: `2 ${keyId}` } }],
        extensions: [],
      });
      expect(verifications()).toBe(1);
    });

    it('for each connection by its own key', async () => {
      const { connect } = await start();
      const keys = await Promise.all(Array.from({ length: 10 }, () => server.unkey.createKey({})));
      const results = await Promise.all(
        keys.map(({ key }) => connect({ connectionParams: { 'x-api-key': key } }).run(SUBSCRIBE)),
      );
      expect(results.map(({ data }) => data)).toEqual(keys.map(({ keyId }) => eventsOf(keyId)));
    });

    it('not at all if the handler is public, or no key is there and none is needed', async () => {
      const { connect } = await start();
      expect((await connect().run('subscription { open }')).data).toEqual([{ open: 'undefined' }]);
      expect((await connect().run('subscription { optional }')).data).toEqual([{ optional: 'undefined' }]);
      expect(verifications()).toBe(0);
    });

    it("with the socket's own address, if clientIp is on", async () => {
      const { connect } = await start({}, { clientIp: true });
      const { key } = await server.unkey.createKey({});
      await connect({ connectionParams: { 'x-api-key': key } }).run(SUBSCRIBE);
      expect(server.unkey.calls.map(({ headers }) => headers['x-forwarded-for'])).toEqual(['127.0.0.1']);
    });
  });

  it('a missing permission is rejected with 403, and the socket stays open', async () => {
    const { connect } = await start();
    const { key, keyId } = await server.unkey.createKey({});
    const client = connect({ connectionParams: { 'x-api-key': key } });
    expect((await client.run('subscription { documents }')).extensions).toEqual([
      expect.objectContaining({ code: 'FORBIDDEN', reason: 'INSUFFICIENT_PERMISSIONS', status: 403 }),
    ]);
    expect((await client.run(SUBSCRIBE)).data).toEqual(eventsOf(keyId));
  });
});

/** What an app may write, and where a key is found then. */
interface ContextRow {
  written: string;
  options: GraphqlOptions;
  inParams: boolean;
  inHeaders: boolean;
}

const APOLLO: ContextRow[] = [
  {
    written: 'context: () => ({ … })',
    options: { context: () => ({ db: 'db' }) },
    inParams: true,
    inHeaders: true,
  },
  {
    written: 'context: (ctx) => ({ ...ctx })',
    options: { context: (ctx: First) => ({ ...ctx }) },
    inParams: true,
    inHeaders: true,
  },
  {
    written: 'a context for the subscriptions, (ctx) => ({ ...ctx })',
    options: { subscriptions: { context: (ctx: First) => ({ ...ctx }) } },
    inParams: true,
    inHeaders: true,
  },
  {
    written: 'a context for the subscriptions that has connectionParams',
    options: { subscriptions: { context: ({ connectionParams }: First) => ({ connectionParams }) } },
    inParams: true,
    inHeaders: false,
  },
  {
    written: 'a context for the subscriptions that has the upgrade request',
    options: { subscriptions: { context: ({ extra }: First) => ({ req: extra?.request }) } },
    inParams: false,
    inHeaders: true,
  },
  {
    written: 'a context for the subscriptions that has neither',
    options: { subscriptions: { context: () => ({ db: 'db' }) } },
    inParams: false,
    inHeaders: false,
  },
];
const MERCURIUS: ContextRow[] = [
  {
    written: 'context: () => ({ … })',
    options: { context: () => ({ db: 'db' }) },
    inParams: true,
    inHeaders: true,
  },
  {
    written: 'subscription.context',
    options: { subscriptions: { context: () => ({ db: 'db' }) } },
    inParams: true,
    inHeaders: true,
  },
  {
    written: 'onConnect',
    options: { subscriptions: { onConnect: () => ({ user: 'alice' }) } },
    inParams: true,
    inHeaders: true,
  },
];

const ROWS = GRAPHQL_SERVERS.flatMap((graphql) =>
  (graphql.driver === MercuriusDriver ? MERCURIUS : APOLLO).map(
    (row): ContextRow & { graphql: GraphqlServer; name: string } => ({ ...row, graphql, name: graphql.name }),
  ),
);

describe('GraphQL over graphql-ws, with a context of the app', () => {
  const server = useUnkey();

  it.each(ROWS)('$name, $written', async ({ graphql, options, inParams, inHeaders }) => {
    const { app, url, log } = await startGraphql(
      graphql,
      { imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })], providers: [AppResolver] },
      { subscriptions: {}, ...options },
    );
    const clients: SocketClient[] = [];
    onTestFinished(async () => {
      for (const client of clients) await client.close();
      await app.close();
    });
    const { key, keyId } = await server.unkey.createKey({});
    const refusalOf = async (socket: SocketOptions) => {
      const client = new SocketClient(url, socket);
      clients.push(client);
      // Twice, since operations of one socket share its request.
      const results = [await client.run(SUBSCRIBE), await client.run(SUBSCRIBE)];
      return results.map(({ data, extensions }) =>
        data.length === 2 ? data : (extensions[0]?.['reason'] ?? data),
      );
    };
    const events = [{ keys: `1 ${keyId}` }, { keys: `2 ${keyId}` }];
    const expected = (isFound: boolean) => Array(2).fill(isFound ? events : 'MISSING_KEY');
    expect(await refusalOf({ connectionParams: { 'x-api-key': key } })).toEqual(expected(inParams));
    expect(await refusalOf({ headers: { 'x-api-key': key } })).toEqual(expected(inHeaders));
    expect(log.of('error')).toEqual([]);
  });

  /** Apollo on Nest 12 copies it. */
  const SHARING = GRAPHQL_SERVERS.filter(
    ({ driver }) => driver !== MercuriusDriver && process.env['NEST_MAJOR'] === '11',
  );
  it.each(SHARING)('rejects one object for all operations, $name', async (graphql) => {
    const shared = {};
    const { app, url } = await startGraphql(
      graphql,
      { imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })], providers: [AppResolver] },
      { subscriptions: {}, context: () => shared },
    );
    const [first, second] = [await server.unkey.createKey({}), await server.unkey.createKey({})];
    const clients = [first, second].map(
      ({ key }) => new SocketClient(url, { connectionParams: { 'x-api-key': key } }),
    );
    onTestFinished(async () => {
      for (const client of clients) await client.close();
      await app.close();
    });
    expect(await clients[0]?.run(SUBSCRIBE)).toMatchObject({
      data: [{ keys: `1 ${first.keyId}` }, { keys: `2 ${first.keyId}` }],
    });
    for (const client of [...clients.slice(1), ...clients]) {
      expect(await client.run(SUBSCRIBE)).toEqual({
        data: [],
        extensions: [expect.objectContaining({ reason: 'UNKEY_MISCONFIGURED', status: 500 })],
      });
    }
  });
});
