import { context, trace, type Attributes, type Context, type Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { UnkeyInstrumentation } from 'nestjs-unkey/otel';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

/** What OpenTelemetry's SDK exported while a test ran. */
export interface Telemetry {
  readonly instrumentation: UnkeyInstrumentation;
  /** The spans that have ended, of this package. */
  spans(): ReadableSpan[];
  /** The spans of requests to the API of Unkey. */
  requests(): ReadableSpan[];
  /** The series of a metric: the attributes and the value of each. */
  series(name: string): Promise<{ attributes: Attributes; value: unknown; unit: string }[]>;
  /** Starts a span, and gives a context with it. The span ends with the test. */
  parent(): { span: Span; context: Context };
}

/** Spans need a context manager, and there is one per process. */
export function useContextManager(): void {
  beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  afterAll(() => context.disable());
}

/** Starts OpenTelemetry's SDK with this package's instrumentation and that of undici, until the test has ended. */
export function startTelemetry(instrumentation = new UnkeyInstrumentation({ enabled: false })): Telemetry {
  const spans = new InMemorySpanExporter();
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const stop = registerInstrumentations({
    instrumentations: [new UndiciInstrumentation(), instrumentation],
    tracerProvider,
    meterProvider,
  });
  onTestFinished(async () => {
    stop();
    await tracerProvider.shutdown();
    await meterProvider.shutdown();
  });
  const exported = async () => {
    metrics.reset();
    await reader.forceFlush();
    return metrics.getMetrics();
  };
  return {
    instrumentation,
    spans: () =>
      spans
        .getFinishedSpans()
        .filter(({ instrumentationScope }) => instrumentationScope.name === 'nestjs-unkey'),
    requests: () =>
      spans.getFinishedSpans().filter(({ attributes }) => attributes['url.path'] === '/v2/keys.verifyKey'),
    series: async (name) =>
      (await exported())
        .flatMap(({ scopeMetrics }) => scopeMetrics)
        .flatMap((scope) => scope.metrics)
        .filter(({ descriptor }) => descriptor.name === name)
        .flatMap(({ dataPoints, descriptor: { unit } }) =>
          dataPoints.map(({ attributes, value }) => ({ attributes, value, unit })),
        ),
    parent: () => {
      const span = tracerProvider.getTracer('test').startSpan('request');
      onTestFinished(() => span.end());
      return { span, context: trace.setSpan(context.active(), span) };
    },
  };
}
