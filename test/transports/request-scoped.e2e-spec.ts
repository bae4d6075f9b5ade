import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  Scope,
  UseGuards,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_GUARD, NestFactory, REQUEST } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  UNKEY_RESOLVED_OPTIONS,
  UNKEY_SERVICE,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  type UnkeyService,
  type ResolvedUnkeyOptions,
  type VerifiedKey,
} from 'nestjs-unkey';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ADAPTERS, httpAdapter, listen, LogLines, startApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';
import { connectSocketIo } from '../support/ws-clients.js';

const isNest11 = process.env.NEST_MAJOR === '11';

/** Guards that were made; a request-scoped one is made for each request. */
let made = 0;
beforeEach(() => void (made = 0));

@Injectable({ scope: Scope.REQUEST })
class RequestScopedGuard extends UnkeyGuard {
  constructor(
    @Inject(UNKEY_SERVICE) unkey: UnkeyService,
    @Inject(UNKEY_RESOLVED_OPTIONS) options: ResolvedUnkeyOptions,
  ) {
    super(unkey, options);
    made++;
  }
}

/** A provider that makes what depends on it request-scoped. */
@Injectable({ scope: Scope.REQUEST })
class Tenant {
  constructor(@Inject(REQUEST) readonly request: object) {}
}

const server = useUnkey();
const verifications = () =>
  server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

const STATIC_GUARD: Provider = { provide: APP_GUARD, useExisting: UnkeyGuard };
const SCOPED_GUARD: Provider = { provide: APP_GUARD, useClass: RequestScopedGuard, scope: Scope.REQUEST };

describe.each(ADAPTERS)('request-scoped guards and controllers over HTTP on %s', (adapter) => {
  it.each<[string, Type<UnkeyGuard>[], Provider[], boolean, number]>([
    ['a request-scoped guard on class and handler', [RequestScopedGuard], [], false, 2],
    ['a request-scoped guard on a request-scoped controller', [RequestScopedGuard], [], true, 2],
    ['the guard on a request-scoped controller', [UnkeyGuard], [], true, 0],
    ['a request-scoped global guard', [], [SCOPED_GUARD], false, 2],
    ['a request-scoped global guard, and the guard on the class', [UnkeyGuard], [SCOPED_GUARD], true, 2],
  ])('%s: refuses, and verifies once', async (_, guards, providers, isScoped, guardsMade) => {
    @UseGuards(...guards)
    @Controller()
    class AppController {
      constructor(@Inject('tenant') readonly tenant: unknown) {}

      @UseGuards(...guards)
      @Get()
      read(@UnkeyKey() key: VerifiedKey) {
        return { keyId: key.keyId, isScoped: this.tenant instanceof Tenant };
      }
    }
    const { get } = await startApp(adapter, {
      imports: [UnkeyModule.forRoot(server.options)],
      controllers: [AppController],
      providers: [
        ...providers,
        Tenant,
        isScoped ? { provide: 'tenant', useExisting: Tenant } : { provide: 'tenant', useValue: undefined },
      ],
    });
    const { key, keyId } = await server.unkey.createKey({});
    expect((await get('/')).body).toMatchObject({ code: 'MISSING_KEY' });
    expect((await get('/', { 'x-api-key': key })).body).toEqual({ keyId, isScoped });
    expect(verifications()).toBe(1);
    expect(made).toBe(guardsMade);
  });
});

/** Nest 11 constructs no request-scoped gateway and no request-scoped guard of a gateway: it calls their prototypes. */
describe('guards and gateways over WebSocket', () => {
  async function start(guards: Type<UnkeyGuard>[], providers: Provider[], isScoped: boolean) {
    @UseGuards(...guards)
    @WebSocketGateway()
    class Gateway {
      constructor(@Inject('tenant') readonly tenant: unknown) {}

      @SubscribeMessage('open')
      open() {
        return { event: 'answer', data: 'open' };
      }

      @SubscribeMessage('who')
      who(@UnkeyKey('keyId') keyId: string) {
        return { event: 'answer', data: { keyId, isScoped: this.tenant instanceof Tenant } };
      }
    }
    class App {}
    Module({
      imports: [UnkeyModule.forRoot(server.options)],
      providers: [
        ...providers,
        Gateway,
        Tenant,
        isScoped ? { provide: 'tenant', useExisting: Tenant } : { provide: 'tenant', useValue: undefined },
      ],
    })(App);
    const log = new LogLines();
    const app = await NestFactory.create(App, httpAdapter('express'), { logger: log });
    onTestFinished(() => app.close());
    const url = await listen(app);
    return {
      log,
      connect: async (key?: string) => {
        const client = await connectSocketIo(url, key === undefined ? {} : { 'x-api-key': key });
        onTestFinished(() => client.close());
        return async (event: string) => {
          client.emit(event, {});
          return client.next();
        };
      },
    };
  }

  const ANSWER = { event: 'answer', data: 'open' };
  const REFUSAL = { event: 'exception', data: { code: 'MISSING_KEY' } };
  const ERROR = { event: 'exception', data: { message: 'Internal server error' } };

  it.each<[string, Type<UnkeyGuard>[], Provider[], boolean, { nest11: object; nest12: object }]>([
    ['the guard on a gateway', [UnkeyGuard], [], false, { nest11: REFUSAL, nest12: REFUSAL }],
    ['the guard on a request-scoped gateway', [UnkeyGuard], [], true, { nest11: REFUSAL, nest12: REFUSAL }],
    [
      'a request-scoped guard on a gateway',
      [RequestScopedGuard],
      [],
      false,
      { nest11: ERROR, nest12: REFUSAL },
    ],
    [
      'a request-scoped guard on a request-scoped gateway',
      [RequestScopedGuard],
      [],
      true,
      { nest11: ERROR, nest12: REFUSAL },
    ],
    ['a global guard, a gateway', [], [STATIC_GUARD], false, { nest11: ANSWER, nest12: REFUSAL }],
    [
      'a global guard, a request-scoped gateway',
      [],
      [STATIC_GUARD],
      true,
      { nest11: ANSWER, nest12: REFUSAL },
    ],
    [
      'a request-scoped global guard, a gateway',
      [],
      [SCOPED_GUARD],
      false,
      { nest11: ANSWER, nest12: ANSWER },
    ],
    [
      'a request-scoped global guard, a request-scoped gateway',
      [],
      [SCOPED_GUARD],
      true,
      { nest11: ANSWER, nest12: ERROR },
    ],
  ])('%s: what a client without a key receives', async (_, guards, providers, isScoped, expected) => {
    const { connect } = await start(guards, providers, isScoped);
    const ask = await connect();
    expect(await ask('open')).toMatchObject(isNest11 ? expected.nest11 : expected.nest12);
  });

  it.each<[string, Type<UnkeyGuard>[], boolean]>([
    ['the guard on a request-scoped gateway', [UnkeyGuard], true],
    ...(isNest11
      ? []
      : ([
          ['a request-scoped guard on a gateway', [RequestScopedGuard, UnkeyGuard], false],
          ['a request-scoped guard on a request-scoped gateway', [RequestScopedGuard, UnkeyGuard], true],
        ] satisfies [string, Type<UnkeyGuard>[], boolean][])),
  ])('%s: messages share one verification, and handlers have the key', async (_, guards, isScoped) => {
    const { connect } = await start(guards, [], isScoped);
    const { key, keyId } = await server.unkey.createKey({});
    const ask = await connect(key);
    for (let n = 0; n < 3; n++) {
      expect(await ask('who')).toEqual({
        event: 'answer',
        data: { keyId, isScoped: isScoped && !isNest11 },
      });
    }
    expect(verifications()).toBe(1);
  });

  it('a guard that Nest did not construct lets no request through, and the log says what to change', async () => {
    const { connect, log } = isNest11
      ? await start([RequestScopedGuard], [], false)
      : await start([], [SCOPED_GUARD], true);
    const ask = await connect((await server.unkey.createKey({})).key);
    expect(await ask('open')).toMatchObject(ERROR);
    expect(
      log.of(
        'error',
        'RequestScopedGuard is request-scoped, and Nest calls it for Gateway.open without constructing it',
      ),
    ).toHaveLength(1);
  });

  it('a handler that reads the key and has no guard answers with an error', async () => {
    const { connect } = await start([], [], false);
    const ask = await connect((await server.unkey.createKey({})).key);
    expect(await ask('who')).toMatchObject(ERROR);
  });
});
