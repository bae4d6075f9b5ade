import { inspect } from 'node:util';
import type { UnkeyModuleOptions } from 'nestjs-unkey';
import { describe, expect, it } from 'vitest';
import { ADAPTERS } from '../support/app.js';
import { useUnkey } from '../support/unkey.js';
import { past, startTracedApp } from './support/app.js';
import { startTelemetry, useContextManager } from './support/telemetry.js';

describe.each(ADAPTERS)('metrics, on %s', (adapter) => {
  useContextManager();
  const server = useUnkey();
  const start = (options: UnkeyModuleOptions = {}) =>
    startTracedApp(adapter, { ...server.options, ...options });

  it('unkey.verification.duration is in seconds, by code, source and error', async () => {
    const telemetry = startTelemetry();
    const { get } = await start({ cache: true });
    const { key } = await server.unkey.createKey({});
    for (let n = 0; n < 3; n++) await get('/', { 'x-api-key': key });
    await get('/', { 'x-api-key': 'unknown' });
    server.unkey.fail({ status: 500 }, { times: 1 });
    await get('/', { 'x-api-key': 'another' });

    const series = await telemetry.series('unkey.verification.duration');
    expect(series).toMatchObject([
      { attributes: { 'unkey.code': 'VALID', 'unkey.source': 'unkey' }, value: { count: 1 }, unit: 's' },
      { attributes: { 'unkey.code': 'VALID', 'unkey.source': 'cache' }, value: { count: 2 } },
      { attributes: { 'unkey.code': 'NOT_FOUND', 'unkey.source': 'unkey' }, value: { count: 1 } },
      { attributes: { 'unkey.code': 'UNKEY_UNAVAILABLE', 'error.type': 'UNKEY_UNAVAILABLE' } },
    ]);
    expect(series.map(({ attributes }) => Object.keys(attributes).length)).toEqual([2, 2, 2, 2]);
    const { boundaries } = (series[0]!.value as { buckets: { boundaries: number[] } }).buckets;
    expect(boundaries).toEqual([...boundaries].sort((a, b) => a - b));
    expect(boundaries[0]).toBeLessThan(0.01);
    expect(boundaries.at(-1)).toBe(10);
  });

  it('unkey.denials counts by code and status, and no failures', async () => {
    const telemetry = startTelemetry();
    const { get } = await start({ statuses: { DISABLED: 403 } });
    const { key } = await server.unkey.createKey({ enabled: false });
    for (let n = 0; n < 2; n++) await get('/');
    await get('/', { 'x-api-key': key });
    server.unkey.fail({ status: 500 }, { times: 1 });
    await get('/', { 'x-api-key': key });
    expect(await telemetry.series('unkey.denials')).toEqual([
      {
        attributes: { 'unkey.code': 'MISSING_KEY', 'http.response.status_code': 401 },
        value: 2,
        unit: '{request}',
      },
      {
        attributes: { 'unkey.code': 'DISABLED', 'http.response.status_code': 403 },
        value: 1,
        unit: '{request}',
      },
    ]);
  });

  it('unkey.cache.lookups and unkey.breaker.changes count by result and state', async () => {
    const telemetry = startTelemetry();
    const { get } = await start({
      cache: { ttl: 1, staleIfError: 60_000 },
      breaker: { consecutiveFailures: 1, openFor: 3_600_000 },
    });
    const { key } = await server.unkey.createKey({});
    await get('/', { 'x-api-key': key });
    await past(Date.now() + 1);
    server.unkey.fail({ status: 500 });
    await get('/', { 'x-api-key': key });
    expect(await telemetry.series('unkey.cache.lookups')).toEqual([
      { attributes: { 'unkey.cache.result': 'miss' }, value: 2, unit: '{lookup}' },
      { attributes: { 'unkey.cache.result': 'stale' }, value: 1, unit: '{lookup}' },
    ]);
    expect(await telemetry.series('unkey.breaker.changes')).toEqual([
      { attributes: { 'unkey.breaker.state': 'open' }, value: 1, unit: '{change}' },
    ]);
  });

  it('have no key id; neither spans nor metrics have a secret, metadata or an identity', async () => {
    const telemetry = startTelemetry();
    const { get } = await start({ cache: true });
    const { key, keyId } = await server.unkey.createKey({
      externalId: 'customer-of-the-test',
      meta: { plan: 'plan-of-the-test' },
    });
    for (let n = 0; n < 2; n++) await get('/', { 'x-api-key': key });
    await get('/documents', { 'x-api-key': key });
    await get('/', { 'x-api-key': 'unknown-key-of-the-test' });
    server.unkey.fail({ status: 401 }, { times: 1 });
    await get('/', { 'x-api-key': 'failing-key-of-the-test' });

    const names = ['verification.duration', 'denials', 'cache.lookups'].map((name) => `unkey.${name}`);
    const series = await Promise.all(names.map((name) => telemetry.series(name)));
    expect(series.map(({ length }) => length)).not.toContain(0);
    expect(inspect(series, { depth: 20 })).not.toContain(keyId);

    const spans = [...telemetry.spans(), ...telemetry.requests()].map(
      ({ name, attributes, events, status }) => ({ name, attributes, events, status }),
    );
    expect(inspect(spans, { depth: 20 })).toContain(keyId);
    const everything = inspect([spans, series, telemetry.instrumentation], { depth: 20, showHidden: true });
    for (const secret of [key, server.unkey.rootKey, 'of-the-test']) expect(everything).not.toContain(secret);
  });
});
