import {
  context,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import type { VerificationMessage } from '../telemetry/channels.js';

interface OpenSpan {
  readonly span: Span;
  /** The context in which the verification started. */
  readonly around: Context;
}

/** Creates one span for each verification, from its start and end messages. */
export class VerificationSpans {
  readonly #open = new Map<VerificationMessage, OpenSpan>();

  constructor(private readonly tracer: () => Tracer) {}

  /** Starts a span, and runs the verification inside it. */
  start(message: VerificationMessage): void {
    const around = context.active();
    const attributes = { 'unkey.permissions': message.permissions, 'unkey.credits.cost': message.credits };
    const span = this.tracer().startSpan('unkey.verify', { kind: SpanKind.INTERNAL, attributes }, around);
    this.#open.set(message, { span, around });

    const { within = (run) => run() } = message;
    message.within = (run) => within(() => context.with(trace.setSpan(context.active(), span), run));
  }

  /**
   * Ends the span. Returns a context with it, or the active context if the verification started before the
   * subscription.
   */
  end(message: VerificationMessage): Context {
    const open = this.#open.get(message);
    if (open === undefined) return context.active();
    this.#open.delete(message);
    const { span, around } = open;
    const { code, source, keyId, requestId } = message;
    span.setAttributes({
      'unkey.code': code,
      'unkey.source': source,
      'unkey.key.id': keyId,
      'unkey.request.id': requestId,
    });
    const failure = failureOf(message);
    if (failure !== undefined) {
      span.setAttribute('error.type', failure.type);
      span.setStatus({ code: SpanStatusCode.ERROR, message: failure.reason });
    }
    span.end();
    const parent = trace.getSpan(around);
    if (keyId !== undefined && parent?.isRecording()) parent.setAttribute('unkey.key.id', keyId);
    return trace.setSpan(around, span);
  }

  /** Ends the spans of all verifications that still run. */
  endAll(): void {
    for (const { span } of this.#open.values()) span.end();
    this.#open.clear();
  }
}

/** Why a verification failed. A denial is not a failure. */
export function failureOf({
  code,
  reason,
}: VerificationMessage): { type: string; reason: string } | undefined {
  return code === undefined || reason === undefined ? undefined : { type: code, reason };
}
