import type { ExecutionContext } from '@nestjs/common';
import type { HandlerPolicy } from '../contracts/handler-policy.js';
import { HandlerlessContext, type Caller } from './handlerless-context.js';
import type { DecisionSteps, RequestVerification } from './request-verification.js';

/** A middleware function of Express; on Fastify, it gets Node's own request and response. */
export type HttpMiddleware = (request: object, response: object, next: (error?: unknown) => void) => void;

/**
 * Makes a middleware that verifies requests as a guard does. Every error goes to `next()`: Nest answers it there with
 * its filters. A middleware that throws would leave callers on Fastify without an answer.
 */
export function httpMiddleware(
  requests: RequestVerification,
  policy: HandlerPolicy,
  caller: Caller,
): HttpMiddleware {
  const steps = stepsFor(requests, policy);
  return (request, response, next) => {
    const context = new HandlerlessContext('http', [request, response, next], caller);
    void requests.decide(context, steps).then(() => next(), next);
  };
}

/** The steps for requests without a handler: nothing is skipped, and the policy is always the same. */
export function stepsFor(requests: RequestVerification, policy: HandlerPolicy): DecisionSteps {
  return {
    policy: () => policy,
    extractKey: (context) => requests.findKey(context, policy.keyFrom),
    verify: (key, demands, context) => requests.verify(key, demands, context),
    allow: (verification, context) => requests.allow(verification, context),
    deny: (denial, context: ExecutionContext) => requests.deny(denial, context, policy),
  };
}
