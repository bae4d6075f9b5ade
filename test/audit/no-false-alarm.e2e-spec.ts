import {
  Controller,
  Get,
  Injectable,
  Module,
  UseGuards,
  type CanActivate,
  type ModuleMetadata,
} from '@nestjs/common';
import { APP_GUARD, LazyModuleLoader, NestFactory } from '@nestjs/core';
import { Field, ObjectType, Query, ResolveField, ResolveReference, Resolver } from '@nestjs/graphql';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { OptionalKey, Public, RequirePermissions, UnkeyGuard, UnkeyKey } from 'nestjs-unkey';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LogLines, startApp } from '../support/app.js';
import { bootMicroservice, TCP } from '../rpc/support/microservice.js';
import { graphqlModule, GRAPHQL_SERVERS } from '../transports/graphql-app.js';
import { accessOf, entriesOf, warnings, withUnkey } from './support/audit-app.js';

@Controller('documents')
@RequirePermissions('documents.read')
class DocumentsController {
  @Get()
  list(@UnkeyKey() key: unknown) {
    return key;
  }
  @Public()
  @Get('open')
  open() {}
  @OptionalKey()
  @Get('welcome')
  welcome() {}
}

/** A controller of another package, which knows nothing of keys. */
@Controller('health')
class HealthController {
  @Get()
  check() {
    return 'ok';
  }
}

@Controller()
@UseGuards(UnkeyGuard)
class Messages {
  @MessagePattern('sum')
  sum() {}
  @EventPattern('created')
  created(@UnkeyKey() key: unknown) {
    return key;
  }
}

@WebSocketGateway()
@UseGuards(UnkeyGuard)
class ChatGateway {
  @RequirePermissions('chat')
  @SubscribeMessage('chat')
  chat() {}
}

@ObjectType()
class User {
  @Field(() => String)
  id!: string;
}

@Resolver(() => User)
class UserResolver {
  @RequirePermissions('users.read')
  @Query(() => User)
  user() {
    return { id: '1' };
  }
  @RequirePermissions('users.secret')
  @ResolveField(() => String)
  secret() {
    return 'secret';
  }
  @ResolveReference()
  resolveReference() {
    return { id: '1' };
  }
}

describe('an app starts without warnings', () => {
  it.each(['express', 'fastify'] as const)('if every handler is covered, on %s', async (adapter) => {
    const server = GRAPHQL_SERVERS.find((one) => one.adapter === adapter) ?? GRAPHQL_SERVERS[0];
    const running = await startApp(
      adapter,
      withUnkey(
        {
          imports: [graphqlModule(server, { fieldResolverEnhancers: ['guards'] })],
          controllers: [DocumentsController, HealthController, Messages],
          providers: [ChatGateway, UserResolver],
        },
        { globalGuard: true, public: [HealthController], permissions: 'api', audit: 'throw' },
      ),
      (app) => void app.connectMicroservice(TCP),
    );
    expect(warnings(running)).toEqual([]);
    expect(entriesOf(running.app)).toHaveLength(10);
  });

  it('if it has no guard and nothing that needs one', async () => {
    const running = await startApp('express', withUnkey({ controllers: [HealthController] }, {}));
    expect(warnings(running)).toEqual([]);
    expect(accessOf(running.app)).toEqual({ check: 'unguarded' });
  });

  it('as a standalone microservice, where global guards run for messages', async () => {
    @Controller()
    class Unmarked {
      @MessagePattern('sum')
      sum() {}
    }
    const { app, log } = await bootMicroservice(
      TCP,
      withUnkey({ controllers: [Unmarked, HealthController] }),
    );
    onTestFinished(() => app.close());
    expect(warnings({ log })).toEqual([]);
    expect(accessOf(app)).toMatchObject({ sum: 'protected, global guard' });
  });
});

/** What an app with `useGlobalGuards()` in its main.ts looks like to another entry point. */
const WITHOUT_MAIN: ModuleMetadata = {
  controllers: [DocumentsController],
  providers: [ChatGateway, UserResolver],
};

describe('a standalone application context', () => {
  it.each<[string, ModuleMetadata]>([
    ['without the guard of main.ts', withUnkey(WITHOUT_MAIN, { audit: 'throw', permissions: 'api' })],
    [
      'with a gateway that is not covered',
      withUnkey(
        { providers: [Gateway(), { provide: APP_GUARD, useExisting: UnkeyGuard }] },
        { audit: 'throw' },
      ),
    ],
  ])('serves nothing, so nothing is wrong %s', async (_, metadata) => {
    class App {}
    Module(metadata)(App);
    const log = new LogLines();
    const app = await NestFactory.createApplicationContext(App, { logger: log, abortOnError: false });
    onTestFinished(() => app.close());
    expect(entriesOf(app).filter(({ problem }) => problem !== undefined)).toEqual([]);
  });

  function Gateway() {
    @WebSocketGateway()
    class Unmarked {
      @SubscribeMessage('chat')
      chat() {}
    }
    return Unmarked;
  }
});

describe('in tests', () => {
  const allow: CanActivate = { canActivate: () => true };

  it.each(['useValue', 'useClass', 'useFactory'] as const)('overrideGuard(UnkeyGuard).%s()', async (how) => {
    const overridden = Test.createTestingModule(
      withUnkey({ controllers: [Messages], providers: [ChatGateway] }, { inheritAppConfig: true }),
    ).overrideGuard(UnkeyGuard);
    const app = await expectSilence(
      how === 'useValue'
        ? overridden.useValue(allow)
        : how === 'useClass'
          ? overridden.useClass(Allow)
          : overridden.useFactory({ factory: () => allow }),
    );
    expect(accessOf(app)).toMatchObject({
      sum: 'protected, class guard',
      chat: 'protected, class guard',
    });
  });

  it.each(['globalGuard', 'useExisting'])('overrideProvider(UnkeyGuard), with %s', async (how) => {
    const providers = how === 'globalGuard' ? [] : [{ provide: APP_GUARD, useExisting: UnkeyGuard }];
    const app = await expectSilence(
      Test.createTestingModule(
        withUnkey(
          { controllers: [DocumentsController], providers },
          { globalGuard: how === 'globalGuard', permissions: 'api' },
        ),
      )
        .overrideProvider(UnkeyGuard)
        .useValue(allow),
    );
    expect(accessOf(app)).toMatchObject({ list: 'protected, global guard' });
  });

  @Injectable()
  class Allow implements CanActivate {
    canActivate() {
      return true;
    }
  }

  async function expectSilence(builder: ReturnType<typeof Test.createTestingModule>) {
    const log = new LogLines();
    const module = await builder.setLogger(log).compile();
    const app = module.createNestApplication({ logger: log });
    onTestFinished(() => app.close());
    await app.init();
    expect(warnings({ log })).toEqual([]);
    return app;
  }
});

describe('lazy-loaded modules', () => {
  @Injectable()
  class Provider {}
  @Module({ controllers: [HealthController], providers: [Provider] })
  class LazyModule {}

  it('are not seen before they are loaded', async () => {
    const running = await startApp('express', withUnkey({}));
    expect(entriesOf(running.app)).toEqual([]);
    await running.app.get(LazyModuleLoader).load(() => LazyModule);
    expect(warnings(running)).toEqual([]);
  });
});
