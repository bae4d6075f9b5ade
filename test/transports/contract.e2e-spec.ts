import { UnkeyModule } from 'nestjs-unkey';
import type { CreateKeyBody, Fault } from 'nestjs-unkey/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useUnkey } from '../support/unkey.js';
import { contractParts, type HandlerName, type RunningContract } from './contract.js';
import { DRIVERS } from './drivers.js';

/** A situation in which the caller is refused, and with what. */
interface RefusalRow {
  situation: string;
  code: string;
  status: number;
  handler?: HandlerName;
  /** The key that is sent: the body of `createKey`, or a text; none if absent. */
  key?: CreateKeyBody | string;
  fault?: Fault;
  /** Whether the caller is told when to try again. */
  hasRetryAfter?: true;
}

const A_NUMBER: unknown = expect.any(Number);
const burst = (limit: number) => [{ name: 'burst', limit, duration: 60_000, autoApply: true }];

const REFUSALS: RefusalRow[] = [
  { situation: 'no key', code: 'MISSING_KEY', status: 401 },
  { situation: 'a key that is no key', code: 'MALFORMED_KEY', status: 401, key: 'two words' },
  { situation: 'an unknown key', code: 'NOT_FOUND', status: 401, key: 'unknown_key_1234' },
  { situation: 'an expired key', code: 'EXPIRED', status: 401, key: { expires: 1 } },
  { situation: 'a disabled key', code: 'DISABLED', status: 401, key: { enabled: false } },
  {
    situation: 'a key without the permission',
    code: 'INSUFFICIENT_PERMISSIONS',
    status: 403,
    key: {},
    handler: 'permission',
  },
  {
    situation: 'a rate limit that is exceeded',
    code: 'RATE_LIMITED',
    status: 429,
    key: { ratelimits: burst(1) },
    handler: 'limited',
    hasRetryAfter: true,
  },
  {
    situation: 'too few credits',
    code: 'USAGE_EXCEEDED',
    status: 429,
    key: { credits: { remaining: 4 } },
    handler: 'credits',
  },
  {
    situation: 'an outage of Unkey',
    code: 'UNKEY_UNAVAILABLE',
    status: 503,
    key: {},
    fault: { status: 500 },
    hasRetryAfter: true,
  },
  {
    situation: 'a root key that Unkey refuses',
    code: 'UNKEY_MISCONFIGURED',
    status: 500,
    key: {},
    fault: { status: 403 },
  },
  {
    situation: 'a bad key where a key is optional',
    code: 'NOT_FOUND',
    status: 401,
    key: 'unknown_key_1234',
    handler: 'optional',
  },
];

describe.each(DRIVERS)('the contract of every transport: $name', (driver) => {
  const server = useUnkey();
  const ran: HandlerName[] = [];
  let running: RunningContract;

  beforeAll(async () => {
    const unkeyModule = UnkeyModule.forRoot({
      ...server.options,
      globalGuard: true,
      breaker: false,
      ...driver.options,
    });
    running = await driver.start(contractParts(unkeyModule, ran));
  });
  beforeEach(() => void (ran.length = 0));
  afterAll(() => running.close());

  const verifications = () =>
    server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey').length;

  it.each(REFUSALS)('rejects $situation: $code', async (row) => {
    const handler = row.handler ?? 'plain';
    const key = typeof row.key === 'object' ? (await server.unkey.createKey(row.key)).key : row.key;
    if (row.fault !== undefined) server.unkey.fail(row.fault);

    const { answer, refusal, received } = await running.call(handler, key);
    expect(answer).toBeUndefined();
    expect(refusal).toEqual({
      code: row.code,
      status: driver.passesNoStatus ? undefined : row.status,
      retryAfter: row.hasRetryAfter ? A_NUMBER : undefined,
    });
    expect(ran).toEqual([]);
    expect(secretsIn(received, [server.unkey.rootKey, key])).toEqual([]);
  });

  it.each<[HandlerName, CreateKeyBody, number]>([
    ['plain', {}, 1],
    ['permission', { permissions: ['documents.read'] }, 1],
    ['credits', {}, 5],
    ['limited', { ratelimits: burst(2) }, 1],
    ['optional', {}, 1],
  ])('lets a good key through to "%s", for one verification', async (handler, body, cost) => {
    const { key, keyId } = await server.unkey.createKey({
      ...body,
      externalId: 'user_7',
      credits: { remaining: 20 },
    });
    const { answer, received } = await running.call(handler, key);
    expect(answer).toEqual({
      handler,
      keyId,
      credits: 20 - cost,
      isSameKey: true,
      ...(handler === 'plain' ? { externalId: 'user_7' } : {}),
    });
    expect(ran).toEqual([handler]);
    expect(verifications()).toBe(1);
    expect(secretsIn(received, [server.unkey.rootKey, key])).toEqual([]);
  });

  it.each<[string, HandlerName, boolean]>([
    ['without a key where it is optional', 'optional', false],
    ['without a key where the handler is public', 'open', false],
    ['with a bad key where the handler is public', 'open', true],
  ])('lets a caller through %s, and asks nothing', async (_, handler, hasKey) => {
    const { answer } = await running.call(handler, hasKey ? 'unknown_key_1234' : undefined);
    expect(answer).toEqual({ handler, isSameKey: true });
    expect(ran).toEqual([handler]);
    expect(verifications()).toBe(0);
  });

  it('gives each of many concurrent callers its own key', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => server.unkey.createKey({})));
    const outcomes = await Promise.all(keys.map(({ key }) => running.call('plain', key)));
    expect(outcomes.map(({ answer }) => answer)).toEqual(
      keys.map(({ keyId }) => ({ handler: 'plain', keyId, isSameKey: true })),
    );
    expect(verifications()).toBe(20);
  });
});

function secretsIn(received: string, secrets: readonly (string | undefined)[]): unknown[] {
  return secrets.filter((secret) => secret !== undefined && received.includes(secret));
}
