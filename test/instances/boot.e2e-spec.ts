import { Controller, Get, Inject, Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Unkey } from '@unkey/api';
import {
  getUnkeyOptionsToken,
  getUnkeyServiceToken,
  getUnkeyToken,
  InjectUnkey,
  InjectUnkeyService,
  previewAudit,
  printAudit,
  UNKEY_CLIENT,
  UNKEY_OPTIONS,
  UNKEY_SERVICE,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  UnkeyService,
  UseUnkey,
  type UnkeyModuleOptions,
  type UnkeyOptionsFactory,
} from 'nestjs-unkey';
import {
  fakeVerifier,
  UnkeyTestingModule,
  useEmulator,
  useVerifier,
  verifiedKey,
} from 'nestjs-unkey/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADAPTERS, bootError, httpAdapter, listen, request, startApp } from '../support/app.js';
import { INTERNAL, useTwoUnkeys } from './support/two-unkeys.js';

const { customers, internal } = useTwoUnkeys();
const unnamed = () => UnkeyModule.forRoot({ ...customers.options, globalGuard: true });
const named = (more: UnkeyModuleOptions = {}) =>
  UnkeyModule.forRoot({ name: INTERNAL, ...internal.options, ...more });

@Controller('documents')
class DocumentsController {
  @Get()
  list(@UnkeyKey('keyId') keyId: string) {
    return { keyId };
  }
}

@UseUnkey(INTERNAL)
@Controller('internal')
class InternalController {
  @Get()
  read(@UnkeyKey('keyId') keyId: string) {
    return { keyId };
  }
}

const CONTROLLERS = [DocumentsController, InternalController];

@Injectable()
class InternalOptions implements UnkeyOptionsFactory {
  createUnkeyOptions() {
    return internal.options;
  }
}

@Module({ providers: [InternalOptions], exports: [InternalOptions] })
class OptionsModule {}

describe.each(ADAPTERS)('a named instance, on %s', (adapter) => {
  it.each([
    ['forRoot', () => named()],
    [
      'forRootAsync with useFactory',
      () =>
        UnkeyModule.forRootAsync({
          name: INTERNAL,
          imports: [OptionsModule],
          inject: [InternalOptions],
          useFactory: (options: InternalOptions) => options.createUnkeyOptions(),
        }),
    ],
    [
      'forRootAsync with useClass',
      () => UnkeyModule.forRootAsync({ name: INTERNAL, useClass: InternalOptions }),
    ],
    [
      'forRootAsync with useExisting',
      () =>
        UnkeyModule.forRootAsync({ name: INTERNAL, imports: [OptionsModule], useExisting: InternalOptions }),
    ],
  ])('can be registered with %s, before or after the other', async (_, register) => {
    for (const imports of [
      [unnamed(), register()],
      [register(), unnamed()],
    ]) {
      const { get } = await startApp(adapter, { imports, controllers: CONTROLLERS });
      const customer = await customers.unkey.createKey({});
      const employee = await internal.unkey.createKey({});
      expect((await get('/internal', { 'x-api-key': employee.key })).body).toEqual({ keyId: employee.keyId });
      expect((await get('/documents', { 'x-api-key': customer.key })).body).toEqual({
        keyId: customer.keyId,
      });
      expect((await get('/internal', { 'x-api-key': customer.key })).status).toBe(401);
    }
  });
});

describe('an app does not start', () => {
  class Misspelt {
    read() {
      return 'never';
    }
  }
  const misspelt = (decorate: (target: typeof Misspelt) => void): ModuleMetadata => {
    class MisspeltController extends Misspelt {
      override read() {
        return super.read();
      }
    }
    const descriptor = Object.getOwnPropertyDescriptor(MisspeltController.prototype, 'read');
    if (descriptor !== undefined) Get()(MisspeltController.prototype, 'read', descriptor);
    decorate(MisspeltController);
    Controller('misspelt')(MisspeltController);
    return { imports: [unnamed(), named()], controllers: [MisspeltController] };
  };
  const onHandler = (target: typeof Misspelt, name: unknown) => {
    const descriptor = Object.getOwnPropertyDescriptor(target.prototype, 'read');
    UseUnkey(name as string)(target.prototype, 'read', descriptor);
  };

  it.each<[string, () => ModuleMetadata, RegExp]>([
    [
      'with an unknown name on a class',
      () => misspelt((target) => UseUnkey('interal')(target)),
      /^MisspeltController\.read: @UseUnkey\("interal"\) names no instance of UnkeyModule; the registered names are "internal"\.$/,
    ],
    [
      'with an unknown name on a handler',
      () => misspelt((target) => onHandler(target, 'constructor')),
      /^MisspeltController\.read: @UseUnkey\("constructor"\) names no instance/,
    ],
    [
      'with no name at all in the decorator',
      () => misspelt((target) => onHandler(target, undefined)),
      /^MisspeltController\.read: @UseUnkey\(undefined\) names no instance/,
    ],
    [
      'with two names in one place',
      () =>
        misspelt((target) => {
          onHandler(target, INTERNAL);
          onHandler(target, INTERNAL);
        }),
      /^MisspeltController\.read: @UseUnkey\(\) is used twice in the same place; keep one\.$/,
    ],
    [
      'with a name and no instance that has one',
      () => ({ imports: [unnamed()], controllers: [InternalController] }),
      /^InternalController\.read: @UseUnkey\("internal"\) names no instance of UnkeyModule; register one with UnkeyModule\.forRoot\(\{ name \}\)\.$/,
    ],
    [
      'with the same name twice',
      () => ({ imports: [unnamed(), named(), named()] }),
      /^UnkeyModule "internal" is registered 2 times in this app; give each instance a name of its own, and import it once\.$/,
    ],
    [
      'with two instances without a name',
      () => ({ imports: [unnamed(), UnkeyModule.forRoot(customers.options), named()] }),
      /^UnkeyModule is registered 2 times in this app;/,
    ],
    [
      'with a name in what a factory returns',
      () => ({
        imports: [
          unnamed(),
          UnkeyModule.forRootAsync({ useFactory: () => ({ ...internal.options, name: INTERNAL }) }),
        ],
      }),
      /registered 2 times|"name" must be known before the factory runs: set it next to useFactory/,
    ],
    [
      'with an option that is wrong, and says of which instance',
      () => ({ imports: [unnamed(), named({ timeout: -1 })] }),
      /^UnkeyModule "internal": option "timeout" must be a whole number of milliseconds/,
    ],
    [
      'without a root key for the named instance',
      () => ({ imports: [unnamed(), UnkeyModule.forRoot({ name: INTERNAL })] }),
      /^UnkeyModule "internal": no root key: set the option "rootKey"; a named instance does not read UNKEY_ROOT_KEY\.$/,
    ],
  ])('%s', async (_, metadata, message) => {
    process.env['UNKEY_ROOT_KEY'] = 'unkey_of_the_customers';
    onTestFinished(() => {
      delete process.env['UNKEY_ROOT_KEY'];
    });
    const error = await bootError(metadata());
    expect(error.name).toBe('UnkeyConfigError');
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('unkey_of');
  });

  it('with a name in what the factory of the only instance returns', async () => {
    const useFactory = () => ({ ...internal.options, name: INTERNAL });
    const { message } = await bootError({ imports: [UnkeyModule.forRootAsync({ useFactory })] });
    expect(message).toContain(
      'option "name" must be known before the factory runs: set it next to useFactory, as in forRootAsync({ name: …, useFactory })',
    );
  });

  it.each<[string, object, RegExp]>([
    [
      'globalGuard on a named instance',
      { name: INTERNAL, globalGuard: true },
      /^UnkeyModule "internal": option "globalGuard" cannot be combined with "name"; set it on the instance without a name, whose guard serves all instances\.$/,
    ],
    [
      'a name that is no text',
      { name: 7 },
      /^UnkeyModule: option "name" must be a string that is not empty, got 7\.$/,
    ],
    ['an empty name', { name: '' }, /^UnkeyModule: option "name" must be a string that is not empty/],
  ])('with %s', (_, options, message) => {
    expect(() => UnkeyModule.forRoot(options)).toThrow(message);
    expect(() => UnkeyModule.forRootAsync({ ...options, useFactory: () => ({}) })).toThrow(message);
  });
});

describe('the parts of each instance', () => {
  @Injectable()
  class Consumer {
    constructor(
      @InjectUnkey() readonly client: Unkey,
      @InjectUnkey(INTERNAL) readonly internalClient: Unkey,
      @InjectUnkeyService() readonly service: UnkeyService,
      @InjectUnkeyService(INTERNAL) readonly internalService: UnkeyService,
      @Inject(getUnkeyOptionsToken(INTERNAL)) readonly internalOptions: UnkeyModuleOptions,
    ) {}
  }

  it('are injected by name, in every module', async () => {
    @Module({ providers: [Consumer] })
    class FeatureModule {}
    const { app } = await startApp('express', { imports: [unnamed(), named(), FeatureModule] });
    const consumer = app.get(Consumer, { strict: false });
    expect(consumer.service).toBe(app.get(UnkeyService));
    expect(consumer.internalService).not.toBe(consumer.service);
    expect(consumer.internalService).toBe(app.get(getUnkeyServiceToken(INTERNAL)));
    expect(consumer.service.client).toBe(consumer.client);
    expect(consumer.internalService.client).toBe(consumer.internalClient);
    expect(consumer.internalOptions.baseUrl).toBe(internal.options.baseUrl);

    const { data } = await consumer.internalClient.apis.createApi({ name: 'robots' });
    const { data: created } = await consumer.internalClient.keys.createKey({ apiId: data.apiId });
    expect(await consumer.internalService.verify(created.key)).toMatchObject({ valid: true });
    expect(await consumer.service.verify(created.key)).toMatchObject({ valid: false, code: 'NOT_FOUND' });
  });

  it('have tokens that need no import of the module', () => {
    expect(getUnkeyToken()).toBe(UNKEY_CLIENT);
    expect(getUnkeyServiceToken()).toBe(UNKEY_SERVICE);
    expect(getUnkeyOptionsToken()).toBe(UNKEY_OPTIONS);
    expect(getUnkeyToken('a')).toBe(Symbol.for('nestjs-unkey:client:a'));
    expect(getUnkeyServiceToken('a')).toBe(Symbol.for('nestjs-unkey:service:a'));
    expect(getUnkeyOptionsToken('a')).toBe(Symbol.for('nestjs-unkey:options:a'));
  });

  it('of a named instance need no instance without a name, as long as no handler uses it', async () => {
    const { app } = await startApp('express', { imports: [named()] });
    const { key, keyId } = await internal.unkey.createKey({});
    const service = app.get<UnkeyService>(getUnkeyServiceToken(INTERNAL));
    expect(await service.verify(key)).toMatchObject({ keyId });
  });

  it('print no root key', async () => {
    const { inspect } = await import('node:util');
    const { app } = await startApp('express', { imports: [unnamed(), named()] });
    const { rootKey } = internal.options;
    for (const token of [getUnkeyServiceToken(INTERNAL), getUnkeyOptionsToken(INTERNAL), UnkeyGuard]) {
      expect(inspect(app.get(token), { depth: 12, showHidden: false })).not.toContain(rootKey);
    }
  });
});

describe('tests', () => {
  @Module({
    imports: [UnkeyModule.forRoot({ rootKey: 'a', baseUrl: 'http://127.0.0.1:1', globalGuard: true })],
  })
  class Unnamed {}
  @Module({
    imports: [Unnamed, UnkeyModule.forRoot({ name: INTERNAL, rootKey: 'b', baseUrl: 'http://127.0.0.1:1' })],
    controllers: CONTROLLERS,
  })
  class AppModule {}

  async function run(builder: ReturnType<typeof Test.createTestingModule>) {
    const app = (await builder.compile()).createNestApplication(httpAdapter('express'), { logger: false });
    onTestFinished(() => app.close());
    const url = await listen(app);
    return (path: string, key: string) => request(url + path, { headers: { 'x-api-key': key } });
  }

  it('connect each instance to its own emulator', async () => {
    const builder = Test.createTestingModule({ imports: [AppModule] });
    const get = await run(useEmulator(useEmulator(builder, customers.unkey), internal.unkey, INTERNAL));
    const customer = await customers.unkey.createKey({});
    const employee = await internal.unkey.createKey({});
    expect((await get('/documents', customer.key)).body).toEqual({ keyId: customer.keyId });
    expect((await get('/internal', employee.key)).body).toEqual({ keyId: employee.keyId });
    expect((await get('/internal', customer.key)).status).toBe(401);
  });

  it('replace the verifier of each instance', async () => {
    const builder = Test.createTestingModule({ imports: [AppModule] });
    const ofCustomers = fakeVerifier({ same: verifiedKey({ keyId: 'customer' }) });
    const ofStaff = fakeVerifier({ same: verifiedKey({ keyId: 'employee' }) });
    const get = await run(useVerifier(useVerifier(builder, ofCustomers), ofStaff, INTERNAL));
    expect((await get('/documents', 'same')).body).toEqual({ keyId: 'customer' });
    expect((await get('/internal', 'same')).body).toEqual({ keyId: 'employee' });
  });

  it('register instances for modules that register none', async () => {
    @Module({ controllers: CONTROLLERS })
    class FeatureModule {}
    const get = await run(
      Test.createTestingModule({
        imports: [
          UnkeyTestingModule.forEmulator(customers.unkey, { globalGuard: true }),
          UnkeyTestingModule.forEmulator(internal.unkey, { name: INTERNAL, cache: true }),
          FeatureModule,
        ],
      }),
    );
    const { key, keyId } = await internal.unkey.createKey({});
    expect((await get('/internal', key)).body).toEqual({ keyId });
    // The cache of the instance follows its own emulator.
    internal.unkey.reset();
    expect((await get('/internal', key)).status).toBe(401);
  });
});

describe('the audit', () => {
  it('covers the handlers of named instances and says which instance verifies', async () => {
    class Base {
      @UseUnkey(INTERNAL)
      @Get('lost')
      lost() {
        return 'lost';
      }
    }
    @Controller('audit')
    class AuditController extends Base {
      @Get('lost')
      override lost() {
        return 'lost';
      }

      @UseUnkey(INTERNAL)
      @Get('handler')
      handler() {
        return 'handler';
      }
    }
    const { app } = await startApp('express', {
      imports: [
        unnamed(),
        named({ permissions: 'staff', publicMetadata: 'isOpen', exclude: ['/internal/none'], audit: 'off' }),
      ],
      controllers: [...CONTROLLERS, AuditController],
    });
    const entries = app.get(UnkeyService).audit();
    const of = (handler: string) => entries.find((entry) => entry.handler === handler);
    expect(of('InternalController.read')).toMatchObject({
      access: 'protected',
      by: 'class guard',
      instance: INTERNAL,
      demands: { permissions: 'staff' },
    });
    expect(of('AuditController.handler')).toMatchObject({ by: 'handler guard', instance: INTERNAL });
    expect(of('DocumentsController.list')?.instance).toBeUndefined();
    expect(of('AuditController.lost')).toMatchObject({ problem: 'lost-decorators' });
    expect(printAudit(app)).toMatch(/InternalController\.read +class guard \(internal\)/);
    expect(app.get<UnkeyService>(getUnkeyServiceToken(INTERNAL)).audit()).toEqual(entries);
  });

  it('knows the options of named instances without starting the app', async () => {
    @Module({
      imports: [
        UnkeyModule.forRoot({ globalGuard: true }),
        UnkeyModule.forRoot({ name: INTERNAL, permissions: 'staff' }),
      ],
      controllers: CONTROLLERS,
    })
    class AppModule {}
    const { entries, unseen, text } = await previewAudit(AppModule);
    expect(entries).toMatchObject([
      { handler: 'DocumentsController.list', by: 'global guard' },
      { handler: 'InternalController.read', by: 'class guard', demands: { permissions: 'staff' } },
    ]);
    expect(unseen).toHaveLength(1);
    expect(text).toContain('class guard (internal)');
  });

  it('warns about a handler as the instance that verifies its keys is configured', async () => {
    class Late {
      read() {
        return 'late';
      }
    }
    const metadata = (audit: UnkeyModuleOptions['audit']) => {
      @UseUnkey(INTERNAL)
      @Controller('late')
      class LateController extends Late {
        @Get()
        override read() {
          return super.read();
        }
      }
      // As a decorator of another package would that is applied after this one.
      Reflect.defineMetadata('isOpen', true, LateController);
      Reflect.defineMetadata('nestjs-unkey:permissions', [['a']], LateController);
      return {
        imports: [
          UnkeyModule.forRoot({ ...customers.options, globalGuard: true, audit: 'throw' }),
          named({ audit, publicMetadata: 'isOpen' }),
        ],
        controllers: [LateController],
      };
    };
    const problem = 'LateController.read (GET /late): unenforced-demands.';
    expect((await startApp('express', metadata('off'))).log.of('warn', problem)).toEqual([]);
    expect((await startApp('express', metadata('warn'))).log.of('warn', problem)).toHaveLength(1);
    expect((await bootError(metadata('throw'))).message).toContain(problem);
  });

  it('warns about an exclude of a named instance that matches no route', async () => {
    const { log } = await startApp('express', {
      imports: [unnamed(), named({ exclude: ['/internal/none'] })],
      controllers: CONTROLLERS,
    });
    expect(log.of('warn', 'Option "exclude": "/internal/none" matches no route')).toHaveLength(1);
  });
});
