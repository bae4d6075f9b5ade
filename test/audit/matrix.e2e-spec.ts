import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import {
  Controller,
  Get,
  Inject,
  Injectable,
  Scope,
  UseGuards,
  type INestApplication,
  type INestMicroservice,
  type ModuleMetadata,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_GUARD, REQUEST } from '@nestjs/core';
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
} from '@nestjs/graphql';
import { MessagePattern, Transport } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { UnkeyGuard, type AuditEntry } from 'nestjs-unkey';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NestFactory } from '@nestjs/core';
import { bootError, LogLines, request, startApp } from '../support/app.js';
import { connectSocketIo } from '../support/ws-clients.js';
import { addressOf, microserviceClient, outcome, rootModule, TCP } from '../rpc/support/microservice.js';
import { entriesOf, IS_NEST_12, withUnkey } from './support/audit-app.js';

@Injectable({ scope: Scope.REQUEST })
class RequestScopedGuard extends UnkeyGuard {}

@Injectable()
class GuardWithRequest extends UnkeyGuard {
  @Inject(REQUEST) request: unknown;
}

/** How the guard is registered: one row of the matrix. */
interface Registration {
  /** Providers of the root module. */
  providers?: Provider[];
  useGlobalGuards?: true;
  onClass?: Type;
  onHandler?: Type;
}

const GLOBAL: Registration = { providers: [{ provide: APP_GUARD, useClass: UnkeyGuard }] };
const REQUEST_SCOPED: Registration = { providers: [{ provide: APP_GUARD, useClass: RequestScopedGuard }] };

const REGISTRATIONS = {
  'APP_GUARD useClass': GLOBAL,
  'APP_GUARD useExisting': { providers: [{ provide: APP_GUARD, useExisting: UnkeyGuard }] },
  'APP_GUARD useFactory': {
    providers: [{ provide: APP_GUARD, useFactory: (guard: UnkeyGuard) => guard, inject: [UnkeyGuard] }],
  },
  'useGlobalGuards()': { useGlobalGuards: true },
  'APP_GUARD request-scoped': REQUEST_SCOPED,
  'APP_GUARD request-scoped, useExisting': {
    providers: [RequestScopedGuard, { provide: APP_GUARD, useExisting: RequestScopedGuard }],
  },
  '@UseGuards() on the class': { onClass: UnkeyGuard },
  '@UseGuards() on the handler': { onHandler: UnkeyGuard },
  '@UseGuards() on the class, request-scoped': { onClass: RequestScopedGuard },
  '@UseGuards() on the handler, request-scoped': { onHandler: RequestScopedGuard },
} satisfies Record<string, Registration>;

type Row = keyof typeof REGISTRATIONS;
const ROWS = Object.keys(REGISTRATIONS) as Row[];

/** A cell: whether the handler answers a caller without a key, and what the audit says of it. */
interface Cell {
  answers: boolean;
  problem: AuditEntry['problem'];
}
const denied: Cell = { answers: false, problem: undefined };
const open = (problem: AuditEntry['problem']): Cell => ({ answers: true, problem });

const isGlobal = (row: Row) => !row.startsWith('@UseGuards');
const isRequestScoped = (row: Row) => row.startsWith('APP_GUARD request-scoped');

/** What Nest does, and what the audit must say: one line per column, from the registration and the Nest version. */
const MATRIX: Record<
  string,
  { run: (registration: Registration) => Promise<Cell>; expected: (row: Row) => Cell }
> = {
  HTTP: { run: http, expected: () => denied },
  WebSocket: {
    run: (registration) => webSocket(registration, Scope.DEFAULT),
    expected: (row) => {
      if (!isGlobal(row)) return denied;
      if (!IS_NEST_12) return open('gateway');
      return isRequestScoped(row) ? open('request-scoped') : denied;
    },
  },
  'WebSocket, request-scoped gateway': {
    run: (registration) => webSocket(registration, Scope.REQUEST),
    expected: (row) => {
      if (isGlobal(row) && !IS_NEST_12) return open('gateway');
      return row === 'APP_GUARD request-scoped, useExisting' ? open('request-scoped') : denied;
    },
  },
  'RPC, hybrid': {
    run: (registration) => hybrid(registration, false),
    expected: (row) => (isGlobal(row) ? open('hybrid-rpc') : denied),
  },
  'RPC, hybrid with inheritAppConfig': {
    run: (registration) => hybrid(registration, true),
    expected: () => denied,
  },
  'RPC, createMicroservice()': { run: microservice, expected: () => denied },
  'GraphQL root field': {
    run: (registration) => graphql(registration, 'root', false),
    expected: () => denied,
  },
  'GraphQL reference': {
    run: (registration) => graphql(registration, 'reference', false),
    expected: () => open('reference-resolver'),
  },
  'GraphQL reference with fieldResolverEnhancers': {
    run: (registration) => graphql(registration, 'reference', true),
    expected: () => denied,
  },
};

describe.each(Object.entries(MATRIX))('%s', (_, { run, expected }) => {
  it.each(ROWS)('%s', async (row) => {
    expect(await run(REGISTRATIONS[row])).toEqual(expected(row));
  });
});

it('a global guard that is request-scoped only by a dependency is rejected by Nest itself', async () => {
  const error = await bootError(
    withUnkey({ providers: [{ provide: APP_GUARD, useClass: GuardWithRequest }] }, {}),
  );
  expect(error.message).toMatch(/request-scoped/i);
});

/** A class with one handler, guarded as the registration says. */
function handlers(
  { onClass, onHandler }: Registration,
  decorator: MethodDecorator,
  answer: unknown,
  scope: Scope = Scope.DEFAULT,
): Type {
  @Injectable({ scope })
  class Handlers {
    handle(): unknown {
      return answer;
    }
  }
  const handle = Object.getOwnPropertyDescriptor(Handlers.prototype, 'handle') ?? {};
  decorator(Handlers.prototype, 'handle', handle);
  if (onHandler) UseGuards(onHandler)(Handlers.prototype, 'handle', handle);
  if (onClass) UseGuards(onClass)(Handlers);
  return Handlers;
}

function modules({ providers = [] }: Registration, metadata: ModuleMetadata, inheritAppConfig = false) {
  return withUnkey(
    { ...metadata, providers: [...providers, ...(metadata.providers ?? [])] },
    { inheritAppConfig },
  );
}

function configured<App extends INestApplication | INestMicroservice>(
  registration: Registration,
  app: App,
): App {
  if (registration.useGlobalGuards) app.useGlobalGuards(app.get(UnkeyGuard));
  return app;
}

function cell(answers: boolean, app: INestApplication | INestMicroservice, pattern: string): Cell {
  const entry = entriesOf(app).find((one) => one.pattern === pattern);
  // What is said must be told twice: as a problem, and by the access.
  expect(entry?.access).toBe(answers ? 'unguarded' : 'protected');
  return { answers, problem: entry?.problem };
}

async function http(registration: Registration): Promise<Cell> {
  const controller = handlers(registration, Get('secret'), 'answer');
  Controller()(controller);
  const { app, get } = await startApp(
    'express',
    modules(registration, { controllers: [controller] }),
    (nest) => {
      configured(registration, nest);
    },
  );
  return cell((await get('/secret')).status === 200, app, 'GET /secret');
}

async function webSocket(registration: Registration, scope: Scope): Promise<Cell> {
  const gateway = handlers(registration, SubscribeMessage('secret'), { event: 'answer', data: 1 }, scope);
  WebSocketGateway()(gateway);
  const { app, url } = await startApp('express', modules(registration, { providers: [gateway] }), (nest) => {
    configured(registration, nest);
  });
  const client = await connectSocketIo(url);
  onTestFinished(() => client.close());
  client.emit('secret', {});
  return cell((await client.next()).event === 'answer', app, 'message secret');
}

async function hybrid(registration: Registration, inheritAppConfig: boolean): Promise<Cell> {
  const controller = handlers(registration, MessagePattern('secret'), 'answer');
  Controller()(controller);
  let address = { host: '', port: 0 };
  const { app } = await startApp(
    'express',
    modules(registration, { controllers: [controller] }, inheritAppConfig),
    (nest) => {
      configured(registration, nest);
      nest.connectMicroservice(TCP, { inheritAppConfig });
    },
  );
  const [connected] = await app.startAllMicroservices().then((started) => started.getMicroservices());
  if (connected !== undefined) address = addressOf(connected as INestMicroservice);
  const client = microserviceClient(Transport.TCP, address);
  return cell((await outcome(client.send('secret', {}))) === 'answer', app, 'pattern secret');
}

async function microservice(registration: Registration): Promise<Cell> {
  const controller = handlers(registration, MessagePattern('secret'), 'answer');
  Controller()(controller);
  const app = await NestFactory.createMicroservice(
    rootModule(modules(registration, { controllers: [controller] })),
    { ...TCP, logger: new LogLines() },
  );
  configured(registration, app);
  onTestFinished(() => app.close());
  await app.listen();
  const client = microserviceClient(Transport.TCP, addressOf(app));
  return cell((await outcome(client.send('secret', {}))) === 'answer', app, 'pattern secret');
}

@ObjectType()
@Directive('@key(fields: "id")')
class User {
  @Field(() => String)
  id!: string;
}

async function graphql(
  registration: Registration,
  of: 'root' | 'reference',
  enhanced: boolean,
): Promise<Cell> {
  const decorator = of === 'root' ? Query(() => String, { name: 'secret' }) : ResolveReference();
  const resolver = handlers(registration, decorator, of === 'root' ? 'answer' : { id: 'answer' });
  Resolver(() => User)(resolver);
  @Resolver(() => User)
  @UseGuards(UnkeyGuard)
  class Other {
    @Query(() => User)
    user() {
      return { id: '1' };
    }
    @ResolveField(() => String)
    owner() {
      return 'alice';
    }
  }
  const { app, url } = await startApp(
    'express',
    modules(registration, {
      imports: [
        GraphQLModule.forRoot<ApolloFederationDriverConfig>({
          driver: ApolloFederationDriver,
          autoSchemaFile: { federation: 2 },
          plugins: [ApolloServerPluginInlineTraceDisabled()],
          buildSchemaOptions: { orphanedTypes: [User] },
          ...(enhanced ? { fieldResolverEnhancers: ['guards'] } : {}),
        }),
      ],
      providers: [resolver, Other],
    }),
    (nest) => {
      configured(registration, nest);
    },
  );
  const query =
    of === 'root'
      ? '{ secret }'
      : '{ _entities(representations: [{ __typename: "User", id: "1" }]) { ... on User { id } } }';
  const { text } = await request(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return cell(text.includes('"answer"'), app, of === 'root' ? 'Query.secret' : 'User.__resolveReference');
}
