import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { RequestListener, ServerResponse } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { Controller, Get, UseGuards, type INestApplication } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  Credits,
  UNKEY_RESOLVED_OPTIONS,
  UNKEY_VERIFIER,
  UnkeyGuard,
  UnkeyModule,
  UnkeyService,
  type UnkeyModuleOptions,
  type Verifier,
} from 'nestjs-unkey';
import { Agent, buildConnector } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADAPTERS, startApp } from './support/app.js';
import { useUnkey } from './support/unkey.js';
import { listening, upstream } from './support/upstream.js';

@Controller()
class AppController {
  @Get()
  plain() {
    return 'handler';
  }
  @UseGuards(UnkeyGuard, UnkeyGuard)
  @Get('stacked')
  stacked() {
    return 'handler';
  }
  @Credits(0)
  @Get('free')
  free() {
    return 'handler';
  }
}

const server = useUnkey();
const appWith = (options: Partial<UnkeyModuleOptions> = {}, configure?: (app: INestApplication) => void) =>
  startApp(
    'express',
    {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, timeout: 1000, ...options })],
      controllers: [AppController],
    },
    configure,
  );

const VALID = JSON.stringify({
  meta: { requestId: 'req_1' },
  data: { valid: true, code: 'VALID', keyId: 'key_1', fromTheFuture: [1] },
});
const json = { 'content-type': 'application/json' };

describe('over HTTP', () => {
  it('sends the same body as the SDK, without default costs, and the root key', async () => {
    const { get } = await appWith();
    const { key } = await server.unkey.createKey({});
    expect((await get('/', { 'x-api-key': key })).status).toBe(200);
    expect(server.unkey.calls).toMatchObject([
      {
        operation: 'keys.verifyKey',
        body: { key },
        headers: { authorization: `Bearer ${server.unkey.rootKey}`, 'content-type': 'application/json' },
      },
    ]);
  });

  it('keeps connections alive, and never opens more than the maximum', async () => {
    const sockets = new Set<unknown>();
    let open = 0;
    let most = 0;
    const baseUrl = await upstream((request, response) => {
      sockets.add(request.socket);
      most = Math.max(most, ++open);
      setImmediate(() => {
        open -= 1;
        response.writeHead(200, json).end(VALID);
      });
    });
    const { app } = await appWith({ baseUrl, timeout: 60_000 });
    const unkey = app.get(UnkeyService);
    await Promise.all(Array.from({ length: 500 }, () => unkey.verify('any')));
    expect(most).toBeLessThanOrEqual(128);
    expect(sockets.size).toBeLessThanOrEqual(128);
    const before = sockets.size;
    for (let n = 0; n < 20; n++) await unkey.verify('any');
    expect(sockets.size).toBe(before);
  });

  it('under a base path, with unknown fields passed on', async () => {
    const paths: unknown[] = [];
    const baseUrl = await upstream((request, response) => {
      paths.push(request.url);
      response.writeHead(200, { 'content-type': 'Application/JSON; charset=utf-8' }).end(VALID);
    });
    const { app } = await appWith({ baseUrl: `${baseUrl}/unkey/` });
    expect(await app.get(UnkeyService).verify('any')).toMatchObject({
      valid: true,
      requestId: 'req_1',
      fromTheFuture: [1],
    });
    expect(paths).toEqual(['/unkey/v2/keys.verifyKey']);
  });

  it.each<[string, RequestListener]>([
    ['a redirect', (_, response) => response.writeHead(307, { location: '/elsewhere' }).end()],
    [
      'HTML with status 200',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(VALID),
    ],
    [
      'permissions that are no list',
      (_, response) =>
        response.writeHead(200, json).end(VALID.replace('"keyId"', '"permissions":"all","keyId"')),
    ],
    [
      'an answer beyond 1 MiB that says so',
      (_, response) =>
        response.writeHead(200, { ...json, 'content-length': 2_000_000 }).end(Buffer.alloc(2_000_000, ' ')),
    ],
    [
      'an answer beyond 1 MiB that does not',
      (_, response) => {
        response.writeHead(200, json).write(Buffer.alloc(1_100_000, ' '));
        response.end(VALID);
      },
    ],
    [
      'an answer that drips',
      (_, response) => {
        response.writeHead(200, json);
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('%s is not a verification', async (_, listener) => {
    let calls = 0;
    const baseUrl = await upstream((request, response) => {
      calls += 1;
      listener(request, response);
    });
    const { app } = await appWith({ baseUrl, timeout: 300 });
    await expect(app.get(UnkeyService).verify('any')).rejects.toMatchObject({ code: 'UNKEY_UNAVAILABLE' });
    expect(calls).toBe(1);
  });

  it('uses your own dispatcher, and leaves it open', async () => {
    const agent = new Agent();
    onTestFinished(() => agent.close());
    const seen: unknown[] = [];
    const dispatcher = agent.compose((dispatch) => (options, handler) => {
      seen.push(options.path);
      return dispatch(options, handler);
    });
    const { app, get } = await appWith({ dispatcher });
    const { key } = await server.unkey.createKey({});
    expect((await get('/', { 'x-api-key': key })).status).toBe(200);
    expect(seen).toEqual(['/v2/keys.verifyKey']);
    await app.close();
    expect(agent.closed).toBe(false);
  });

  it('closes its connections with the app, after the calls in flight', async () => {
    const { app } = await appWith();
    const { key } = await server.unkey.createKey({});
    server.unkey.fail({ latency: 100 }, { times: 1 });
    const onItsWay = app.get(UnkeyService).verify(key);
    await Promise.all([app.close(), expect(onItsWay).resolves.toMatchObject({ valid: true })]);
    await expect(app.get(UnkeyService).verify(key)).rejects.toMatchObject({ code: 'UNKEY_UNAVAILABLE' });
    expect(server.unkey.calls).toHaveLength(1);
  });

  it('no provider and no error prints the root key', async () => {
    const { app } = await appWith({ dispatcher: new Agent() });
    server.unkey.fail({ hang: true }, { times: 1 });
    const failing = app.get(UnkeyService).verify('any');
    const verifier = app.get<Verifier>(UNKEY_VERIFIER);
    const printed = () =>
      [app.get(UnkeyService), verifier, app.get<unknown>(UNKEY_RESOLVED_OPTIONS)]
        .map((value) => inspect(value, { depth: 20, showHidden: true }))
        .join('');
    expect(printed()).not.toContain(server.unkey.rootKey);
    const error: unknown = await failing.catch((reason: unknown) => reason);
    server.unkey.fail({ status: 500 }, { times: 1 });
    const raw: unknown = await verifier({ key: 'any' }, AbortSignal.timeout(500)).catch(
      (reason: unknown) => reason,
    );
    expect(raw).toMatchObject({ name: 'UnexpectedResponseError', statusCode: 500 });
    for (const thrown of [error, raw]) {
      expect(inspect(thrown, { depth: 20, showHidden: true })).not.toContain(server.unkey.rootKey);
    }
    expect(printed()).not.toContain(server.unkey.rootKey);
  });
});

describe('exactly once', () => {
  const remaining = async (key: string): Promise<number> => {
    const answer = await fetch(`${server.unkey.url}/v2/keys.whoami`, {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${server.unkey.rootKey}` },
      body: JSON.stringify({ key }),
    });
    const { data } = (await answer.json()) as { data: { credits: { remaining: number } } };
    return data.credits.remaining;
  };

  it('with any number of guards', async () => {
    const { get } = await appWith();
    const { key } = await server.unkey.createKey({ credits: { remaining: 10 } });
    expect((await get('/stacked', { 'x-api-key': key })).status).toBe(200);
    expect(server.unkey.calls).toHaveLength(1);
    expect(await remaining(key)).toBe(9);
  });

  it('a caller that disconnects neither aborts the call nor is billed twice', async () => {
    const { url, get } = await appWith();
    const { key } = await server.unkey.createKey({ credits: { remaining: 10 } });
    const { host, port } = new URL(url);
    server.unkey.fail({ latency: 200 }, { times: 1 });
    const caller = connect(Number(port), '127.0.0.1');
    caller.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nX-Api-Key: ${key}\r\n\r\n`);
    await expect.poll(() => server.unkey.calls.length).toBe(1);
    caller.destroy();
    await expect.poll(() => remaining(key)).toBe(9);
    expect((await get('/', { 'x-api-key': key })).status).toBe(200);
    expect(await remaining(key)).toBe(8);
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])(
    'is sent again if no connection could be opened: %s',
    async (code) => {
      const connect = buildConnector({});
      let attempts = 0;
      const { get } = await appWith({
        dispatcher: new Agent({
          connect: (options, callback) => {
            attempts += 1;
            if (attempts > 1) connect(options, callback);
            else callback(Object.assign(new Error('no connection'), { code }), null);
          },
        }),
      });
      const { key } = await server.unkey.createKey({ credits: { remaining: 10 } });
      expect((await get('/', { 'x-api-key': key })).status).toBe(200);
      expect(attempts).toBe(2);
      expect(await remaining(key)).toBe(9);
    },
  );

  it('is sent over a new connection if a keep-alive connection was closed meanwhile', async () => {
    const sockets: Socket[] = [];
    let calls = 0;
    const baseUrl = await upstream((request, response) => {
      calls += 1;
      sockets.push(request.socket);
      response.writeHead(200, json).end(VALID);
    });
    const { get } = await appWith({ baseUrl });
    for (let n = 1; n <= 5; n++) {
      expect((await get('/', { 'x-api-key': 'any' })).status).toBe(200);
      expect(calls).toBe(n);
      const closed = once(sockets.at(-1)!, 'close');
      sockets.at(-1)!.destroy();
      await closed;
    }
    expect(new Set(sockets).size).toBe(5);
  });

  it('is not sent again after a response, even if it costs nothing', async () => {
    const { get } = await appWith();
    server.unkey.fail({ status: 500 }, { times: 1 });
    expect((await get('/free', { 'x-api-key': 'any' })).status).toBe(503);
    expect(server.unkey.calls).toHaveLength(1);
  });

  it('is sent again once if Unkey could not be reached', async () => {
    let refusals = 0;
    const { app } = await appWith({
      dispatcher: new Agent({
        connect: (_, callback) => {
          refusals += 1;
          callback(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), null);
        },
      }),
    });
    await expect(app.get(UnkeyService).verify('any')).rejects.toMatchObject({
      cause: { message: 'no response (ConnectionError, ECONNREFUSED)' },
    });
    expect(refusals).toBe(2);
  });

  it('is not sent again if it may have arrived, unless it spends nothing', async () => {
    const { get } = await appWith();
    const { key } = await server.unkey.createKey({ credits: { remaining: 10 } });
    server.unkey.fail({ reset: 'midway' }, { times: 1 });
    expect((await get('/', { 'x-api-key': key })).status).toBe(503);
    expect(await remaining(key)).toBe(9);
    server.unkey.fail({ reset: 'midway' }, { times: 1 });
    expect((await get('/free', { 'x-api-key': key })).status).toBe(200);
    expect(await remaining(key)).toBe(9);
  });
});

describe('limits', () => {
  it('requests beyond maxInFlight get a 503 immediately', async () => {
    const held: ServerResponse[] = [];
    let isHolding = true;
    const baseUrl = await upstream((_, response) => {
      if (isHolding) held.push(response);
      else response.writeHead(200, json).end(VALID);
    });
    const { get, app } = await appWith({ baseUrl, maxInFlight: 2, timeout: 60_000 });
    const unkey = app.get(UnkeyService);
    const onTheirWay = [unkey.verify('any'), unkey.verify('any')];
    await expect.poll(() => held.length).toBe(2);
    const { status, headers } = await get('/', { 'x-api-key': 'any' });
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    isHolding = false;
    for (const response of held) response.writeHead(200, json).end(VALID);
    await Promise.all(onTheirWay);
    expect((await get('/', { 'x-api-key': 'any' })).status).toBe(200);
  });
});

describe('while connection attempts hang, without the breaker', () => {
  it('the app closes without waiting for them', async () => {
    const sockets = new Set<Socket>();
    // A TLS handshake with a silent server never ends.
    const silent = createServer((socket) => {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => sockets.delete(socket))
        .resume();
    });
    const baseUrl = (await listening(silent)).replace('http:', 'https:');
    // A connection attempt may take half of this.
    const { app } = await appWith({ baseUrl, breaker: false, timeout: 600_000 });
    const verifier = app.get<Verifier>(UNKEY_VERIFIER);
    const callers = Array.from({ length: 500 }, () => new AbortController());
    const calls = callers.map(({ signal }) => verifier({ key: 'any' }, signal));
    await expect.poll(() => sockets.size, { timeout: 10_000 }).toBe(128);
    for (const caller of callers) caller.abort(new Error('given up'));
    for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected');
    await app.close();
    await expect.poll(() => sockets.size, { timeout: 10_000 }).toBe(0);
  });

  it('cancelled calls do not accumulate in the dispatcher, and are never sent', async () => {
    const paths: unknown[] = [];
    const baseUrl = await upstream((request, response) => {
      paths.push(request.url);
      response.writeHead(200, json).end(VALID);
    });
    const connect = buildConnector({});
    let hanging: (() => void)[] | undefined = [];
    const agent = new Agent({
      connect: (options, callback) => {
        if (hanging === undefined) connect(options, callback);
        else hanging.push(() => connect(options, callback));
      },
    });
    onTestFinished(() => agent.destroy());
    let dispatched = 0;
    const dispatcher = agent.compose((dispatch) => (options, handler) => {
      dispatched += 1;
      return dispatch(options, handler);
    });
    const { app } = await appWith({ baseUrl, dispatcher, breaker: false, maxInFlight: 4, timeout: 50 });
    const unkey = app.get(UnkeyService);
    for (let round = 0; round < 3; round++) {
      const calls = Array.from({ length: 4 }, () => unkey.verify('any'));
      for (const { status } of await Promise.allSettled(calls)) expect(status).toBe('rejected');
    }
    expect(dispatched).toBe(4);
    // One more, without a deadline: it waits until a connection attempt has ended.
    const waiting = app.get<Verifier>(UNKEY_VERIFIER)({ key: 'any' }, new AbortController().signal);
    const held = hanging;
    hanging = undefined;
    for (const goOn of held) goOn();
    expect(await waiting).toMatchObject({ valid: true });
    expect(dispatched).toBe(5);
    expect(paths).toHaveLength(1);
  });
});

describe.each(ADAPTERS)('clientIp, on %s', (adapter) => {
  it('sends the address that the app sees, never a header of the caller', async () => {
    const { get } = await startApp(adapter, {
      imports: [UnkeyModule.forRoot({ ...server.options, globalGuard: true, clientIp: true })],
      controllers: [AppController],
    });
    await get('/', { 'x-api-key': 'any', 'x-forwarded-for': '10.0.0.7' });
    expect(server.unkey.calls[0]?.headers['x-forwarded-for']).toBe('127.0.0.1');
  });
});

describe('clientIp', () => {
  it('follows the trust-proxy setting of the app, without ::ffff:', async () => {
    const { get } = await appWith({ clientIp: true }, (app) => {
      (app as NestExpressApplication).set('trust proxy', true);
    });
    for (const address of ['10.0.0.7', '::ffff:10.0.0.8', '2001:db8::1', 'nonsense']) {
      await get('/', { 'x-api-key': 'any', 'x-forwarded-for': address });
    }
    expect(server.unkey.calls.map(({ headers }) => headers['x-forwarded-for'])).toEqual([
      '10.0.0.7',
      '10.0.0.8',
      '2001:db8::1',
      'unknown',
    ]);
  });

  it.each(['http', 'sdk'] as const)('by UnkeyService, with verifier %s', async (verifier) => {
    const { app } = await appWith({ verifier });
    await app.get(UnkeyService).verify('any', { clientIp: '10.0.0.9' });
    await app.get(UnkeyService).verify('any');
    expect(server.unkey.calls.map(({ headers }) => headers['x-forwarded-for'])).toEqual([
      '10.0.0.9',
      undefined,
    ]);
  });
});

const built = fileURLToPath(new URL('../dist/esm/index.js', import.meta.url));

it.skipIf(!existsSync(built))('a process that is done ends by itself, its connections open', async () => {
  const script = fileURLToPath(new URL('support/verify-and-end.mjs', import.meta.url));
  const child = fork(script, [server.unkey.url, server.unkey.rootKey], { stdio: 'inherit' });
  onTestFinished(() => void child.kill());
  const [answer] = await once(child, 'message');
  expect(answer).toMatchObject({ code: 'NOT_FOUND' });
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
