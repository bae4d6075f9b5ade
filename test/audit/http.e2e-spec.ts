import {
  All,
  Controller,
  Get,
  Injectable,
  Module,
  Post,
  RequestMethod,
  SetMetadata,
  Sse,
  UseGuards,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  type ModuleMetadata,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, RouterModule } from '@nestjs/core';
import {
  anyOf,
  CheckKey,
  Credits,
  KeyRatelimit,
  OptionalKey,
  Public,
  RequirePermissions,
  UnkeyGuard,
  UnkeyKey,
  VerificationTags,
  type VerifiedKey,
} from 'nestjs-unkey';
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, bootError, request, startApp } from '../support/app.js';
import { accessOf, entriesOf, warnings, withUnkey } from './support/audit-app.js';

@Injectable()
class PartnerGuard extends UnkeyGuard {}

@Injectable()
class OtherGuard implements CanActivate {
  canActivate() {
    return true;
  }
}

describe('the entry of an HTTP handler', () => {
  @Controller('documents')
  @RequirePermissions('documents.read')
  class DocumentsController {
    @Get()
    list() {}
    @Credits(5)
    @KeyRatelimit('exports', { cost: 2 })
    @RequirePermissions(anyOf('a', 'b'))
    @Post([':id/export', 'export'])
    export() {}
    @Credits(() => 2)
    @All('any')
    any() {}
    @Sse('events')
    events() {
      return of({ data: 1 });
    }
    @Public()
    @Get('open')
    open() {}
    @OptionalKey()
    @Get('optional')
    optional() {}
  }
  @Module({ controllers: [DocumentsController] })
  class DocumentsModule {}

  it('has handler, module, transport, pattern, access, what decided it and what it requires', async () => {
    const { app } = await startApp('express', withUnkey({ imports: [DocumentsModule] }));
    const common = { module: 'DocumentsModule', transport: 'http' };
    const guarded = { ...common, access: 'protected', by: 'global guard' };
    const read = { permissions: 'documents.read' };
    const exported = {
      ...guarded,
      handler: 'DocumentsController.export',
      demands: { permissions: 'documents.read AND (a OR b)', credits: 5, ratelimits: ['exports'] },
    };
    expect(entriesOf(app)).toEqual([
      { ...guarded, handler: 'DocumentsController.list', pattern: 'GET /documents', demands: read },
      { ...exported, pattern: 'POST /documents/:id/export' },
      { ...exported, pattern: 'POST /documents/export' },
      {
        ...guarded,
        handler: 'DocumentsController.any',
        pattern: 'ALL /documents/any',
        demands: { ...read, credits: 'computed' },
      },
      { ...guarded, handler: 'DocumentsController.events', pattern: 'GET /documents/events', demands: read },
      {
        ...common,
        handler: 'DocumentsController.open',
        pattern: 'GET /documents/open',
        access: 'public',
        by: 'handler',
      },
      {
        ...common,
        handler: 'DocumentsController.optional',
        pattern: 'GET /documents/optional',
        access: 'optional',
        by: 'handler',
        demands: read,
      },
    ]);
  });
});

describe('what decides', () => {
  @Controller('plain')
  class PlainController {
    @Get()
    plain() {}
    @UseGuards(PartnerGuard)
    @Get('partner')
    partner() {}
    @UseGuards(OtherGuard)
    @Get('other')
    other() {}
    @SetMetadata('isPublic', true)
    @Get('foreign')
    foreign() {}
    @Get('excluded')
    excluded() {}
  }
  @Controller('guarded')
  @UseGuards(UnkeyGuard)
  class GuardedController {
    @Get()
    guarded() {}
    @UseGuards(UnkeyGuard)
    @Get('twice')
    twice() {}
  }
  @Controller('open')
  @Public()
  class OpenController {
    @Get()
    opened() {}
    @Public(false)
    @Get('closed')
    closed() {}
  }
  @Controller('welcome')
  @OptionalKey()
  class WelcomeController {
    @Get()
    welcome() {}
  }
  @Controller('health')
  class HealthController {
    @Get()
    health() {}
  }
  const controllers = [
    PlainController,
    GuardedController,
    OpenController,
    WelcomeController,
    HealthController,
  ];
  const options = { public: [HealthController], publicMetadata: 'isPublic', exclude: ['/plain/excluded'] };

  it('with a global guard', async () => {
    const running = await startApp('fastify', withUnkey({ controllers }, { ...options, globalGuard: true }));
    expect(accessOf(running.app)).toEqual({
      plain: 'protected, global guard',
      partner: 'protected, handler guard',
      other: 'protected, global guard',
      foreign: 'public, option publicMetadata',
      excluded: 'public, option exclude',
      guarded: 'protected, class guard',
      twice: 'protected, handler guard',
      opened: 'public, class',
      closed: 'protected, global guard',
      welcome: 'optional, class',
      health: 'public, option public',
    });
    expect(warnings(running)).toEqual([]);
  });

  it('without one', async () => {
    const { app } = await startApp('fastify', withUnkey({ controllers }, options));
    expect(accessOf(app)).toMatchObject({
      plain: 'unguarded',
      partner: 'protected, handler guard',
      other: 'unguarded',
      guarded: 'protected, class guard',
      opened: 'public, class',
      closed: 'unguarded',
      welcome: 'unguarded, no-guard',
    });
  });

  it.each<[string, ModuleMetadata]>([
    ['APP_GUARD with useExisting', { providers: [{ provide: APP_GUARD, useExisting: UnkeyGuard }] }],
    ['APP_GUARD with useClass', { providers: [{ provide: APP_GUARD, useClass: UnkeyGuard }] }],
    [
      'APP_GUARD with useFactory',
      { providers: [{ provide: APP_GUARD, useFactory: (guard: UnkeyGuard) => guard, inject: [UnkeyGuard] }] },
    ],
    ['a subclass', { providers: [{ provide: APP_GUARD, useClass: PartnerGuard }] }],
  ])('%s counts as a global guard', async (_, metadata) => {
    const { app } = await startApp(
      'express',
      withUnkey({ ...metadata, controllers: [HealthController] }, {}),
    );
    expect(accessOf(app)).toEqual({ health: 'protected, global guard' });
  });

  it('so does useGlobalGuards()', async () => {
    const { app } = await startApp('express', withUnkey({ controllers: [HealthController] }, {}), (app) =>
      app.useGlobalGuards(app.get(UnkeyGuard)),
    );
    expect(accessOf(app)).toEqual({ health: 'protected, global guard' });
  });

  it('but no other guard, and no factory that returns none', async () => {
    const providers = [
      { provide: APP_GUARD, useClass: OtherGuard },
      { provide: APP_GUARD, useFactory: () => undefined, inject: [UnkeyGuard] },
    ];
    const { app } = await startApp('express', withUnkey({ providers, controllers: [HealthController] }, {}));
    expect(accessOf(app)).toEqual({ health: 'unguarded' });
  });
});

describe('decorators without a guard are a problem', () => {
  @Controller('permissions')
  class Permissions {
    @RequirePermissions('admin')
    @Get()
    read() {}
  }
  @Controller('class')
  @VerificationTags('reports')
  class OnClass {
    @Get()
    read() {}
  }
  @Controller('key')
  class Key {
    @Get()
    read(@UnkeyKey() key: VerifiedKey) {
      return key;
    }
  }
  @Controller('check')
  class Check {
    @CheckKey(() => true)
    @Get()
    read() {}
  }

  it.each([Permissions, OnClass, Key, Check])('%o', async (controller) => {
    const running = await startApp('express', withUnkey({ controllers: [controller] }, {}));
    const [entry] = entriesOf(running.app);
    expect(entry).toMatchObject({
      access: 'unguarded',
      problem: 'no-guard',
      reason: 'It has decorators of nestjs-unkey, but no guard that reads them.',
      cure: `Put @UseGuards(UnkeyGuard) on ${controller.name}, or set globalGuard: true.`,
    });
    expect(warnings(running)).toEqual([
      `${controller.name}.read (${entry?.pattern}): no-guard. ${entry?.reason} ${entry?.cure}`,
    ]);
  });

  it('none of them is one under a global guard', async () => {
    const running = await startApp('express', withUnkey({ controllers: [Permissions, OnClass, Key, Check] }));
    expect(warnings(running)).toEqual([]);
  });

  it("with audit: 'off' the app logs nothing, and audit() still works", async () => {
    const running = await startApp('express', withUnkey({ controllers: [Permissions] }, { audit: 'off' }));
    expect(warnings(running)).toEqual([]);
    expect(entriesOf(running.app)).toMatchObject([{ problem: 'no-guard' }]);
  });

  it("with audit: 'throw' the app does not start, and the error lists them all", async () => {
    const error = await bootError(withUnkey({ controllers: [Permissions, OnClass] }, { audit: 'throw' }));
    expect(error.name).toBe('UnkeyConfigError');
    expect(error.message.split('\n')).toEqual([
      'UnkeyModule: 2 handlers have problems:',
      expect.stringMatching(/^ {2}Permissions\.read \(GET \/permissions\): no-guard\. /),
      expect.stringMatching(/^ {2}OnClass\.read \(GET \/class\): no-guard\. /),
    ]);
  });
});

describe.each(ADAPTERS)('the pattern of a route is the one that %s serves', (adapter) => {
  @Controller({ path: 'documents', version: '1' })
  class Versioned {
    @Get()
    list() {}
    @Version(['2', '3'])
    @Get(':id')
    read() {}
    @Version(VERSION_NEUTRAL)
    @Get('of/latest')
    latest() {}
  }
  @Controller(['a', 'b'])
  class TwoPaths {
    @Get(['x', 'y/'])
    read() {}
    @Post()
    create() {}
  }
  @Controller()
  class Root {
    @Get()
    root() {}
    @Get('health')
    health() {}
    @Get(adapter === 'express' ? '/files/*path' : '/files/*')
    files() {}
  }
  @Module({ controllers: [TwoPaths] })
  class NestedModule {}

  interface Routed {
    method: string;
    route?: { path: string };
    routeOptions?: { url: string };
  }
  /** Answers every request with the route that served it. */
  class TellRoute implements NestInterceptor {
    intercept(context: ExecutionContext) {
      const { method, route, routeOptions } = context.switchToHttp().getRequest<Routed>();
      return of(`${method} ${routeOptions?.url ?? route?.path}`);
    }
  }

  const metadata = withUnkey(
    {
      imports: [NestedModule, RouterModule.register([{ path: 'nested', module: NestedModule }])],
      controllers: [Versioned, Root],
      providers: [{ provide: APP_INTERCEPTOR, useClass: TellRoute }],
    },
    {},
  );

  it.each<[string, number, (app: INestApplication) => void]>([
    ['as it stands', 12, () => {}],
    ['with a global prefix', 12, (app) => app.setGlobalPrefix('api')],
    ['with slashes around it', 12, (app) => app.setGlobalPrefix('/api/')],
    [
      'with exclusions',
      12,
      (app) =>
        app.setGlobalPrefix('api', {
          exclude: ['health', { path: 'nested/a', method: RequestMethod.POST }, 'documents/of/latest'],
        }),
    ],
    ['with versions in the URI', 13, (app) => app.enableVersioning({ type: VersioningType.URI })],
    [
      'with a default version and a prefix of its own',
      13,
      (app) => app.enableVersioning({ type: VersioningType.URI, prefix: 'version-', defaultVersion: '9' }),
    ],
    [
      'with versions and a global prefix',
      22,
      (app) => {
        app.setGlobalPrefix('api', { exclude: ['documents/:id'] });
        app.enableVersioning({ type: VersioningType.URI, defaultVersion: ['4', VERSION_NEUTRAL] });
      },
    ],
  ])('%s', async (_, count, configure) => {
    const { app, url } = await startApp(adapter, metadata, configure);
    const patterns = entriesOf(app).map(({ pattern }) => pattern);
    expect(patterns).toHaveLength(count);
    for (const pattern of patterns) {
      const [method = '', path = ''] = pattern.split(' ');
      const { text } = await request(url + path.replace(':id', '7').replace(/\*\w*/, 'x/y'), { method });
      expect(text).toBe(pattern);
    }
  });
});
