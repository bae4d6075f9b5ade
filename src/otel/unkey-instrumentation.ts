import { metrics, trace, type MeterProvider, type Tracer, type TracerProvider } from '@opentelemetry/api';
import { listen } from './listen.js';
import { createMetrics, type UnkeyMetrics } from './unkey-metrics.js';
import { VerificationSpans } from './verification-spans.js';
import { VERSION } from './version.js';

/** Options of {@link UnkeyInstrumentation}. */
export interface UnkeyInstrumentationConfig {
  /**
   * Whether it starts immediately. `registerInstrumentations()` starts it anyway.
   *
   * @default true
   */
  enabled?: boolean;
}

/**
 * Creates spans and metrics of API key verifications. Each verification is a span `unkey.verify`, a child of the active
 * span; the HTTP request to Unkey is a child of it if you also use `@opentelemetry/instrumentation-undici`. Spans and
 * metrics hold no API key and no root key; metrics hold no key ids either.
 *
 * It uses the global providers, even if they are registered later. `registerInstrumentations()` can set others.
 *
 * @throws TypeError if `enabled` is not a boolean
 * @example
 * registerInstrumentations({ instrumentations: [new UndiciInstrumentation(), new UnkeyInstrumentation()] });
 */
export class UnkeyInstrumentation {
  readonly instrumentationName = 'nestjs-unkey';
  readonly instrumentationVersion = VERSION;

  readonly #spans = new VerificationSpans(() => this.#tracer());
  #tracerProvider: TracerProvider | undefined;
  #meterProvider: MeterProvider | undefined;
  /** The metrics, and the provider that they were created for. */
  #created: { readonly provider: MeterProvider; readonly metrics: UnkeyMetrics } | undefined;
  /** Ends the subscriptions. Absent while it is disabled. */
  #unsubscribe: (() => void)[] | undefined;

  constructor(config: UnkeyInstrumentationConfig = {}) {
    this.setConfig(config);
  }

  /** Starts to create spans and metrics. Does nothing if it is enabled already. */
  enable(): void {
    this.#unsubscribe ??= [
      listen('verificationStart', (message) => this.#spans.start(message)),
      listen('verificationEnd', (message) => this.#metrics().verified(message, this.#spans.end(message))),
      listen('denial', (message) => this.#metrics().denied(message)),
      listen('cache', (message) => this.#metrics().lookedUp(message)),
      listen('breaker', (message) => this.#metrics().breakerChanged(message)),
    ];
  }

  /** Stops making spans and metrics. Ends the spans of verifications in flight. */
  disable(): void {
    for (const unsubscribe of this.#unsubscribe ?? []) unsubscribe();
    this.#unsubscribe = undefined;
    this.#spans.endAll();
  }

  /** Uses this provider instead of the global one. Called by `registerInstrumentations()`. */
  setTracerProvider(provider: TracerProvider): void {
    this.#tracerProvider = provider;
  }

  /** Uses this provider instead of the global one. Called by `registerInstrumentations()`. */
  setMeterProvider(provider: MeterProvider): void {
    this.#meterProvider = provider;
  }

  /**
   * Enables or disables it.
   *
   * @throws TypeError if `enabled` is not a boolean
   */
  setConfig({ enabled = true }: UnkeyInstrumentationConfig): void {
    if (typeof enabled !== 'boolean') {
      throw new TypeError(
        `UnkeyInstrumentation: \`enabled\` must be true or false, got a ${typeof enabled}.`,
      );
    }
    if (enabled) this.enable();
    else this.disable();
  }

  /** Returns whether it is enabled. */
  getConfig(): UnkeyInstrumentationConfig {
    return { enabled: this.#unsubscribe !== undefined };
  }

  #tracer(): Tracer {
    const { instrumentationName: name, instrumentationVersion: version } = this;
    return (this.#tracerProvider ?? trace).getTracer(name, version);
  }

  /** Unlike a tracer, a meter of the API does not follow a global provider that is registered later. */
  #metrics(): UnkeyMetrics {
    const provider = this.#meterProvider ?? metrics.getMeterProvider();
    if (this.#created?.provider !== provider) {
      const meter = provider.getMeter(this.instrumentationName, this.instrumentationVersion);
      this.#created = { provider, metrics: createMetrics(meter) };
    }
    return this.#created.metrics;
  }
}
