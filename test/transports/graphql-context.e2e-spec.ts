import { UseGuards, type DynamicModule } from '@nestjs/common';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { Public, UnkeyConfigError, UnkeyGuard, UnkeyKey, UnkeyModule, type VerifiedKey } from 'nestjs-unkey';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bootError } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';
import {
  graphqlModule,
  GRAPHQL_SERVERS,
  startGraphql,
  type GraphqlOptions,
  type GraphqlServer,
} from './graphql-app.js';

/** Apollo on Nest 12 copies what the app gives, for each operation. */
const copies = ({ driver }: GraphqlServer) => driver === ApolloDriver && process.env['NEST_MAJOR'] === '12';
const COPYING = GRAPHQL_SERVERS.filter(copies);
const SHARING = GRAPHQL_SERVERS.filter((graphql) => !copies(graphql));

@Resolver()
class AppResolver {
  @UseGuards(UnkeyGuard)
  @Query(() => String)
  keyId(@UnkeyKey('keyId') keyId: string) {
    return keyId;
  }
  @UseGuards(UnkeyGuard)
  @Public()
  @Query(() => String)
  open(@UnkeyKey() key: VerifiedKey | undefined) {
    return String(key?.keyId);
  }
  @Query(() => String)
  unguarded() {
    return 'handler';
  }
}

class AppContext {
  constructor(readonly req?: object) {}
}

interface GraphqlBody {
  data: Record<string, unknown> | null;
  errors?: { extensions: Record<string, unknown> }[];
}

const REFUSED = { code: 'UNKEY_MISCONFIGURED', reason: 'UNKEY_MISCONFIGURED', status: 500 };
const extensionsOf = (body: unknown) => (body as GraphqlBody).errors?.[0]?.extensions;

/** Gives one object for all requests; Nest writes the first request into it. */
const shared = () => {
  const context = {};
  return () => context;
};
/** Gives one object for all requests, with the newest request in it. */
const sharedWithNewestRequest = () => {
  const context = {};
  return (first: { req?: object }) => Object.assign(context, { req: first.req ?? first });
};

describe('the GraphQL context', () => {
  const server = useUnkey();

  const start = async (graphql: GraphqlServer, options: GraphqlOptions) => {
    const running = await startGraphql(
      graphql,
      { imports: [UnkeyModule.forRoot(server.options)], providers: [AppResolver] },
      { batches: true, ...options },
    );
    onTestFinished(() => running.app.close());
    return running;
  };
  const createKeys = (count: number) =>
    Promise.all(Array.from({ length: count }, () => server.unkey.createKey({})));

  describe.each(SHARING)('that is one object for all requests stops the app at startup, $name', (graphql) => {
    const bootErrorWith = (module: DynamicModule) =>
      bootError(
        { imports: [UnkeyModule.forRoot(server.options), module], providers: [AppResolver] },
        graphql.adapter,
      );

    it.each([
      ['an object', { db: 'db' }],
      ['an empty object', {}],
      ['an instance of a class', new AppContext()],
    ])('and the error says what to write: %s', async (_, context) => {
      const error = await bootErrorWith(graphqlModule(graphql, { context }));
      expect(error).toBeInstanceOf(UnkeyConfigError);
      expect(error.message).toContain('GraphQLModule');
      expect(error.message).toContain('context: () => ({ … })');
    });

    it('with forRootAsync and a driver of the app', async () => {
      class OwnApolloDriver extends ApolloDriver {}
      class OwnMercuriusDriver extends MercuriusDriver {}
      const useFactory = () => ({ autoSchemaFile: true, context: {} });
      const error = await bootErrorWith(
        graphql.driver === MercuriusDriver
          ? GraphQLModule.forRootAsync<MercuriusDriverConfig>({ driver: OwnMercuriusDriver, useFactory })
          : GraphQLModule.forRootAsync<ApolloDriverConfig>({ driver: OwnApolloDriver, useFactory }),
      );
      expect(error.message).toContain('context: () => ({ … })');
    });

    it('unless skipTransports lists graphql: no operation has a key then', async () => {
      const { app, send } = await startGraphql(
        graphql,
        {
          imports: [UnkeyModule.forRoot({ ...server.options, skipTransports: ['graphql'] })],
          providers: [AppResolver],
        },
        { context: {} },
      );
      onTestFinished(() => app.close());
      const { key } = await server.unkey.createKey({});
      const { body } = await send({ query: '{ open }' }, { 'x-api-key': key });
      expect(body).toEqual({ data: { open: 'undefined' } });
      expect(server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey')).toEqual([]);
    });
  });

  describe.each(SHARING)('that a function gives, one object for all requests, $name', (graphql) => {
    it('is rejected from the second request on, and logged once', async () => {
      const { send, log } = await start(graphql, { context: shared() });
      const [first, second] = await createKeys(2);
      const headers = { 'x-api-key': first?.key ?? '' };
      expect((await send({ query: '{ keyId }' }, headers)).body).toEqual({ data: { keyId: first?.keyId } });

      for (const other of [{ 'x-api-key': second?.key ?? '' }, {}, headers]) {
        for (const query of ['{ keyId }', '{ open }']) {
          const { body } = await send({ query }, other);
          expect((body as GraphqlBody).data).toBeNull();
          expect(extensionsOf(body)).toMatchObject(REFUSED);
        }
      }
      expect(server.unkey.calls).toHaveLength(1);
      expect(log.of('error', 'context: () => ({ … })')).toHaveLength(1);
      expect(log.of('error')).toHaveLength(1);
    });

    it('is rejected after a batch', async () => {
      const { send } = await start(graphql, { context: shared() });
      const [first] = await createKeys(1);
      const batch = [{ query: '{ keyId }' }, { query: '{ keyId }' }];
      const { body } = await send(batch, { 'x-api-key': first?.key ?? '' });
      expect(body).toEqual([{ data: { keyId: first?.keyId } }, { data: { keyId: first?.keyId } }]);
      expect(extensionsOf((await send({ query: '{ keyId }' })).body)).toMatchObject(REFUSED);
    });
  });

  // Fastify's request has no way to its response, so with Apollo there nothing tells that the first one is over.
  describe.each(SHARING.filter(({ name }) => name !== 'Apollo on Fastify'))(
    'that a function gives, one object for all requests, $name',
    (graphql) => {
      it('is rejected even if no guard ran for the first request', async () => {
        const { send } = await start(graphql, { context: shared() });
        const [first] = await createKeys(1);
        await send({ query: '{ unguarded }' }, { 'x-api-key': first?.key ?? '' });
        expect(extensionsOf((await send({ query: '{ keyId }' })).body)).toMatchObject(REFUSED);
      });
    },
  );

  describe.each(COPYING)('that is one object, but copied for each operation, $name', (graphql) => {
    it.each([
      ['the object itself', { db: 'db' }],
      ['a function that gives it', shared()],
    ])('gives every caller its own key: %s', async (_, context) => {
      const { send, log } = await start(graphql, { context });
      for (const { key, keyId } of await createKeys(3)) {
        expect((await send({ query: '{ keyId }' }, { 'x-api-key': key })).body).toEqual({ data: { keyId } });
      }
      expect(log.of('error')).toEqual([]);
    });
  });

  describe.each(GRAPHQL_SERVERS)('with concurrent callers, $name', (graphql) => {
    it.each([
      ['which keeps the first request', shared],
      ['which gets every new request', sharedWithNewestRequest],
    ])('makes none of them another one, though it is shared: %s', async (_, context) => {
      const { send } = await start(graphql, { context: context() });
      const keys = await createKeys(30);
      const bodies = await Promise.all(
        keys.map(async ({ key }) => (await send({ query: '{ keyId }' }, { 'x-api-key': key })).body),
      );
      const answers = bodies.map((body, n) => (body as GraphqlBody).data?.['keyId'] ?? keys[n]?.keyId);
      expect(answers).toEqual(keys.map(({ keyId }) => keyId));
    });

    interface First {
      req?: { raw?: object };
      raw?: object;
    }
    it.each<[string, GraphqlOptions]>([
      ['by default', {}],
      ['without a request', { context: () => ({ db: 'db' }) }],
      ['with the request', { context: (first: First) => ({ req: first.req ?? first }) }],
      ['later', { context: async () => ({ db: 'db' }) }],
      ['as an instance of a class', { context: () => new AppContext() }],
      [
        "with Node's own request",
        { context: (first: First) => ({ req: (first.req ?? first).raw ?? first.req }) },
      ],
    ])('gives each its own key, if it is made anew: %s', async (_, options) => {
      const { send, log } = await start(graphql, options);
      const keys = await createKeys(10);
      const bodies = await Promise.all(
        keys.map(async ({ key }) => (await send({ query: '{ keyId }' }, { 'x-api-key': key })).body),
      );
      expect(bodies).toEqual(keys.map(({ keyId }) => ({ data: { keyId } })));
      expect(log.of('error')).toEqual([]);
    });
  });
});
