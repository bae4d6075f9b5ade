import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { Module, type ExecutionContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApolloFederationDriver, type ApolloFederationDriverConfig } from '@nestjs/apollo';
import {
  Directive,
  Field,
  GraphQLModule,
  ObjectType,
  Query,
  ResolveField,
  ResolveReference,
  Resolver,
  type GqlModuleOptions,
} from '@nestjs/graphql';
import { Credits, RequirePermissions, UnkeyKey, UnkeyModule } from 'nestjs-unkey';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADAPTERS, httpAdapter, listen, request } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

@ObjectType()
@Directive('@key(fields: "id")')
class User {
  @Field(() => String)
  id!: string;
}

@ObjectType()
@Directive('@key(fields: "id")')
class Invoice {
  @Field(() => String)
  id!: string;
}

interface Reference {
  id: string;
}

@Resolver(() => User)
class UserResolver {
  @Query(() => String)
  credits(@UnkeyKey('credits') credits: number) {
    return String(credits);
  }
  @ResolveReference()
  resolveReference(reference: Reference) {
    return { id: reference.id };
  }
  @ResolveField(() => String)
  owner(@UnkeyKey('keyId') keyId: string) {
    return keyId;
  }
}

/** What a reference costs: its id says it. */
const byReference = (context: ExecutionContext) => Number(context.getArgs<[Reference]>()[0].id);

@Resolver(() => Invoice)
class InvoiceResolver {
  @Credits(byReference)
  @RequirePermissions('invoices.read')
  @ResolveReference()
  resolveReference(reference: Reference) {
    return { id: reference.id };
  }
}

interface GraphqlBody {
  data: Record<string, unknown> | null;
  errors?: { extensions: Record<string, unknown> }[];
}

const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on User { id owner } ... on Invoice { id } }
}`;
const of = (__typename: string, ...ids: string[]) => ids.map((id) => ({ __typename, id }));

describe.each(ADAPTERS)('a federated schema, Apollo on %s', (adapter) => {
  const server = useUnkey();
  const verifications = () =>
    server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

  async function start(options: Pick<GqlModuleOptions, 'fieldResolverEnhancers'>) {
    class App {}
    Module({
      imports: [
        UnkeyModule.forRoot({ ...server.options, globalGuard: true }),
        GraphQLModule.forRoot<ApolloFederationDriverConfig>({
          driver: ApolloFederationDriver,
          autoSchemaFile: { federation: 2 },
          plugins: [ApolloServerPluginInlineTraceDisabled()],
          buildSchemaOptions: { orphanedTypes: [User, Invoice] },
          ...options,
        }),
      ],
      providers: [UserResolver, InvoiceResolver],
    })(App);
    const app = await NestFactory.create(App, httpAdapter(adapter), { logger: false });
    onTestFinished(() => app.close());
    const url = await listen(app);
    return async (query: string, representations: object[], key?: string) => {
      const { body } = await request(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'x-api-key': key }) },
        body: JSON.stringify({ query, variables: { representations } }),
      });
      return body as GraphqlBody;
    };
  }
  const GUARDED = { fieldResolverEnhancers: ['guards' as const] };

  it("guards reference resolvers with fieldResolverEnhancers: ['guards']", async () => {
    const ask = await start(GUARDED);
    const { data, errors } = await ask(ENTITIES, of('User', '1', '2'));
    expect(data).toEqual({ _entities: [null, null] });
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      expect.objectContaining({ code: 'UNAUTHENTICATED', reason: 'MISSING_KEY', status: 401 }),
      expect.objectContaining({ code: 'UNAUTHENTICATED', reason: 'MISSING_KEY', status: 401 }),
    ]);
  });

  it('verifies them and the fields below them once', async () => {
    const ask = await start(GUARDED);
    const { key, keyId } = await server.unkey.createKey({});
    const { data } = await ask(ENTITIES, of('User', '1', '2', '3'), key);
    expect(data).toEqual({ _entities: ['1', '2', '3'].map((id) => ({ id, owner: keyId })) });
    expect(verifications()).toBe(1);
  });

  it('verifies once for each set of requirements, which can depend on the reference', async () => {
    const ask = await start(GUARDED);
    const { key } = await server.unkey.createKey({
      permissions: ['invoices.read'],
      credits: { remaining: 100 },
    });
    const { errors } = await ask(ENTITIES, [...of('User', '1'), ...of('Invoice', '5', '7', '5')], key);
    expect(errors).toBeUndefined();
    // The user's reference costs 1, the invoices' 5 and 7.
    expect(verifications()).toBe(3);
    expect((await ask('{ credits }', [], key)).data).toEqual({ credits: String(100 - 1 - 5 - 7 - 1) });
  });

  it('rejects one reference and resolves the other', async () => {
    const ask = await start(GUARDED);
    const { key, keyId } = await server.unkey.createKey({});
    const { data, errors } = await ask(ENTITIES, [...of('User', '1'), ...of('Invoice', '5')], key);
    expect(data).toEqual({ _entities: [{ id: '1', owner: keyId }, null] });
    expect(errors?.map(({ extensions }) => extensions['reason'])).toEqual(['INSUFFICIENT_PERMISSIONS']);
  });

  it('without fieldResolverEnhancers Nest runs no guard for a reference, and @UnkeyKey() says so', async () => {
    const ask = await start({});
    const { data, errors } = await ask(ENTITIES, of('Invoice', '5'));
    expect([data, errors]).toEqual([{ _entities: [{ id: '5' }] }, undefined]);
    const refused = await ask(ENTITIES, of('User', '1'));
    expect(JSON.stringify(refused.errors)).toMatch(/no UnkeyGuard ran before this handler/);
  });
});
