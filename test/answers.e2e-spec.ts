import { Controller, Get } from '@nestjs/common';
import {
  Credits,
  KeyRatelimit,
  RequirePermissions,
  UnkeyModule,
  UnkeyService,
  type UnkeyModuleOptions,
  type Verification,
  type VerifyOptions,
} from 'nestjs-unkey';
import { UnkeyEmulator, type CreateKeyBody, type Fault } from 'nestjs-unkey/testing';
import { describe, expect, it } from 'vitest';
import { ADAPTERS, startApp, type Answer, type RunningApp } from './support/app.js';
import { countLate } from './support/deadline.js';
import { useUnkey } from './support/unkey.js';

@Controller()
class AppController {
  @Get()
  plain() {
    return 'handler';
  }
  @RequirePermissions('documents.read')
  @Get('permission')
  permission() {
    return 'handler';
  }
  @Credits(5)
  @Get('credits')
  credits() {
    return 'handler';
  }
  @KeyRatelimit('burst')
  @Get('limited')
  limited() {
    return 'handler';
  }
  @KeyRatelimit('minute', { limit: 100, duration: 60_000, cost: 40 })
  @KeyRatelimit('hour', { limit: 50, duration: 3_600_000 })
  @Get('adhoc')
  adhoc() {
    return 'handler';
  }
}

const DAY = 86_400_000;
const REALM = 'Bearer realm="api"';
const INVALID = `${REALM}, error="invalid_token"`;
const SCOPE = `${REALM}, error="insufficient_scope"`;

/** A situation, and the response that the caller gets. */
interface Row {
  situation: string;
  code: string;
  status: number;
  challenge?: string;
  retryAfter?: RegExp;
  path?: string;
  /** The key that is sent, if any. */
  key?: CreateKeyBody | string;
  fault?: Fault;
}

const ROWS: Row[] = [
  { situation: 'no key', code: 'MISSING_KEY', status: 401, challenge: REALM },
  {
    situation: 'a key that does not exist',
    code: 'NOT_FOUND',
    status: 401,
    challenge: INVALID,
    key: 'unknown',
  },
  { situation: 'an expired key', code: 'EXPIRED', status: 401, challenge: INVALID, key: { expires: 1 } },
  { situation: 'a disabled key', code: 'DISABLED', status: 401, challenge: INVALID, key: { enabled: false } },
  {
    situation: "a text that can't be a key",
    code: 'MALFORMED_KEY',
    status: 401,
    challenge: INVALID,
    key: 'two words',
  },
  {
    situation: 'a permission is missing',
    code: 'INSUFFICIENT_PERMISSIONS',
    status: 403,
    challenge: SCOPE,
    key: {},
    path: '/permission',
  },
  {
    situation: 'the address is not allowed',
    code: 'FORBIDDEN',
    status: 403,
    key: {},
    fault: {
      body: { meta: { requestId: 'req_1' }, data: { valid: false, code: 'FORBIDDEN', keyId: 'key_1' } },
    },
  },
  {
    situation: 'an unknown code',
    code: 'FROM_THE_FUTURE',
    status: 403,
    key: {},
    fault: {
      body: { meta: { requestId: 'req_1' }, data: { valid: false, code: 'FROM_THE_FUTURE', keyId: 'key_1' } },
    },
  },
  {
    situation: 'a limit is exceeded',
    code: 'RATE_LIMITED',
    status: 429,
    retryAfter: /^([1-9]|[1-5]\d|60)$/,
    key: { ratelimits: [{ name: 'burst', limit: 1, duration: 60_000, autoApply: true }] },
  },
  {
    situation: 'too few credits',
    code: 'USAGE_EXCEEDED',
    status: 429,
    key: { credits: { remaining: 4 } },
    path: '/credits',
  },
  ...[400, 401, 403, 404, 412].map((status) => ({
    situation: `Unkey answers ${status}`,
    code: 'UNKEY_MISCONFIGURED',
    status: 500,
    key: {},
    fault: { status },
  })),
  ...[429, 500, 502, 503].map((status) => ({
    situation: `Unkey answers ${status}`,
    code: 'UNKEY_UNAVAILABLE',
    status: 503,
    retryAfter: /^[1-9]\d*$/,
    key: {},
    fault: { status },
  })),
  ...Object.entries<Fault>({
    'the deadline passes': { hang: true },
    'the connection is reset': { reset: 'before' },
    'the connection is reset midway': { reset: 'midway' },
    'the answer is garbage': { garbage: true },
    'the answer is cut off': { truncate: true },
    'the answer has no "valid"': { body: { meta: { requestId: 'req_1' }, data: { code: 'VALID' } } },
    'the answer is VALID but not valid': {
      body: { meta: { requestId: 'req_1' }, data: { valid: false, code: 'VALID' } },
    },
    'the answer is valid but not VALID': {
      body: { meta: { requestId: 'req_1' }, data: { valid: true, code: 'EXPIRED', keyId: 'key_1' } },
    },
    'the answer is of another form': { body: { ok: true } },
  }).map(([situation, fault]) => ({
    situation,
    code: 'UNKEY_UNAVAILABLE',
    status: 503,
    retryAfter: /^[1-9]\d*$/,
    key: {},
    fault,
  })),
];

/** Returns a short deadline only if Unkey never answers. */
function deadlineOf({ fault }: Row): { timeout?: number } {
  return fault !== undefined && 'hang' in fault ? { timeout: 100 } : {};
}

describe.each(ADAPTERS)('the response to the caller, on %s', (adapter) => {
  const server = useUnkey();
  const start = (options: Partial<UnkeyModuleOptions> = {}) =>
    startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, ...options })],
      controllers: [AppController],
    });

  /** Sets up the situation of a row and returns the response. */
  async function answerOf(
    { get }: RunningApp,
    { key, fault, path = '/', code }: Row,
  ): Promise<Answer & { sent: string }> {
    const sent = typeof key === 'object' ? (await server.unkey.createKey(key)).key : key;
    const headers = sent === undefined ? {} : { 'x-api-key': sent };
    if (code === 'RATE_LIMITED') await get(path, headers);
    if (fault !== undefined) server.unkey.fail(fault);
    return { ...(await get(path, headers)), sent: sent ?? '(no key was sent)' };
  }

  describe('has the status and code of the denial table', () => {
    it.each(ROWS)('$situation: $status $code', async (row) => {
      const app = await start(deadlineOf(row));
      const { status, body, headers, text, sent } = await answerOf(app, row);

      expect(status).toBe(row.status);
      expect(body).toEqual({
        statusCode: row.status,
        message: expect.any(String),
        error: expect.any(String),
        code: row.code,
      });
      expect(headers.get('www-authenticate')).toBe(row.challenge ?? null);
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(headers.get('retry-after') ?? '').toMatch(row.retryAfter ?? /^$/);

      // Neither the response nor the log contains a secret.
      const everything = text + JSON.stringify([...headers]) + JSON.stringify(app.log.lines);
      expect(everything).not.toContain(server.unkey.rootKey);
      expect(everything).not.toContain(sent);
    });

    it('if Unkey is unreachable, the app starts and responds with a 503', async () => {
      const gone = await UnkeyEmulator.start();
      await gone.close();
      const { get } = await start({ baseUrl: gone.url });
      expect((await get('/', { 'x-api-key': 'any' })).body).toMatchObject({
        statusCode: 503,
        code: 'UNKEY_UNAVAILABLE',
      });
    });

    it('a root key that may not verify looks like a key that does not exist', async () => {
      const { get } = await start({ rootKey: server.unkey.createRootKey({ permissions: [] }) });
      const { key } = await server.unkey.createKey({});
      expect((await get('/', { 'x-api-key': key })).body).toMatchObject({ code: 'NOT_FOUND' });
    });

    it("a rate limit that the key does not have is a 500, without the ids in Unkey's message", async () => {
      const { get, log } = await start();
      const { key, keyId } = await server.unkey.createKey({ externalId: 'user_7' });
      const { status, text } = await get('/limited', { 'x-api-key': key });
      expect(status).toBe(500);
      expect(text).not.toMatch(new RegExp(`${keyId}|user_7|burst`));
      expect(log.of('error', 'Rate limits of the request: burst')).toHaveLength(1);
    });
  });

  it('a configuration error is logged once as an error, with how to fix it; an outage once until it is over', async () => {
    const { get, log } = await start();
    const { key } = await server.unkey.createKey({});
    const headers = { 'x-api-key': key };
    server.unkey.fail({ status: 401 }, { times: 3 });
    for (let n = 0; n < 3; n++) await get('/', headers);
    expect(log.of('error')).toEqual([expect.stringContaining('check "rootKey" and UNKEY_ROOT_KEY')]);

    server.unkey.fail({ status: 500 }, { times: 2 });
    for (let n = 0; n < 3; n++) await get('/', headers);
    expect(log.of('warn')).toEqual([expect.stringContaining('Unkey returned 500')]);
  });

  it('a timeout ends at the deadline', async () => {
    const { get } = await start({ timeout: 100 });
    const count = countLate(300);
    server.unkey.fail({ hang: true });
    expect((await get('/', { 'x-api-key': 'any' })).status).toBe(503);
    expect(count).toEqual({ ended: 1, late: 0 });
  });

  it('a failed call to Unkey is not repeated', async () => {
    const { get } = await start();
    server.unkey.fail({ status: 500 }, { times: 20 });
    await get('/', { 'x-api-key': 'any' });
    expect(server.unkey.calls).toHaveLength(1);
  });

  describe('the option statuses changes the statuses', () => {
    const statuses = {
      EXPIRED: 403,
      DISABLED: 403,
      USAGE_EXCEEDED: 402,
      FORBIDDEN: 401,
      RATE_LIMITED: 420,
      MISSING_KEY: 400,
      MALFORMED_KEY: 400,
      UNKEY_MISCONFIGURED: 502,
      UNKEY_UNAVAILABLE: 504,
    };
    it.each(ROWS.filter((row) => row.code in statuses))('$situation', async (row) => {
      const { status, body, headers } = await answerOf(await start({ statuses, ...deadlineOf(row) }), row);
      const expected = statuses[row.code as keyof typeof statuses];
      expect(status).toBe(expected);
      expect(body).toMatchObject({ statusCode: expected, code: row.code });
      // Every 401 has a WWW-Authenticate header. A status that is no longer 401 has none.
      expect(headers.get('www-authenticate')).toBe(expected === 401 ? INVALID : null);
    });
  });

  it.each([
    [{ realm: 'acme "docs"' }, 'Bearer realm="acme \\"docs\\""'],
    [{ keyFrom: () => undefined }, 'ApiKey realm="api"'],
  ])('WWW-Authenticate with the options %j', async (options, challenge) => {
    const { get } = await start(options);
    expect((await get('/')).headers.get('www-authenticate')).toBe(challenge);
  });

  describe('problemDetails sends bodies of RFC 9457', () => {
    it.each(ROWS)('$situation', async (row) => {
      const { status, headers, text } = await answerOf(
        await start({ problemDetails: true, ...deadlineOf(row) }),
        row,
      );
      expect(status).toBe(row.status);
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(JSON.parse(text)).toEqual({
        type: 'about:blank',
        title: expect.any(String),
        status: row.status,
        detail: expect.any(String),
        code: row.code,
      });
      expect(headers.get('www-authenticate')).toBe(row.challenge ?? null);
    });

    it('does not change other exceptions', async () => {
      const { get } = await start({ problemDetails: true });
      const { status, headers } = await get('/nothing-here');
      expect(status).toBe(404);
      expect(headers.get('content-type')).toMatch(/^application\/json/);
    });
  });

  describe('rate-limit headers', () => {
    // The emulator's clock is frozen at the start of a day in the past.
    const now = Date.UTC(2030, 0, 1);
    const rate = async (options: Partial<UnkeyModuleOptions>, path: string, calls = 1) => {
      server.unkey.clock.set(now);
      const { get } = await start(options);
      const { key } = await server.unkey.createKey({
        ratelimits: [{ name: 'bürst', limit: 1, duration: DAY, autoApply: path === '/' }],
      });
      for (let n = 1; n < calls; n++) await get(path, { 'x-api-key': key });
      return get(path, { 'x-api-key': key });
    };

    it('legacy, the default: the most restrictive limit, its reset in Unix seconds', async () => {
      const { status, headers } = await rate({}, '/adhoc');
      expect(status).toBe(200);
      expect(headers.get('x-ratelimit-limit')).toBe('50');
      expect(headers.get('x-ratelimit-remaining')).toBe('49');
      expect(headers.get('x-ratelimit-reset')).toBe(String((now + 3_600_000) / 1000));
      expect(headers.get('ratelimit')).toBeNull();
    });

    it('are sent with a denial too, with Retry-After', async () => {
      const { status, headers } = await rate({}, '/adhoc', 3);
      expect(status).toBe(429);
      expect(headers.get('x-ratelimit-remaining')).toBe('0');
      expect(headers.get('x-ratelimit-limit')).toBe('100');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    });

    it('ietf: every limit by its name, escaped for a header', async () => {
      const { headers } = await rate({ ratelimitHeaders: 'ietf' }, '/');
      expect(headers.get('ratelimit-policy')).toBe('"b_rst";q=1;w=86400');
      expect(headers.get('ratelimit')).toMatch(/^"b_rst";r=0;t=\d+$/);
      expect(headers.get('x-ratelimit-limit')).toBeNull();
    });

    it('both, and false', async () => {
      const both = await rate({ ratelimitHeaders: 'both' }, '/');
      expect(both.headers.get('x-ratelimit-limit')).toBe('1');
      expect(both.headers.get('ratelimit')).not.toBeNull();
      const off = await rate({ ratelimitHeaders: false }, '/');
      expect(off.headers.get('x-ratelimit-limit')).toBeNull();
      expect(off.headers.get('ratelimit')).toBeNull();
    });
  });
});

describe('UnkeyService.verify()', () => {
  const server = useUnkey();
  const service = async () => {
    const { app } = await startApp('express', {
      imports: [UnkeyModule.forRoot(server.options)],
    });
    return app.get(UnkeyService);
  };

  it('returns a denial and does not throw', async () => {
    const unkey = await service();
    expect(await unkey.verify('unknown')).toMatchObject({ valid: false, code: 'NOT_FOUND' });
    expect(await unkey.verify('')).toEqual<Verification>({ valid: false, code: 'MALFORMED_KEY' });
  });

  it('sends its options', async () => {
    const unkey = await service();
    const { key } = await server.unkey.createKey({ permissions: ['a', 'c'], credits: { remaining: 10 } });
    const answer = await unkey.verify(key, {
      permissions: ['a', { anyOf: ['b', 'c'] }],
      credits: 3,
      ratelimits: [{ name: 'jobs', limit: 5, duration: 1000, cost: 2 }],
      tags: ['nightly'],
    });
    expect(answer).toMatchObject({ valid: true, credits: 7, requestId: expect.stringMatching(/^req_/) });
    expect(server.unkey.calls[0]?.body).toEqual({
      key,
      permissions: 'a AND (b OR c)',
      credits: { cost: 3 },
      ratelimits: [{ name: 'jobs', limit: 5, duration: 1000, cost: 2 }],
      tags: ['nightly'],
    });
  });

  it('ignores options that are undefined', async () => {
    const unkey = await service();
    const options = { credits: undefined, clientIp: undefined } as VerifyOptions;
    expect(await unkey.verify('unknown', options)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('throws on failure', async () => {
    const unkey = await service();
    server.unkey.fail({ status: 403 }, { times: 1 });
    await expect(unkey.verify('any')).rejects.toMatchObject({ name: 'UnkeyMisconfiguredException' });
    server.unkey.fail({ reset: 'before' });
    await expect(unkey.verify('any')).rejects.toMatchObject({ name: 'UnkeyUnavailableException' });
  });

  it.each([
    [{ credits: -1 }, 'credits must be a whole number from 0'],
    [{ ratelimits: [{ name: 'burst', limit: 5 }] }, 'must have both limit and duration'],
    [{ permissions: 'a AND b' }, 'combine permissions with anyOf() and allOf()'],
    [{ permissions: { anyOf: ['a'], allOf: ['b'] } }, 'cannot have both anyOf and allOf in one object'],
    [{ permissions: ['a', { oneOf: ['b'] }] }, 'unknown member "oneOf"'],
    [{ tags: [''] }, 'a tag must be a string'],
    [{ clientIp: 'localhost' }, 'clientIp must be an IP address'],
  ])('rejects %j without a call', async (options, sentence) => {
    const unkey = await service();
    await expect(unkey.verify('any', options as VerifyOptions)).rejects.toThrow(sentence);
    expect(server.unkey.calls).toHaveLength(0);
  });
});
