import type { StateCarrier } from '../request-state.js';

/** The properties of Express and Fastify requests that are read here. */
export interface HttpRequest extends StateCarrier {
  /** Fastify: Node's own request, which middleware gets. */
  raw?: StateCarrier;
  /** Express: Node's raw headers. */
  rawHeaders?: readonly string[];
  /** Express: the matched route. */
  route?: { path?: unknown };
  /** Fastify: the matched route. */
  routeOptions?: { url?: unknown };
  /** Express and Fastify: the caller's address, according to the app's trust-proxy setting. */
  ip?: string;
  /** What guards of other packages and the option `userFrom` put there. */
  user?: unknown;
}

/**
 * Returns the object that holds the state of a request: Node's own request, which middleware gets too. On Express that
 * is the request itself, and `raw` is a property that the app added. Checks `rawHeaders` and not `routeOptions`,
 * because Fastify creates `routeOptions` anew on each access.
 */
export function carrierOf(request: HttpRequest): StateCarrier {
  return request.rawHeaders === undefined ? (request.raw ?? request) : request;
}
