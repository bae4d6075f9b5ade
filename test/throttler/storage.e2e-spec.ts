import { Controller, Get, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import {
  SkipThrottle,
  Throttle,
  ThrottlerGuard,
  ThrottlerModule,
  type ThrottlerOptions,
} from '@nestjs/throttler';
import { OptionalKey, UnkeyGuard, UnkeyService } from 'nestjs-unkey';
import { UnkeyTestingModule } from 'nestjs-unkey/testing';
import {
  trackByIdentity,
  trackByKey,
  UnkeyThrottlerStorage,
  type UnkeyThrottlerStorageOptions,
} from 'nestjs-unkey/throttler';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ADAPTERS, startApp, type Adapter, type RunningApp } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';

const MINUTE = 60_000;
/** The start of a window of one minute. */
const START = 1_700_000_040_000;

const server = useUnkey();
beforeEach(() => server.unkey.clock.set(START));
afterEach(() => vi.useRealTimers());

@Controller()
class HitsController {
  @OptionalKey()
  @Get('hit')
  hit() {
    return 'ok';
  }

  @SkipThrottle()
  @OptionalKey()
  @Get('skipped')
  skipped() {
    return 'ok';
  }

  @Throttle({ default: { limit: 1, ttl: MINUTE } })
  @OptionalKey()
  @Get('narrow')
  narrow() {
    return 'ok';
  }
}

interface Setup {
  throttlers: ThrottlerOptions[];
  storage?: UnkeyThrottlerStorageOptions | 'own';
  getTracker?: (request: Record<string, unknown>, context: ExecutionContext) => string;
  generateKey?: (context: ExecutionContext, tracker: string) => string;
}

/** An app that throttles by `@nestjs/throttler`, as docs/rate-limiting.md registers it. */
function start(adapter: Adapter, { throttlers, storage = {}, ...common }: Setup): Promise<RunningApp> {
  return startApp(adapter, {
    imports: [
      UnkeyTestingModule.forEmulator(server.unkey),
      ThrottlerModule.forRootAsync({
        inject: [UnkeyService],
        useFactory: (unkey: UnkeyService) => ({
          throttlers,
          ...common,
          ...(storage === 'own' ? {} : { storage: new UnkeyThrottlerStorage(unkey, storage) }),
        }),
      }),
    ],
    controllers: [HitsController],
    providers: [
      { provide: APP_GUARD, useExisting: UnkeyGuard },
      { provide: APP_GUARD, useClass: ThrottlerGuard },
    ],
  });
}

const identifiers = () =>
  server.unkey.calls
    .filter(({ operation }) => operation === 'ratelimit.multiLimit')
    .map(({ body }) => (body as [{ namespace: string; identifier: string }])[0]);

/** What a caller sees of its limits. */
async function hit({ get }: RunningApp, path = '/hit') {
  const { status, headers } = await get(path);
  const names = ['limit', 'remaining', 'reset'].map((name) => `x-ratelimit-${name}`);
  return [status, ...[...names, 'retry-after'].map((name) => headers.get(name))];
}

/** Moves both the emulator's clock and `Date`, by which throttler's own storage goes. */
function moveTo(time: number) {
  server.unkey.clock.set(time);
  vi.setSystemTime(time);
}

describe.each(ADAPTERS)('UnkeyThrottlerStorage on %s', (adapter) => {
  it.each([
    ['the default blockDuration', {}],
    ['blockDuration: ttl', { blockDuration: MINUTE }],
    ['blockDuration: 0', { blockDuration: 0 }],
  ])('gives callers the same as throttler’s own storage: %s', async (_, more) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const throttlers = [{ ttl: MINUTE, limit: 3, ...more }];
    const [own, unkey] = [
      await start(adapter, { throttlers, storage: 'own' }),
      await start(adapter, { throttlers }),
    ];
    for (let window = 0; window < 5; window++) {
      // A window of each begins with its first hit, and the one before does not count any more.
      moveTo(START + window * 3 * MINUTE);
      for (let n = 0; n < 6; n++) {
        const expected = await hit(own);
        expect(await hit(unkey), `hit ${n + 1} of window ${window + 1}`).toEqual(expected);
        expect(expected[0]).toBe(n < 3 ? 200 : 429);
      }
    }
  });

  it('gives the same for limits that are decorated, 0, negative or infinite', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    moveTo(START);
    for (const limit of [0, -1, Infinity]) {
      for (const blockDuration of [MINUTE, 0]) {
        const throttlers = [{ ttl: MINUTE, limit, blockDuration }];
        const [own, unkey] = [
          await start(adapter, { throttlers, storage: 'own' }),
          await start(adapter, { throttlers, storage: { namespace: `${limit} ${blockDuration}` } }),
        ];
        for (let n = 0; n < 4; n++) {
          expect(await hit(unkey), `limit ${limit}, hit ${n + 1}`).toEqual(await hit(own));
        }
      }
    }
    const [own, unkey] = [
      await start(adapter, { throttlers: [{ ttl: MINUTE, limit: 5 }], storage: 'own' }),
      await start(adapter, { throttlers: [{ ttl: MINUTE, limit: 5 }] }),
    ];
    for (let n = 0; n < 3; n++) expect(await hit(unkey, '/narrow')).toEqual(await hit(own, '/narrow'));
    expect(await hit(unkey, '/skipped')).toEqual(await hit(own, '/skipped'));
  });

  it('lets exactly 20 of 50 concurrent requests through', async () => {
    const { get } = await start(adapter, { throttlers: [{ ttl: MINUTE, limit: 20 }] });
    const answers = await Promise.all(Array.from({ length: 50 }, () => get('/hit')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
  });

  it('a throttler with a name counts in a namespace of its own', async () => {
    const app = await start(adapter, {
      throttlers: [
        { ttl: MINUTE, limit: 5 },
        { name: 'burst', ttl: 1000, limit: 2 },
      ],
      generateKey: (_, tracker) => tracker,
      getTracker: trackByKey,
    });
    await app.get('/hit');
    // ThrottlerModule sorts them by their ttl.
    expect(identifiers()).toEqual([
      expect.objectContaining({ namespace: 'throttler.burst', identifier: 'ip:127.0.0.1' }),
      expect.objectContaining({ namespace: 'throttler', identifier: 'ip:127.0.0.1' }),
    ]);
  });

  it('tracks by key and by identity', async () => {
    const setup = {
      throttlers: [{ ttl: MINUTE, limit: 5 }],
      generateKey: (_: ExecutionContext, tracker: string) => tracker,
    };
    const byKey = await start(adapter, { ...setup, getTracker: trackByKey });
    const byIdentity = await start(adapter, { ...setup, getTracker: trackByIdentity });
    const alice = await server.unkey.createKey({ externalId: 'alice' });
    const lone = await server.unkey.createKey({});
    await byKey.get('/hit', { 'x-api-key': alice.key });
    await byIdentity.get('/hit', { 'x-api-key': alice.key });
    await byIdentity.get('/hit', { 'x-api-key': lone.key });
    await byIdentity.get('/hit');
    expect(identifiers().map(({ identifier }) => identifier)).toEqual([
      `key:${alice.keyId}`,
      'identity:alice',
      `key:${lone.keyId}`,
      'ip:127.0.0.1',
    ]);
  });

  it.each<[ThrottlerOptions, string]>([
    [
      { ttl: MINUTE, limit: 5, blockDuration: 5 * MINUTE },
      'the throttler "default": "blockDuration" must be the same as "ttl" (60000) or 0 with UnkeyThrottlerStorage, got 300000',
    ],
    [
      { name: 'short', ttl: 999, limit: 5 },
      'the throttler "short": "ttl" must be 1000 to 2592000000 (ms) with UnkeyThrottlerStorage, got 999',
    ],
  ])('what Unkey cannot do is a 500 that names the throttler: %j', async (throttler, sentence) => {
    const { get, log } = await start(adapter, { throttlers: [throttler] });
    expect((await get('/hit')).status).toBe(500);
    expect(log.of('error', sentence)).toHaveLength(1);
    expect(server.unkey.calls).toEqual([]);
  });

  it.each([
    ['an outage', 'deny', { status: 500 }, 503],
    ['an outage with onUnavailable: "allow"', 'allow', { status: 500 }, 200],
    ['a refusal of us', 'deny', { status: 403 }, 500],
    ['a refusal of us with onUnavailable: "allow"', 'allow', { status: 403 }, 500],
  ] as const)('%s', async (_, onUnavailable, fault, status) => {
    const app = await start(adapter, { throttlers: [{ ttl: MINUTE, limit: 5 }], storage: { onUnavailable } });
    server.unkey.fail(fault, { operation: 'ratelimit.multiLimit' });
    expect((await hit(app))[0]).toBe(status);
  });
});

describe('wrong options of UnkeyThrottlerStorage are a TypeError', () => {
  it.each<[string, unknown]>([
    ['"namespace" must be a string', { namespace: '' }],
    [`"onUnavailable" must be 'deny' or 'allow', got "open"`, { onUnavailable: 'open' }],
  ])('%s', (sentence, options) => {
    const unkey = {} as UnkeyService;
    expect(() => new UnkeyThrottlerStorage(unkey, options as UnkeyThrottlerStorageOptions)).toThrow(sentence);
  });
});

it('a request without a key and an address cannot be tracked', () => {
  expect(() => trackByKey({ headers: {} })).toThrow('neither a verified key nor an address');
});
