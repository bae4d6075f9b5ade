import type { ExecutionContext } from '@nestjs/common';
import type { Transport } from '../contracts/transport.js';
import { stateOn, type StateCarrier } from './request-state.js';

/** What Express and Fastify requests have in common, as far as it is read here. */
export interface HttpRequest extends StateCarrier {
  /** Fastify's link to Node's own request, which is what middleware sees. */
  raw?: StateCarrier;
  /** Express: the headers as Node has them. */
  rawHeaders?: readonly string[];
  /** Express: the matched route. */
  route?: { path?: unknown };
  /** Fastify: the matched route. */
  routeOptions?: { url?: unknown };
  /** Express and Fastify: the address, as the app's own trust-proxy setting decides it. */
  ip?: string;
}

interface HttpResponse {
  header?(name: string, value: string): unknown;
  setHeader?(name: string, value: string): unknown;
}

/** Express and Fastify. */
export const httpTransport: Transport = {
  state(context, scope) {
    return stateOn(carrierOf(requestOf(context)), scope);
  },

  attach(context, scope, key) {
    const request = requestOf(context);
    stateOn(carrierOf(request), scope).key = key;
    request.unkey = key;
  },

  routePattern(context) {
    const { route, routeOptions } = requestOf(context);
    const pattern = routeOptions?.url ?? route?.path;
    return typeof pattern === 'string' ? pattern : undefined;
  },

  clientIp(context) {
    return requestOf(context).ip;
  },

  setHeaders(context, headers) {
    const response = context.switchToHttp().getResponse<HttpResponse>();
    for (const [name, value] of Object.entries(headers)) {
      if (response.header) response.header(name, value);
      else response.setHeader?.(name, value);
    }
  },
};

/**
 * Where the state of a request stands: on Node's own request, which is what middleware sees too. That is Express's
 * request itself, where `raw` would be something that the app put there. Told by a plain property: Fastify makes its
 * `routeOptions` anew each time that it is asked for them.
 */
export function carrierOf(request: HttpRequest): StateCarrier {
  return request.rawHeaders === undefined ? (request.raw ?? request) : request;
}

function requestOf(context: ExecutionContext): HttpRequest {
  return context.switchToHttp().getRequest<HttpRequest>();
}
