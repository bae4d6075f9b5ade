import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get } from '@nestjs/common';
import { UnkeyKey, UnkeyModule, type UnkeyModuleExtras, type UnkeyModuleOptions } from 'nestjs-unkey';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ADAPTERS, startApp, type Adapter } from './support/app.js';
import { AMPLE, countLate } from './support/deadline.js';

const ROOT_KEY = 'unkey_3ZrootKEYthatNObodyMAYsee';
const KEY = 'acme_9hKEYofACALLERthatNObodyMAYsee';
const DETAIL = 'detail that is for us alone';

@Controller()
class AppController {
  @Get()
  read(@UnkeyKey('source') source: string) {
    return { source };
  }
}

/** What goes wrong at Unkey, and what its caller sees then, without a cached answer. */
interface Fault {
  name: string;
  /** `undefined`: nobody listens. */
  answer: RequestListener | undefined;
  status: 500 | 503;
  retryAfter?: string;
  /** Calls that Unkey gets for one request; 1 unless given. */
  calls?: number;
  /** ms; given only where Unkey never answers, so that the deadline ends it. */
  timeout?: number;
}

const json = { 'content-type': 'application/json' };
const body = (data: object) => JSON.stringify({ meta: { requestId: 'req_1' }, data });
const VALID = body({ valid: true, code: 'VALID', keyId: 'key_1' });
const answer =
  (status: number, text: string, headers: Record<string, string> = json): RequestListener =>
  (_, response) =>
    void response.writeHead(status, headers).end(text);
const problem = (status: number, headers = {}): RequestListener =>
  answer(
    status,
    JSON.stringify({
      meta: { requestId: 'req_1' },
      error: { title: 'x', detail: DETAIL, status, type: 'x' },
    }),
    { ...json, ...headers },
  );
const drip = (response: ServerResponse) => {
  response.writeHead(200, json);
  const timer = setInterval(() => response.write(' '), 10);
  response.on('close', () => clearInterval(timer));
};
const flood = (response: ServerResponse, bytes: number) => {
  response.writeHead(200, json);
  const chunk = Buffer.alloc(256 * 1024, ' ');
  let left = bytes;
  const write = () => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length;
      if (!response.write(chunk)) return void response.once('drain', write);
    }
    response.end(VALID);
  };
  write();
};

const FAULTS: Fault[] = [
  { name: 'refused', answer: undefined, status: 503, calls: 0 },
  { name: 'reset', answer: (request) => void request.socket.resetAndDestroy(), status: 503 },
  { name: 'hang', answer: () => undefined, status: 503, timeout: 300 },
  { name: 'drip', answer: (_, response) => drip(response), status: 503, timeout: 300 },
  { name: '500', answer: problem(500), status: 503 },
  {
    name: '502 with HTML',
    answer: answer(502, '<html></html>', { 'content-type': 'text/html' }),
    status: 503,
  },
  {
    name: '429 of the workspace',
    answer: problem(429, { 'retry-after': '17' }),
    status: 503,
    retryAfter: '17',
  },
  { name: '401', answer: problem(401), status: 500 },
  { name: '403', answer: problem(403), status: 500 },
  { name: '412', answer: problem(412), status: 500 },
  { name: 'garbage', answer: answer(200, '<html></html>'), status: 503 },
  {
    name: 'truncated',
    answer: (_, response) => {
      response.writeHead(200, { ...json, 'content-length': VALID.length });
      response.write(VALID.slice(0, 20), () => response.socket?.destroySoon());
    },
    status: 503,
  },
  { name: '50 MB', answer: (_, response) => flood(response, 50 * 1024 * 1024), status: 503 },
  { name: 'wrong content type', answer: answer(200, VALID, { 'content-type': 'text/plain' }), status: 503 },
  {
    name: 'valid: true with another code',
    answer: answer(200, body({ valid: true, code: 'EXPIRED', keyId: 'key_1' })),
    status: 503,
  },
  { name: 'redirect', answer: answer(307, '', { location: '/elsewhere' }), status: 503 },
];

const CACHES = ['off', 'cold', 'warm', 'stale'] as const;
afterEach(() => void vi.useRealTimers());

describe.each(ADAPTERS)('on %s', (adapter) => {
  describe.each(CACHES)('cache %s', (cache) => {
    it.each(FAULTS)('$name', async (fault) => {
      const { body: seen, ...facts } = await happen(adapter, cache, fault);
      const rescued = cache === 'warm' || (cache === 'stale' && fault.status === 503);
      const code = fault.status === 500 ? 'UNKEY_MISCONFIGURED' : 'UNKEY_UNAVAILABLE';
      expect(seen).toMatchObject(
        rescued ? { source: cache === 'warm' ? 'cache' : 'stale' } : { statusCode: fault.status, code },
      );
      expect(facts).toEqual({
        status: rescued ? 200 : fault.status,
        members: rescued ? ['source'] : ['code', 'error', 'message', 'statusCode'],
        retryAfter: rescued || fault.status === 500 ? null : (fault.retryAfter ?? '1'),
        challenge: null,
        calls: cache === 'warm' ? 0 : (fault.calls ?? 1),
        leaked: [],
        count: { ended: 1, late: 0 },
      });
    });
  });
});

/** One request while something goes wrong, and all that can be seen of it. */
async function happen(adapter: Adapter, cache: (typeof CACHES)[number], fault: Fault) {
  const upstream = await Upstream.start();
  const { timeout = AMPLE } = fault;
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2027, 0, 1) });
  const options: UnkeyModuleOptions & UnkeyModuleExtras = {
    rootKey: ROOT_KEY,
    baseUrl: upstream.url,
    globalGuard: true,
    timeout,
    client: false,
    breaker: false,
    cache: cache === 'off' ? false : { ttl: 1000, staleIfError: 60_000 },
  };
  const metadata = { imports: [UnkeyModule.forRoot(options)], controllers: [AppController] };
  const { get, log } = await startApp(adapter, metadata);
  const headers = { 'x-api-key': KEY };
  // On a busy machine, the good answer that fills the cache may miss a short deadline.
  let isFilled = cache === 'off' || cache === 'cold';
  while (!isFilled) isFilled = (await get('/', headers)).status === 200;
  if (cache === 'stale') vi.setSystemTime(Date.now() + 1000);

  await upstream.goWrong(fault.answer);
  const count = countLate(timeout + 200);
  const seen = await get('/', headers);
  const everything = seen.text + JSON.stringify([...seen.headers]) + JSON.stringify(log.lines);
  return {
    status: seen.status,
    body: seen.body,
    members: Object.keys(Object(seen.body)).sort(),
    retryAfter: seen.headers.get('retry-after'),
    challenge: seen.headers.get('www-authenticate'),
    calls: upstream.calls,
    leaked: [ROOT_KEY, KEY, DETAIL].filter((secret) => everything.includes(secret)),
    count: { ...count },
  };
}

/** A server in Unkey's place that says yes until it is told to go wrong. */
class Upstream {
  calls = 0;
  url = '';
  #answer: RequestListener = answer(200, VALID);
  readonly #server = createServer((request, response) => {
    request.resume().on('end', () => {
      this.calls += 1;
      this.#answer(request, response);
    });
  });

  static async start(): Promise<Upstream> {
    const upstream = new Upstream();
    upstream.#server.listen(0, '127.0.0.1');
    await once(upstream.#server, 'listening');
    upstream.url = `http://127.0.0.1:${(upstream.#server.address() as AddressInfo).port}`;
    onTestFinished(() => upstream.#close());
    return upstream;
  }

  async goWrong(how: RequestListener | undefined): Promise<void> {
    this.calls = 0;
    if (how === undefined) this.#close();
    else this.#answer = how;
  }

  #close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
