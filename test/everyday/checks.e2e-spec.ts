import {
  Controller,
  Get,
  Injectable,
  Req,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { channel } from 'node:diagnostics_channel';
import {
  CHANNELS,
  CheckKey,
  Credits,
  KeyDeniedException,
  OptionalKey,
  Public,
  UnkeyGuard,
  UnkeyModule,
  isUnkeyException,
  type CheckFunction,
  type DenialMessage,
  type KeyCheckRefusal,
  type UnkeyModuleOptions,
  type VerifiedKey,
} from 'nestjs-unkey';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADAPTERS, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

const plan = (name: string) => (key: VerifiedKey) => key.meta?.['plan'] === name;

describe.each(ADAPTERS)('checks of a verified key, on %s', (adapter) => {
  const server = useUnkey();
  const start = (controller: new () => object, options: UnkeyModuleOptions = {}) =>
    startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, ...options })],
      controllers: [controller],
    });
  /** An app with one handler that has one check. */
  const withCheck = (check: CheckFunction, refusal?: KeyCheckRefusal, options?: UnkeyModuleOptions) => {
    @Controller()
    class AppController {
      @CheckKey(check, refusal)
      @Get()
      read() {
        return { ok: true };
      }
    }
    return start(AppController, options);
  };

  it('let a key through that all of them say true of', async () => {
    const { get } = await withCheck(plan('pro'));
    const { key } = await server.unkey.createKey({ meta: { plan: 'pro' } });
    expect((await get('/', { 'x-api-key': key })).status).toBe(200);
  });

  it.each<[string, KeyCheckRefusal, UnkeyModuleOptions, object]>([
    [
      'FORBIDDEN and 403 by default',
      {},
      {},
      {
        statusCode: 403,
        code: 'FORBIDDEN',
        error: 'Forbidden',
        message: 'The API key may not be used here.',
      },
    ],
    [
      'their own code, message and status',
      { code: 'PLAN_REQUIRED', message: 'Upgrade first.', status: 402 },
      {},
      { statusCode: 402, code: 'PLAN_REQUIRED', error: 'Payment Required', message: 'Upgrade first.' },
    ],
    [
      '403 for a code of their own',
      { code: 'PLAN_REQUIRED' },
      {},
      { statusCode: 403, code: 'PLAN_REQUIRED' },
    ],
    ["the table's status for a code of the table", { code: 'USAGE_EXCEEDED' }, {}, { statusCode: 429 }],
    [
      'what the option statuses says of the code',
      { code: 'USAGE_EXCEEDED' },
      { statuses: { USAGE_EXCEEDED: 402 } },
      { statusCode: 402, code: 'USAGE_EXCEEDED' },
    ],
    [
      'their own status before that of the option',
      { code: 'USAGE_EXCEEDED', status: 409 },
      { statuses: { USAGE_EXCEEDED: 402 } },
      { statusCode: 409 },
    ],
  ])('refuse with %s', async (_, refusal, options, body) => {
    const { get } = await withCheck(plan('pro'), refusal, options);
    const { key } = await server.unkey.createKey({});
    expect((await get('/', { 'x-api-key': key })).body).toMatchObject(body);
  });

  it.each<[string, unknown]>([
    ['false', false],
    ['nothing', undefined],
    ['a text', 'yes'],
    ['1', 1],
    ['a promise of false', Promise.resolve(false)],
    ['an object', { allowed: true }],
  ])('refuse where a check gives %s', async (_, answer) => {
    const { get } = await withCheck((() => answer) as CheckFunction);
    const { key } = await server.unkey.createKey({});
    expect((await get('/', { 'x-api-key': key })).status).toBe(403);
  });

  it('may be async', async () => {
    const { get } = await withCheck(async (key) => Promise.resolve(plan('pro')(key)));
    const { key } = await server.unkey.createKey({ meta: { plan: 'pro' } });
    expect((await get('/', { 'x-api-key': key })).status).toBe(200);
  });

  it("run in order: the option's, the class's, the handler's; the first rejection ends it", async () => {
    const asked: string[] = [];
    const check =
      (name: string, answer = true) =>
      () => {
        asked.push(name);
        return answer;
      };
    @CheckKey(check('class 1'))
    @CheckKey(check('class 2'))
    @Controller()
    class AppController {
      @CheckKey(check('handler 1'))
      @CheckKey(check('handler 2', false), { code: 'SECOND' })
      @CheckKey(check('handler 3'))
      @Get()
      read() {
        return { ok: true };
      }
    }
    const { get } = await start(AppController, { checks: [{ check: check('option') }] });
    const { key } = await server.unkey.createKey({});
    expect((await get('/', { 'x-api-key': key })).body).toMatchObject({ code: 'SECOND' });
    expect(asked).toEqual(['option', 'class 1', 'class 2', 'handler 1', 'handler 2']);
  });

  it('run once per request and handler, with any number of guards', async () => {
    let asked = 0;
    const check = () => ++asked > 0;
    @UseGuards(UnkeyGuard)
    @Controller()
    class AppController {
      @UseGuards(UnkeyGuard)
      @CheckKey(check)
      @Get()
      read() {
        return { ok: true };
      }
    }
    const { get } = await start(AppController);
    const { key } = await server.unkey.createKey({});
    await get('/', { 'x-api-key': key });
    expect(asked).toBe(1);
    await get('/', { 'x-api-key': key });
    expect(asked).toBe(2);
  });

  it('do not run without a key, or for a key that Unkey rejected', async () => {
    let asked = 0;
    @OptionalKey()
    @CheckKey(() => ++asked > 0)
    @Controller()
    class AppController {
      @Get()
      read() {
        return { ok: true };
      }

      @Public()
      @Get('public')
      open() {
        return { ok: true };
      }
    }
    const { get } = await start(AppController);
    expect((await get('/')).status).toBe(200);
    expect((await get('/public')).status).toBe(200);
    expect((await get('/', { 'x-api-key': 'unknown' })).status).toBe(401);
    expect(asked).toBe(0);
  });

  it('run after the verification, so the credits are spent', async () => {
    @Controller()
    class AppController {
      @Credits(3)
      @CheckKey(() => false)
      @Get()
      read() {
        return { ok: true };
      }
    }
    const { get } = await start(AppController);
    const { key } = await server.unkey.createKey({ credits: { remaining: 10 } });
    expect((await get('/', { 'x-api-key': key })).status).toBe(403);
    const again = await startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true })],
      controllers: [ReadController],
    });
    expect((await again.get('/', { 'x-api-key': key })).body).toMatchObject({ credits: 6 });
  });

  it('pass on what they throw as it is', async () => {
    const { get } = await withCheck(() => {
      throw new TypeError('a fault of the check');
    });
    const { key } = await server.unkey.createKey({});
    expect((await get('/', { 'x-api-key': key })).body).toMatchObject({ statusCode: 500 });
  });

  it('publish a denial with the verification, and show callers neither it nor the requirements', async () => {
    const denied: DenialMessage[] = [];
    const listener = (message: unknown) => void denied.push(message as DenialMessage);
    channel(CHANNELS.denial).subscribe(listener);
    onTestFinished(() => {
      channel(CHANNELS.denial).unsubscribe(listener);
    });
    const thrown: unknown[] = [];
    class Observing extends UnkeyGuard {
      protected override deny(...[denial, context]: Parameters<UnkeyGuard['deny']>) {
        thrown.push(denial);
        return super.deny(denial, context);
      }
    }
    @Controller()
    class AppController {
      @UseGuards(Observing)
      @CheckKey(() => false, { code: 'PLAN_REQUIRED' })
      @Credits(2)
      @Get()
      read() {
        return { ok: true };
      }
    }
    const { get } = await start(AppController);
    const { key, keyId } = await server.unkey.createKey({});
    await get('/', { 'x-api-key': key });
    expect(denied).toMatchObject([{ code: 'PLAN_REQUIRED', status: 403, keyId }]);
    const [denial] = thrown;
    expect(denial).toBeInstanceOf(KeyDeniedException);
    expect(isUnkeyException(denial)).toBe(true);
    const { verification, demands } = denial as KeyDeniedException;
    expect(verification).toMatchObject({ valid: true, code: 'VALID', keyId });
    expect(demands).toEqual({ credits: 2 });
    expect(Object.keys(denial as object)).not.toEqual(expect.arrayContaining(['verification']));
    expect(Object.keys(denial as object)).not.toEqual(expect.arrayContaining(['demands']));
  });

  it('have their message as the detail of problem details', async () => {
    const refusal = { code: 'PLAN_REQUIRED', message: 'Upgrade first.', status: 402 };
    const { get } = await withCheck(() => false, refusal, { problemDetails: true });
    const { key } = await server.unkey.createKey({});
    expect((await get('/', { 'x-api-key': key })).body).toEqual({
      type: 'about:blank',
      title: 'Payment Required',
      status: 402,
      detail: 'Upgrade first.',
      code: 'PLAN_REQUIRED',
    });
  });

  it('of status 401 are answered with a challenge', async () => {
    const { get } = await withCheck(() => false, { code: 'STALE', status: 401 });
    const { key } = await server.unkey.createKey({});
    expect((await get('/', { 'x-api-key': key })).headers.get('www-authenticate')).toBe(
      'Bearer realm="api", error="invalid_token"',
    );
  });
});

@Controller()
class ReadController {
  @Get()
  read(@Req() incoming: { unkey?: VerifiedKey }) {
    return incoming.unkey;
  }
}

interface WithUser {
  user?: unknown;
}

@Controller()
class UserController {
  @OptionalKey()
  @Get()
  read(@Req() incoming: WithUser) {
    return { user: incoming.user };
  }
}

describe.each(ADAPTERS)('the user of a key, on %s', (adapter) => {
  const server = useUnkey();

  @Injectable()
  class Earlier implements CanActivate {
    canActivate(context: ExecutionContext) {
      context.switchToHttp().getRequest<WithUser>().user = 'of an earlier guard';
      return true;
    }
  }
  const start = (options: UnkeyModuleOptions, controller: new () => object = UserController) =>
    startApp(
      adapter,
      {
        imports: [UnkeyModule.forRoot({ ...server.options, ...options })],
        controllers: [controller],
        providers: [Earlier],
      },
      (app) => app.useGlobalGuards(app.get(Earlier), app.get(UnkeyGuard)),
    );

  it('is set as request.user and replaces the value of an earlier guard', async () => {
    const { get } = await start({ userFrom: ({ identity }) => ({ id: identity?.externalId }) });
    const { key } = await server.unkey.createKey({ externalId: 'alice' });
    expect((await get('/', { 'x-api-key': key })).body).toEqual({ user: { id: 'alice' } });
  });

  it('can be looked up asynchronously, with the context', async () => {
    const { get } = await start({
      userFrom: async ({ keyId }, context) => Promise.resolve([keyId, context.getHandler().name]),
    });
    const { key, keyId } = await server.unkey.createKey({});
    expect((await get('/', { 'x-api-key': key })).body).toEqual({ user: [keyId, 'read'] });
  });

  it('is not created without a key, or for a rejected key', async () => {
    let made = 0;
    const { get } = await start({ userFrom: () => ++made, checks: [{ check: plan('pro') }] });
    const { key } = await server.unkey.createKey({});
    expect((await get('/')).body).toEqual({ user: 'of an earlier guard' });
    expect((await get('/', { 'x-api-key': 'unknown' })).status).toBe(401);
    expect((await get('/', { 'x-api-key': key })).status).toBe(403);
    expect(made).toBe(0);
  });

  it('is created once per request, with any number of guards', async () => {
    let made = 0;
    @UseGuards(UnkeyGuard)
    @Controller()
    class GuardedController extends UserController {}
    const { get } = await start({ userFrom: () => ++made }, GuardedController);
    const { key } = await server.unkey.createKey({});
    expect((await get('/', { 'x-api-key': key })).body).toEqual({ user: 1 });
    expect((await get('/', { 'x-api-key': key })).body).toEqual({ user: 2 });
  });

  it('whose making throws is answered as Nest answers what was thrown', async () => {
    const { get } = await start({
      userFrom: () => {
        throw new TypeError('no database');
      },
    });
    const { key } = await server.unkey.createKey({});
    expect((await get('/', { 'x-api-key': key })).status).toBe(500);
  });
});
