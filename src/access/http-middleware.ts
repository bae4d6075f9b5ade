import type { HandlerPolicy } from '../contracts/handler-policy.js';
import { HandlerlessContext, type Caller } from './handlerless-context.js';
import { policySteps } from './policy-steps.js';
import type { RequestVerification } from './request-verification.js';

/** A middleware function of Express; on Fastify, it gets Node's own request and response. */
export type HttpMiddleware = (request: object, response: object, next: (error?: unknown) => void) => void;

/**
 * Creates a middleware that verifies requests as a guard does. Every error is passed to `next()`, so that the
 * filters of Nest handle it. If a middleware throws, callers on Fastify get no response.
 */
export function httpMiddleware(
  requests: RequestVerification,
  policy: HandlerPolicy,
  caller: Caller,
): HttpMiddleware {
  const steps = policySteps(requests, policy);
  return (request, response, next) => {
    const context = new HandlerlessContext('http', [request, response, next], caller);
    void requests.decide(context, steps).then(() => next(), next);
  };
}
