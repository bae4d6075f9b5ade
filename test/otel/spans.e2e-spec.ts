import { inspect } from 'node:util';
import { SpanKind, SpanStatusCode, type Context } from '@opentelemetry/api';
import { UnkeyService, type UnkeyModuleOptions } from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';
import { past, startTracedApp } from './support/app.js';
import { startTelemetry, useContextManager, type Telemetry } from './support/telemetry.js';

/** How many requests to Unkey each span has as children. */
function childCounts(telemetry: Telemetry): number[] {
  const parents = telemetry.requests().map(({ parentSpanContext }) => parentSpanContext?.spanId);
  return telemetry.spans().map((span) => parents.filter((id) => id === span.spanContext().spanId).length);
}

describe.each(ADAPTERS)('spans, on %s', (adapter) => {
  useContextManager();
  const server = useUnkey();

  const start = (options: UnkeyModuleOptions = {}, parent?: Context) =>
    startTracedApp(adapter, { ...server.options, ...options }, parent);

  it('have the span of the request as parent, and the HTTP request to Unkey as child', async () => {
    const telemetry = startTelemetry();
    const parent = telemetry.parent();
    const { get } = await start({}, parent.context);
    const { key } = await server.unkey.createKey({});
    const answer = await get('/', { 'x-api-key': key });

    const [span] = telemetry.spans();
    expect(span).toMatchObject({ name: 'unkey.verify', kind: SpanKind.INTERNAL });
    expect(span?.parentSpanContext?.spanId).toBe(parent.span.spanContext().spanId);
    expect(telemetry.requests().map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual([
      span?.spanContext().spanId,
    ]);
    // The handler runs after the verification, so not inside of it.
    expect(answer.text).toBe(parent.span.spanContext().spanId);
  });

  it('say what was required and what Unkey answered; the parent says which key', async () => {
    const telemetry = startTelemetry();
    const parent = telemetry.parent();
    const { get } = await start({}, parent.context);
    const { key, keyId } = await server.unkey.createKey({ permissions: ['documents.read'] });
    await get('/documents', { 'x-api-key': key });
    expect(telemetry.spans()).toMatchObject([
      {
        attributes: {
          'unkey.code': 'VALID',
          'unkey.source': 'unkey',
          'unkey.key.id': keyId,
          'unkey.request.id': expect.stringMatching(/^req_/),
          'unkey.permissions': 'documents.read',
          'unkey.credits.cost': 3,
        },
        status: { code: SpanStatusCode.UNSET },
      },
    ]);
    parent.span.end();
    expect(inspect(parent.span, { depth: 5 })).toContain(`'unkey.key.id': '${keyId}'`);
  });

  it('of concurrent requests have their own children', async () => {
    const telemetry = startTelemetry();
    const { get } = await start();
    const keys = await Promise.all(Array.from({ length: 20 }, () => server.unkey.createKey({})));
    await Promise.all(keys.map(({ key }) => get('/', { 'x-api-key': key })));
    expect(childCounts(telemetry)).toEqual(Array.from({ length: 20 }, () => 1));
  });

  it('of requests that wait for a connection have their own children', async () => {
    const telemetry = startTelemetry();
    const { app } = await start({ maxInFlight: 1000 });
    const keys = await Promise.all(Array.from({ length: 150 }, () => server.unkey.createKey({})));
    const unkey = app.get(UnkeyService);
    await Promise.all(keys.map(({ key }) => unkey.verify(key)));
    expect(childCounts(telemetry)).toEqual(Array.from({ length: 150 }, () => 1));
  });

  it('of a denial have no error', async () => {
    const telemetry = startTelemetry();
    const { get } = await start();
    const { key, keyId } = await server.unkey.createKey({ enabled: false });
    expect((await get('/', { 'x-api-key': key })).status).toBe(401);
    const [span] = telemetry.spans();
    expect(span?.status).toEqual({ code: SpanStatusCode.UNSET });
    expect(span?.attributes).toMatchObject({ 'unkey.code': 'DISABLED', 'unkey.key.id': keyId });
    expect(span?.attributes).not.toHaveProperty('error.type');
  });

  it.each([
    [500, 'UNKEY_UNAVAILABLE'],
    [401, 'UNKEY_MISCONFIGURED'],
  ])('of a verification that fails with %i have the error %s', async (status, code) => {
    const telemetry = startTelemetry();
    const { get } = await start();
    server.unkey.fail({ status }, { times: 1 });
    await get('/', { 'x-api-key': 'any' });
    expect(telemetry.spans()).toMatchObject([
      {
        attributes: { 'unkey.code': code, 'error.type': code },
        status: { code: SpanStatusCode.ERROR, message: `Unkey returned ${status}` },
      },
    ]);
  });

  it('of cached and stale results name their source; those of cached results have no child', async () => {
    const telemetry = startTelemetry();
    const { key, keyId } = await server.unkey.createKey({});
    const cached = await start({ cache: true });
    for (let n = 0; n < 2; n++) await cached.get('/', { 'x-api-key': key });
    const stale = await start({ cache: { ttl: 1, staleIfError: 60_000 } });
    await stale.get('/', { 'x-api-key': key });
    await past(Date.now() + 1);
    server.unkey.fail({ status: 500 });
    await stale.get('/', { 'x-api-key': key });

    const answered = { 'unkey.code': 'VALID', 'unkey.key.id': keyId };
    expect(telemetry.spans()).toMatchObject([
      { attributes: { ...answered, 'unkey.source': 'unkey' } },
      { attributes: { ...answered, 'unkey.source': 'cache' } },
      { attributes: { ...answered, 'unkey.source': 'unkey' } },
      { attributes: { ...answered, 'unkey.source': 'stale' }, status: { code: SpanStatusCode.UNSET } },
    ]);
    expect(childCounts(telemetry)).toEqual([1, 0, 1, 1]);
  });

  it('without a parent and without a key are roots, and a request without a key has none', async () => {
    const telemetry = startTelemetry();
    const { get } = await start();
    await get('/');
    expect(telemetry.spans()).toEqual([]);
    await get('/', { 'x-api-key': 'unknown' });
    const [span] = telemetry.spans();
    expect(span?.parentSpanContext).toBeUndefined();
    expect(span?.attributes).not.toHaveProperty('unkey.key.id');
  });
});
