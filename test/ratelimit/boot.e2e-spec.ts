import { Controller, Get, Module } from '@nestjs/common';
import {
  Ratelimit,
  UnkeyModule,
  UseUnkey,
  type RatelimitOptions,
  type UnkeyModuleOptions,
} from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { bootError } from '../support/app.js';

const OFFLINE = { rootKey: 'unkey_test', client: false } as const;
const VALID: RatelimitOptions = { namespace: 'api', limit: 1, duration: 60_000 };

function boot(options: unknown, more: UnkeyModuleOptions = OFFLINE, onClass?: unknown): Promise<Error> {
  class LimitedController {
    read() {
      return 'ok';
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(LimitedController.prototype, 'read') ?? {};
  for (const one of Array.isArray(options) ? options : [options]) {
    Ratelimit(one as RatelimitOptions)(LimitedController.prototype, 'read', descriptor);
  }
  Get()(LimitedController.prototype, 'read', descriptor);
  if (onClass !== undefined) Ratelimit(onClass as RatelimitOptions)(LimitedController);
  Controller()(LimitedController);
  class Feature {}
  Module({ controllers: [LimitedController] })(Feature);
  return bootError({ imports: [UnkeyModule.forRoot(more), Feature] });
}

describe('a wrong @Ratelimit() stops the app at startup', () => {
  it.each<[string, unknown]>([
    ['takes an object { namespace, limit, duration, … }, got undefined', undefined],
    ['"namespace" of a limit must be a string of 1 to 512 characters, got ""', { ...VALID, namespace: '' }],
    [
      '"namespace" of a limit must be a string of 1 to 512 characters, got undefined',
      { limit: 1, duration: 1000 },
    ],
    ['"limit" of the limit "api" must be a whole number of at least 1, got 0', { ...VALID, limit: 0 }],
    ['"limit" of the limit "api" must be a whole number of at least 1, got 1.5', { ...VALID, limit: 1.5 }],
    ['"limit" of the limit "api" must be a whole number of at least 1, got "5"', { ...VALID, limit: '5' }],
    [
      '"duration" of the limit "api" must be a whole number of milliseconds from 1000 to 2592000000, got 999',
      { ...VALID, duration: 999 },
    ],
    [
      '"duration" of the limit "api" must be a whole number of milliseconds from 1000 to 2592000000, got 2592000001',
      { ...VALID, duration: 2_592_000_001 },
    ],
    ['"cost" of the limit "api" must be a whole number of at least 0, got -1', { ...VALID, cost: -1 }],
    [
      `"by" must be 'key', 'identity', 'ip' or a function (context) => string, got "user"`,
      { ...VALID, by: 'user' },
    ],
    [`"onUnavailable" must be 'deny' or 'allow', got "open"`, { ...VALID, onUnavailable: 'open' }],
    [
      'unknown member "ttl" of a limit; it takes namespace, limit, duration, cost, by, onUnavailable',
      { ...VALID, ttl: 1 },
    ],
  ])('%s', async (message, options) => {
    const error = await boot(options);
    expect(error.name).toBe('UnkeyConfigError');
    expect(error.message).toBe(`LimitedController.read: @Ratelimit(): ${message}.`);
  });

  it('on a class', async () => {
    expect((await boot(VALID, OFFLINE, { ...VALID, namespace: 'class', limit: -1 })).message).toContain(
      'LimitedController.read: @Ratelimit(): "limit" of the limit "class"',
    );
  });

  it('the same limit twice in the same place', async () => {
    expect((await boot([VALID, { ...VALID, limit: 5 }])).message).toBe(
      'LimitedController.read: @Ratelimit() names "api" twice in the same place with the same "by" and "duration", so each call would count twice; keep one.',
    );
  });

  it('without a root key, if keys are verified by a client of your own', async () => {
    const client = { keys: { verifyKey: () => Promise.reject(new Error('not asked')) } };
    const error = await boot(VALID, { client } as unknown as UnkeyModuleOptions);
    expect(error.message).toBe(
      'LimitedController.read: @Ratelimit() needs a root key; set the option "rootKey" or the environment variable UNKEY_ROOT_KEY.',
    );
  });

  it('without a root key of the named instance that counts it', async () => {
    @UseUnkey('partners')
    @Controller()
    class PartnersController {
      @Ratelimit(VALID)
      @Get()
      read() {}
    }
    const error = await bootError({
      imports: [
        UnkeyModule.forRoot(OFFLINE),
        UnkeyModule.forRoot({ name: 'partners', gateway: { trust: 'always' } }),
      ],
      controllers: [PartnersController],
    });
    expect(error.message).toBe(
      'PartnersController.read: @Ratelimit() needs a root key; set the option "rootKey" of the instance "partners", which does not read UNKEY_ROOT_KEY.',
    );
  });
});
