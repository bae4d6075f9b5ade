import { Controller, Get, VersioningType, type Type } from '@nestjs/common';
import {
  Credits,
  OptionalKey,
  Public,
  UnkeyKey,
  UnkeyModule,
  type UnkeyModuleOptions,
  type VerifiedKey,
} from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp } from './support/app.js';
import { useUnkey } from './support/unkey.js';

type Decorator = MethodDecorator & ClassDecorator;
const none: Decorator = () => {};

/** A controller with one route, `GET /route`, decorated as a row of the table says. */
function controller(onClass: Decorator, onHandler: Decorator): Type {
  @onClass
  @Controller()
  class TableController {
    @onHandler
    @Get('route')
    read(@UnkeyKey() key: VerifiedKey | undefined) {
      return { called: true, keyId: key?.keyId };
    }
  }
  return TableController;
}

describe.each(ADAPTERS)('what decides whether a key is needed, on %s', (adapter) => {
  const server = useUnkey();

  const DECORATORS = {
    '—': none,
    '@Public()': Public(),
    '@Public(false)': Public(false),
    '@OptionalKey()': OptionalKey(),
  };
  type Name = keyof typeof DECORATORS;
  const ALL = 'public exclude skipIf';

  /** Nearest first: handler, class, `public`, `exclude`, `skipIf`, else a key is needed. */
  it.each<[handler: Name, cls: Name, options: string, 'open' | 'closed' | 'optional']>([
    ['—', '—', '', 'closed'],
    ['—', '—', 'public', 'open'],
    ['—', '—', 'exclude', 'open'],
    ['—', '—', 'skipIf', 'open'],
    ['—', '—', ALL, 'open'],
    ['—', '@Public()', '', 'open'],
    ['—', '@Public(false)', ALL, 'closed'],
    ['—', '@OptionalKey()', ALL, 'optional'],
    ['@Public()', '—', '', 'open'],
    ['@Public()', '@Public(false)', '', 'open'],
    ['@Public()', '@OptionalKey()', '', 'open'],
    ['@Public(false)', '—', 'public', 'closed'],
    ['@Public(false)', '—', 'exclude', 'closed'],
    ['@Public(false)', '—', 'skipIf', 'closed'],
    ['@Public(false)', '@Public()', ALL, 'closed'],
    ['@Public(false)', '@OptionalKey()', '', 'closed'],
    ['@OptionalKey()', '—', '', 'optional'],
    ['@OptionalKey()', '—', ALL, 'optional'],
    ['@OptionalKey()', '@Public()', 'public', 'optional'],
    ['@OptionalKey()', '@Public(false)', '', 'optional'],
  ])('handler %s, class %s, options "%s": %s', async (onHandler, onClass, options, expected) => {
    const cls = controller(DECORATORS[onClass], DECORATORS[onHandler]);
    const { get } = await startApp(adapter, {
      imports: [
        UnkeyModule.forRoot({
          ...server.options,
          globalGuard: true,
          ...(options.includes('public') ? { public: [cls] } : {}),
          ...(options.includes('exclude') ? { exclude: ['/route'] } : {}),
          ...(options.includes('skipIf') ? { skipIf: async () => true } : {}),
        }),
      ],
      controllers: [cls],
    });
    const { key, keyId } = await server.unkey.createKey({});

    expect((await get('/route')).status, 'without a key').toBe(expected === 'closed' ? 401 : 200);
    expect((await get('/route', { 'x-api-key': 'wrong' })).status, 'with a wrong key').toBe(
      expected === 'open' ? 200 : 401,
    );
    expect(server.unkey.calls, 'an open route never asks Unkey').toHaveLength(expected === 'open' ? 0 : 1);
    const { body } = await get('/route', { 'x-api-key': key });
    expect(body, 'with a good key').toEqual(expected === 'open' ? { called: true } : { called: true, keyId });
  });

  it('if skipIf throws or returns anything but true, a key is needed', async () => {
    const skipIf: UnkeyModuleOptions['skipIf'] = (context) => {
      const { url } = context.switchToHttp().getRequest<{ url: string }>();
      if (url === '/route?throw') throw new Error('skipIf broke');
      return 'yes' as unknown as boolean;
    };
    const { get } = await startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, skipIf })],
      controllers: [controller(none, none)],
    });
    expect((await get('/route?throw')).status).toBe(500);
    expect((await get('/route')).status).toBe(401);
  });

  it('a subclass of a public controller is public, because Nest inherits metadata', async () => {
    @Public()
    @Controller()
    class Base {}
    @Controller()
    class Derived extends Base {
      @Get('route')
      read() {
        return 'open';
      }
    }
    const { get } = await startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
      controllers: [Derived],
    });
    expect((await get('/route')).status).toBe(200);
  });

  describe('exclude is compared with the matched route, with global prefix and version', () => {
    @Controller({ path: 'admin', version: '1' })
    class AdminController {
      @Get()
      index() {
        return 'index';
      }
      @Get('users/:id')
      user() {
        return 'user';
      }
      @Get('files/*')
      file() {
        return 'file';
      }
      @Credits(0)
      @Get('reports')
      reports() {
        return 'reports';
      }
    }

    it.each([
      ['/api/v1/admin', ['/api/v1/admin']],
      ['/api/v1/admin/', ['/api/v1/admin']],
      ['/api/v1/admin/*', ['/api/v1/admin/users/7', '/api/v1/admin/files/a/b', '/api/v1/admin/reports']],
      ['/api/v1/admin/*rest', ['/api/v1/admin/users/7', '/api/v1/admin/files/a/b', '/api/v1/admin/reports']],
      [
        '/api/v1/admin/{*rest}',
        ['/api/v1/admin/users/7', '/api/v1/admin/files/a/b', '/api/v1/admin/reports'],
      ],
      ['/api/v1/admin/users/:id', ['/api/v1/admin/users/7']],
      ['/api/v1/admin/files/*', ['/api/v1/admin/files/a/b']],
      ['/api/*/reports', ['/api/v1/admin/reports']],
      ['/admin/*', []],
      ['/api/v1/admin/users/7', []],
    ])('%s', async (entry, open) => {
      const { get, log } = await startApp(
        adapter,
        {
          imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, exclude: [entry] })],
          controllers: [AdminController],
        },
        (app) => {
          app.setGlobalPrefix('api');
          app.enableVersioning({ type: VersioningType.URI });
        },
      );
      const paths = [
        '/api/v1/admin',
        '/api/v1/admin/users/7',
        '/api/v1/admin/files/a/b',
        '/api/v1/admin/reports',
      ];
      const answered = await Promise.all(
        paths.map(async (path) => [path, (await get(path)).status] as const),
      );
      expect(answered.filter(([, status]) => status === 200).map(([path]) => path)).toEqual(open);
      expect(log.of('warn', `Option "exclude": "${entry}" matches no route`)).toHaveLength(
        open.length === 0 ? 1 : 0,
      );
    });

    it('never with the raw URL', async () => {
      const { get } = await startApp(adapter, {
        imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, exclude: ['/open/*'] })],
        controllers: [OpenController, ClosedController],
      });
      expect((await get('/open/page')).status).toBe(200);
      for (const path of [
        '/closed/page',
        '/closed/page?/open/page',
        '/closed/%2Fopen%2Fpage',
        '/closed/page;/open/page',
      ]) {
        expect((await get(path)).status, path).not.toBe(200);
      }
    });
  });
});

@Controller('open')
class OpenController {
  @Get('page')
  page() {
    return 'open';
  }
}

@Controller('closed')
class ClosedController {
  @Get('page')
  page() {
    return 'closed';
  }
}
