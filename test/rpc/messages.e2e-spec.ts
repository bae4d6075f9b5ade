import { inspect } from 'node:util';
import { Catch, Controller, UseFilters, UseGuards, type ArgumentsHost } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload, RpcException, Transport } from '@nestjs/microservices';
import {
  Credits,
  fromCookie,
  fromHeader,
  fromPayload,
  fromQuery,
  getVerifiedKey,
  isUnkeyException,
  OptionalKey,
  Public,
  UnkeyGuard,
  UnkeyKey,
  UnkeyModule,
  type UnkeyModuleOptions,
  type VerifiedKey,
} from 'nestjs-unkey';
import { throwError } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, hasRedis, RedisProcess } from '../support/redis.js';
import { useUnkey } from '../support/unkey.js';
import {
  addressOf,
  IS_NEST_12,
  microserviceClient,
  outcome,
  startMicroservice,
  TCP,
} from './support/microservice.js';

const ran: string[] = [];
const caught: { exception: RpcException; seen: VerifiedKey | undefined }[] = [];

@Catch(RpcException)
class RememberingFilter {
  catch(exception: RpcException, host: ArgumentsHost) {
    caught.push({ exception, seen: getVerifiedKey(host) });
    return throwError(() => exception.getError());
  }
}

@UseGuards(UnkeyGuard)
@Controller()
class Documents {
  @UseGuards(UnkeyGuard)
  @MessagePattern('read')
  read(@UnkeyKey('keyId') keyId: string, @Payload('text') text: string) {
    return { keyId, text };
  }

  @Credits(3)
  @MessagePattern('export')
  export(@UnkeyKey() key: VerifiedKey) {
    return { credits: key.credits };
  }

  @OptionalKey()
  @MessagePattern('optional')
  optional(@UnkeyKey() key: VerifiedKey | undefined) {
    return { hasKey: key !== undefined };
  }

  @Public()
  @MessagePattern('open')
  open(@UnkeyKey() key: VerifiedKey | undefined) {
    return { hasKey: key !== undefined };
  }

  @UseFilters(RememberingFilter)
  @MessagePattern('filtered')
  filtered(@UnkeyKey() key: VerifiedKey) {
    throw new RpcException(key.keyId);
  }

  @EventPattern('created')
  created(@UnkeyKey('keyId') keyId: string) {
    ran.push(`created by ${keyId}`);
  }

  @EventPattern('created')
  alsoCreated(@UnkeyKey('keyId') keyId: string) {
    ran.push(`also created by ${keyId}`);
  }
}

@Controller()
class WithoutGuard {
  @MessagePattern('unguarded')
  unguarded(@UnkeyKey() key: VerifiedKey) {
    return key;
  }
}

const MISSING = { status: 'error', message: 'An API key is required.', code: 'MISSING_KEY', statusCode: 401 };
const MALFORMED = {
  status: 'error',
  message: 'The API key is malformed.',
  code: 'MALFORMED_KEY',
  statusCode: 401,
};

const server = useUnkey();
const verifications = () =>
  server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

const modules = (options: UnkeyModuleOptions = {}) => ({
  imports: [
    UnkeyModule.forRoot({
      ...server.options,
      breaker: false,
      keyFrom: [fromHeader('x-api-key'), fromPayload('auth.key')],
      ...options,
    }),
  ],
  controllers: [Documents, WithoutGuard],
});

/** A message that carries its key, as every transport can carry one. */
const withKey = (key: unknown, text = 'a') => ({ text, auth: { key } });

let redis: RedisProcess | undefined;
beforeAll(async () => {
  if (!hasRedis) return;
  redis = new RedisProcess(await freePort());
  await redis.start();
});
afterAll(() => redis?.kill());

async function start(transport: 'TCP' | 'Redis', options?: UnkeyModuleOptions) {
  ran.length = 0;
  caught.length = 0;
  const isTcp = transport === 'TCP';
  const id = isTcp ? Transport.TCP : Transport.REDIS;
  const redisAddress = { host: '127.0.0.1', port: Number(new URL(redis?.url ?? 'redis://').port) };
  const { app, log } = await startMicroservice(
    isTcp ? TCP : { transport: Transport.REDIS, options: redisAddress },
    modules(options),
  );
  const address = isTcp ? addressOf(app) : redisAddress;
  const clientWith = (metadata?: unknown) => microserviceClient(id, address, metadata);
  return { log, clientWith, client: clientWith() };
}

describe('messages over TCP', () => {
  contract('TCP');
});
describe.skipIf(!hasRedis)('messages over Redis', () => {
  contract('Redis');
});

function contract(transport: 'TCP' | 'Redis'): void {
  it('a good key reaches the handler, and costs one verification under stacked guards', async () => {
    const { client } = await start(transport);
    const { key, keyId } = await server.unkey.createKey({});
    expect(await outcome(client.send('read', withKey(key)))).toEqual({ keyId, text: 'a' });
    expect(verifications()).toBe(1);
  });

  it('each message is verified and billed by itself, equal ones too', async () => {
    const { client } = await start(transport);
    const { key } = await server.unkey.createKey({ credits: { remaining: 10 } });
    const answers = await Promise.all(
      [1, 2].map(() => outcome(client.send<{ credits: number }>('export', withKey(key)))),
    );
    expect(answers).toEqual(expect.arrayContaining([{ credits: 7 }, { credits: 4 }]));
    expect(verifications()).toBe(2);
  });

  it('a rejected client receives exactly one object, and the handler does not run', async () => {
    const { client, log } = await start(transport);
    expect(await outcome(client.send('read', { text: 'a' }))).toEqual({ refused: MISSING });
    expect(verifications()).toBe(0);
    expect(log.of('error')).toEqual([]);
  });

  it('during an outage it receives retryAfter', async () => {
    const { client } = await start(transport);
    const { key } = await server.unkey.createKey({});
    server.unkey.fail({ status: 500 });
    expect(await outcome(client.send('read', withKey(key)))).toEqual({
      refused: {
        status: 'error',
        message: 'API keys cannot be verified right now. Please try again.',
        code: 'UNKEY_UNAVAILABLE',
        statusCode: 503,
        retryAfter: 1,
      },
    });
  });

  it('the option "statuses" decides the statusCode', async () => {
    const { client } = await start(transport, { statuses: { MISSING_KEY: 403 } });
    expect(await outcome(client.send('read', {}))).toEqual({ refused: { ...MISSING, statusCode: 403 } });
  });

  it.each([
    ['optional', { hasKey: false }],
    ['open', { hasKey: false }],
  ])('without a key "%s" runs', async (pattern, answer) => {
    const { client } = await start(transport);
    expect(await outcome(client.send(pattern, {}))).toEqual(answer);
    expect(verifications()).toBe(0);
  });

  it('@UnkeyKey() where no guard ran is an error that names the handler', async () => {
    const { client, log } = await start(transport);
    expect(await outcome(client.send('unguarded', {}))).toEqual({
      refused: { status: 'error', message: 'Internal server error' },
    });
    expect(log.of('error', 'WithoutGuard.unguarded: no UnkeyGuard ran')).toHaveLength(1);
  });

  it('any other error rejects too', async () => {
    const { client } = await start(transport, {
      skipIf: () => {
        throw new Error('broken');
      },
    });
    expect(await outcome(client.send('read', withKey('any')))).toEqual({
      refused: { status: 'error', message: 'Internal server error' },
    });
  });

  it("the app's filters get its own RpcException, whose cause is ours", async () => {
    const { client } = await start(transport);
    await outcome(client.send('filtered', {}));
    const { key, keyId } = await server.unkey.createKey({});
    await outcome(client.send('filtered', withKey(key)));
    const [refusal, error] = caught;
    expect(refusal?.exception.getError()).toEqual(MISSING);
    expect(isUnkeyException(refusal?.exception.cause)).toBe(true);
    expect(Object.keys(refusal?.exception ?? {})).not.toContain('cause');
    expect(error?.seen?.keyId).toBe(keyId);
  });

  it('all handlers of an event run for one verification; a rejected event runs none', async () => {
    const { client, log } = await start(transport);
    const { key, keyId } = await server.unkey.createKey({});
    await outcome(client.emit('created', withKey(undefined)));
    await outcome(client.emit('created', withKey('unknown_key')));
    await outcome(client.emit('created', withKey(key)));
    await expect.poll(() => ran).toHaveLength(2);
    expect(ran).toEqual(expect.arrayContaining([`created by ${keyId}`, `also created by ${keyId}`]));
    expect(verifications()).toBe(2);
    expect(await outcome(client.send('open', {}))).toEqual({ hasKey: false });
    expect(log.of('error', key)).toEqual([]);
    expect(log.of('error', 'unknown_key')).toEqual([]);
  });

  it('a thousand concurrent messages of one client each see their own key', async () => {
    const { client } = await start(transport, { cache: true });
    const keys = await Promise.all(Array.from({ length: 10 }, () => server.unkey.createKey({})));
    const messages = Array.from({ length: 1000 }, (_, n) => ({ ...keys[n % 10], text: String(n) }));
    const answers = await Promise.all(
      messages.map(({ key, text }) => outcome(client.send('read', withKey(key, text)))),
    );
    expect(answers).toEqual(messages.map(({ keyId, text }) => ({ keyId, text })));
  });

  describe('the metadata of a packet, which Nest 11 drops', () => {
    it.each<[string, (key: string) => unknown]>([
      ['under its name', (key) => ({ 'x-api-key': key })],
      ['in any case', (key) => ({ 'X-API-Key': key })],
      ['twice, if equal', (key) => ({ 'x-api-key': key, 'X-Api-Key': key })],
      ['in a list', (key) => ({ 'x-api-key': [key] })],
    ])('a key %s', async (_, metadata) => {
      const { clientWith } = await start(transport);
      const { key, keyId } = await server.unkey.createKey({});
      expect(await outcome(clientWith(metadata(key)).send('read', { text: 'a' }))).toEqual(
        IS_NEST_12 ? { keyId, text: 'a' } : { refused: MISSING },
      );
      expect(verifications()).toBe(IS_NEST_12 ? 1 : 0);
    });

    it.each<[string, unknown, unknown]>([
      ['two values that differ', { 'x-api-key': 'a', 'X-Api-Key': 'b' }, MALFORMED],
      ['a number', { 'x-api-key': 7 }, MALFORMED],
      ['an object', { 'x-api-key': { toString: 'x' } }, MALFORMED],
      ['null', { 'x-api-key': null }, MISSING],
      ['a text instead of an object', 'x-api-key', MISSING],
      ['an inherited name', JSON.parse('{"__proto__":{"x-api-key":"a"}}'), MISSING],
    ])('%s is refused', async (_, metadata, refused) => {
      const { clientWith } = await start(transport);
      expect(await outcome(clientWith(metadata).send('read', {}))).toEqual({
        refused: IS_NEST_12 ? refused : MISSING,
      });
      expect(verifications()).toBe(0);
    });

    it('neither cookies nor a query are read', async () => {
      const { clientWith } = await start(transport, { keyFrom: [fromCookie('key'), fromQuery('key')] });
      const metadata = { cookie: 'key=a', key: 'a' };
      expect(await outcome(clientWith(metadata).send('read', { key: 'a' }))).toEqual({ refused: MISSING });
    });
  });
}

describe('fromPayload', () => {
  it.each<[string, string, unknown, unknown]>([
    ['a missing property', 'auth.key', {}, MISSING],
    ['a missing parent', 'auth.key', { auth: null }, MISSING],
    ['an empty text', 'auth.key', withKey(''), MISSING],
    ['data that is a text', 'length', 'abc', MISSING],
    ['an inherited property', 'constructor.name', { text: 'a' }, MISSING],
    ['a number', 'auth.key', withKey(7), MALFORMED],
    ['a list', 'auth.key', withKey(['a']), MALFORMED],
    ['a text with a blank', 'auth.key', withKey('a b'), MALFORMED],
    ['a text of 1 MB', 'auth.key', withKey('a'.repeat(1_000_000)), MALFORMED],
  ])('%s', async (_, path, data, refused) => {
    const { client } = await start('TCP', { keyFrom: fromPayload(path) });
    expect(await outcome(client.send('read', data))).toEqual({ refused });
    expect(verifications()).toBe(0);
  });

  it.each([[''], ['auth.'], ['auth..key'], [undefined]])(
    'refuses the path %j where it is written',
    (path) => {
      expect(() => fromPayload(path as string)).toThrow(
        /^fromPayload\(\) takes the path of a property, such as "auth.key", got/,
      );
    },
  );
});

describe('no secret leaves the app', () => {
  it('in packets, logs or the printed exception', async () => {
    const { client, log } = await start('TCP');
    const { key } = await server.unkey.createKey({ enabled: false, meta: { note: 'internal' } });
    const refusals = [
      await outcome(client.send('filtered', withKey(key))),
      await outcome(client.emit('created', withKey(key))),
      await outcome(client.send('read', withKey(key))),
    ];
    const printed = inspect([refusals, log.lines, caught], { depth: 10 });
    for (const secret of [key, server.unkey.rootKey]) expect(printed).not.toContain(secret);
    expect(caught).toHaveLength(1);
  });
});
