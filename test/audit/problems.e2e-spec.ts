import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  Param,
  Post,
  SetMetadata,
  UseGuards,
  type CanActivate,
  type INestApplication,
  type MiddlewareConsumer,
  type ModuleMetadata,
  type NestModule,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Field, ObjectType, Query, ResolveField, Resolver, type GqlModuleOptions } from '@nestjs/graphql';
import {
  EventPattern,
  GrpcMethod,
  GrpcStreamCall,
  GrpcStreamMethod,
  MessagePattern,
} from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway, type OnGatewayInit } from '@nestjs/websockets';
import {
  CheckKey,
  Credits,
  KeyRatelimit,
  OptionalKey,
  Public,
  Ratelimit,
  RequirePermissions,
  UnkeyGuard,
  UnkeyKey,
  UnkeyMiddleware,
  UnkeyService,
  VerificationTags,
  type AuditEntry,
  type UnkeyModuleOptions,
} from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp } from '../support/app.js';
import { graphqlModule, GRAPHQL_SERVERS } from '../transports/graphql-app.js';
import { accessOf, entriesOf, IS_NEST_12, warnings, withUnkey } from './support/audit-app.js';

type Options = UnkeyModuleOptions & { globalGuard?: boolean };

/** Boots an app with a global guard and gives its entries. */
async function audited(metadata: ModuleMetadata, options: Options = {}) {
  const running = await startApp('express', withUnkey(metadata, { globalGuard: true, ...options }));
  return { ...running, entries: entriesOf(running.app), access: accessOf(running.app) };
}

const problemsOf = (entries: AuditEntry[]) =>
  Object.fromEntries(entries.map(({ handler, problem }) => [handler, problem]));

describe('the patterns of messages', () => {
  it('name what a client sends', async () => {
    @WebSocketGateway()
    class ChatGateway {
      @SubscribeMessage('chat')
      chat() {}
      @SubscribeMessage({ cmd: 'leave' })
      leave(data: unknown) {
        return data;
      }
    }
    @Controller()
    class SumController {
      @MessagePattern({ cmd: 'sum' })
      sum() {}
      @MessagePattern(['add', 'plus'])
      add() {}
      @EventPattern('created')
      created(data: unknown) {
        return data;
      }
      @GrpcMethod('Hero', 'FindOne')
      findOne() {}
      @GrpcMethod('Hero')
      findAll() {}
      @GrpcStreamMethod('Hero', 'Watch')
      watch(messages: unknown) {
        return messages;
      }
      @GrpcStreamCall('Hero', 'Talk')
      talk() {}
    }
    const { entries } = await audited({ providers: [ChatGateway], controllers: [SumController] });
    expect(
      entries.map(({ handler, transport, pattern }) => [handler.split('.')[1], transport, pattern]),
    ).toEqual([
      ['sum', 'rpc', 'pattern {"cmd":"sum"}'],
      ['add', 'rpc', 'pattern add'],
      ['add', 'rpc', 'pattern plus'],
      ['created', 'rpc', 'event created'],
      ['findOne', 'rpc', 'grpc Hero.FindOne'],
      ['findAll', 'rpc', 'grpc Hero.FindAll'],
      ['watch', 'rpc', 'grpc Hero.Watch'],
      ['talk', 'rpc', 'grpc Hero.Talk'],
      ['chat', 'ws', 'message chat'],
      ['leave', 'ws', 'message {"cmd":"leave"}'],
    ]);
  });
});

describe('messages that the global guard does not reach', () => {
  @WebSocketGateway()
  class ChatGateway {
    @SubscribeMessage('chat')
    chat() {}
    @Public()
    @SubscribeMessage('hello')
    hello() {}
  }
  @Controller()
  class SumController {
    @MessagePattern('sum')
    sum() {}
  }
  const metadata = { providers: [ChatGateway], controllers: [SumController] };

  it('are warned about with one line each: handler, why, cure', async () => {
    const running = await audited(metadata);
    const hybrid =
      'SumController.sum (pattern sum): hybrid-rpc. In an app that also serves HTTP, global guards do not run for messages and events unless connectMicroservice() has { inheritAppConfig: true }. ' +
      'Put @UseGuards(UnkeyGuard) on SumController, or pass { inheritAppConfig: true } to every connectMicroservice() and set the option inheritAppConfig: true.';
    const gateway =
      'ChatGateway.chat (message chat): gateway. On Nest 11 global guards do not run for gateways, so this message needs no key. Put @UseGuards(UnkeyGuard) on ChatGateway.';
    expect(warnings(running)).toEqual(IS_NEST_12 ? [hybrid] : [hybrid, gateway]);
  });

  it('not with skipTransports', async () => {
    const running = await audited(metadata, { skipTransports: ['ws', 'rpc'] });
    expect(running.access).toEqual({
      sum: 'skipped, option skipTransports',
      chat: 'skipped, option skipTransports',
      hello: 'skipped, option skipTransports',
    });
    expect(warnings(running)).toEqual([]);
  });

  it('not messages of an app with inheritAppConfig', async () => {
    const { entries } = await audited(metadata, { inheritAppConfig: true });
    expect(entries[0]).toMatchObject({ access: 'protected', by: 'global guard' });
    expect(problemsOf(entries)['SumController.sum']).toBeUndefined();
  });
});

describe('fields below a GraphQL root field', () => {
  @ObjectType()
  class Document {
    @Field(() => String)
    id!: string;
  }
  @Resolver(() => Document)
  class DocumentResolver {
    @RequirePermissions('documents.read')
    @Query(() => Document)
    document() {
      return { id: '1' };
    }
    @ResolveField(() => String)
    owner() {
      return 'alice';
    }
    @RequirePermissions('documents.secret')
    @ResolveField(() => String, { name: 'confidential' })
    secret() {
      return 'secret';
    }
    @ResolveField(() => String)
    caller(@UnkeyKey('keyId') keyId: string) {
      return keyId;
    }
    @UseGuards(UnkeyGuard)
    @ResolveField(() => String)
    guarded() {
      return 'guarded';
    }
  }
  @ObjectType()
  class Folder {
    @Field(() => String)
    id!: string;
  }
  @Resolver(() => Folder)
  @RequirePermissions('documents.secret')
  class FieldsResolver {
    @ResolveField(() => String)
    secret() {
      return 'secret';
    }
  }
  @Resolver()
  class RootResolver {
    @Query(() => Folder)
    folder() {
      return { id: '1' };
    }
  }
  const start = (options: Pick<GqlModuleOptions, 'fieldResolverEnhancers'>, guard: Options = {}) =>
    audited({ imports: [graphqlModule(GRAPHQL_SERVERS[0], options)], providers: [DocumentResolver] }, guard);

  it('are as protected as the root fields, and decorators on them have no effect', async () => {
    const { entries, access } = await start({});
    expect(access).toEqual({
      document: 'protected, global guard',
      owner: 'protected, root field',
      secret: 'protected, root field, field-resolver',
      caller: 'protected, root field, field-resolver',
      guarded: 'protected, root field, field-resolver',
    });
    expect(entries.find(({ pattern }) => pattern === 'Document.confidential')).toEqual({
      handler: 'DocumentResolver.secret',
      module: 'RootModule',
      transport: 'graphql',
      pattern: 'Document.confidential',
      access: 'protected',
      by: 'root field',
      demands: { permissions: 'documents.secret' },
      problem: 'field-resolver',
      reason: 'Nest runs no guards for field resolvers, so the decorators here have no effect.',
      cure: "Set fieldResolverEnhancers: ['guards'] in GraphQLModule.forRoot().",
    });
  });

  it("have their own guards with fieldResolverEnhancers: ['guards']", async () => {
    const running = await start({ fieldResolverEnhancers: ['guards'] });
    expect(running.access).toEqual({
      document: 'protected, global guard',
      owner: 'protected, global guard',
      secret: 'protected, global guard',
      caller: 'protected, global guard',
      guarded: 'protected, handler guard',
    });
    expect(warnings(running)).toEqual([]);
  });

  it('are open if a root field is', async () => {
    const { access } = await start({}, { globalGuard: false });
    expect(access).toMatchObject({ document: 'unguarded, no-guard', owner: 'unguarded' });
  });

  it('need guards if their class has requirements and no root field', async () => {
    const { access } = await audited({
      imports: [graphqlModule(GRAPHQL_SERVERS[0], {})],
      providers: [RootResolver, FieldsResolver],
    });
    expect(access).toEqual({
      folder: 'protected, global guard',
      secret: 'protected, root field, field-resolver',
    });
  });
});

describe('what a subclass inherits', () => {
  class Crud {
    @RequirePermissions('read')
    @Get(':id')
    read(@Param('id') id: string): string {
      return id;
    }
    @Credits(2)
    @Post()
    create() {}
    @OptionalKey()
    @Get('greet/you')
    greet() {}
    @Get('list/all')
    list(@UnkeyKey() key: unknown) {
      return key;
    }
  }
  @Controller('documents')
  class DocumentsController extends Crud {
    @Get(':id')
    override read(id: string) {
      return id;
    }
    @Credits(3)
    @Post()
    override create() {}
    @Public()
    @Get('greet/you')
    override greet() {}
    // Nest takes the param decorators of the method that it overrides.
    @Get('list/all')
    override list(key: unknown) {
      return key;
    }
  }
  @Controller('plain')
  class PlainController extends Crud {}

  it('an override without decorators loses those of the method that it overrides', async () => {
    const { entries } = await audited({ controllers: [DocumentsController, PlainController] });
    const lost = entries.filter(({ problem }) => problem !== undefined);
    expect(lost).toEqual([
      expect.objectContaining({
        handler: 'DocumentsController.read',
        access: 'protected',
        by: 'global guard',
        problem: 'lost-decorators',
        reason: 'It overrides Crud.read, whose decorators of nestjs-unkey it does not have.',
        cure: 'Repeat the decorators on the overriding method.',
      }),
    ]);
  });

  class Limited {
    @Ratelimit({ namespace: 'read', limit: 1, duration: 1000 })
    @Get()
    read() {}
    @Ratelimit({ namespace: 'list', limit: 1, duration: 1000 })
    @Get('list')
    list() {}
  }
  @Controller('unlimited')
  class UnlimitedController extends Limited {
    @Get()
    override read() {}
    @Ratelimit({ namespace: 'list', limit: 5, duration: 1000 })
    @Get('list')
    override list() {}
  }

  it('an override without @Ratelimit() loses that of the method that it overrides', async () => {
    const { entries } = await audited({ controllers: [UnlimitedController] });
    const lost = entries.filter(({ problem }) => problem !== undefined);
    expect(lost).toMatchObject([{ handler: 'UnlimitedController.read', problem: 'lost-decorators' }]);
  });

  @Public()
  @SetMetadata('isOpen', true)
  class Base {}
  @Controller('inherited')
  class Inherited extends Base {
    @Get()
    inherited() {}
    @Public(false)
    @Get('closed')
    closed() {}
    @Public()
    @Get('open')
    open() {}
  }
  @Controller('said')
  @Public()
  class Said extends Base {
    @Get()
    said() {}
  }
  @SetMetadata('isOpen', true)
  class ForeignBase {}
  @Controller('foreign')
  class Foreign extends ForeignBase {
    @Get()
    foreign() {}
  }

  it('a handler is public only because of a parent class', async () => {
    const { entries, access } = await audited(
      { controllers: [Inherited, Said, Foreign] },
      { publicMetadata: 'isOpen' },
    );
    expect(access).toEqual({
      inherited: 'public, class, inherited-public',
      closed: 'protected, global guard',
      open: 'public, handler',
      said: 'public, class',
      foreign: 'public, option publicMetadata, inherited-public',
    });
    expect(entries[0]?.cure).toBe(
      'Put @Public() on Inherited if it should be public, otherwise @Public(false).',
    );
  });
});

describe('requirements of a handler that an option opens are never checked', () => {
  @Controller('own')
  class Own {
    @RequirePermissions('admin')
    @SetMetadata('isOpen', true)
    @Get('permissions')
    permissions() {}
    @KeyRatelimit('burst')
    @SetMetadata('isOpen', true)
    @Get('limit')
    limit() {}
    @CheckKey(() => true)
    @Get('excluded/check')
    check() {}
    @Get('excluded/key')
    key(@UnkeyKey() key: unknown) {
      return key;
    }
    @VerificationTags('tags')
    @Get('excluded/tags')
    tags() {}
    @Get('excluded/plain')
    plain() {}
  }
  @Controller('mixed')
  @RequirePermissions('admin')
  class Mixed {
    @SetMetadata('isOpen', true)
    @Get('health')
    health() {}
    @Get()
    asked() {}
  }
  @Controller('excluded')
  @RequirePermissions('admin')
  class WholeClass {
    @Get('all')
    all() {}
  }
  @Controller()
  class Messages {
    @Credits(5)
    @MessagePattern('export')
    message() {}
  }

  it('and the audit names each', async () => {
    const { entries, access } = await audited(
      { controllers: [Own, Mixed, WholeClass, Messages] },
      { publicMetadata: 'isOpen', exclude: ['/own/excluded/*', '/excluded/all'], skipTransports: ['rpc'] },
    );
    expect(access).toEqual({
      permissions: 'public, option publicMetadata, unenforced-demands',
      limit: 'public, option publicMetadata, unenforced-demands',
      check: 'public, option exclude, unenforced-demands',
      key: 'public, option exclude, unenforced-demands',
      tags: 'public, option exclude',
      plain: 'public, option exclude',
      // The class's demands reach its other handler.
      health: 'public, option publicMetadata',
      asked: 'protected, global guard',
      all: 'public, option exclude, unenforced-demands',
      message: 'skipped, option skipTransports, unenforced-demands',
    });
    expect(entries[0]).toMatchObject({
      demands: { permissions: 'admin' },
      reason: 'It needs no key because of the option publicMetadata, so its decorators have no effect.',
      cure: 'Remove the decorators, or remove GET /own/permissions from the option publicMetadata.',
    });
  });
});

describe('a throttler that counts by key', () => {
  /** As the guard of `@nestjs/throttler`, which counts by address unless told otherwise. */
  @Injectable()
  class ThrottlerGuard implements CanActivate {
    canActivate() {
      return true;
    }
    getTracker(request: { ip: string }) {
      return request.ip;
    }
  }
  @Injectable()
  class KeyThrottlerGuard extends ThrottlerGuard {
    override getTracker() {
      return 'key';
    }
  }
  @Controller()
  class Plain {
    @Get()
    read() {}
  }
  @Controller('throttled')
  @SetMetadata('THROTTLER:TRACKERdefault', () => 'key')
  class Throttled {
    @Get()
    throttled() {}
  }
  @Controller('public')
  class Open {
    @Public()
    @Get()
    open() {}
  }
  const ours = { provide: APP_GUARD, useExisting: UnkeyGuard };
  const throttler = (useClass: Type): Provider => ({ provide: APP_GUARD, useClass });
  /** Where `ThrottlerModule` has its options. */
  const throttlerOptions = (useValue: unknown): Provider => ({
    provide: 'THROTTLER:MODULE_OPTIONS',
    useValue,
  });
  const track = () => 'key';

  it.each<[string, Provider[], string | undefined]>([
    ['a subclass before ours', [throttler(KeyThrottlerGuard), ours], 'KeyThrottlerGuard'],
    ['a subclass after ours', [ours, throttler(KeyThrottlerGuard)], undefined],
    ['by address before ours', [throttler(ThrottlerGuard), ours], undefined],
    [
      'getTracker for all throttlers',
      [throttlerOptions({ throttlers: [{ ttl: 1 }], getTracker: track }), throttler(ThrottlerGuard), ours],
      'ThrottlerGuard',
    ],
    [
      'getTracker of one throttler',
      [throttlerOptions([{ ttl: 1, getTracker: track }]), throttler(ThrottlerGuard), ours],
      'ThrottlerGuard',
    ],
    ['options without it', [throttlerOptions([{ ttl: 1 }]), throttler(ThrottlerGuard), ours], undefined],
  ])('%s', async (_, providers, named) => {
    const { entries } = await audited({ providers, controllers: [Plain, Open] }, { globalGuard: false });
    expect(problemsOf(entries)).toEqual({
      'Plain.read': named === undefined ? undefined : 'guard-order',
      'Open.open': undefined,
    });
    if (named === undefined) return;
    expect(entries[0]?.reason).toBe(
      `${named} runs before the guard that verifies the key, so it cannot count by key.`,
    );
  });

  it('by @Throttle() on one class', async () => {
    const providers = [throttler(ThrottlerGuard), ours];
    const { entries } = await audited({ providers, controllers: [Plain, Throttled] }, { globalGuard: false });
    expect(problemsOf(entries)).toEqual({ 'Plain.read': undefined, 'Throttled.throttled': 'guard-order' });
  });

  it('as a global guard before @UseGuards(UnkeyGuard) on a class', async () => {
    @Controller('guarded')
    @UseGuards(UnkeyGuard)
    class Guarded {
      @Get()
      guarded() {}
    }
    const { entries } = await audited(
      { providers: [throttler(KeyThrottlerGuard)], controllers: [Guarded] },
      { globalGuard: false },
    );
    expect(problemsOf(entries)).toEqual({ 'Guarded.guarded': 'guard-order' });
  });
});

describe('the option "permissions" without any guard', () => {
  @Controller()
  class Plain {
    @Get()
    read() {}
  }
  @Controller('guarded')
  class Guarded {
    @UseGuards(UnkeyGuard)
    @Get()
    read() {}
  }

  it('is one entry for the whole app', async () => {
    const running = await audited({ controllers: [Plain] }, { globalGuard: false, permissions: 'api' });
    expect(running.entries).toEqual([
      {
        handler: '*',
        module: 'UnkeyModule',
        transport: 'http',
        pattern: '*',
        access: 'unguarded',
        problem: 'no-guard-in-app',
        reason:
          'The option "permissions" requires permissions for every protected handler, but the app has no guard.',
        cure: 'Set globalGuard: true, or put @UseGuards(UnkeyGuard) on the classes to protect.',
      },
      expect.objectContaining({ handler: 'Plain.read', access: 'unguarded' }),
    ]);
    expect(warnings(running)).toHaveLength(1);
  });

  it.each<[string, ModuleMetadata, Options]>([
    ['a global guard', { controllers: [Plain] }, { permissions: 'api' }],
    ['a guard on one handler', { controllers: [Plain, Guarded] }, { globalGuard: false, permissions: 'api' }],
    ['no permissions', { controllers: [Plain] }, { globalGuard: false }],
  ])('is none with %s', async (_, metadata, options) => {
    const running = await audited(metadata, options);
    expect(warnings(running)).toEqual([]);
  });

  class ApplyingModule implements NestModule {
    configure(consumer: MiddlewareConsumer) {
      consumer.apply(UnkeyMiddleware).forRoutes('files');
    }
  }
  Module({})(ApplyingModule);
  @WebSocketGateway()
  class ChatGateway implements OnGatewayInit {
    constructor(@Inject(UnkeyService) private readonly unkey: UnkeyService) {}
    afterInit(server: { use(middleware: unknown): void }) {
      server.use(this.unkey.socketMiddleware());
    }
  }

  it.each<[string, ModuleMetadata, (app: INestApplication) => void]>([
    ['UnkeyMiddleware', { imports: [ApplyingModule] }, () => {}],
    [
      'UnkeyService.middleware()',
      {},
      (app) => void app.use('/files', app.get(UnkeyService).middleware({ permissions: 'files' })),
    ],
    ['UnkeyService.socketMiddleware()', { providers: [ChatGateway] }, () => {}],
  ])('is none with %s, on Express and Fastify', async (_, metadata, configure) => {
    for (const adapter of ADAPTERS) {
      const app = withUnkey({ controllers: [Plain], ...metadata }, { permissions: 'api' });
      expect(warnings(await startApp(adapter, app, configure))).toEqual([]);
    }
  });
});
