import { channel } from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import { context, createContextKey, metrics, trace } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { CHANNELS, type VerificationMessage } from 'nestjs-unkey';
import { UnkeyInstrumentation, type UnkeyInstrumentationConfig } from 'nestjs-unkey/otel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { useUnkey } from '../support/unkey.js';
import { startTracedApp } from './support/app.js';
import { startTelemetry, useContextManager } from './support/telemetry.js';

/** Whether each channel has subscribers. */
const heard = () => Object.values(CHANNELS).map((name) => channel(name).hasSubscribers);
const ALL = [true, true, true, true, true];
const NONE = [false, false, false, false, false];

describe('an instrumentation', () => {
  useContextManager();
  const server = useUnkey();
  const start = () => startTracedApp('fastify', server.options);

  it.each<[string, UnkeyInstrumentationConfig | undefined, boolean[]]>([
    ['subscribes when it is constructed', undefined, ALL],
    ['subscribes with `enabled: true`', { enabled: true }, ALL],
    ['does not subscribe with `enabled: false`', { enabled: false }, NONE],
  ])('%s', (_, config, expected) => {
    const instrumentation = new UnkeyInstrumentation(config);
    onTestFinished(() => instrumentation.disable());
    expect(heard()).toEqual(expected);
    expect(instrumentation.getConfig()).toEqual({ enabled: expected === ALL });
  });

  it.each(['no', 1, null])('rejects `enabled: %j`', (enabled) => {
    expect(() => new UnkeyInstrumentation({ enabled: enabled as never })).toThrow(
      /^UnkeyInstrumentation: `enabled` must be true or false, got /,
    );
    expect(heard()).toEqual(NONE);
  });

  it('that is enabled twice makes one span; after disable() none, and no channel has a subscriber', async () => {
    const telemetry = startTelemetry();
    telemetry.instrumentation.enable();
    const { get } = await start();
    await get('/', { 'x-api-key': 'unknown' });
    expect(telemetry.spans()).toHaveLength(1);

    telemetry.instrumentation.disable();
    telemetry.instrumentation.disable();
    expect(heard()).toEqual(NONE);
    await get('/', { 'x-api-key': 'unknown' });
    expect(telemetry.spans()).toHaveLength(1);

    telemetry.instrumentation.setConfig({ enabled: true });
    await get('/', { 'x-api-key': 'unknown' });
    expect(telemetry.spans()).toHaveLength(2);
  });

  it('that is disabled ends the spans of verifications in flight, which go on', async () => {
    const telemetry = startTelemetry();
    const asked = new EventEmitter();
    const { get } = await startTracedApp('fastify', {
      ...server.options,
      client: false,
      verifier: async () => {
        asked.emit('asked');
        await once(asked, 'answer');
        return { valid: true, code: 'VALID', keyId: 'key_1' };
      },
    });
    const isAsked = once(asked, 'asked');
    const answer = get('/', { 'x-api-key': 'any' });
    await isAsked;
    telemetry.instrumentation.disable();
    expect(telemetry.spans()).toMatchObject([{ name: 'unkey.verify', ended: true, attributes: {} }]);
    asked.emit('answer');
    expect(await answer).toMatchObject({ status: 200 });
    expect(telemetry.spans()).toHaveLength(1);
  });

  it('measures a verification that started before it was enabled, without a span', () => {
    const telemetry = startTelemetry();
    const message: VerificationMessage = { permissions: undefined, credits: undefined, ratelimits: [] };
    channel(CHANNELS.verificationEnd).publish({ ...message, durationMs: 5, code: 'VALID', source: 'unkey' });
    expect(telemetry.spans()).toEqual([]);
    return expect(telemetry.series('unkey.verification.duration')).resolves.toMatchObject([
      { value: { count: 1, sum: 0.005 } },
    ]);
  });

  it('ignores messages that are not objects', () => {
    const telemetry = startTelemetry();
    for (const name of Object.values(CHANNELS)) channel(name).publish('text');
    expect(telemetry.spans()).toEqual([]);
  });

  it('uses the global providers, also those that are registered later', async () => {
    const instrumentation = new UnkeyInstrumentation();
    onTestFinished(() => instrumentation.disable());
    const { get } = await start();
    await get('/', { 'x-api-key': 'unknown' });

    const exporter = new InMemorySpanExporter();
    const spanProcessors = [new SimpleSpanProcessor(exporter)];
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
    class Reader extends MetricReader {
      protected override async onShutdown() {}
      protected override async onForceFlush() {}
    }
    const reader = new Reader();
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    onTestFinished(() => {
      trace.disable();
      metrics.disable();
    });
    await get('/', { 'x-api-key': 'unknown' });
    expect(exporter.getFinishedSpans()).toHaveLength(1);
    const { resourceMetrics } = await reader.collect();
    expect(
      resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics.map(({ descriptor }) => descriptor.name)),
    ).toEqual(['unkey.verification.duration', 'unkey.denials']);
  });

  it('calls `within` of an earlier subscriber, and keeps what is in its context', async () => {
    const flag = createContextKey('flag of another subscriber');
    const seen: unknown[] = [];
    const other = (message: unknown) => {
      const { within = (run) => run() } = message as VerificationMessage;
      (message as VerificationMessage).within = (run) =>
        within(() => context.with(context.active().setValue(flag, 'set'), run));
    };
    const startChannel = channel(CHANNELS.verificationStart);
    startChannel.subscribe(other);
    onTestFinished(() => {
      startChannel.unsubscribe(other);
    });
    const telemetry = startTelemetry();
    const { get } = await startTracedApp('fastify', {
      ...server.options,
      client: false,
      verifier: async () => {
        seen.push(context.active().getValue(flag), trace.getSpan(context.active())?.spanContext().spanId);
        return { valid: true, code: 'VALID', keyId: 'key_1' };
      },
    });
    await get('/', { 'x-api-key': 'any' });
    expect(seen).toEqual(['set', telemetry.spans()[0]?.spanContext().spanId]);
  });
});
