import { Controller, Get, Inject, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Public, UnkeyModule, UnkeyService, type UnkeyModuleOptions } from 'nestjs-unkey';
import { UnkeyHealthIndicator, type UnkeyHealthOptions } from 'nestjs-unkey/health';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ADAPTERS, startApp, type Adapter } from '../support/app.js';
import { AMPLE } from '../support/deadline.js';
import { useUnkey } from '../support/unkey.js';
import { listening, upstream } from '../support/upstream.js';
import { createServer } from 'node:net';

const server = useUnkey();
const IS_TERMINUS_12 = process.env['NEST_MAJOR'] === '12';

/** An app with a health check at `/health`, made as the docs show it. */
async function startHealth(
  options: UnkeyModuleOptions,
  health: UnkeyHealthOptions = {},
  adapter: Adapter = 'express',
) {
  @Controller()
  class HealthController {
    constructor(
      @Inject(HealthCheckService) private readonly health: HealthCheckService,
      @Inject(UnkeyHealthIndicator) private readonly unkey: UnkeyHealthIndicator,
    ) {}

    @Public()
    @HealthCheck()
    @Get('health')
    check() {
      return this.health.check([() => this.unkey.isHealthy('unkey', health)]);
    }

    @Get('documents')
    documents() {
      return [];
    }
  }

  @Module({
    imports: [TerminusModule.forRoot({ logger: false })],
    controllers: [HealthController],
    providers: [UnkeyHealthIndicator],
  })
  class HealthModule {}

  const running = await startApp(adapter, {
    imports: [UnkeyModule.forRoot({ globalGuard: true, ...options }), HealthModule],
  });
  const check = async () => {
    const { status, body } = await running.get('/health');
    const { status: overall, details } = body as { status: string; details: { unkey: object } };
    return { status, overall, unkey: details.unkey };
  };
  return { ...running, unkey: running.app.get(UnkeyService), check };
}

/** A server that answers every request with this status, and tells what it was asked. */
async function answering(status: () => number) {
  const requests: { line: string; names: string[] }[] = [];
  const url = await upstream((incoming, response) => {
    requests.push({ line: `${incoming.method} ${incoming.url}`, names: Object.keys(incoming.headers) });
    response.statusCode = status();
    response.setHeader('content-type', 'application/json');
    response.end('{}');
  });
  return { url, requests };
}

const down = (message: unknown, more: object = {}) => ({
  status: 503,
  overall: 'error',
  unkey: { status: 'down', breaker: 'closed', responseTime: expect.any(Number), message, ...more },
});

describe('the health of Unkey', () => {
  describe.each(ADAPTERS)('on %s', (adapter) => {
    it('is up if Unkey answers, and costs no verification', async () => {
      const { check } = await startHealth(server.options, { timeout: AMPLE }, adapter);
      expect(await check()).toEqual({
        status: 200,
        overall: 'ok',
        unkey: { status: 'up', breaker: 'closed', responseTime: expect.any(Number) },
      });
      expect(server.unkey.calls.filter(({ operation }) => operation === 'keys.verifyKey')).toEqual([]);
    });

    it('is down if Unkey is down', async () => {
      server.unkey.fail({ status: 500 }, { operation: 'liveness' });
      const { check } = await startHealth(server.options, { timeout: AMPLE }, adapter);
      expect(await check()).toEqual(down('Unkey returned 500'));
    });
  });

  it('is down if Unkey hangs', async () => {
    server.unkey.fail({ hang: true }, { operation: 'liveness' });
    const { check } = await startHealth(server.options, { timeout: 50 });
    expect(await check()).toEqual(down('no response within 50 ms'));
  });

  it('is down if nothing listens', async () => {
    const closed = createServer();
    const baseUrl = await listening(closed);
    closed.close();
    const { check } = await startHealth({ ...server.options, baseUrl }, { timeout: AMPLE });
    expect(await check()).toEqual(down('no response from Unkey (ECONNREFUSED)'));
  });

  it('reports when Unkey last responded to a verification, even with a denial', async () => {
    const { check, get } = await startHealth(server.options, { timeout: AMPLE });
    const before = Date.now();
    expect((await get('/documents', { 'x-api-key': 'nobody' })).status).toBe(401);
    const { lastAnswerAt } = (await check()).unkey as { lastAnswerAt: string };
    expect(lastAnswerAt).toBe(new Date(lastAnswerAt).toISOString());
    expect(Date.parse(lastAnswerAt)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(lastAnswerAt)).toBeLessThanOrEqual(Date.now());
  });

  it('is down while the breaker is open, without a call', async () => {
    const { url, requests } = await answering(() => 500);
    const breaker = { consecutiveFailures: 1, openFor: AMPLE };
    const { check, get } = await startHealth({ ...server.options, baseUrl: url, breaker });
    expect((await get('/documents', { 'x-api-key': 'any' })).status).toBe(503);
    expect(await check()).toEqual({
      status: 503,
      overall: 'error',
      unkey: { status: 'down', breaker: 'open', message: 'the circuit breaker is open' },
    });
    expect(requests.map(({ line }) => line)).toEqual(['POST /v2/keys.verifyKey']);
  });

  it('recovers without a verification: once the breaker would let one through, Unkey is called', async () => {
    let status = 500;
    const { url } = await answering(() => status);
    const breaker = { consecutiveFailures: 1, openFor: 1 };
    const { check, get, unkey } = await startHealth(
      { ...server.options, baseUrl: url, breaker },
      { timeout: AMPLE },
    );
    expect((await get('/documents', { 'x-api-key': 'any' })).status).toBe(503);
    await expect.poll(() => unkey.state()).toEqual({ breaker: 'half-open' });
    status = 200;
    expect(await check()).toMatchObject({ status: 200, unkey: { status: 'up', breaker: 'half-open' } });
  });

  it('never opens the breaker', async () => {
    const breaker = { consecutiveFailures: 1, openFor: AMPLE };
    server.unkey.fail({ status: 500 }, { operation: 'liveness' });
    const { check, unkey } = await startHealth({ ...server.options, breaker }, { timeout: AMPLE });
    await check();
    expect(unkey.state()).toEqual({ breaker: 'closed' });
  });

  it('with otherwise: "degraded" does not fail the check', async () => {
    server.unkey.fail({ status: 500 }, { operation: 'liveness' });
    const { check } = await startHealth(server.options, { timeout: AMPLE, otherwise: 'degraded' });
    const facts = { breaker: 'closed', responseTime: expect.any(Number), message: 'Unkey returned 500' };
    expect(await check()).toEqual(
      IS_TERMINUS_12
        ? { status: 200, overall: 'degraded', unkey: { status: 'degraded', ...facts } }
        : { status: 200, overall: 'ok', unkey: { status: 'up', degraded: true, ...facts } },
    );
  });

  it('of a named instance is that of its Unkey', async () => {
    const partners = await answering(() => 500);
    const { app } = await startApp('express', {
      imports: [
        UnkeyModule.forRoot(server.options),
        UnkeyModule.forRoot({ ...server.options, name: 'partners', baseUrl: partners.url }),
        TerminusModule.forRoot({ logger: false }),
      ],
      providers: [UnkeyHealthIndicator],
    });
    const indicator = app.get(UnkeyHealthIndicator);
    expect(await indicator.isHealthy('unkey', { timeout: AMPLE })).toMatchObject({ unkey: { status: 'up' } });
    expect(await indicator.isHealthy('partners', { name: 'partners', timeout: AMPLE })).toMatchObject({
      partners: { status: 'down', message: 'Unkey returned 500' },
    });
  });

  it('of a name that the app does not have is an error that says so', async () => {
    const { app } = await startHealth(server.options);
    const indicator = app.get(UnkeyHealthIndicator, { strict: false });
    await expect(indicator.isHealthy('partners', { name: 'partners' })).rejects.toThrow(
      'this app has no UnkeyModule named "partners"',
    );
  });

  it('throws for another value of "otherwise"', async () => {
    const { app } = await startHealth(server.options);
    const indicator = app.get(UnkeyHealthIndicator, { strict: false });
    await expect(indicator.isHealthy('unkey', { otherwise: 'up' as 'down' })).rejects.toThrow(
      `"otherwise" must be 'down' or 'degraded', got "up".`,
    );
  });
});

describe('UnkeyService.ping()', () => {
  it('sends no key and no root key', async () => {
    const { url, requests } = await answering(() => 200);
    const { unkey } = await startHealth({ ...server.options, baseUrl: `${url}/base/` });
    expect(await unkey.ping({ timeout: AMPLE })).toEqual({ reachable: true, ms: expect.any(Number) });
    expect(requests).toEqual([
      { line: 'GET /base/v2/liveness', names: ['host', 'connection', 'accept', 'user-agent'] },
    ]);
  });

  it('goes through the dispatcher of verifications', async () => {
    const seen: string[] = [];
    const dispatcher = new Agent().compose((dispatch) => (options, handler) => {
      seen.push(options.path);
      return dispatch(options, handler);
    });
    onTestFinished(() => dispatcher.close());
    const { unkey } = await startHealth({ ...server.options, dispatcher });
    expect(await unkey.ping({ timeout: AMPLE })).toMatchObject({ reachable: true });
    expect(seen).toEqual(['/v2/liveness']);
  });

  it.each([
    ['a verifier of your own', { verifier: async () => ({ valid: false, code: 'NOT_FOUND' }) }],
    ["verifier: 'sdk'", { verifier: 'sdk' }],
  ] as const)('works with %s, and its connections are closed with the app', async (_, options) => {
    const { app, unkey } = await startHealth({ ...server.options, ...options });
    expect(await unkey.ping({ timeout: AMPLE })).toMatchObject({ reachable: true });
    await app.close();
    expect(await unkey.ping({ timeout: AMPLE })).toMatchObject({
      reachable: false,
      reason: 'no response from Unkey (ERR_CLOSED)',
    });
  });

  it('opens no connections after the app was closed', async () => {
    const { app, unkey } = await startHealth({ ...server.options, verifier: 'sdk' });
    await app.close();
    expect(await unkey.ping({ timeout: AMPLE })).toMatchObject({
      reachable: false,
      reason: 'no response from Unkey (ERR_CLOSED)',
    });
  });

  it('retries if Unkey closed the kept connection', async () => {
    let asked = 0;
    const url = await upstream((_, response) => {
      asked += 1;
      if (asked === 1) response.destroy();
      else response.end();
    });
    const { unkey } = await startHealth({ ...server.options, baseUrl: url });
    expect(await unkey.ping({ timeout: AMPLE })).toMatchObject({ reachable: true });
    expect(asked).toBe(2);
  });

  it.each([0, -1, NaN, Infinity, 2 ** 31, '5' as unknown as number])(
    'does not reject for the timeout %s, and says what is wrong',
    async (timeout) => {
      const { unkey } = await startHealth(server.options);
      expect(await unkey.ping({ timeout })).toEqual({
        reachable: false,
        ms: 0,
        reason: `"timeout" must be a number of milliseconds from 1 to 2147483647, got ${timeout}`,
      });
    },
  );
});

describe('UnkeyService.state()', () => {
  it.each([
    ['closed', {}],
    ['off', { breaker: false }],
  ] as const)('the breaker is "%s" with the options %j', async (breaker, options) => {
    const { unkey } = await startHealth({ ...server.options, ...options });
    expect(unkey.state()).toEqual({ breaker });
  });
});
