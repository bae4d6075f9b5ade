import { Controller, Get, Inject, Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  getUnkeyServiceToken,
  RequirePermissions,
  UNKEY_RESOLVED_OPTIONS,
  UNKEY_SERVICE,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  UnkeyService,
  UseUnkey,
  type ResolvedUnkeyOptions,
  type VerifyOptions,
} from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp, type Adapter } from '../support/app.js';
import { INTERNAL, useTwoUnkeys } from './support/two-unkeys.js';

const { customers, internal } = useTwoUnkeys();

interface Step {
  service: UnkeyService;
  baseUrl: string;
}

/** What the steps of the guard saw. */
const steps: Step[] = [];

@Injectable()
class BadgeGuard extends UnkeyGuard {
  /** A private field, as classes of today have them. */
  readonly #header = 'x-badge';

  protected override extractKey(context: ExecutionContext) {
    return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers[this.#header];
  }

  protected override async verify(key: string, options: VerifyOptions, context: ExecutionContext) {
    await new Promise(setImmediate);
    steps.push({ service: this.unkey, baseUrl: this.options.baseUrl });
    return super.verify(key, options, context);
  }
}

/** Asks the service itself, without the step of the guard. */
@Injectable()
class AskingGuard extends UnkeyGuard {
  protected override async verify(key: string, options: VerifyOptions) {
    await Promise.resolve();
    return this.unkey.verify(key, options);
  }
}

/** Declares the parameters of the constructor as properties of its own, as the docs of Nest do. */
@Injectable()
class DeclaringGuard extends UnkeyGuard {
  constructor(
    @Inject(UNKEY_SERVICE) unkey: UnkeyService,
    @Inject(UNKEY_RESOLVED_OPTIONS) options: ResolvedUnkeyOptions,
    @Inject('HEADER') private readonly header: string,
  ) {
    super(unkey, options);
    // What TypeScript and Babel make of a parameter property, with and without useDefineForClassFields.
    Reflect.set(this, 'unkey', unkey);
  }

  protected override extractKey(context: ExecutionContext) {
    steps.push({ service: this.unkey, baseUrl: this.options.baseUrl });
    return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers[this.header];
  }
}

const answer = (keyId: string) => ({ keyId });

@Controller('handler')
class HandlerController {
  @UseUnkey(INTERNAL)
  @UseGuards(BadgeGuard)
  @Get('above')
  above(@UnkeyKey('keyId') keyId: string) {
    return answer(keyId);
  }

  @UseGuards(BadgeGuard)
  @UseUnkey(INTERNAL)
  @Get('below')
  below(@UnkeyKey('keyId') keyId: string) {
    return answer(keyId);
  }

  @UseGuards(BadgeGuard)
  @Get('unnamed')
  unnamed(@UnkeyKey('keyId') keyId: string) {
    return answer(keyId);
  }

  @UseGuards(AskingGuard)
  @UseUnkey(INTERNAL)
  @RequirePermissions('ask')
  @Get('asking')
  asking(@UnkeyKey('keyId') keyId: string) {
    return answer(keyId);
  }

  @UseGuards(DeclaringGuard)
  @UseUnkey(INTERNAL)
  @Get('declaring')
  declaring(@UnkeyKey('keyId') keyId: string) {
    return answer(keyId);
  }
}

@UseGuards(BadgeGuard)
@Controller('class')
class ClassController {
  @UseUnkey(INTERNAL)
  @Get()
  read(@UnkeyKey('keyId') keyId: string) {
    return answer(keyId);
  }
}

@UseUnkey(INTERNAL)
@Controller('named-class')
class NamedClassController {
  @UseGuards(BadgeGuard)
  @Get('badge')
  badge(@UnkeyKey('keyId') keyId: string) {
    return answer(keyId);
  }

  @Get('plain')
  plain(@UnkeyKey('keyId') keyId: string) {
    return answer(keyId);
  }
}

function start(adapter: Adapter, globalGuard: boolean, controllers = CONTROLLERS) {
  steps.length = 0;
  return startApp(adapter, {
    imports: [
      UnkeyModule.forRoot({ ...customers.options, globalGuard }),
      UnkeyModule.forRoot({ name: INTERNAL, ...internal.options }),
    ],
    controllers,
    providers: [{ provide: 'HEADER', useValue: 'x-badge' }],
  });
}

const CONTROLLERS = [HandlerController, ClassController, NamedClassController];

describe.each(ADAPTERS)('a subclass of the guard under @UseUnkey(), on %s', (adapter) => {
  it.each([true, false])(
    'decides alone, with its steps and that instance (globalGuard: %s)',
    async (global) => {
      const { app, get } = await start(adapter, global);
      const { key, keyId } = await internal.unkey.createKey({ credits: { remaining: 100 } });
      const { key: other } = await customers.unkey.createKey({});
      const named = app.get<UnkeyService>(getUnkeyServiceToken(INTERNAL));
      const before = internal.unkey.calls.length;
      const paths = ['/handler/above', '/handler/below', '/class', '/named-class/badge'];
      for (const path of paths) {
        expect((await get(path, { 'x-badge': key })).body, path).toEqual({ keyId });
      }
      expect(internal.unkey.calls.length - before).toBe(paths.length);
      expect(steps).toHaveLength(paths.length);
      for (const step of steps) {
        expect(step.baseUrl).toBe(internal.options.baseUrl);
        expect(step.service).toBe(named);
      }
      for (const path of paths) {
        expect((await get(path, { 'x-api-key': key })).status, path).toBe(401);
        expect((await get(path, { 'x-badge': other })).status, path).toBe(401);
      }
      expect(customers.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey')).toEqual([]);
    },
  );

  it('leaves handlers without a subclass to the built-in guard', async () => {
    const { get } = await start(adapter, false);
    const { key, keyId } = await internal.unkey.createKey({});
    expect((await get('/named-class/plain', { 'x-api-key': key })).body).toEqual({ keyId });
    expect((await get('/named-class/plain', { 'x-badge': key })).status).toBe(401);
    expect((await get('/named-class/plain')).status).toBe(401);
  });

  it('calls the service of that instance with this.unkey', async () => {
    const { get } = await start(adapter, false);
    const { key, keyId } = await internal.unkey.createKey({ permissions: ['ask'] });
    const { key: customer } = await customers.unkey.createKey({ permissions: ['ask'] });
    expect((await get('/handler/asking', { 'x-api-key': key })).body).toEqual({ keyId });
    expect((await get('/handler/asking', { 'x-api-key': customer })).status).toBe(401);
  });

  it('can declare the parameters of the constructor as properties', async () => {
    const { app, get } = await start(adapter, false);
    const { key, keyId } = await internal.unkey.createKey({});
    expect((await get('/handler/declaring', { 'x-badge': key })).body).toEqual({ keyId });
    expect(steps).toEqual([
      { service: app.get(getUnkeyServiceToken(INTERNAL)), baseUrl: internal.options.baseUrl },
    ]);
  });

  it('sees the instance of each request while several are running', async () => {
    const { app, get } = await start(adapter, false);
    const employee = await internal.unkey.createKey({});
    const customer = await customers.unkey.createKey({});
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        n % 2 === 0
          ? get('/class', { 'x-badge': employee.key })
          : get('/handler/unnamed', { 'x-badge': customer.key }),
      ),
    );
    expect(answers.map(({ body }) => body)).toEqual(
      answers.map((_, n) => ({ keyId: n % 2 === 0 ? employee.keyId : customer.keyId })),
    );
    const [named, unnamed] = [app.get<UnkeyService>(getUnkeyServiceToken(INTERNAL)), app.get(UnkeyService)];
    for (const { service, baseUrl } of steps) {
      expect(service).toBe(baseUrl === internal.options.baseUrl ? named : unnamed);
    }
    expect(steps.filter(({ service }) => service === named)).toHaveLength(10);
  });

  it('is the only guard that decides, also as a global guard', async () => {
    steps.length = 0;
    const { get } = await startApp(adapter, {
      imports: [
        UnkeyModule.forRoot(customers.options),
        UnkeyModule.forRoot({ name: INTERNAL, ...internal.options }),
      ],
      controllers: [NamedClassController, HandlerController],
      providers: [
        { provide: APP_GUARD, useClass: BadgeGuard },
        { provide: 'HEADER', useValue: 'x-badge' },
      ],
    });
    const { key, keyId } = await internal.unkey.createKey({});
    expect((await get('/named-class/plain', { 'x-badge': key })).body).toEqual({ keyId });
    expect((await get('/named-class/plain', { 'x-api-key': key })).status).toBe(401);
    expect((await get('/named-class/plain')).status).toBe(401);
  });

  it('does not open a handler if Nest drops it', async () => {
    @UseUnkey(INTERNAL)
    @Controller('late')
    class LateController {
      @Get()
      read(@UnkeyKey('keyId') keyId: string) {
        return answer(keyId);
      }
    }
    const { get } = await startApp(
      adapter,
      {
        imports: [
          UnkeyModule.forRoot({ ...customers.options, globalGuard: true }),
          UnkeyModule.forRoot({ name: INTERNAL, ...internal.options }),
        ],
        controllers: [LateController],
      },
      () => UseGuards(BadgeGuard)(LateController),
    );
    const { key, keyId } = await internal.unkey.createKey({});
    expect((await get('/late')).status).toBe(401);
    expect((await get('/late', { 'x-api-key': key })).body).toEqual({ keyId });
  });
});
