import {
  Controller,
  Get,
  Injectable,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  Public,
  Ratelimit,
  UnkeyGuard,
  UnkeyModule,
  UnkeyRatelimitGuard,
  UnkeyService,
  type RatelimitOptions,
} from 'nestjs-unkey';
import { fakeVerifier, useVerifier, verifiedKey } from 'nestjs-unkey/testing';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ADAPTERS, bootError, listen, request, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

const MINUTE = 60_000;
const BY_KEY: RatelimitOptions = { namespace: 'key', limit: 5, duration: MINUTE };
const BY_IP: RatelimitOptions = { namespace: 'ip', limit: 5, duration: MINUTE, by: 'ip' };
const COMPUTED: RatelimitOptions = { namespace: 'computed', limit: () => 5, duration: MINUTE, by: 'ip' };

@Injectable()
class PartnerGuard extends UnkeyGuard {}

/** Makes a controller with decorators on the class and on its only handler, from the top to the bottom. */
function controller(onClass: ClassDecorator[], onHandler: MethodDecorator[]): Type {
  class OrderController {
    read() {
      return 'ok';
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(OrderController.prototype, 'read');
  for (const decorate of [...onHandler].reverse())
    decorate(OrderController.prototype, 'read', descriptor ?? {});
  Get('read')(OrderController.prototype, 'read', descriptor ?? {});
  for (const decorate of [...onClass].reverse()) decorate(OrderController);
  Controller()(OrderController);
  return OrderController;
}

const limit = (options: RatelimitOptions) => Ratelimit(options) as ClassDecorator & MethodDecorator;
const guard = (type: Type<CanActivate> = UnkeyGuard) => UseGuards(type);

const server = useUnkey();
beforeEach(() => server.unkey.clock.set(1_700_000_040_000));

interface Case {
  name: string;
  onClass?: ClassDecorator[];
  onHandler?: MethodDecorator[];
  globalGuard?: boolean;
  globalLimiter?: boolean;
  status: number;
  /** What reached Unkey, in order. */
  calls: string[];
  /** Whether the audit has the problem `guard-order`. Default: whether the status is 500. */
  problem?: boolean;
}

const VERIFY = 'keys.verifyKey';

const CASES: Case[] = [
  {
    name: '@Ratelimit above UnkeyGuard',
    onHandler: [limit(BY_KEY), guard()],
    status: 200,
    calls: [VERIFY, 'key'],
  },
  { name: '@Ratelimit below UnkeyGuard', onHandler: [guard(), limit(BY_KEY)], status: 500, calls: [] },
  { name: 'a function below UnkeyGuard', onHandler: [guard(), limit(COMPUTED)], status: 500, calls: [] },
  {
    name: 'by address below UnkeyGuard',
    onHandler: [guard(), limit(BY_IP)],
    status: 200,
    calls: ['ip', VERIFY],
  },
  {
    name: 'one above and one below UnkeyGuard',
    onHandler: [limit(BY_KEY), guard(), limit({ ...BY_KEY, namespace: 'below' })],
    status: 200,
    calls: [VERIFY, 'key below'],
  },
  {
    name: 'on the class, UnkeyGuard on the handler',
    onClass: [limit(BY_KEY)],
    onHandler: [guard()],
    status: 500,
    calls: [],
  },
  {
    name: 'on the class and on the handler, UnkeyGuard on the handler below',
    onClass: [limit(BY_KEY)],
    onHandler: [limit({ ...BY_KEY, namespace: 'handler' }), guard()],
    status: 200,
    calls: [VERIFY, 'key handler'],
  },
  {
    name: 'on the handler, UnkeyGuard on the class',
    onClass: [guard()],
    onHandler: [limit(BY_KEY)],
    status: 200,
    calls: [VERIFY, 'key'],
  },
  {
    name: 'below a global UnkeyGuard in any order',
    onHandler: [guard(), limit(BY_KEY)],
    globalGuard: true,
    status: 200,
    calls: [VERIFY, 'key'],
  },
  {
    name: 'below a subclass, to which the global UnkeyGuard leaves the handler',
    onHandler: [guard(PartnerGuard), limit(BY_KEY)],
    globalGuard: true,
    status: 500,
    calls: [],
  },
  {
    name: 'without any UnkeyGuard, by address',
    onHandler: [limit(BY_KEY)],
    status: 200,
    calls: ['key'],
  },
  {
    name: 'a global limiter first, then a global UnkeyGuard',
    onHandler: [limit(BY_KEY), limit(BY_IP), limit(COMPUTED)],
    globalGuard: true,
    globalLimiter: true,
    status: 200,
    calls: ['ip', VERIFY, 'key computed'],
  },
  {
    name: 'a global limiter first, then UnkeyGuard on the handler',
    onHandler: [limit(BY_KEY), limit(BY_IP), guard()],
    globalLimiter: true,
    status: 200,
    calls: ['ip', VERIFY, 'key'],
  },
  {
    name: 'a global limiter first, then @Ratelimit below UnkeyGuard',
    onHandler: [guard(), limit(BY_KEY), limit(BY_IP)],
    globalLimiter: true,
    status: 500,
    calls: ['ip'],
  },
  {
    name: 'a global limiter and no UnkeyGuard',
    onHandler: [limit(BY_KEY), limit(BY_IP)],
    globalLimiter: true,
    status: 200,
    calls: ['key ip'],
  },
  {
    name: 'a public handler below UnkeyGuard',
    onHandler: [guard(), limit(BY_KEY), Public() as MethodDecorator],
    status: 200,
    calls: ['key'],
  },
];

/** The operations that Unkey was asked for, with the namespaces in place of `ratelimit.multiLimit`. */
const calls = () =>
  server.unkey.calls.map(({ operation, body }) =>
    operation === 'ratelimit.multiLimit'
      ? (body as { namespace: string }[]).map(({ namespace }) => namespace).join(' ')
      : operation,
  );

describe.each(ADAPTERS)('the order of @Ratelimit() and UnkeyGuard, on %s', (adapter) => {
  it.each(CASES)('$name: $status', async ({ onClass = [], onHandler = [], globalGuard = false, ...row }) => {
    const { app, get, log } = await startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard })],
      controllers: [controller(onClass, onHandler)],
      providers: [
        PartnerGuard,
        ...(row.globalLimiter ? [{ provide: APP_GUARD, useExisting: UnkeyRatelimitGuard }] : []),
      ],
    });
    const { key } = await server.unkey.createKey({});
    const answer = await get('/read', { 'x-api-key': key });
    expect(answer.status, answer.text).toBe(row.status);
    expect(calls()).toEqual(row.calls);
    const problems = app
      .get(UnkeyService)
      .audit()
      .map(({ problem }) => problem);
    expect(problems.includes('guard-order')).toBe(row.problem ?? row.status === 500);
    expect(answer.text.includes('UNKEY_MISCONFIGURED')).toBe(row.status === 500);
    const lines = log.of('error', 'OrderController.read: @Ratelimit() depends on the key');
    expect(lines).toHaveLength(row.status === 500 ? 1 : 0);
  });

  it('the audit says how to fix it, and stops the app with audit: "throw"', async () => {
    const error = await bootError({
      imports: [UnkeyModule.forRoot({ ...server.options, audit: 'throw' })],
      controllers: [controller([], [guard(), limit(BY_KEY)])],
    });
    expect(error.message).toContain(
      'OrderController.read (GET /read): guard-order. @Ratelimit() depends on the key, but its guard runs before the guard that verifies the key. Write @Ratelimit() above @UseGuards(UnkeyGuard)',
    );
  });

  it('useGlobalGuards() registers the limiter too', async () => {
    const { get } = await startApp(
      adapter,
      {
        imports: [UnkeyModule.forRoot(server.options)],
        controllers: [controller([], [limit(BY_KEY), limit(BY_IP), guard()])],
      },
      (app) => app.useGlobalGuards(app.get(UnkeyRatelimitGuard)),
    );
    const { key } = await server.unkey.createKey({});
    expect((await get('/read', { 'x-api-key': key })).status).toBe(200);
    expect(calls()).toEqual(['ip', VERIFY, 'key']);
  });
});

it('a stub guard of a test that sets request.unkey counts as a decision', async () => {
  class StubGuard {
    canActivate(context: ExecutionContext) {
      context.switchToHttp().getRequest<{ unkey?: unknown }>().unkey = verifiedKey({ keyId: 'key_stub' });
      return true;
    }
  }
  const module = await Test.createTestingModule({
    imports: [UnkeyModule.forRoot(server.options)],
    controllers: [controller([], [limit(BY_KEY), guard()])],
  })
    .overrideGuard(UnkeyGuard)
    .useClass(StubGuard)
    .compile();
  const app = module.createNestApplication();
  onTestFinished(() => app.close());
  const url = await listen(app);
  expect((await request(`${url}/read`)).status).toBe(200);
  expect(server.unkey.calls[0]?.body).toMatchObject([{ identifier: 'key:key_stub' }]);
});

it('a test without a server and a root key replaces the limiter', async () => {
  const builder = Test.createTestingModule({
    imports: [UnkeyModule.forRoot()],
    controllers: [controller([], [limit(BY_KEY), guard()])],
  });
  const module = await useVerifier(builder, fakeVerifier({ alice: verifiedKey() }))
    .overrideGuard(UnkeyRatelimitGuard)
    .useValue({ canActivate: () => true })
    .compile();
  const app = module.createNestApplication();
  onTestFinished(() => app.close());
  const url = await listen(app);
  expect((await request(`${url}/read`, { headers: { 'x-api-key': 'alice' } })).status).toBe(200);
  expect(server.unkey.calls).toEqual([]);
});
