import { ValueType, type Attributes, type Context, type Meter } from '@opentelemetry/api';
import type {
  BreakerMessage,
  CacheMessage,
  DenialMessage,
  VerificationMessage,
} from '../telemetry/channels.js';
import { failureOf } from './verification-spans.js';

/** In seconds. Those of HTTP durations in OpenTelemetry's conventions, with 1 ms for cached results. */
const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Counts and measures messages. No attribute identifies a key, because each key would be a time series of its own. */
export type UnkeyMetrics = ReturnType<typeof createMetrics>;

/** Creates the instruments of a meter. */
export function createMetrics(meter: Meter) {
  const duration = meter.createHistogram('unkey.verification.duration', {
    description: 'Duration of API key verifications, cached or not.',
    unit: 's',
    valueType: ValueType.DOUBLE,
    advice: { explicitBucketBoundaries: BUCKETS },
  });
  const denials = meter.createCounter('unkey.denials', {
    description: 'Requests that were denied because of their API key.',
    unit: '{request}',
  });
  const lookups = meter.createCounter('unkey.cache.lookups', {
    description: 'Lookups in the cache of verifications.',
    unit: '{lookup}',
  });
  const changes = meter.createCounter('unkey.breaker.changes', {
    description: 'State changes of the circuit breaker.',
    unit: '{change}',
  });

  return {
    /** @param context the context that exemplars link to */
    verified(message: VerificationMessage, context: Context): void {
      if (message.durationMs === undefined) return;
      const { code, source } = message;
      const attributes = present({
        'unkey.code': code,
        'unkey.source': source,
        'error.type': failureOf(message)?.type,
      });
      duration.record(message.durationMs / 1000, attributes, context);
    },
    denied({ code, status }: DenialMessage): void {
      denials.add(1, { 'unkey.code': code, 'http.response.status_code': status });
    },
    lookedUp({ result }: CacheMessage): void {
      lookups.add(1, { 'unkey.cache.result': result });
    },
    breakerChanged({ state }: BreakerMessage): void {
      changes.add(1, { 'unkey.breaker.state': state });
    },
  };
}

/** An attribute that is `undefined` would be exported as a time series of its own. */
function present(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
