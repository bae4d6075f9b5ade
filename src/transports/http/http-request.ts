import type { StateCarrier } from '../request-state.js';

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
  /** What guards of other packages and the option `userFrom` put there. */
  user?: unknown;
}

/**
 * Where the state of a request stands: on Node's own request, which is what middleware sees too. That is Express's
 * request itself, where `raw` would be something that the app put there. Told by a plain property: Fastify makes its
 * `routeOptions` anew each time that it is asked for them.
 */
export function carrierOf(request: HttpRequest): StateCarrier {
  return request.rawHeaders === undefined ? (request.raw ?? request) : request;
}
